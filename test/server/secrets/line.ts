import { WebSocket } from 'ws';
import { isPushed } from '../../../src/client/wire.ts';
import type { PushedFrame, ReplyFrame } from '../../../src/client/wire.ts';
import type { Role } from '../../../src/game/command.ts';

/** One connection of a role, which keeps every frame that it receives, byte for byte. */
export class Line {
  /** As they came. */
  readonly received: string[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #waiting: {
    readonly resolve: (reply: ReplyFrame) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #pushed = 0;
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    void this.closed.then((code) => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`Closed with ${code}, not answered.`));
    });
  }

  static open(port: number, role: Role, query = ''): Promise<Line> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${role}${query}`);
    const line = new Line(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(line));
      socket.once('error', reject);
    });
  }

  /** Sends a frame as it stands, or a value as JSON; resolves with the reply. @throws Error when the line closes */
  ask(frame: string | Uint8Array | object): Promise<ReplyFrame> {
    const isRaw = typeof frame === 'string' || frame instanceof Uint8Array;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState === WebSocket.CLOSED) reject(new Error('The line is closed.'));
      this.#waiting.push({ resolve, reject });
      this.#socket.send(isRaw ? frame : JSON.stringify(frame));
    });
  }

  /** How many frames were pushed. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Resolves when so many frames were pushed in all. */
  async untilPushed(count: number): Promise<void> {
    while (this.#pushed < count) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Leaves the seat. */
  async leave(): Promise<void> {
    this.#socket.send('{"type":"close"}');
    await this.closed;
  }

  /** Breaks the connection. */
  async cut(): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  #take(text: string): void {
    this.received.push(text);
    const frame = JSON.parse(text) as ReplyFrame | PushedFrame;
    if (!isPushed(frame)) {
      this.#waiting.shift()?.resolve(frame);
      return;
    }
    this.#pushed += 1;
    this.#wake();
  }
}
