import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { takeLock } from './lock.ts';
import { isMissing } from './system-error.ts';

/**
 * The system calls of the log, so that a test can lose, fail or kill any of them. Errors are Node's own, with `code`. A
 * write may be short. A rename, a removal or a new file is durable only after its folder was synced.
 */
export interface Files {
  open(path: string, flags: number): Promise<number>;
  read(fd: number, into: Buffer, position: number): Promise<number>;
  write(fd: number, bytes: Buffer): Promise<number>;
  size(fd: number): Promise<number>;
  truncate(fd: number, size: number): Promise<void>;
  sync(fd: number): Promise<void>;
  close(fd: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The names in a folder, sorted; empty if it is missing. */
  list(folder: string): Promise<readonly string[]>;
  /** Makes a folder with its parents. @returns the highest that was missing. */
  makeFolder(path: string): Promise<string | undefined>;
  space(folder: string): Promise<Space>;
  /** Locks a folder for this process until the returned function is called or the process ends. */
  lock(path: string): Promise<() => Promise<void>>;
}

export interface Space {
  /** Bytes that a process without privileges may still write. */
  readonly free: number;
  readonly total: number;
  /** The file system's magic number. */
  readonly type: number;
}

const open = promisify(fs.open);
const ftruncate = promisify(fs.ftruncate);
const fsync = promisify(fs.fsync);
const close = promisify(fs.close);
const fstat = promisify(fs.fstat);

/** The real file system. */
export const nodeFiles: Files = {
  open: (path, flags) => open(path, flags),
  read: (fd, into, position) =>
    new Promise((resolve, reject) => {
      fs.read(fd, into, 0, into.length, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    }),
  write: (fd, bytes) =>
    new Promise((resolve, reject) => {
      fs.write(fd, bytes, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    }),
  size: async (fd) => (await fstat(fd)).size,
  truncate: (fd, size) => ftruncate(fd, size),
  sync: (fd) => fsync(fd),
  close: (fd) => close(fd),
  rename: (from, to) => fs.promises.rename(from, to),
  remove: (path) => fs.promises.unlink(path),
  list: async (folder) => {
    try {
      return (await fs.promises.readdir(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  makeFolder: (path) => fs.promises.mkdir(path, { recursive: true }),
  space: async (folder) => {
    const { bavail, blocks, bsize, type } = await fs.promises.statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize, type };
  },
  lock: takeLock,
};
