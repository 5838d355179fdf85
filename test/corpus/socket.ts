import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { Transcript } from './transcript.ts';

export interface Frame {
  readonly type: string;
  readonly seq?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const pushedTypes: ReadonlySet<string> = new Set(['event', 'turn', 'presence', 'match_over']);

/**
 * One role socket, of which every frame is recorded in the order in which the server sent it. A request stands right
 * before its answer: frames that were pushed while it was on its way stand before it.
 */
export class RecordedSocket {
  /** The last frame that was pushed. */
  seq = 0;
  isOpen = true;
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #note: (line: string) => void;
  #answered: (frame: Frame | null) => void = () => undefined;
  #pushed: () => void = () => undefined;
  #isCut = false;
  /** The line of a request that is not answered yet. */
  #asked: string | null = null;

  private constructor(socket: WebSocket, note: (line: string) => void) {
    this.#socket = socket;
    this.#note = note;
    socket.on('message', (data: RawData) => this.#take((data as Buffer).toString()));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => {
        this.isOpen = false;
        this.#noteAsked();
        note(this.#isCut ? 'x cut' : `x ${code} ${reason.toString()}`);
        this.#answered(null);
        this.#pushed();
        resolve();
      }),
    );
  }

  static open(port: number, path: string, transcript: Transcript, stream: string): Promise<RecordedSocket> {
    const note = (line: string) => transcript.add(stream, line);
    note(`> open ${path}`);
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    const recorded = new RecordedSocket(socket, note);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(recorded));
      socket.on('error', reject);
    });
  }

  /** Sends a frame and waits for its answer; null where the connection ends instead. */
  ask(frame: object | string): Promise<Frame | null> {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    const line = text.length > 20_000 ? `> ${text.slice(0, 60)}… (${text.length})` : `> ${text}`;
    return this.#answer(line, () => this.#socket.send(text));
  }

  askBinary(bytes: Uint8Array): Promise<Frame | null> {
    return this.#answer(`> binary ${bytes.length}`, () => this.#socket.send(bytes));
  }

  /** Resolves when the frame of that number has been pushed. */
  async pushedUpTo(seq: number): Promise<void> {
    while (this.seq < seq && this.isOpen) await new Promise<void>((resolve) => (this.#pushed = resolve));
  }

  /** Breaks the connection without a word, once everything that was pushed has come. */
  async cut(): Promise<void> {
    await this.ask({ type: 'obs', request_id: 'before-the-cut' });
    this.#isCut = true;
    this.#socket.terminate();
    await this.closed;
  }

  #answer(line: string, send: () => void): Promise<Frame | null> {
    return new Promise((resolve) => {
      this.#asked = line;
      this.#answered = resolve;
      if (this.isOpen) send();
      else resolve(null);
    });
  }

  #noteAsked(): void {
    if (this.#asked !== null) this.#note(this.#asked);
    this.#asked = null;
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as Frame;
    const isAnswer = !pushedTypes.has(frame.type);
    if (isAnswer) this.#noteAsked();
    this.#note(`< ${text}`);
    if (isAnswer) {
      this.#answered(frame);
      return;
    }
    this.seq = frame.seq ?? this.seq;
    this.#pushed();
  }
}
