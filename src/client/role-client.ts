import type { Role } from '../game/command.ts';
import { RoleSocketError, isPushed } from './wire.ts';
import type { Observation, PushedFrame, ReplyFrame } from './wire.ts';

/** What a WebSocket of a browser, of Node 22 or of the package `ws` offers. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: (event: CloseLike) => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** What the events of an end bring, as far as the platform tells. */
interface CloseLike {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

export interface ConnectOptions {
  /** Opens a WebSocket; default: the platform's own. */
  readonly open: (url: string) => SocketLike;
}

interface Waiting {
  readonly resolve: (frame: ReplyFrame) => void;
  readonly reject: (error: RoleSocketError) => void;
}

export const roleSocketUrl = (server: string, role: Role): string =>
  `${server.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/${role}`;

/** No connection came about; `why` in the platform's words. */
export function unreachable(server: string, why: string | undefined): RoleSocketError {
  const cause = why === undefined || why === '' ? '.' : `: ${why}.`;
  return new RoleSocketError('server_unreachable', `No role socket opens at ${server}${cause}`);
}

/** One connection of one role. Requests may overlap: the server answers them in order. */
export class RoleClient {
  readonly #socket: SocketLike;
  readonly #waiting: Waiting[] = [];
  readonly #pushed: PushedFrame[] = [];
  #wake: () => void = () => undefined;
  #ended: RoleSocketError | null = null;

  private constructor(socket: SocketLike) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', ({ code, reason }) => this.#end(code ?? 1006, reason ?? ''));
  }

  /** @throws RoleSocketError `server_unreachable` */
  static connect(server: string, role: Role, { open }: ConnectOptions): Promise<RoleClient> {
    const url = roleSocketUrl(server, role);
    return new Promise((resolve, reject) => {
      const socket = open(url);
      const client = new RoleClient(socket);
      const fail = ({ message }: CloseLike) => reject(unreachable(server, message));
      socket.addEventListener('open', () => resolve(client));
      socket.addEventListener('error', fail);
      socket.addEventListener('close', fail);
    });
  }

  /** Makes a match and takes the role's seat in it. @throws RoleSocketError */
  reset(wanted: Readonly<Record<string, unknown>> = {}): Promise<Observation> {
    return this.#observe('reset', wanted);
  }

  /** Takes the role's seat in a match. @throws RoleSocketError */
  join(matchId: string, seatToken?: string): Promise<Observation> {
    return this.#observe('join', {
      match_id: matchId,
      ...(seatToken === undefined ? {} : { seat_token: seatToken }),
    });
  }

  /** Acts. The same `commandId` again has no second effect and gets the same answer. @throws RoleSocketError */
  step(action: Readonly<Record<string, unknown>>, commandId?: string): Promise<Observation> {
    return this.#observe('step', action, commandId === undefined ? {} : { command_id: commandId });
  }

  /** @throws RoleSocketError */
  obs(): Promise<Observation> {
    return this.#observe('obs', {});
  }

  /** From here on {@link RoleClient.frames} yields the frames numbered above `fromSeq`. @throws RoleSocketError */
  async subscribe(fromSeq?: number): Promise<void> {
    await this.request({ type: 'subscribe', data: fromSeq === undefined ? {} : { from_seq: fromSeq } });
  }

  /** Sends any frame; resolves with its reply. @throws RoleSocketError for a reply of type `error` too. */
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
    const { code, message, details } = reply.data as { code: string; message: string; details?: object };
    throw new RoleSocketError(code, message, { ...details });
  }

  /** Pushed frames as they come. Ends with the connection. */
  async *frames(): AsyncGenerator<PushedFrame, void> {
    for (;;) {
      const next = this.#pushed.shift();
      if (next !== undefined) yield next;
      else if (this.#ended !== null) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Leaves the seat and closes. */
  close(): void {
    if (this.#ended === null) this.#socket.send(JSON.stringify({ type: 'close' }));
  }

  async #observe(type: string, data: object, more: object = {}): Promise<Observation> {
    const { data: seen } = await this.request({ type, data, ...more });
    return seen as Observation;
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as ReplyFrame | PushedFrame;
    if (!isPushed(frame)) {
      this.#waiting.shift()?.resolve(frame);
      return;
    }
    this.#pushed.push(frame);
    this.#wake();
  }

  #end(code: number, reason: string): void {
    this.#ended = new RoleSocketError('connection_closed', `The connection is closed (${code} ${reason}).`, {
      code,
      reason,
    });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    this.#wake();
  }
}
