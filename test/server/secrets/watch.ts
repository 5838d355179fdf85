import { roles } from '../../../src/game/command.ts';
import type { Command, Role } from '../../../src/game/command.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { spectatorView } from '../../../src/game/view/spectator.ts';
import { MemoryEventLog } from '../../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../../src/match/registry.ts';
import type { MatchActor } from '../../../src/match/match-actor.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import { push } from '../../../src/server/sockets/replies.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { commandId, matchId } from '../../../src/shared/ids.ts';
import { invariant } from '../../../src/shared/invariant.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { createdFor, idOf, tokenOf } from './drive.ts';
import type { Pair, Slot } from './plan.ts';
import { sourceOf } from './stage.ts';
import type { Side } from './stage.ts';

/** What a spectator of one world of a pair sees: the frames from the first on, and the view after each slot. */
export async function watchPair(pair: Pair, side: Side): Promise<readonly string[]> {
  const { stage, dress } = pair;
  const clock = new TestClock();
  const registry = new MatchRegistry({
    log: new MemoryEventLog(),
    clock,
    source: sourceOf(stage, side, dress),
  });
  const actor = await registry.create(matchId(idOf(pair)), createdFor(pair, side));
  const stands = new Stands(actor, clock, pair, side);
  const seen = await stands.watch();
  await registry.close();
  return seen;
}

const slotMs = 1000;

class Stands {
  readonly #actor: MatchActor;
  readonly #clock: TestClock;
  readonly #pair: Pair;
  readonly #side: Side;
  readonly #hidden: Draws;
  readonly #shared: Draws;
  readonly #frames: string[] = [];
  #phaseSince: number;
  #commands = 0;

  constructor(actor: MatchActor, clock: TestClock, pair: Pair, side: Side) {
    this.#actor = actor;
    this.#clock = clock;
    this.#pair = pair;
    this.#side = side;
    this.#hidden = drawsFor(pair.seed, 'hidden', 'spectator', pair.index, side);
    this.#shared = drawsFor(pair.seed, 'shared', 'spectator', pair.index);
    this.#phaseSince = clock.now();
  }

  async watch(): Promise<readonly string[]> {
    const views: string[] = [];
    const live = this.#actor
      .framesAfter('spectator', 0)
      .subscribe((frames) => this.#frames.push(...frames.map(push)));
    for (const slot of this.#pair.slots) {
      await this.#seats();
      await this.#slot(slot);
      views.push(JSON.stringify(spectatorView(this.#actor.position)));
    }
    live.unsubscribe();
    // Whoever comes later reads the same, from whichever number on.
    for (let after = 0; after <= this.#frames.length; after += 1) {
      const again = await this.#framesAfter(after);
      invariant(
        JSON.stringify(again) === JSON.stringify(this.#frames.slice(after)),
        `Pair ${this.#pair.index}: other frames after ${after}`,
      );
    }
    return [...this.#frames, ...views];
  }

  async #framesAfter(after: number): Promise<readonly string[]> {
    const frames: string[] = [];
    const reading = this.#actor
      .framesAfter('spectator', after)
      .subscribe((some) => frames.push(...some.map(push)));
    // In turn: what was asked for before has been read.
    await this.#nonsense('auditor');
    reading.unsubscribe();
    return frames;
  }

  /** Everybody sees who sits where, and nobody by which token. */
  async #seats(): Promise<void> {
    if (!this.#shared.chance(300)) return;
    const role = this.#shared.pick(roles);
    const hash = tokenHash(tokenOf(this.#pair, this.#side, role));
    await this.#actor.claimSeat(role, { shown: hash, fresh: hash });
    if (this.#shared.chance(500)) await this.#actor.dropSeat(role);
  }

  async #slot({ before, at, isTurn, onTurn }: Slot): Promise<void> {
    const start = this.#clock.now();
    for (const command of before[this.#side]) {
      await this.#clock.advance(this.#hidden.below(80));
      await this.#chatter(onTurn);
      await this.#tell(command);
    }
    await this.#clock.advance(start + slotMs - this.#clock.now());
    if (at === null) return;
    await this.#tell(at[this.#side]);
    if (isTurn) this.#phaseSince = this.#clock.now();
  }

  async #tell(command: Command): Promise<void> {
    if (command.by === 'clock' || command.by === 'owner') {
      const due = this.#phaseSince + (this.#pair.stage.deadlines.turnMs ?? 0);
      await this.#clock.advance(due - this.#clock.now());
      await this.#nonsense('auditor');
      return;
    }
    const reply = await this.#actor.act(command.by, formatAction(command.action), this.#nextId());
    invariant(reply.ok, `Pair ${this.#pair.index}: ${JSON.stringify(command)} is refused.`);
  }

  /** Attempts that are refused: recorded, and shown to nobody. */
  async #chatter(onTurn: Role): Promise<void> {
    while (this.#hidden.chance(300)) {
      const role = this.#hidden.pick(roles);
      if (role === onTurn || role === 'auditor') await this.#nonsense(role);
      else await this.#actor.act(role, { action_type: 'end_turn' }, this.#nextId());
    }
  }

  async #nonsense(role: Role): Promise<void> {
    await this.#actor.act(role, { action_type: 'nonsense', of: this.#side }, this.#nextId());
  }

  #nextId() {
    this.#commands += 1;
    return commandId(`${this.#side}-${this.#commands}`);
  }
}
