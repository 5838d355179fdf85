import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, rm, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeError } from '../../../src/shared/errors.ts';

const run = promisify(execFile);
const page = 4096;

/** Behind it stands the process whose disk it is. */
const prefix = 'fraudarena-disk-';

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Removes the disks of tests that were killed before they could. */
async function removeLeftOver(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    const folder = join(tmpdir(), name);
    await run('umount', [folder]).catch(() => undefined);
    await rmdir(folder).catch(() => undefined);
  }
}

/** A file system of a few megabytes in memory, which can be filled to any level and emptied again. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @returns why there can be none on this machine, if so. */
  static async mount(bytes: number): Promise<SmallDisk | string> {
    await removeLeftOver();
    const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'fraudarena-test', folder]);
      return new SmallDisk(folder);
    } catch (error) {
      await rmdir(folder);
      return `a small disk cannot be mounted here: ${describeError(error).split('\n').join(' ')}`;
    }
  }

  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Writes ballast until about this many bytes are left. */
  async fillTo(left: number): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      const pages = Math.max(0, Math.floor(((await this.free()) - left) / page));
      await file.writeFile(Buffer.alloc(pages * page, 1));
    } finally {
      await file.close();
    }
  }

  async dropBallast(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', [this.folder]);
    await rmdir(this.folder);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}
