import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { Transcript } from './transcript.ts';

export interface Frame {
  readonly type: string;
  readonly seq?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const pushedTypes: ReadonlySet<string> = new Set(['event', 'turn', 'presence', 'match_over']);

/** One role socket, of which every frame is recorded in the order in which it was sent or came. */
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

  private constructor(socket: WebSocket, note: (line: string) => void) {
    this.#socket = socket;
    this.#note = note;
    socket.on('message', (data: RawData) => this.#take((data as Buffer).toString()));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => {
        this.isOpen = false;
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
    this.#note(text.length > 20_000 ? `> ${text.slice(0, 60)}… (${text.length})` : `> ${text}`);
    return this.#answer(() => this.#socket.send(text));
  }

  askBinary(bytes: Uint8Array): Promise<Frame | null> {
    this.#note(`> binary ${bytes.length}`);
    return this.#answer(() => this.#socket.send(bytes));
  }

  /** Resolves when the frame of that number has been pushed. */
  async pushedUpTo(seq: number): Promise<void> {
    while (this.seq < seq && this.isOpen) await new Promise<void>((resolve) => (this.#pushed = resolve));
  }

  /** Breaks the connection without a word. */
  async cut(): Promise<void> {
    this.#isCut = true;
    this.#socket.terminate();
    await this.closed;
  }

  #answer(send: () => void): Promise<Frame | null> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      if (this.isOpen) send();
      else resolve(null);
    });
  }

  #take(text: string): void {
    this.#note(`< ${text}`);
    const frame = JSON.parse(text) as Frame;
    if (!pushedTypes.has(frame.type)) {
      this.#answered(frame);
      return;
    }
    this.seq = frame.seq ?? this.seq;
    this.#pushed();
  }
}
