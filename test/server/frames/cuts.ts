import { expect } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Player } from '../../../src/players/player.ts';
import { defaultPlayers, seatsFor } from '../../../src/players/roster.ts';
import { present } from '../../../src/shared/invariant.ts';
import type { Served } from './feed-kit.ts';
import type { RoleClient } from '../../support/role-client.ts';
import type { Frame } from '../../support/socket-client.ts';
import { joinFrame, stepFrame, tokenOf } from '../../support/role-client.ts';
import { SocketClient, isPush } from '../../support/socket-client.ts';

/** A match over sockets in which the line of one role breaks again and again. */

export interface Play {
  readonly id: string;
  readonly seed: number;
  /** Whose line breaks. */
  readonly role: Role;
}

export interface Ending {
  /** What the role was pushed in all its lives together, byte for byte. */
  readonly frames: readonly string[];
  /** The same, asked for anew at the end. */
  readonly again: readonly string[];
  readonly cuts: number;
}

const onTurn: Readonly<Record<string, Role>> = {
  fraudster_turn: 'fraudster',
  investigator_turn: 'investigator',
  audit_phase: 'auditor',
};

/** How a role's requests are carried out. */
type Ask = (frame: object) => Promise<Frame>;

/**
 * Plays a match that is stored already to its end. `cuts` lines break on the way, spread over all of its actions: as
 * many for each of the `actions` that the match is known to take.
 */
export async function playThrough(
  served: Served,
  { id, seed, role }: Play,
  chaos?: { readonly draws: Draws; readonly cuts: number; readonly actions: number },
): Promise<Ending & { readonly actions: number }> {
  const players = seatsFor(defaultPlayers, seed);
  const peers: Partial<Record<Role, RoleClient>> = {};
  // In the same order every time: the others hear of it.
  let frail: FrailClient | null = null;
  for (const each of roles)
    if (each === role) frail = await FrailClient.sitDown(served, id, role);
    else peers[each] = (await served.seat(each, id)).peer;
  const cut = present(frail, 'The client that is cut');
  const ask = (of: Role): Ask => {
    const peer = peers[of];
    return peer === undefined ? (frame) => cut.ask(frame) : (frame) => peer.request(frame);
  };
  const play = async (): Promise<number> => {
    let phase = 'fraudster_turn';
    let actions = 0;
    for (; phase !== 'done'; actions += 1) {
      if (chaos !== undefined) await cut.untilCuts((chaos.cuts * actions) / chaos.actions);
      // So that no two actions have the same time.
      await served.clock.advance(1000);
      const by = present(onTurn[phase], `Who is on turn in ${phase}`);
      phase = await oneAction(ask(by), players[by], `${by}-${actions}`);
    }
    return actions;
  };
  const [actions] = await Promise.all([play(), chaos && cut.breakOften(chaos.draws, chaos.cuts)]);
  const frames = await cut.toTheEnd();
  const fresh = await served.seat(role, id, cut.token);
  await fresh.peer.subscribe(0);
  await fresh.peer.until(() => fresh.peer.pushed.at(-1)?.type === 'match_over');
  return { frames, again: fresh.peer.pushedTexts, cuts: cut.cuts, actions };
}

/** Asks the player once, whatever happens to the line; the phase it leads to. */
async function oneAction(ask: Ask, player: Player, commandId: string): Promise<string> {
  const seen = await ask({ type: 'obs' });
  const action = await player.act(seen.data as never);
  const reply = await ask(stepFrame(present(action, 'An action'), commandId));
  expect(reply.type).toBe('observation');
  return String(reply.data['phase']);
}

/**
 * A client as one is meant to be: it keeps its token and the number of its last frame, comes back whenever its line
 * broke, subscribes from there, and sends again what was not answered.
 */
class FrailClient {
  token = '';
  cuts = 0;
  readonly #served: Served;
  readonly #id: string;
  readonly #role: Role;
  readonly #frames: string[] = [];
  #client: SocketClient | null = null;
  /** Whether the present line has brought its first requests. */
  #isOpen = false;
  #asked: { readonly frame: object; readonly answer: (reply: Frame) => void } | null = null;
  #failure: Error | null = null;
  #isOver = false;
  /** Frames that have come, over all lines. */
  #arrivals = 0;
  #wakes: (() => void)[] = [];

