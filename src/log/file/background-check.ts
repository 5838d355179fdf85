import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { blocksOf, readSpan, withFile } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { segmentPath } from '../disk/data-folder.ts';
import type { SealedSegment } from '../segments/sealed-index.ts';

/** No seal is longer than this many bytes. */
const sealMax = 4096;

/**
 * Compares the bytes of sealed segments with their seals, one segment after another. These segments were opened by
 * index alone, so a log opens fast at any size, and damaged bytes are still found.
 */
export class BackgroundCheck {
  #isStopped = false;
  readonly #running: Promise<void>;
  readonly #files: Files;
  readonly #data: string;

  /** `sealed` may change during the check: an erasure replaces a segment's seal. */
  constructor(
    files: Files,
    data: string,
    sealed: readonly SealedSegment[],
    found: (damage: AppError) => void,
  ) {
    this.#files = files;
    this.#data = data;
    this.#running = this.#run(sealed, found);
  }

  /** Resolves when every segment was read, or soon after `stop`. */
  done(): Promise<void> {
    return this.#running;
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#running;
  }

  async #run(sealed: readonly SealedSegment[], found: (damage: AppError) => void): Promise<void> {
    const count = sealed.length;
    for (let index = 0; index < count && this.#goesOn(); index += 1) {
      const segment = sealed[index];
      if (segment === undefined || (await this.#isWhole(segment)) || !this.#goesOn()) continue;
      // The segment was rewritten during the read: read it again.
      if (sealed[index] !== segment) index -= 1;
      else found(rotten(segmentPath(this.#data, segment.number), segment.number));
    }
  }

  #goesOn(): boolean {
    return !this.#isStopped;
  }

  async #isWhole({ number, bytes, sha }: SealedSegment): Promise<boolean> {
    try {
      return (await this.#digestBeforeSeal(number, bytes)) === sha;
    } catch {
      return false;
    }
  }

  async #digestBeforeSeal(number: number, bytes: number): Promise<string> {
    const sha = createHash('sha256');
    await withFile(this.#files, segmentPath(this.#data, number), constants.O_RDONLY, async (fd) => {
      const tail = await readSpan(this.#files, fd, Math.max(0, bytes - sealMax), Math.min(bytes, sealMax));
      const end = bytes - tail.length + tail.lastIndexOf('\n', tail.length - 2) + 1;
      for await (const block of blocksOf(this.#files, fd, end)) {
        sha.update(block);
        if (!this.#goesOn()) break;
      }
    });
    return sha.digest('hex');
  }
}

function rotten(path: string, segment: number): AppError {
  return new AppError(
    'log_damaged',
    `${path} no longer has the bytes that were sealed; arena log verify says where.`,
    { path, segment },
  );
}
