import sonicBoom from 'sonic-boom';
import type { SonicBoom, SonicBoomOpts } from 'sonic-boom';
import { invariant } from '../shared/invariant.ts';

/**
 * Appends buffers to a file, one at a time, through sonic-boom. The caller owns the descriptor, which is open for
 * append; with `O_DSYNC` an acknowledged write is on disk. After an error the content of the file is unknown, so
 * nothing more may be written. sonic-boom's own flush, fsync and reopen are not used, because they may answer too
 * early.
 */
export class Appender {
  #left = 0;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;
  readonly #sonic: SonicBoom;

  constructor(fd: number) {
    // One buffer must be one write: sonic-boom splits and joins at `maxWrite`.
    this.#sonic = new sonicBoom.SonicBoom(options(fd));
    this.#sonic.on('write', (count: number) => this.#written(count));
    this.#sonic.on('error', (error: unknown) => this.#take()?.reject(error));
  }

  /** Settles when every byte was written, even through several short writes. */
  write(bytes: Buffer): Promise<void> {
    invariant(this.#settle === null, 'One buffer is written at a time.');
    this.#left = bytes.length;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      // Typed for text only, but in this mode it accepts buffers.
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

/** The package's types lack `maxWriteRetries`: how many EAGAIN results are retried before an error. */
function options(fd: number): SonicBoomOpts {
  const given = { fd, contentMode: 'buffer' as const, maxWrite: 1 << 30, maxWriteRetries: 10 };
  return given;
}