  private constructor(served: Served, id: string, role: Role) {
    this.#served = served;
    this.#id = id;
    this.#role = role;
  }

  static async sitDown(served: Served, id: string, role: Role): Promise<FrailClient> {
    const client = new FrailClient(served, id, role);
    client.#connect();
    await client.#until(() => client.token !== '');
    return client;
  }

  /** Sends a request as often as it takes. One at a time. */
  async ask(frame: object): Promise<Frame> {
    const replies: Frame[] = [];
    this.#asked = { frame, answer: (reply) => void replies.push(reply) };
    if (this.#isOpen) this.#client?.send(frame);
    await this.#until(() => replies.length > 0);
    this.#asked = null;
    return present(replies[0], 'The reply');
  }

  /** Breaks the line so many times, each time at a moment drawn. */
  async breakOften(draws: Draws, times: number): Promise<void> {
    while (this.cuts < times) {
      await this.#someMoment(draws);
      const broken = present(this.#client, 'The line');
      this.#isOpen = false;
      void broken.terminate();
      this.cuts += 1;
      // Its `close` comes in a later turn, and brings the next line.
      await this.#until(() => this.#client !== broken);
    }
  }

  async untilCuts(count: number): Promise<void> {
    await this.#until(() => this.cuts >= Math.floor(count));
  }

  /** All frames, once the last one has come. */
  async toTheEnd(): Promise<readonly string[]> {
    await this.#until(() => this.#frames.at(-1)?.includes('"type":"match_over"') === true);
    this.#isOver = true;
    void this.#client?.terminate();
    return this.#frames;
  }

  /** So many turns of the event loop, or right after one of the next frames, if that comes first. */
  async #someMoment(draws: Draws): Promise<void> {
    const until = this.#arrivals + (draws.chance(300) ? draws.between(1, 4) : Infinity);
    let turns = draws.between(0, draws.pick([3, 30, 120]));
    for (; turns > 0 && this.#arrivals < until; turns -= 1) await nextTurn();
  }

  #connect(): void {
    const expected: ((reply: Frame) => void)[] = [
      (reply) => {
        expect(reply.type).toBe('observation');
        this.token = tokenOf(reply);
      },
      (reply) => expect(reply).toMatchObject({ type: 'subscribed', data: { from_seq: this.#frames.length } }),
    ];
    const client = new SocketClient(
      `ws://127.0.0.1:${this.#served.server.port}/ws/${this.#role}`,
      (text, frame) => {
        this.#arrivals += 1;
        try {
          this.#take(text, frame, expected);
        } catch (error) {
          this.#failure ??= error instanceof Error ? error : new Error(String(error));
        }
        this.#wake();
      },
    );
    this.#client = client;
    client.opened.then(
      () => this.#begin(client),
      () => undefined,
    );
    void client.closed.then(() => {
      this.#isOpen = false;
      if (!this.#isOver) this.#connect();
      this.#wake();
    });
  }

  /** Sits down, subscribes after the last frame, and sends again what was not answered. */
  #begin(client: SocketClient): void {
    if (client !== this.#client || client.isClosed) return;
    const [token] = [this.token].filter((each) => each !== '');
    client.send(joinFrame(this.#id, token));
    client.send({ type: 'subscribe', data: { from_seq: this.#frames.length } });
    if (this.#asked !== null) client.send(this.#asked.frame);
    this.#isOpen = true;
  }

  #take(text: string, frame: Frame, expected: ((reply: Frame) => void)[]): void {
    if (!isPush(frame)) {
      (expected.shift() ?? this.#asked?.answer)?.(frame);
      return;
    }
    // Neither gap nor repeat, in any of its lives.
    expect(frame.seq).toBe(this.#frames.length + 1);
    this.#frames.push(text);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => void this.#wakes.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
