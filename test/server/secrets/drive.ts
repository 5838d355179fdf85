import { roles } from '../../../src/game/command.ts';
import type { Role, RoleCommand } from '../../../src/game/command.ts';
import type { Created } from '../../../src/game/event.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { commitmentOf } from '../../../src/match/proof/digest.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import { RoleClient } from '../../support/role-client.ts';
import { roleOf } from './plan.ts';
import type { Pair, Slot } from './plan.ts';
import { ViewerSeat } from './viewer-seat.ts';
import { openingOf, sourceOf } from './stage.ts';
import type { Side } from './stage.ts';
import type { World } from './world.ts';

export const idOf = ({ index }: Pair): string => `pair-${index}`;

/** The viewer's token is the same in both worlds; the others' are none of its business. */
export function tokenOf(pair: Pair, side: Side, role: Role): string {
  const isViewer = role === roleOf(pair.stage.knower);
  return `token-of-the-${role}-in-${pair.index}-${isViewer ? 'both' : side}`;
}

/** The opening of one of the worlds. */
export function createdFor(pair: Pair, side: Side): Created {
  const { stage, dress } = pair;
  const hashes = Object.fromEntries(roles.map((role) => [role, tokenHash(tokenOf(pair, side, role))]));
  return openingOf(stage, side, dress, {
    salt: saltOf(pair, side),
    seedCommitment: commitmentFor(pair, side),
    players: { fraudster: `player ${side}`, investigator: `other ${side}` },
    ...(stage.policies.auth === 'invited' ? { seatTokenHashes: hashes } : {}),
  });
}

const saltOf = ({ seed, index }: Pair, side: Side): string => `salt ${seed} ${index} ${side}`;

/** A commitment follows from the hidden seed and salt, and tells nothing of them: it is compared masked. */
export const commitmentFor = (pair: Pair, side: Side): string =>
  commitmentOf(pair.stage.seeds[side], saltOf(pair, side));

/** Plays one world of a pair; gives every byte that the viewer received, connection by connection. */
export async function playPair(world: World, pair: Pair, side: Side): Promise<readonly string[]> {
  await world.host(idOf(pair), createdFor(pair, side), sourceOf(pair.stage, side, pair.dress));
  const game = new Game(world, pair, side);
  return game.play();
}

const slotMs = 1000;

class Game {
  readonly #world: World;
  readonly #pair: Pair;
  readonly #side: Side;
  readonly #viewer: ViewerSeat;
  readonly #lines = new Map<Role, RoleClient>();
  /** The same in both worlds. */
  readonly #shared: Draws;
  /** This world's own: what the others do unseen. */
  readonly #hidden: Draws;
  #phaseSince: number;
  #commands = 0;

  constructor(world: World, pair: Pair, side: Side) {
    const { seed, index, stage } = pair;
    this.#world = world;
    this.#pair = pair;
    this.#side = side;
    this.#shared = drawsFor(seed, 'shared', stage.knower, index);
    this.#hidden = drawsFor(seed, 'hidden', stage.knower, index, side);
    this.#phaseSince = world.clock.now();
    const role = present(roleOf(stage.knower), 'The viewer');
    this.#viewer = new ViewerSeat(world, idOf(pair), role, tokenOf(pair, side, role), this.#shared);
  }

