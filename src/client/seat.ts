import type { Role } from '../game/command.ts';
import { RoleClient } from './role-client.ts';
import type { ConnectOptions } from './role-client.ts';
import { RoleSocketError } from './wire.ts';
import type { Observation, PushedFrame } from './wire.ts';

export interface SeatOptions extends ConnectOptions {
  /** How often a lost connection is tried again before the seat gives up; default 8, each wait twice the one before. */
  readonly retries?: number;
  /** The first wait, in milliseconds; default 100. */
  readonly retryMs?: number;
}

/** Close codes after which the same token is welcome again. */
const comesBack = (code: unknown): boolean => code !== 1000 && code !== 4001;

/**
 * A seat in a match that survives broken connections and restarts of the server: it joins again with its token,
 * sends what was not answered once more, and goes on with the frames where it stopped.
 * @example
 * const seat = await connectRole('http://127.0.0.1:8000', 'fraudster');
 * const seen = await seat.reset({ task_id: 'task_1' });
 * await seat.step({ action_type: 'end_turn' });
 */
export class Seat {
  readonly role: Role;
  readonly #server: string;
  readonly #options: SeatOptions;
  #client: RoleClient;
  #matchId: string | null = null;
  #token: string | undefined;
  /** The last frame yielded; null where nobody asked for frames. */
  #seq: number | null = null;
  #commands = 0;
  #isClosed = false;
  #mending: Promise<void> | null = null;
  readonly #prefix = randomName();

  private constructor(server: string, role: Role, options: SeatOptions, client: RoleClient) {
    this.#server = server;
    this.role = role;
    this.#options = options;
    this.#client = client;
  }

  /** @throws RoleSocketError `server_unreachable` */
  static async connect(server: string, role: Role, options: SeatOptions): Promise<Seat> {
    return new Seat(server, role, options, await RoleClient.connect(server, role, options));
  }

  get matchId(): string | null {
    return this.#matchId;
  }

  /** The secret of the seat, once it is taken: whoever has it, has the seat. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Makes a match and takes the seat in it. @throws RoleSocketError */
  reset(wanted: Readonly<Record<string, unknown>> = {}): Promise<Observation> {
    // Named by the client, so that a creation whose answer was lost is found again.
    const id =
      typeof wanted['episode_id'] === 'string' ? wanted['episode_id'] : `${this.#prefix}-${randomName()}`;
    const token = randomName() + randomName();
    let isRepeated = false;
    return this.#seated(id, token, async (client) => {
      const isAgain = isRepeated;
      isRepeated = true;
      try {
        return await client.reset({ ...wanted, episode_id: id, seat_token: token });
      } catch (error) {
        if (!isAgain || !(error instanceof RoleSocketError) || error.code !== 'match_exists') throw error;
        return client.join(id, token);
      }
    });
  }

  /** Takes the seat in a match; without a token the seat must be free. @throws RoleSocketError */
  join(matchId: string, token: string = randomName() + randomName()): Promise<Observation> {
    return this.#seated(matchId, token, (client) => client.join(matchId, token));
  }

  /** Acts, once, however often the connection breaks meanwhile. @throws RoleSocketError */
  step(action: Readonly<Record<string, unknown>>): Promise<Observation> {
    this.#commands += 1;
    const id = `${this.#prefix}.${this.#commands}`;
    return this.#persistently((client) => client.step(action, id));
  }

  /** @throws RoleSocketError */
  obs(): Promise<Observation> {
    return this.#persistently((client) => client.obs());
  }

  /**
   * The seat's numbered frames above `after`, each once and in order, across connections. Ends when the match is over
   * or the seat is closed.
   */
  async *frames(after = 0): AsyncGenerator<PushedFrame, void> {
    this.#seq = after;
    for (;;) {
      await this.#persistently((client) => client.subscribe(this.#seq ?? after));
      for await (const frame of this.#client.frames()) {
        if (frame.seq <= this.#seq) continue;
        this.#seq = frame.seq;
        yield frame;
        if (frame.type === 'match_over') return;
      }
      if (this.#isClosed) return;
    }
  }

  /** Leaves the seat. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  async #seated(
    id: string,
    token: string,
    ask: (client: RoleClient) => Promise<Observation>,
  ): Promise<Observation> {
    const seen = await this.#persistently(ask);
    this.#matchId = id;
    this.#token = seen.seat_token ?? token;
    return seen;
  }

  async #persistently<T>(ask: (client: RoleClient) => Promise<T>): Promise<T> {
    for (;;) {
      const client = this.#client;
      try {
        return await ask(client);
      } catch (error) {
        if (!(error instanceof RoleSocketError) || error.code !== 'connection_closed' || this.#isClosed)
          throw error;
        if (!comesBack(error.details['code'])) throw error;
        await this.#mend(client);
      }
    }
  }

  /** One new connection for all who wait for one. */
  #mend(broken: RoleClient): Promise<void> {
    if (this.#client !== broken) return Promise.resolve();
    this.#mending ??= this.#reconnect().finally(() => (this.#mending = null));
    return this.#mending;
  }

  async #reconnect(): Promise<void> {
    const { retries = 8, retryMs = 100 } = this.#options;
    for (let wait = retryMs, left = retries; ; wait *= 2, left -= 1) {
      try {
        const client = await RoleClient.connect(this.#server, this.role, this.#options);
        if (this.#matchId !== null) await client.join(this.#matchId, this.#token);
        this.#client = client;
        return;
      } catch (error) {
        if (left <= 0 || (error instanceof RoleSocketError && error.code.startsWith('seat_'))) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }
}

/** 22 letters and digits that nobody guesses. */
function randomName(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return [...crypto.getRandomValues(new Uint8Array(22))].map((byte) => letters[byte & 63]).join('');
}
