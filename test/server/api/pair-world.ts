import { roles } from '../../../src/game/command.ts';
import type { Command, Role } from '../../../src/game/command.ts';
import { policiesOf } from '../../../src/game/event.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import { commitmentFor, createdFor, idOf, tokenOf } from '../secrets/drive.ts';
import { RoleClient } from '../../support/role-client.ts';
import type { Pair, Slot } from '../secrets/plan.ts';
import { sourceOf } from '../secrets/stage.ts';
import type { Side } from '../secrets/stage.ts';
import { World } from '../secrets/world.ts';
import { Description } from './description.ts';
import { HttpLine } from './http-line.ts';
import { lookAround } from './look.ts';
import { Reader } from './reader.ts';

/** One of two servers, and how strangers see it over HTTP. */
export class Onlooked {
  readonly world: World;
  readonly line: HttpLine;
  readonly description: Description;

  private constructor(world: World, line: HttpLine, description: Description) {
    this.world = world;
    this.line = line;
    this.description = description;
  }

  static async open(adapter: 'auto' | 'ws'): Promise<Onlooked> {
    const world = await World.open({ adapter });
    // Else it might come upon a match that the test has just put into the log.
    await world.server.recovered;
    const line = new HttpLine(world.port, 1);
    return new Onlooked(world, line, await Description.of(line));
  }

  get port(): number {
    return this.world.port;
  }

  async close(): Promise<void> {
    this.line.close();
    await this.world.close();
  }
}

const slotMs = 1000;

/** Plays one world of a pair; gives every answer that a stranger got meanwhile, one after another. */
export async function watchOverHttp(onlooked: Onlooked, pair: Pair, side: Side): Promise<readonly string[]> {
  const created = {
    ...createdFor(pair, side),
    // Names of players are everybody's, and the owner is known by a token only.
    players: { fraudster: 'somebody' },
    ownerTokenHash: tokenHash(`owner of ${pair.index} in ${side}`),
  };
  await onlooked.world.host(idOf(pair), created, sourceOf(pair.stage, side, pair.dress));
  const seen = await new Watched(onlooked, pair, side).play();
  return seen.map((text) => text.replaceAll(commitmentFor(pair, side), '(commitment)'));
}

class Watched {
  readonly #onlooked: Onlooked;
  readonly #pair: Pair;
  readonly #side: Side;
  /** This world's own: what its players do unseen. */
  readonly #hidden: Draws;
  readonly #lines = new Map<Role, RoleClient>();
  readonly #seen: string[] = [];
  #phaseSince: number;

  constructor(onlooked: Onlooked, pair: Pair, side: Side) {
    this.#onlooked = onlooked;
    this.#pair = pair;
    this.#side = side;
    this.#hidden = drawsFor(pair.seed, 'over http', pair.stage.knower, pair.index, side);
    this.#phaseSince = onlooked.world.clock.now();
  }

  async play(): Promise<readonly string[]> {
    const { port } = this.#onlooked;
    const { spectators } = policiesOf(this.#pair.stage);
    for (const role of roles) await this.#sit(role);
    const path = `/api/v1/matches/${idOf(this.#pair)}/stream`;
    const reader = spectators === 'none' ? null : await Reader.open(port, path);
    await this.#look();
    for (const slot of this.#pair.slots) {
      await this.#slot(slot);
      await this.#look();
    }
    if (reader !== null) {
      const { body } = await this.#onlooked.line.get(`/api/v1/matches/${idOf(this.#pair)}/events`);
      await reader.until((JSON.parse(body) as { readonly count: number }).count);
      reader.hangUp();
      this.#seen.push(...reader.heard.map((each) => JSON.stringify(each)));
    }
    for (const line of this.#lines.values()) await line.leave();
    return this.#seen;
  }

  async #sit(role: Role): Promise<void> {
    const line = await RoleClient.connect(this.#onlooked.port, role);
    this.#lines.set(role, line);
    const data = { match_id: idOf(this.#pair), seat_token: tokenOf(this.#pair, this.#side, role) };
    const { type } = await line.request({ type: 'join', data });
    invariant(type === 'observation', `The ${role} cannot join.`);
  }

  async #look(): Promise<void> {
    for (const { path, text } of await lookAround(this.#onlooked, idOf(this.#pair)))
      // How many frames were answered, and how fast, are figures of the server's.
      if (!path.endsWith('/metrics')) this.#seen.push(`${path}: ${text}`);
  }

  async #slot({ before, at, isTurn, onTurn }: Slot): Promise<void> {
    const { clock } = this.#onlooked.world;
    const start = clock.now();
    for (const command of before[this.#side]) {
      await clock.advance(this.#hidden.below(80));
      await this.#chatter(onTurn);
      await this.#tell(command);
    }
    await clock.advance(start + slotMs - clock.now());
    if (at === null) return;
    await this.#tell(at[this.#side]);
    if (isTurn) this.#phaseSince = clock.now();
  }

  async #tell(command: Command): Promise<void> {
    if (command.by === 'clock' || command.by === 'owner') {
      const { clock } = this.#onlooked.world;
      const due = this.#phaseSince + (this.#pair.stage.deadlines.turnMs ?? 0);
      await clock.advance(due - clock.now());
      await this.#nonsense('auditor');
      return;
    }
    const reply = await this.#line(command.by).request({ type: 'step', data: formatAction(command.action) });
    invariant(reply.type === 'observation', `Pair ${this.#pair.index}: ${JSON.stringify(reply)}`);
  }

  /** Attempts that are refused: recorded, and shown to nobody. */
  async #chatter(onTurn: Role): Promise<void> {
    while (this.#hidden.chance(300)) {
      const role = this.#hidden.pick(roles);
      if (role === onTurn || role === 'auditor') await this.#nonsense(role);
      else await this.#line(role).request({ type: 'step', data: { action_type: 'end_turn' } });
    }
  }

  /** One after another: when this is refused, what was set going before is stored. */
  async #nonsense(role: Role): Promise<void> {
    await this.#line(role).request({
      type: 'step',
      data: { action_type: 'nonsense', rationale: this.#side },
    });
  }

  #line(role: Role): RoleClient {
    return present(this.#lines.get(role), role);
  }
}
