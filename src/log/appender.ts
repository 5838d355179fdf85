import sonicBoom from 'sonic-boom';
import type { SonicBoom, SonicBoomOpts } from 'sonic-boom';
import { invariant } from '../shared/invariant.ts';

/**
 * Writes buffers to the end of a file, one at a time, through sonic-boom. The descriptor stays the caller's, opened
 * for append; with `O_DSYNC` a write that is answered is on disk. After an error nothing more may be written: what
 * the file holds is unknown. sonic-boom's own flush, fsync and reopen are not used, since they may answer too early.
 */
export class Appender {
  #left = 0;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;
  readonly #sonic: SonicBoom;

  constructor(fd: number) {
    // One buffer is one write: sonic-boom cuts and joins at `maxWrite`.
    this.#sonic = new sonicBoom.SonicBoom(options(fd));
    this.#sonic.on('write', (count: number) => this.#written(count));
    this.#sonic.on('error', (error: unknown) => this.#take()?.reject(error));
  }

  /** Settles when every byte was written, however short the single writes are. */
  write(bytes: Buffer): Promise<void> {
    invariant(this.#settle === null, 'One buffer is written at a time.');
    this.#left = bytes.length;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      // Typed for text only, while in this mode it takes buffers.
      this.#sonic.write(bytes as unknown as string);
    });
  }

  #written(count: number): void {
    this.#left -= count;
    if (this.#left === 0) this.#take()?.resolve();
  }

  #take() {
    const settle = this.#settle;
    this.#settle = null;
    return settle;
  }
}

/** `maxWriteRetries` is missing in the package's types: how often EAGAIN is met before it is an error. */
function options(fd: number): SonicBoomOpts {
  const given = { fd, contentMode: 'buffer' as const, maxWrite: 1 << 30, maxWriteRetries: 10 };
  return given;
}
