import { constants } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { withFile, writeAll } from './durable-file.ts';
import { errorCode } from './system-error.ts';
import type { Files, Space } from './files.ts';
import { logFolder } from './data-folder.ts';

/** Free space below which the log warns or refuses, as shares of the disk and as bytes. */
export interface Watermarks {
  readonly warn: number;
  readonly newMatches: number;
  readonly commands: number;
  /** Commands are also refused below this many free bytes. */
  readonly commandBytes: number;
}

export const defaultWatermarks: Watermarks = {
  warn: 0.1,
  newMatches: 0.05,
  commands: 0.02,
  commandBytes: 64 << 20,
};

export type DiskState = 'good' | 'low' | 'no_new_matches' | 'full';

/** How long a measurement of the disk is valid, in milliseconds. */
const freshMs = 1000;
/** Bytes kept in reserve for a torn tail that must be kept aside, and for a seal. */
const reserveBytes = 2 << 20;

/** Measures the free space of the log's disk, and decides what it allows. */
export class DiskSpace {
  #space: Space;
  #lookedAt: number;
  readonly #files: Files;
  readonly #data: string;
  readonly #marks: Watermarks;

  private constructor(files: Files, data: string, marks: Watermarks, space: Space) {
    this.#files = files;
    this.#data = data;
    this.#marks = marks;
    this.#space = space;
    this.#lookedAt = performance.now();
  }

  static async of(files: Files, data: string, marks: Watermarks): Promise<DiskSpace> {
    return new DiskSpace(files, data, marks, await files.space(data));
  }

  get free(): number {
    return this.#space.free;
  }

  get state(): DiskState {
    const { warn, newMatches, commands, commandBytes } = this.#marks;
    const { free, total } = this.#space;
    if (free < total * commands || free < commandBytes) return 'full';
    if (free < total * newMatches) return 'no_new_matches';
    return free < total * warn ? 'low' : 'good';
  }

  /** Whether the last measurement is too old to decide by. */
  get isStale(): boolean {
    return performance.now() - this.#lookedAt > freshMs;
  }

  /** Forces a new measurement for the next decision. */
  expire(): void {
    this.#lookedAt = -Infinity;
  }

  async look(): Promise<void> {
    this.#lookedAt = performance.now();
    this.#space = await this.#files.space(this.#data);
  }

  /** Why a commit is refused now; null when there is room. */
  refusal(opensMatch: boolean): AppError | null {
    const { state } = this;
    if (state === 'good' || state === 'low' || (state === 'no_new_matches' && !opensMatch)) return null;
    const what = state === 'full' ? 'nothing is stored' : 'no match is opened';
    const { free, total } = this.#space;
    return new AppError(
      'log_disk_full',
      `The disk has ${Math.floor(free / (1 << 20))} MiB free; ${what} until there is more. Retry later.`,
      { free, total, state },
    );
  }

  /** Reserves some space, if there is enough. */
  async reserve(): Promise<void> {
    const size = Math.min(reserveBytes, Math.floor(this.#space.free / 64));
    if (size === 0) return;
    const { O_RDWR, O_CREAT } = constants;
    const written = withFile(this.#files, this.#path, O_RDWR | O_CREAT, async (fd) => {
      // A reserve that was made while the disk was nearly full is completed.
      if ((await this.#files.size(fd)) < size) await writeAll(this.#files, fd, Buffer.alloc(size));
    });
    // A log without a reserve works until its disk is full.
    await written.catch(() => undefined);
  }

  /** Runs a write that must not fail for lack of space; gives up the reserve if needed. */
  async useReserve<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
      await this.#files.remove(this.#path).catch(() => undefined);
      return work();
    }
  }

  get #path(): string {
    return join(logFolder(this.#data), 'reserve');
  }
}

/** Network file systems: their locks and syncs are not reliable. */
const networkDisks: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
]);

/** Refuses a network file system. @throws AppError `log_disk_unsuitable` */
export function refuseNetworkDisk(data: string, { type }: Space): void {
  const name = networkDisks.get(type);
  if (name === undefined) return;
  throw new AppError(
    'log_disk_unsuitable',
    `${data} is on a network file system (${name}), which can lose what it called stored. Use a local disk.`,
    { path: data, type: name },
  );
}
