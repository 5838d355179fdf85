import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** A line to a server that can be cut, or fall silent, whenever the test wants: a relay of bytes. */
export class FrailLine {
  url = '';
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** Connections that were made so far. */
  made = 0;
  readonly #target: () => number;
  #cutAfterRequest = false;
  #drawBytes: (() => number) | null = null;
  #bytesLeft = 0;

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer((near) => this.#relay(near));
  }

  /** `target` is the port of the server, of which there may be another after a restart. */
  static async lay(target: () => number): Promise<FrailLine> {
    const line = new FrailLine(target);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    line.url = `http://127.0.0.1:${(line.#server.address() as AddressInfo).port}`;
    return line;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Every connection breaks. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#break(pair);
  }

  /** From now on everything breaks whenever so many bytes have passed, be it amid a handshake or a frame. */
  cutAfter(drawBytes: () => number): void {
    this.#drawBytes = drawBytes;
    this.#bytesLeft = drawBytes();
  }

  /** The line holds again. */
  mend(): void {
    this.#drawBytes = null;
  }

  /** Nothing passes any more on the connections there are, and nobody is told. */
  silence(): void {
    for (const { near, far } of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.on('data', () => undefined);
      far.on('data', () => undefined);
    }
  }

  /** The next answer is lost, and with it the connection; what was asked gets through. */
  loseNextAnswer(): void {
    this.#cutAfterRequest = true;
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(near: Socket): void {
    this.made += 1;
    const far = connect(this.#target(), '127.0.0.1');
    const pair = { near, far };
    this.#pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    // In front of the pipe: what is lost is not passed on.
    far.prependListener('data', () => {
      if (!this.#cutAfterRequest) return;
      this.#cutAfterRequest = false;
      far.unpipe(near);
      this.#break(pair);
    });
    for (const socket of [near, far]) {
      socket.on('data', (chunk: Buffer) => this.#count(chunk.length));
      socket.on('error', () => undefined);
      socket.on('close', () => this.#break(pair));
    }
  }

  #count(bytes: number): void {
    if (this.#drawBytes === null) return;
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft > 0) return;
    this.#bytesLeft = this.#drawBytes();
    this.cut();
  }

  #break(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }
}
