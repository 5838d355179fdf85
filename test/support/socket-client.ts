import { WebSocket } from 'ws';

/** A frame of the server's, as it came. */
export interface Frame {
  readonly type: string;
  readonly seq?: number;
  readonly at?: number;
  readonly request_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** The connection is gone, or never was; what was asked may have been done or not. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface Waiting {
  readonly resolve: (reply: Frame) => void;
  readonly reject: (error: ConnectionLost) => void;
}

const pushedTypes: ReadonlySet<string> = new Set(['event', 'turn', 'presence', 'match_over']);
export const isPush = ({ type }: Frame): boolean => pushedTypes.has(type);

/** One connection. What is sent is what the test wrote, and every frame that comes is kept. */
export class SocketClient {
  readonly replies: Frame[] = [];
  readonly pushed: Frame[] = [];
  /** Every frame, in order. */
  readonly received: Frame[] = [];
  /** The same, byte for byte. */
  readonly texts: string[] = [];
  readonly replyTexts: string[] = [];
  readonly pushedTexts: string[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #heard: (text: string, frame: Frame) => void;
  /** By the number of the reply. */
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  #read = 0;
  #isClosed = false;
  #wakes: (() => void)[] = [];

  /** `heard` is called with every frame as it comes. */
  constructor(url: string, heard: (text: string, frame: Frame) => void = () => undefined) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#heard = heard;
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (request, { statusCode = 0 }) => {
        request.destroy();
        reject(new ConnectionLost(`refused with ${statusCode}`));
      });
      socket.once('error', ({ message }) => reject(new ConnectionLost(message)));
    });
    this.opened.catch(() => undefined);
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) socket.close(1003, 'Frames are texts.');
      else this.#take(data.toString());
    });
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => {
        this.#end(code);
        resolve({ code, reason: reason.toString() });
      }),
    );
  }

  /** @throws ConnectionLost with the status of the answer where the server refuses the connection. */
  static async open(url: string): Promise<SocketClient> {
    const client = new SocketClient(url);
    await client.opened;
    return client;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How many frames have come that `next` has not given. */
  get unread(): number {
    return Math.max(0, this.texts.length - this.#read);
  }

  /** Sends a frame that will be answered: a text or bytes as they stand, a value as JSON. */
  send(frame: object | string | Uint8Array): void {
    this.#requests += 1;
    const isRaw = typeof frame === 'string' || frame instanceof Uint8Array;
    this.#socket.send(isRaw ? frame : JSON.stringify(frame));
  }

  /** Sends a frame; resolves with its answer, which is the reply to as many requests as were sent. */
  async request(frame: object | string | Uint8Array): Promise<Frame> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await this.opened;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new ConnectionLost('The connection is over.'));
        return;
      }
      this.send(frame);
      this.#waiting.set(this.#requests, { resolve, reject });
    });
  }

  /** The next frame, of whatever kind; null at the end of the connection. */
  async next(): Promise<string | null> {
    const index = this.#read;
    this.#read += 1;
    while (this.texts.length <= index && !this.#isClosed) await this.#something();
    return this.texts[index] ?? null;
  }

  /** Resolves once the condition holds after some frame. @throws ConnectionLost when the connection ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isClosed) throw new ConnectionLost(`It ended after ${this.texts.length} frames.`);
      await this.#something();
    }
  }

  /** Resolves when so many frames were pushed in all. */
  untilPushed(count: number): Promise<void> {
    return this.until(() => this.pushed.length >= count);
  }

  /** The pushed frames up to the first one that is wanted. */
  async pushedUntil(isWanted: (frame: Frame) => boolean): Promise<readonly Frame[]> {
    await this.until(() => this.pushed.some(isWanted));
    return this.pushed.slice(0, this.pushed.findIndex(isWanted) + 1);
  }

  /** Leaves the seat, and waits for the goodbye. */
  leave(): Promise<Closed> {
    if (!this.#isClosed) this.#socket.send('{"type":"close"}');
    return this.closed;
  }

  /** Breaks the line without a closing handshake, as a cable does that is cut. */
  terminate(): Promise<Closed> {
    this.#socket.terminate();
    return this.closed;
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as Frame;
    this.received.push(frame);
    this.texts.push(text);
    this.#heard(text, frame);
    if (isPush(frame)) {
      this.pushed.push(frame);
      this.pushedTexts.push(text);
    } else {
      this.replies.push(frame);
      this.replyTexts.push(text);
      this.#waiting.get(this.replies.length)?.resolve(frame);
      this.#waiting.delete(this.replies.length);
    }
    this.#stir();
  }

  #end(code: number): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(new ConnectionLost(`closed with ${code}`));
    this.#waiting.clear();
    this.#stir();
  }

  #something(): Promise<void> {
    return new Promise((resolve) => void this.#wakes.push(resolve));
  }

  #stir(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}
