import { writeFile } from 'node:fs/promises';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import type { Files } from '../../../src/log/disk/files.ts';

/**
 * The disk of a writer that can be killed without a process of its own: nothing it does afterwards reaches the disk,
 * and no descriptor of it stays open.
 */
export class KillableFiles {
  readonly files: Files;
  #isKilled = false;
  readonly #descriptors = new Set<number>();
  readonly #underway = new Set<Promise<unknown>>();

  constructor() {
    const disk = nodeFiles;
    this.files = {
      open: (path, flags) =>
        this.#do(async () => {
          const fd = await disk.open(path, flags);
          this.#descriptors.add(fd);
          return fd;
        }),
      close: (fd) =>
        this.#do(() => {
          this.#descriptors.delete(fd);
          return disk.close(fd);
        }),
      read: (...given) => this.#do(() => disk.read(...given)),
      write: (...given) => this.#do(() => disk.write(...given)),
      size: (...given) => this.#do(() => disk.size(...given)),
      truncate: (...given) => this.#do(() => disk.truncate(...given)),
      sync: (...given) => this.#do(() => disk.sync(...given)),
      rename: (...given) => this.#do(() => disk.rename(...given)),
      remove: (...given) => this.#do(() => disk.remove(...given)),
      list: (...given) => this.#do(() => disk.list(...given)),
      makeFolder: (...given) => this.#do(() => disk.makeFolder(...given)),
      space: (...given) => this.#do(() => disk.space(...given)),
      // A killed process leaves its name behind, and no lock.
      lock: async (path) => {
        await writeFile(path, `${process.pid}\n`);
        return () => Promise.resolve();
      },
    };
  }

  /** Settles when nothing of the writer reaches the disk any more. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    while (this.#underway.size > 0) await Promise.allSettled(this.#underway);
    for (const fd of this.#descriptors) await nodeFiles.close(fd);
    this.#descriptors.clear();
  }

  #do<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isKilled) return Promise.reject(new Error('The writer was killed.'));
    const doing = work();
    this.#underway.add(doing);
    const settle = () => this.#underway.delete(doing);
    doing.then(settle, settle);
    return doing;
  }
}
