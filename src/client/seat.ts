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

/** The match to join: the answer to its creation, or its id. */
export type MatchToJoin = string | Pick<CreatedMatch, 'match_id' | 'seat_tokens'>;

/**
 * Close codes after which reconnecting is useless: the server would refuse the token or the same frame again.
 */
const finalCodes: ReadonlySet<unknown> = new Set([1000, 1009, 4001]);

const turnOf: Readonly<Record<Role, Phase>> = {
  fraudster: 'fraudster_turn',
  investigator: 'investigator_turn',
  auditor: 'audit_phase',
};

/**
 * A seat in a match that survives broken connections and server restarts. It joins again with its token,
 * repeats unanswered requests and resumes the frames after the last one it received.
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
  /** The newest observation in an answer. */
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

  /** The seat's secret token, once the seat is taken. Another process can take over the seat with it. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Creates a match and takes the seat in it. @throws ArenaError such as `reset_error`, `match_exists` */
  reset(wishes: MatchWishes = {}): Promise<Observation<R>> {
    // The client chooses the id, so that it can find the match again if the answer gets lost.
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
   * Takes the seat in a match. It uses the given token, or the one from the match's creation, or a new one.
   * @throws ArenaError such as `unknown_match`, `seat_taken`, `seat_token_wrong`
   */
  join(match: MatchToJoin, token?: string): Promise<Observation<R>> {
    const { match_id: id, seat_tokens } =
      typeof match === 'string' ? { match_id: match, seat_tokens: null } : match;
    const shown = token ?? seat_tokens?.[this.role] ?? randomName() + randomName();
    return this.#seated(id, shown, (client) => client.join(id, shown));
  }

  /**
   * Performs an action exactly once, even if the connection breaks meanwhile. It tries again while the server
   * is too busy. A faulty action throws no error: the observation has `accepted: false`.
   * @param commandId identifies the action. Repeating it has no second effect and returns the same answer.
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

  /** Returns the role's current observation. @throws ArenaError */
  obs(): Promise<Observation<R>> {
    return this.#persistently((client) => this.#noting(client.obs()));
  }

  /** Returns the state of the match, as far as the role may read it. @throws ArenaError */
  state(): Promise<MatchState> {
    return this.#persistently((client) => client.state());
  }

  /**
   * Yields an observation when the role's turn starts and after each of its steps, until the turn is over. If
   * the caller does not step, the next observation comes with the next turn. It ends with the match or when
   * the seat closes.
   * @throws ArenaError if reconnecting fails
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
   * Yields the seat's frames above `after`, each once and in order, across connections. It ends with the
   * match or when the seat closes.
   * @throws ArenaError if reconnecting fails
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

  /** Leaves the seat. Another player may then take it. */
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
    // Another match numbers its frames from 1 again.
    if (this.#matchId !== id) this.#endReaders(null);
    this.#matchId = id;
    this.#token = seen.seat_token ?? token;
    return seen;
  }

  async #noting(answer: Promise<Observation<R>>): Promise<Observation<R>> {
    return (this.#seen = await answer);
  }

  /** Repeats a request on new connections until the server answers. */
  async #persistently<T>(ask: (client: RoleClient<R>) => Promise<T>): Promise<T> {
    const backoff = new Backoff(this.#options);
    let isAgain = false;
    for (;;) {
      const client = this.#client;
      try {
        return await ask(client);
      } catch (error) {
        if (!isArenaError(error, 'connection_closed') || !this.#comesBackAfter(error)) throw error;
        // The request itself may end every connection, so the retries are limited.
        if (isAgain) await backoff.wait(error, this.#closed);
        isAgain = true;
        await this.#mend(client);
      }
    }
  }

  #comesBackAfter({ details }: ArenaError): boolean {
    return !this.#isClosed && !finalCodes.has(details['code']);
  }

  /** Reconnects once for all callers that wait for a connection. */
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

  /** Reconnects as soon as the connection ends, so that a player who thinks for long keeps the seat. */
  #watchOver(client: RoleClient<R>): void {
    void client.ended.then(async (end) => {
      if (this.#matchId === null || !this.#comesBackAfter(end)) return;
      // The next request reconnects again and reports the error.
      await this.#mend(client).catch(() => undefined);
    });
  }

  /** Subscribes from the slowest reader's position. The first reader also starts the distribution. */
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
      // All readers may have stopped meanwhile.
      if (lasts.length > 0) await client.subscribe(Math.min(...lasts));
      return client;
    });
  }

  #endReaders(why: unknown): void {
    const error = why instanceof Error && !this.#isClosed ? why : null;
    for (const reader of this.#readers) reader.end(error);
  }
}

/** Whether another try may succeed. */
const isPassing = ({ code, retryable }: ArenaError): boolean => retryable || code === 'connection_closed';

/**
 * Waits for a frame above `seq` that starts the role's turn or ends the match.
 * @returns false if the frames end
 */
async function waitForTurn(frames: AsyncGenerator<PushedFrame, void>, seq: number): Promise<boolean> {
  for (;;) {
    const { done, value } = await frames.next();
    if (done === true) return false;
    if (value.seq <= seq) continue;
    if (value.type === 'match_over' || (value.type === 'turn' && value.data.your_turn === true)) return true;
  }
}

/** One consumer of a seat's frames. */
class Reader {
  /** The number of the last frame received. */
  last: number;
  readonly #frames: PushedFrame[] = [];
  #ended: { readonly error: Error | null } | null = null;
  #wake: () => void = () => undefined;

  constructor(after: number) {
    this.last = after;
  }

  /** Skips known frames. They repeat after a reconnect, or when another reader starts further back. */
  take(frame: PushedFrame): void {
    if (frame.seq <= this.last) return;
    this.last = frame.seq;
    this.#frames.push(frame);
    this.#wake();
  }

  /** Ends the frames. @param error null for a normal end */
  end(error: Error | null): void {
    this.#ended ??= { error };
    this.#wake();
  }

  /** @returns the next frame, or null at the end @throws the error that ended the frames */
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

/** A random, unguessable name of 22 characters. */
function randomName(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return [...crypto.getRandomValues(new Uint8Array(22))].map((byte) => letters[byte & 63]).join('');
}
