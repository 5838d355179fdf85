import { WebSocket } from 'ws';
import { isPushed } from '../../../src/client/wire.ts';
import type { PushedFrame, ReplyFrame } from '../../../src/client/wire.ts';
import type { Role } from '../../../src/game/command.ts';

/** The connection is gone, or never was; what was asked may have been done or not. */
export class LineBroken extends Error {
  override readonly name = 'LineBroken';
}

/** A reply as it came. */
export interface Notice {
  readonly text: string;
  readonly type: ReplyFrame['type'];
  readonly data: Readonly<Record<string, unknown>>;
}

/** A pushed frame, whatever kind it may be of. */
export type Pushed = PushedFrame & { readonly data: Readonly<Record<string, unknown>> };

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

interface Waiting {
  readonly resolve: (told: Notice) => void;
  readonly reject: (error: LineBroken) => void;
}

let requests = 0;

/** One connection of one role which keeps what it hears as it was sent. */
export class Line {
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #waiting: Waiting[] = [];
  #isBroken = false;

  private constructor(socket: WebSocket, pushed: (text: string, frame: Pushed) => void) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      const frame = JSON.parse(text) as ReplyFrame | PushedFrame;
      if (isPushed(frame)) pushed(text, frame);
      else this.#waiting.shift()?.resolve({ text, type: frame.type, data: frame.data });
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#isBroken = true;
        for (const { reject } of this.#waiting.splice(0)) reject(new LineBroken(`closed with ${code}`));
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** @throws LineBroken where nobody answers. */
  static open(
    url: string,
    role: Role,
    pushed: (text: string, frame: Pushed) => void = () => undefined,
  ): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url}/ws/${role}`);
      const line = new Line(socket, pushed);
      socket.on('open', () => resolve(line));
      socket.on('error', (error) => reject(new LineBroken(error.message)));
      socket.on('close', () => reject(new LineBroken('never opened')));
    });
  }

  /** Sends a request under a number of its own. @throws LineBroken where the answer does not come. */
  ask(frame: Readonly<Record<string, unknown>>): Promise<Notice> {
    return new Promise((resolve, reject) => {
      if (this.#isBroken) {
        reject(new LineBroken('closed before'));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.send(JSON.stringify({ ...frame, request_id: `r${(requests += 1)}` }));
    });
  }

  /** Leaves the seat and closes. */
  async leave(): Promise<Closed> {
    if (!this.#isBroken) this.#socket.send('{"type":"close"}');
    return this.closed;
  }

  /** Breaks the connection without a word. */
  async cut(): Promise<Closed> {
    this.#socket.terminate();
    return this.closed;
  }
}

/** A reply without the number of its request: what the same command gets each time. */
export const withoutRequest = (text: string): string => text.replace(/"request_id":"r\d+",/, '');
