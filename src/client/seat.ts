import type { Role } from '../game/command.ts';
import type { Action } from '../protocol/action-types.ts';
import type { CreatedMatch, MatchWishes } from './http.ts';
import { Backoff } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { RoleClient } from './role-client.ts';
import type { ConnectOptions } from './role-client.ts';
import { ArenaError, isArenaError } from './wire.ts';
import type { MatchState, Observation, Phase, PushedFrame } from './wire.ts';

export interface SeatOptions extends ConnectOptions, RetryOptions {}

/** The match to join: what its creation answered, or its id. */
export type MatchToJoin = string | Pick<CreatedMatch, 'match_id' | 'seat_tokens'>;

/** Close codes after which the same token is not welcome, or the same frame would end the next connection too. */
const finalCodes: ReadonlySet<unknown> = new Set([1000, 1009, 4001]);

const turnOf: Readonly<Record<Role, Phase>> = {
  fraudster: 'fraudster_turn',
  investigator: 'investigator_turn',
  auditor: 'audit_phase',
};

/**
 * A seat in a match that survives broken connections and restarts of the server: it joins again with its token,
 * sends what was not answered once more, and goes on with the frames where it stopped.
 * @example
 * const seat = await connectRole('http://127.0.0.1:8000', 'fraudster');
 * await seat.reset({ task_id: 'task_1' });
 * for await (const seen of seat.turns()) await seat.step({ action_type: 'commit_final' });
 */
export class Seat<R extends Role = Role> {
  readonly role: R;
  readonly #server: string;
  readonly #options: SeatOptions;
  #client: RoleClient<R>;
  #matchId: string | null = null;
  #token: string | undefined;
  /** The newest that a request was answered. */
  #seen: Observation<R> | null = null;
  #steps = 0;
  readonly #prefix = randomName();
  #isClosed = false;
  #tellClosed: () => void = () => undefined;
  readonly #closed = new Promise<void>((resolve) => (this.#tellClosed = resolve));
  #mending: Promise<void> | null = null;
  readonly #readers = new Set<Reader>();
  #isReading = false;

  private constructor(server: string, role: R, options: SeatOptions, client: RoleClient<R>) {
    this.#server = server;
    this.role = role;
    this.#options = options;
    this.#client = client;
    this.#watchOver(client);
  }

  /** @throws ArenaError `server_unreachable` */
  static async connect<R extends Role>(server: string, role: R, options: SeatOptions): Promise<Seat<R>> {
    return new Seat(server, role, options, await RoleClient.connect(server, role, options));
  }

  get matchId(): string | null {
    return this.#matchId;
  }

