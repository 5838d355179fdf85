import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { FrameReader, closeFrame, frame, opcodes } from './wire.ts';
import type { FrameOptions, ServerFrame } from './wire.ts';

export interface DialOptions {
  readonly port: number;
  /** With the query. */
  readonly path?: string;
  readonly host?: string;
  /** The local address. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether pings and the closing handshake are answered; default true. */
  readonly isPolite?: boolean;
}

export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a connection ended: code and reason of the close frame, or 1006 without one. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

export type Dialled =
  { readonly ok: true; readonly socket: BareSocket } | { readonly ok: false; readonly answer: BareAnswer };

/**
 * A WebSocket client on a raw TCP connection. It can also send what no library would. With `isPolite` false
 * it answers neither pings nor the closing handshake.
 */
export class BareSocket {
  /** Resolves when the connection is gone. */
  readonly ended: Promise<Ending>;
  readonly #tcp: Socket;
  readonly #reader = new FrameReader();
  readonly #isPolite: boolean;
  readonly #heard: string[] = [];
  /** The opcodes of the received control frames. */
  readonly controls: number[] = [];
  readonly #frames: ServerFrame[] = [];
  #ending: Ending | null = null;
  #said: Ending = { code: 1006, reason: '' };
  #isClosing = false;
  #wake: () => void = () => undefined;

  private constructor(tcp: Socket, isPolite: boolean, first: Buffer) {
    this.#tcp = tcp;
    this.#isPolite = isPolite;
    tcp.on('data', (bytes: Buffer) => this.#take(bytes));
    // `close` follows.
    tcp.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      tcp.once('close', () => {
        this.#ending = this.#said;
        this.#wake();
        resolve(this.#said);
      });
    });
    this.#take(first);
  }

  /** Requests the upgrade. Resolves with the connection, or with the server's refusal. */
  static async dial(options: DialOptions): Promise<Dialled> {
    const tcp = knock(options);
    const head = await headOf(tcp);
    if (head.answer.status !== 101) {
      const answer = await wholeAnswer(tcp, head);
      tcp.destroy();
      return { ok: false, answer };
    }
    return { ok: true, socket: new BareSocket(tcp, options.isPolite ?? true, head.rest) };
  }

  /** As {@link BareSocket.dial}. @throws Error if the upgrade is refused. */
  static async open(options: DialOptions): Promise<BareSocket> {
    const dialled = await BareSocket.dial(options);
    if (dialled.ok) return dialled.socket;
    throw new Error(`The upgrade was refused with ${dialled.answer.status}: ${dialled.answer.body}`);
  }

  /** The number of received messages that were not taken yet. */
  get waiting(): number {
    return this.#heard.length;
  }

  get isOver(): boolean {
    return this.#ending !== null;
  }

  send(text: string | Uint8Array): void {
    this.frame(opcodes.text, text);
  }

  frame(opcode: number, data: Uint8Array | string, options?: FrameOptions): void {
    this.raw(frame(opcode, data, options));
  }

