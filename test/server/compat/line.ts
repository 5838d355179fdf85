import WebSocket from 'ws';
import * as z from 'zod';

/** What every frame of the server is: these two fields and no other. */
const frameShape = z.strictObject({ type: z.string(), data: z.record(z.string(), z.unknown()) });
export type Frame = z.infer<typeof frameShape>;

export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** One plain WebSocket. What goes out is the text given, what comes in is kept until somebody reads it. */
export class Line {
  readonly #socket: WebSocket;
  readonly #unread: string[] = [];
  readonly #readers: ((text: string | Error) => void)[] = [];
  readonly closed: Promise<Ending>;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      const text = isBinary ? new Error('The server sent a binary frame.') : data.toString('utf8');
      const reader = this.#readers.shift();
      if (reader !== undefined) reader(text);
      else this.#unread.push(String(text));
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        for (const reader of this.#readers.splice(0)) reader(new Error(`The server closed with ${code}.`));
        resolve({ code, reason: reason.toString('utf8') });
      });
    });
    socket.on('error', () => undefined);
  }

  static async opened(url: string): Promise<WebSocket> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return socket;
  }

  /** How many frames have come that nobody has read. */
  get unread(): number {
    return this.#unread.length;
  }

  send(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** The next frame of the server, as it stands on the wire. */
  next(): Promise<Frame> {
    const text = this.#unread.shift();
    if (text !== undefined) return Promise.resolve(read(text));
    return new Promise((resolve, reject) =>
      this.#readers.push((came) => {
        if (typeof came === 'string') resolve(read(came));
        else reject(came);
      }),
    );
  }

  /** Sends a frame and reads what comes next: in strict request and reply, that is its answer. */
  ask(frame: string | Uint8Array): Promise<Frame> {
    this.send(frame);
    return this.next();
  }

  /** Gone without a word, as when the cable is pulled. */
  cut(): void {
    this.#socket.terminate();
  }
}

const read = (text: string): Frame => frameShape.parse(JSON.parse(text));
