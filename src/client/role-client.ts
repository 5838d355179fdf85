import type { Role } from '../game/command.ts';
import { ArenaError, isPushed } from './wire.ts';
import type { MatchState, Observation, PushedFrame, ReplyFrame } from './wire.ts';

/** The part of a WebSocket that browsers, Node 22 and the package `ws` have in common. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: (event: CloseLike) => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** The fields of close and error events. Each platform sets some of them. */
interface CloseLike {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

export interface ConnectOptions {
  /** Opens a WebSocket; default: the platform's own, or the package `ws` in Node. */
  readonly open: (url: string) => SocketLike;
  /**
   * After this much silence the client sends a request, and after as much again without an answer it gives
   * the connection up; in milliseconds, default 30,000.
   */
  readonly silentMs?: number;
}

interface Waiting {
  readonly resolve: (frame: ReplyFrame) => void;
  readonly reject: (error: ArenaError) => void;
}

export const roleSocketUrl = (server: string, role: Role): string =>
  `${server.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/${role}`;

/** The error for a connection that failed to open. @param why the platform's message */
export function unreachable(server: string, why: string | undefined): ArenaError {
  const cause = why === undefined || why === '' ? '.' : `: ${why}.`;
  return new ArenaError('server_unreachable', `No role socket opens at ${server}${cause}`, {}, true);
}

/** One connection of one role. Requests may overlap, because the server answers them in order. */
export class RoleClient<R extends Role = Role> {
  /** Resolves when the connection ends. `details.code` is the close code. */
  readonly ended: Promise<ArenaError>;
  readonly #socket: SocketLike;
  readonly #silentMs: number;
  readonly #waiting: Waiting[] = [];
  readonly #pushed: PushedFrame[] = [];
  #wake: () => void = () => undefined;
  #tellEnd: (end: ArenaError) => void = () => undefined;
  #ended: ArenaError | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #isProbed = false;

  private constructor(socket: SocketLike, silentMs: number) {
    this.#socket = socket;
    this.#silentMs = silentMs;
    this.ended = new Promise((resolve) => (this.#tellEnd = resolve));
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', ({ code, reason }) => this.#end(code ?? 1006, reason ?? ''));
  }

  /** @throws ArenaError `server_unreachable` */
  static connect<R extends Role>(
    server: string,
    role: R,
    { open, silentMs = 30_000 }: ConnectOptions,
  ): Promise<RoleClient<R>> {
    const url = roleSocketUrl(server, role);
    return new Promise((resolve, reject) => {
      const socket = open(url);
      const client = new RoleClient<R>(socket, silentMs);
      const fail = ({ message }: CloseLike) => reject(unreachable(server, message));
      const timeout = setTimeout(() => {
        fail({ message: `no answer within ${silentMs} ms` });
        socket.close();
      }, silentMs);
      socket.addEventListener('open', () => {
        clearTimeout(timeout);
        client.#listen();
        resolve(client);
      });
      socket.addEventListener('error', fail);
      socket.addEventListener('close', (event) => {
        clearTimeout(timeout);
        fail(event);
      });
    });
  }

  /** Creates a match and takes the role's seat in it. @throws ArenaError */
  reset(wanted: Readonly<Record<string, unknown>> = {}): Promise<Observation<R>> {
    return this.#observe('reset', wanted);
  }

  /** Takes the role's seat in a match. @throws ArenaError */
  join(matchId: string, seatToken?: string): Promise<Observation<R>> {
    return this.#observe('join', {
      match_id: matchId,
      ...(seatToken === undefined ? {} : { seat_token: seatToken }),
    });
  }

  /**
   * Sends an action. Repeating a `commandId` has no second effect and returns the same answer.
   * @throws ArenaError
   */
  step(action: Readonly<Record<string, unknown>>, commandId?: string): Promise<Observation<R>> {
    return this.#observe('step', action, commandId === undefined ? {} : { command_id: commandId });
  }

  /** @throws ArenaError */
  obs(): Promise<Observation<R>> {
    return this.#observe('obs', {});
  }

  /** @throws ArenaError */
  async state(): Promise<MatchState> {
    const { data } = await this.request({ type: 'state' });
    return data as unknown as MatchState;
  }

  /** Subscribes {@link RoleClient.frames} to the frames numbered above `fromSeq`. @throws ArenaError */
  async subscribe(fromSeq?: number): Promise<void> {
    await this.request({ type: 'subscribe', data: fromSeq === undefined ? {} : { from_seq: fromSeq } });
  }

  /** Sends a frame and resolves with its reply. @throws ArenaError, also for a reply of type `error` */
  async request(frame: Readonly<Record<string, unknown>>): Promise<ReplyFrame> {
    const reply = await new Promise<ReplyFrame>((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.send(JSON.stringify(frame));
    });
    if (reply.type !== 'error') return reply;
    const { code, message, details, retryable } = reply.data as {
      readonly code: string;
      readonly message: string;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly retryable?: boolean;
    };
    throw new ArenaError(code, message, details, retryable);
  }

  /** Yields pushed frames as they arrive. Ends with the connection. */
  async *frames(): AsyncGenerator<PushedFrame, void> {
    for (;;) {
      const next = this.#pushed.shift();
      if (next !== undefined) yield next;
      else if (this.#ended !== null) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Leaves the seat and closes the connection. */
  close(): void {
    if (this.#ended === null) this.#socket.send(JSON.stringify({ type: 'close' }));
  }

  async #observe(type: string, data: object, more: object = {}): Promise<Observation<R>> {
    const { data: seen } = await this.request({ type, data, ...more });
    return seen as unknown as Observation<R>;
  }

  #take(text: string): void {
    this.#listen();
    const frame = JSON.parse(text) as ReplyFrame | PushedFrame;
    if (!isPushed(frame)) {
      this.#waiting.shift()?.resolve(frame);
      return;
    }
    this.#pushed.push(frame);
    this.#wake();
  }

  /** Restarts the silence timer. A connection that was cut on the way shows no other sign than silence. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#isProbed = false;
    if (this.#ended === null) this.#silence = setTimeout(() => this.#probe(), this.#silentMs);
  }

  #probe(): void {
    if (this.#isProbed) {
      this.#end(1006, 'silent');
      this.#socket.close();
      return;
    }
    this.#isProbed = true;
    this.#silence = setTimeout(() => this.#probe(), this.#silentMs);
    // Any answer proves that the connection works, even an error.
    this.obs().catch(() => undefined);
  }

  #end(code: number, reason: string): void {
    if (this.#ended !== null) return;
    clearTimeout(this.#silence);
    const why = reason === '' ? `${code}` : `${code} ${reason}`;
    const end = new ArenaError('connection_closed', `The connection is closed (${why}).`, { code, reason });
    this.#ended = end;
    for (const { reject } of this.#waiting.splice(0)) reject(end);
    this.#tellEnd(end);
    this.#wake();
  }
}
