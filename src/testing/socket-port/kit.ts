import type * as Vitest from 'vitest';
import type {
  Conversation,
  HttpRequest,
  ListenOptions,
  Listening,
  ServerSocket,
  SocketPort,
  UpgradeRequest,
} from '../../server/net/socket-port.ts';
import { BareSocket } from './bare-socket.ts';
import type { DialOptions } from './bare-socket.ts';

/** Where adapters may differ, because the library decides. */
export interface AdapterTraits {
  /** Close code for a frame above the limit; null if the connection is cut without one. */
  readonly tooLongCode: number | null;
  /** Close code for text that is not UTF-8; null if the connection is cut without one. */
  readonly invalidTextCode: number | null;
  /** Close code for broken framing; null if the connection is cut without one. */
  readonly brokenFrameCode: number | null;
  /** Whether an unmasked client frame ends the connection. */
  readonly refusesUnmasked: boolean;
  /** The smallest `silentMs` that the adapter supports. */
  readonly silentMsMin: number;
}

export interface Heard {
  readonly text: string;
  readonly isBinary: boolean;
}

/** A conversation that records the calls it gets. */
export class Recorded implements Conversation {
  readonly socket: ServerSocket;
  readonly heard: Heard[] = [];
  drains = 0;
  ends = 0;
  /** Calls after the end. */
  readonly late: string[] = [];
  readonly #told: (heard: Recorded, text: string) => void;
  readonly #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor(socket: ServerSocket, told: (heard: Recorded, text: string) => void) {
    this.socket = socket;
    this.#told = told;
  }

  message(data: Uint8Array, isBinary: boolean): void {
    if (this.ends > 0) this.late.push('message');
    const text = Buffer.from(data).toString(isBinary ? 'latin1' : 'utf8');
    this.heard.push({ text, isBinary });
    this.#told(this, text);
    this.#look();
  }

  drained(): void {
    if (this.ends > 0) this.late.push('drained');
    this.drains += 1;
    this.#look();
  }

  closed(): void {
    if (this.ends > 0) this.late.push('closed');
    this.ends += 1;
    this.#look();
  }

  /** Resolves when the condition holds. It is checked after every call. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }));
  }

  get over(): Promise<void> {
    return this.until(() => this.ends > 0);
  }

  #look(): void {
    for (const [index, each] of [...this.#waiting.entries()].reverse()) {
      if (!each.holds()) continue;
      this.#waiting.splice(index, 1);
      each.resolve();
    }
  }
}

/** A server whose conversations are {@link Recorded}. */
export interface Served {
  readonly port: number;
  readonly listening: Listening;
  /** In the order of their opening. */
  readonly conversations: readonly Recorded[];
  readonly asked: readonly UpgradeRequest[];
  readonly requests: readonly HttpRequest[];
  /** Connects a client. Resolves with it and the server's conversation with it. */
  readonly meet: (options?: Omit<DialOptions, 'port'>) => Promise<Met>;
}

export interface Met {
  readonly client: BareSocket;
  readonly conversation: Recorded;
}

export interface ServeOptions extends Partial<
  Pick<ListenOptions, 'frameBytesMax' | 'waitingBytesMax' | 'silentMs' | 'bodyBytesMax' | 'upgrade' | 'http'>
> {
  /** Called for every message. */
  readonly told?: (conversation: Recorded, text: string) => void;
}

/** Sends every message back. */
export const echo = (conversation: Recorded, text: string): void => void conversation.socket.send(text);

/** Listens on a free port. By default it accepts every upgrade and answers every request with 200. */
export async function serve(adapter: SocketPort, options: ServeOptions = {}): Promise<Served> {
  const conversations: Recorded[] = [];
  const asked: UpgradeRequest[] = [];
  const requests: HttpRequest[] = [];
  const { told = () => undefined, upgrade, http } = options;
  const listening = await adapter.listen({
    host: '127.0.0.1',
    port: 0,
    frameBytesMax: 100_000,
    waitingBytesMax: 1_000_000,
    silentMs: 60_000,
    bodyBytesMax: 10_000,
    ...options,
    upgrade: (request) => {
      asked.push(request);
      if (upgrade !== undefined) return upgrade(request);
      return {
        ok: true,
        open: (socket) => {
          const conversation = new Recorded(socket, told);
          conversations.push(conversation);
          return conversation;
        },
      };
    },
    http: (request) => {
      requests.push(request);
      return http?.(request) ?? { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' };
    },
  });
  const { port } = listening;
  const meet = async (dial: Omit<DialOptions, 'port'> = {}) => {
    const before = conversations.length;
    const client = await BareSocket.open({ port, ...dial });
    const conversation = conversations[before];
    if (conversation === undefined) throw new Error('The upgrade was answered and nothing opened.');
    return { client, conversation };
  };
  return { port, listening, conversations, asked, requests, meet };
}

/** The test functions of vitest, passed in so that this module does not import a test library. */
export type TestFunctions = Pick<typeof Vitest, 'describe' | 'it' | 'expect'>;

export interface Kit extends TestFunctions {
  readonly adapter: SocketPort;
  readonly traits: AdapterTraits;
  /** Another adapter on the same machine. */
  readonly other: SocketPort;
  /** Declares a case that gets its own server, which is closed afterwards. */
  readonly holds: (fact: string, options: ServeOptions, check: (served: Served) => Promise<void>) => void;
}

/**
 * Sends to a peer that reads nothing until `send` returns `result`.
 * @returns how many frames were accepted.
 */
export function sendUntil(
  socket: Pick<ServerSocket, 'send'>,
  text: string,
  result: 'waiting' | 'dropped',
): number {
  for (let taken = 0; taken < 100_000; taken += 1) {
    const sent = socket.send(text);
    if (sent === result) return taken + (sent === 'dropped' ? 0 : 1);
  }
  throw new Error(`Sending never came to ${result}.`);
}