  async play(): Promise<readonly string[]> {
    await this.#sitDown();
    for (const [number, slot] of this.#pair.slots.entries()) {
      await this.#slot(slot);
      await this.#viewer.probe();
      await this.#happenings(number);
    }
    if (this.#mayBeForgotten()) await this.#forget();
    return this.#end();
  }

  get #others(): readonly Role[] {
    return roles.filter((role) => role !== roleOf(this.#pair.stage.knower));
  }

  async #sitDown(): Promise<void> {
    const order = this.#shared.shuffle(roles);
    for (const role of order)
      if (role === roleOf(this.#pair.stage.knower)) await this.#viewer.sit();
      else await this.#join(role);
  }

  async #join(role: Role): Promise<void> {
    const line = await RoleClient.connect(this.#world.port, role);
    const data = { match_id: idOf(this.#pair), seat_token: tokenOf(this.#pair, this.#side, role) };
    const reply = await line.request({ type: 'join', data });
    invariant(reply.type === 'observation', `The ${role} cannot join: ${JSON.stringify(reply)}`);
    this.#lines.set(role, line);
  }

  #line(role: Role): RoleClient {
    return present(this.#lines.get(role), `The ${role}'s line`);
  }

  async #slot({ onTurn, before, at, isTurn }: Slot): Promise<void> {
    const { clock } = this.#world;
    const start = clock.now();
    for (const command of before[this.#side]) {
      await clock.advance(this.#hidden.below(80));
      await this.#chatter(onTurn);
      await this.#act(command);
    }
    const command = at?.[this.#side] ?? null;
    await this.#chatter(onTurn);
    await clock.advance(start + slotMs - clock.now());
    if (command === null) return;
    if (command.by === 'clock' || command.by === 'owner') await this.#miss();
    else if (command.by === this.#viewer.role) await this.#viewer.act(command);
    else await this.#act(command);
    if (isTurn) this.#phaseSince = clock.now();
  }

  /** Now and then twice: a client that missed the answer sends its command again. */
  async #act(command: RoleCommand): Promise<void> {
    this.#commands += 1;
    const isNamed = this.#hidden.chance(500);
    const frame = {
      type: 'step',
      ...(isNamed ? { command_id: `${this.#side}-${this.#commands}` } : {}),
      data: formatAction(command.action),
    };
    const line = this.#line(command.by);
    const reply = await line.request(frame);
    invariant(
      reply.type === 'observation',
      `Pair ${this.#pair.index}: ${JSON.stringify(frame)}: ${JSON.stringify(reply)}`,
    );
    if (isNamed && this.#hidden.chance(60)) await line.request(frame);
  }

  async #miss(): Promise<void> {
    const due = this.#phaseSince + (this.#pair.stage.deadlines.turnMs ?? 0);
    await this.#world.clock.advance(due - this.#world.clock.now());
    await this.#settle();
  }

  /** The actor does one thing after another: when this is refused, what the clock set going is stored. */
  async #settle(): Promise<void> {
    const [role = 'auditor'] = this.#others;
    await this.#line(role).request({ type: 'step', data: { action_type: 'nonsense' } });
  }

  /** What the others' sockets say that is no action: nobody else learns of it. */
  async #chatter(onTurn: Role): Promise<void> {
    while (this.#hidden.chance(200)) {
      const role = this.#hidden.pick(this.#others);
      const flag = { action_type: 'flag_investigator', flag_type: 'bias' };
      const outOfTurn = { type: 'step', data: role === 'auditor' ? flag : { action_type: 'end_turn' } };
      const frames: (string | object)[] = [
        { type: 'obs' },
        { type: 'state', request_id: 'mine' },
        { type: 'step', data: { action_type: 'nonsense', rationale: `secret of ${this.#side}` } },
        { type: 'step', data: { action_type: 'nothing', ad_copy: 'x'.repeat(this.#hidden.below(5000)) } },
        `{"type":"step","data":{"rationale":"${this.#side}`,
        ...(role === onTurn ? [] : [outOfTurn]),
      ];
      // One that is subscribed is pushed what this test does not look at.
      if (this.#hidden.chance(100)) frames.push({ type: 'subscribe', data: { from_seq: 0 } });
      await this.#line(role).request(this.#hidden.pick(frames));
    }
  }

  /** What everybody sees of the others' connections, the same in both worlds; and a restart of the server. */
  async #happenings(number: number): Promise<void> {
    const { index, stage } = this.#pair;
    if (index % 25 === 7 && number === 3) await this.#restart();
    if (this.#shared.chance(60)) {
      const role = this.#shared.pick(this.#others);
      await this.#line(role).leave();
      await this.#join(role);
    }
    if (this.#shared.chance(60) && this.#viewer.isSubscribed && stage.policies.auth !== 'open') {
      const role = this.#shared.pick(this.#others);
      await this.#viewer.untilPushed(() => this.#line(role).terminate());
      if (this.#shared.chance(300)) await this.#viewer.untilPushed(() => this.#world.clock.advance(61_000));
      await this.#join(role);
    }
    const isTimed = stage.deadlines.turnMs !== null || stage.deadlines.matchMs !== null;
    if (this.#shared.chance(40) && !isTimed) {
      await this.#world.clock.advance(11 * 60_000);
      await this.#viewer.probe();
    }
  }

  async #restart(): Promise<void> {
    await this.#world.restart();
    await this.#viewer.wasClosed();
    for (const role of this.#others) await this.#join(role);
    await this.#viewer.sit();
  }

  /** After the end only what the match does not keep to itself may be seen. */
  #mayBeForgotten(): boolean {
    const { knower, policies, deadlines } = this.#pair.stage;
    const isTimed = deadlines.turnMs !== null || deadlines.matchMs !== null;
    const last = this.#pair.slots.at(-1);
    const isFraudsters = last?.at === null || last?.at.a.by === 'fraudster' || last?.isTurn === true;
    return (
      !isTimed && !policies.revealAtEnd && knower !== 'auditor' && !isFraudsters && this.#shared.chance(150)
    );
  }

  /** Nobody does anything until the match is aborted. */
  async #forget(): Promise<void> {
    await this.#viewer.refuse();
    await this.#world.untilForgotten();
    await this.#settle();
    await this.#viewer.probe();
    await this.#viewer.probe();
  }

  async #end(): Promise<readonly string[]> {
    await this.#viewer.readAgain(0);
    await this.#viewer.readAgain(null);
    for (const role of this.#others) await this.#line(role).leave();
    return this.#viewer.end();
  }
}