  raw(bytes: Uint8Array): void {
    if (this.#tcp.writable) this.#tcp.write(bytes);
  }

  /** Resolves when the system has taken what was sent. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#tcp.writable) this.#tcp.write('', () => resolve());
      else resolve();
    });
  }

  /** The next text or binary message as text. @throws Error if the connection ends first. */
  async next(): Promise<string> {
    for (;;) {
      const heard = this.#heard.shift();
      if (heard !== undefined) return heard;
      if (this.#ending !== null)
        throw new Error(`The connection ended with ${this.#ending.code} ${this.#ending.reason}.`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next `count` messages. @throws Error if the connection ends first. */
  async take(count: number): Promise<readonly string[]> {
    const taken: string[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** All remaining messages until the end of the connection. */
  async rest(): Promise<readonly string[]> {
    await this.ended;
    return this.#heard.splice(0);
  }

  /** The next frame that is neither text nor binary. @throws Error if the connection ends first. */
  async control(): Promise<ServerFrame> {
    for (;;) {
      const next = this.#frames.shift();
      if (next !== undefined) return next;
      if (this.#ending !== null) throw new Error('The connection ended.');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Stops reading, so that output accumulates at the server. */
  stopReading(): void {
    this.#tcp.pause();
  }

  goOnReading(): void {
    this.#tcp.resume();
  }

  /** Starts the closing handshake. Resolves with the server's side of it. */
  close(code = 1000, reason = ''): Promise<Ending> {
    this.#isClosing = true;
    this.raw(closeFrame(code, reason));
    return this.ended;
  }

  /** Ends the connection without a close frame: FIN. */
  hangUp(): void {
    this.#tcp.end();
  }

  /** Resets the connection: RST. */
  destroy(): void {
    this.#tcp.resetAndDestroy();
  }

  #take(bytes: Buffer): void {
    for (const each of this.#reader.read(bytes)) this.#hear(each);
    this.#wake();
  }

  #hear(each: ServerFrame): void {
    const { opcode, data } = each;
    if (opcode === opcodes.text || opcode === opcodes.binary) {
      this.#heard.push(data.toString());
      return;
    }
    this.#frames.push(each);
    this.controls.push(opcode);
    if (opcode === opcodes.close) {
      const code = data.length < 2 ? 1005 : data.readUInt16BE(0);
      this.#said = { code, reason: data.subarray(2).toString() };
      if (this.#isPolite) this.#tcp.end(this.#isClosing ? '' : frame(opcodes.close, data.subarray(0, 2)));
    }
    if (opcode === opcodes.ping && this.#isPolite) this.frame(opcodes.pong, data);
  }
}

/** Requests an upgrade and resets the connection as soon as the system has taken the request. */
export const knockAndBreak = (options: DialOptions): Promise<void> =>
  breakAfter(options.port, upgradeText(options));

/** Requests an upgrade on an open connection. Resolves when the connection is gone. */
export function upgradeOn(tcp: Socket, options: DialOptions): Promise<void> {
  return new Promise((resolve) => {
    tcp.once('close', () => resolve());
    tcp.resume().write(upgradeText(options));
  });
}

function knock(options: DialOptions): Socket {
  const { port, host = '127.0.0.1', from } = options;
  const tcp = connect({ port, host, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) });
  tcp.write(upgradeText(options));
  return tcp;
}

function upgradeText({ port, path = '/', host = '127.0.0.1', headers = {} }: DialOptions): string {
  return headText('GET', path, {
    Host: `${host}:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  });
}

/** Sends bytes, HTTP or not. Resolves with everything received until the connection ends. */
export function exchange(port: number, bytes: Uint8Array | string, host = '127.0.0.1'): Promise<Buffer> {
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const tcp = connect({ port, host });
    tcp.on('data', (part: Buffer) => heard.push(part));
    // `close` follows.
    tcp.on('error', () => undefined);
    tcp.on('close', () => resolve(Buffer.concat(heard)));
    tcp.write(bytes);
  });
}

/** Sends bytes and resets the connection as soon as the system has taken them. */
export function breakAfter(port: number, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    const tcp = connect({ port, host: '127.0.0.1' });
    tcp.on('error', () => undefined);
    tcp.once('close', () => resolve());
    tcp.write(bytes, () => tcp.resetAndDestroy());
  });
}

/** Sends bytes. Resolves with the first bytes received, and a function that waits for all of them. */
export async function begin(port: number, bytes: string) {
  const tcp = connect({ port, host: '127.0.0.1' });
  const parts: Buffer[] = [];
  tcp.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => tcp.once('close', () => resolve()));
  tcp.write(bytes);
  const heard = await new Promise<Buffer>((resolve) =>
    tcp.on('data', (part: Buffer) => {
      parts.push(part);
      resolve(part);
    }),
  );
  return { tcp, heard, all: () => closed.then(() => Buffer.concat(parts)) };
}

/**
 * Sends one HTTP request on its own connection. The body is read as far as content-length says, else to the
 * end.
 */
export async function ask(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<BareAnswer> {
  const { tcp, answer } = await askAndStay(port, method, path, { Connection: 'close', ...headers });
  tcp.destroy();
  return answer;
}

/** As {@link ask}, but the connection stays open. */
export async function askAndStay(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly tcp: Socket; readonly answer: BareAnswer }> {
  const tcp = connect({ port, host: '127.0.0.1' });
  tcp.write(headText(method, path, { Host: 'arena', ...headers }));
  return { tcp, answer: await wholeAnswer(tcp, await headOf(tcp)) };
}

async function wholeAnswer(tcp: Socket, { answer, rest }: Head): Promise<BareAnswer> {
  const length = answer.headers['content-length'];
  const body = await bodyOf(tcp, rest, length === undefined ? Number.POSITIVE_INFINITY : Number(length));
  return { ...answer, body };
}

function headText(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

interface Head {
  readonly answer: Omit<BareAnswer, 'body'>;
  readonly rest: Buffer;
}

/** The head of an answer; null while it is incomplete. */
function readHead(heard: Buffer): Head | null {
  const end = heard.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [first = '', ...lines] = heard.subarray(0, end).toString().split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const mark = line.indexOf(':');
      return [line.slice(0, mark).toLowerCase(), line.slice(mark + 1).trim()];
    }),
  );
  return { answer: { status: Number(first.split(' ')[1]), headers }, rest: heard.subarray(end + 4) };
}

/** Reads the head of an answer. The connection stays in flowing mode for the next listener. */
function headOf(tcp: Socket): Promise<Head> {
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0);
    const fail = (error?: unknown) =>
      reject(error instanceof Error ? error : new Error('The connection ended before an answer.'));
    const read = (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes]);
      const head = readHead(heard);
      if (head === null) return;
      tcp.off('data', read).off('error', fail).off('close', fail);
      resolve(head);
    };
    tcp.on('data', read).on('error', fail).on('close', fail);
  });
}

function bodyOf(tcp: Socket, first: Buffer, length: number): Promise<string> {
  return new Promise((resolve) => {
    let body = first;
    const look = () => {
      if (body.length >= length) resolve(body.toString());
    };
    tcp.on('data', (bytes: Buffer) => {
      body = Buffer.concat([body, bytes]);
      look();
    });
    tcp.on('error', () => undefined);
    tcp.on('close', () => resolve(body.toString()));
    look();
  });
}