  /** The secret of the seat, once it is taken: whoever has it, has the seat, in another process too. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Makes a match and takes the seat in it. @throws ArenaError such as `reset_error`, `match_exists` */
  reset(wishes: MatchWishes = {}): Promise<Observation<R>> {
    // Named by the client, so that a creation whose answer was lost is found again.
    const id = wishes.episode_id ?? `${this.#prefix}-${randomName()}`;
    const token = randomName() + randomName();
    let isRepeated = false;
    return this.#seated(id, token, async (client) => {
      const isAgain = isRepeated;
      isRepeated = true;
      try {
        return await client.reset({ ...wishes, episode_id: id, seat_token: token });
      } catch (error) {
        if (!isAgain || !isArenaError(error, 'match_exists')) throw error;
        return client.join(id, token);
      }
    });
  }

  /**
   * Takes the seat in a match: with the token of its creation, the one given, or a new one for a free seat.
   * @throws ArenaError such as `unknown_match`, `seat_taken`, `seat_token_wrong`
   */
  join(match: MatchToJoin, token?: string): Promise<Observation<R>> {
    const { match_id: id, seat_tokens } =
      typeof match === 'string' ? { match_id: match, seat_tokens: null } : match;
    const shown = token ?? seat_tokens?.[this.role] ?? randomName() + randomName();
    return this.#seated(id, shown, (client) => client.join(id, shown));
  }

  /**
   * Acts, once, however often the connection breaks meanwhile. A server that is too busy is asked again. A faulty
   * action is no error: the observation has `accepted: false`.
   * @param commandId names the action: the same one again is done no second time and gets the same answer.
   * @throws ArenaError such as `phase_violation`, `validation_error`
   */
  async step(action: Action<R>, commandId?: string): Promise<Observation<R>> {
    this.#steps += 1;
    const id = commandId ?? `${this.#prefix}.${this.#steps}`;
    const backoff = new Backoff(this.#options);
    for (;;) {
      try {
        return await this.#persistently((client) => this.#noting(client.step({ ...action }, id)));
      } catch (error) {
        if (!isArenaError(error) || !error.retryable || this.#isClosed) throw error;
        await backoff.wait(error, this.#closed);
      }
    }
  }

  /** What the role may see now. @throws ArenaError */
  obs(): Promise<Observation<R>> {
    return this.#persistently((client) => this.#noting(client.obs()));
  }

  /** The whole match, as far as the role may read it. @throws ArenaError */
  state(): Promise<MatchState> {
    return this.#persistently((client) => client.state());
  }

  /**
   * What the role sees, each time that it is its turn: after each of its steps again, until the turn is over. Ends with
   * the match, or when the seat is closed. Who does not step waits for the next turn.
   * @throws ArenaError where the connection cannot be had back
   */
  async *turns(): AsyncGenerator<Observation<R>, void> {
    let seen = await this.obs();
    const frames = this.frames(seen.seq);
    try {
      while (!seen.done && !this.#isClosed) {
        if (seen.phase === turnOf[this.role]) {
          const steps = this.#steps;
          this.#seen = seen;
          yield seen;
          if (this.#steps > steps) {
            seen = this.#seen;
            continue;
          }
        }
        if (!(await waitForTurn(frames, seen.seq))) return;
        seen = await this.obs();
      }
    } finally {
      await frames.return();
    }
  }

  /**
   * The seat's numbered frames above `after`, each once and in order, across connections. Ends when the match is over
   * or the seat is closed.
   * @throws ArenaError where the connection cannot be had back
   */
  async *frames(after = 0): AsyncGenerator<PushedFrame, void> {
    const reader = new Reader(after);
    this.#readers.add(reader);
    try {
      this.#read();
      for (;;) {
        const frame = await reader.next();
        if (frame === null) return;
        yield frame;
        if (frame.type === 'match_over') return;
      }
    } finally {
      this.#readers.delete(reader);
    }
  }

  /** Leaves the seat: another player may take it. */
  close(): void {
    this.#isClosed = true;
    this.#tellClosed();
    this.#client.close();
    this.#endReaders(null);
  }

  async #seated(
    id: string,
    token: string,
    ask: (client: RoleClient<R>) => Promise<Observation<R>>,
  ): Promise<Observation<R>> {
    const seen = await this.#persistently((client) => this.#noting(ask(client)));
    // The frames of another match have numbers of their own.
    if (this.#matchId !== id) this.#endReaders(null);
    this.#matchId = id;
    this.#token = seen.seat_token ?? token;
    return seen;
  }

  async #noting(answer: Promise<Observation<R>>): Promise<Observation<R>> {
    return (this.#seen = await answer);
  }

  /** Asks again on a new connection until there is an answer. */
  async #persistently<T>(ask: (client: RoleClient<R>) => Promise<T>): Promise<T> {
    const backoff = new Backoff(this.#options);
    let isAgain = false;
    for (;;) {
      const client = this.#client;
      try {
        return await ask(client);
      } catch (error) {
        if (!isArenaError(error, 'connection_closed') || !this.#comesBackAfter(error)) throw error;
        // What ends every connection is not sent for ever.
        if (isAgain) await backoff.wait(error, this.#closed);
        isAgain = true;
        await this.#mend(client);
      }
    }
  }

  #comesBackAfter({ details }: ArenaError): boolean {
    return !this.#isClosed && !finalCodes.has(details['code']);
  }

  /** One new connection for all who wait for one. */
  #mend(broken: RoleClient<R>): Promise<void> {
    if (this.#client !== broken) return Promise.resolve();
    this.#mending ??= this.#reconnect().finally(() => (this.#mending = null));
    return this.#mending;
  }

  async #reconnect(): Promise<void> {
    const backoff = new Backoff(this.#options);
    for (;;) {
      try {
        const client = await RoleClient.connect(this.#server, this.role, this.#options);
        await this.#sitAgain(client);
        this.#client = client;
        this.#watchOver(client);
        return;
      } catch (error) {
        if (!isArenaError(error) || !isPassing(error) || this.#isClosed) throw error;
        await backoff.wait(error, this.#closed);
      }
    }
  }

  async #sitAgain(client: RoleClient<R>): Promise<void> {
    try {
      if (this.#matchId !== null) await client.join(this.#matchId, this.#token);
      if (this.#isClosed) throw new ArenaError('connection_closed', 'The seat was closed.');
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** A seat whose player thinks for long is not lost: its connection is renewed before anybody asks for it. */
  #watchOver(client: RoleClient<R>): void {
    void client.ended.then(async (end) => {
      if (this.#matchId === null || !this.#comesBackAfter(end)) return;
      // Whoever needs it tries again, and is told.
      await this.#mend(client).catch(() => undefined);
    });
  }

  /** Has the frames sent that the slowest reader lacks; a first reader also has them handed out. */
  #read(): void {
    if (!this.#isReading) void this.#handOut();
    else this.#subscribe().catch((error: unknown) => this.#endReaders(error));
  }

  async #handOut(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#readers.size > 0 && !this.#isClosed) {
        const client = await this.#subscribe();
        for await (const frame of client.frames()) for (const reader of this.#readers) reader.take(frame);
      }
    } catch (error) {
      this.#endReaders(error);
    } finally {
      this.#isReading = false;
    }
  }

  #subscribe(): Promise<RoleClient<R>> {
    return this.#persistently(async (client) => {
      const lasts = Array.from(this.#readers, ({ last }) => last);
      // They may all have stopped meanwhile.
      if (lasts.length > 0) await client.subscribe(Math.min(...lasts));
      return client;
    });
  }

  #endReaders(why: unknown): void {
    const error = why instanceof Error && !this.#isClosed ? why : null;
    for (const reader of this.#readers) reader.end(error);
  }
}

/** Another try may succeed. */
const isPassing = ({ code, retryable }: ArenaError): boolean => retryable || code === 'connection_closed';

/** Whether a turn of the role's own, or the end of the match, is told above `seq`. */
async function waitForTurn(frames: AsyncGenerator<PushedFrame, void>, seq: number): Promise<boolean> {
  for (;;) {
    const { done, value } = await frames.next();
    if (done === true) return false;
    if (value.seq <= seq) continue;
    if (value.type === 'match_over' || (value.type === 'turn' && value.data.your_turn === true)) return true;
  }
}

/** One who reads the frames of a seat. */
class Reader {
  /** The number of the last frame that came. */
  last: number;
  readonly #frames: PushedFrame[] = [];
  #ended: { readonly error: Error | null } | null = null;
  #wake: () => void = () => undefined;

  constructor(after: number) {
    this.last = after;
  }

  /** Frames come again after a new connection, and when another reader begins further back. */
  take(frame: PushedFrame): void {
    if (frame.seq <= this.last) return;
    this.last = frame.seq;
    this.#frames.push(frame);
    this.#wake();
  }

  /** Null for an end in good order. */
  end(error: Error | null): void {
    this.#ended ??= { error };
    this.#wake();
  }

  /** Null at the end. @throws what ended it */
  async next(): Promise<PushedFrame | null> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#ended !== null) {
        if (this.#ended.error === null) return null;
        throw this.#ended.error;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** 22 letters and digits that nobody guesses. */
function randomName(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return [...crypto.getRandomValues(new Uint8Array(22))].map((byte) => letters[byte & 63]).join('');
}
