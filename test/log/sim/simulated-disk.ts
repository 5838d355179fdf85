import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Draws } from '../../../src/game/random.ts';
import type { Files, Space } from '../../../src/log/disk/files.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { SimulatedFile, drawCrash } from './simulated-file.ts';
import { SimulatedFolder } from './simulated-folder.ts';
import type { Entry } from './simulated-folder.ts';
import { forgetDescriptor, newDescriptor, processEnded, systemError } from './sonic-writes.ts';

/** One system call, numbered from 0 over the life of the disk. */
export interface Call {
  readonly name: keyof Files;
  readonly path: string;
  readonly index: number;
}

/**
 * What a call meets. `crash` is a power cut and `kill` the end of the process, both while the call and all others
 * under way are half done; `short` reads or writes less than it was asked to.
 */
export type Fault = 'crash' | 'kill' | 'short' | 'EIO' | 'ENOSPC' | 'EINTR' | 'EAGAIN';

/** A call that was not answered yet. */
interface Underway {
  readonly finish: () => void;
  /** What is left of it when its process ends: nothing, all, or a part. */
  readonly abandon: (fault: 'crash' | 'kill') => void;
}

/** The effect of a call. Each is tried at most once. */
interface Effect<T> {
  readonly whole: () => T;
  readonly short?: () => T;
  /** What a call that ends in an error may have done. */
  readonly failed?: (code: Fault) => void;
  readonly partly?: (fault: 'crash' | 'kill') => void;
}

interface Descriptor {
  readonly path: string;
  readonly flags: number;
  readonly entry: Entry;
  /** Where the next write goes, unless it is opened for append. */
  position: number;
}

interface Process {
  alive: boolean;
  readonly descriptors: Map<number, Descriptor>;
}

/**
 * A disk in memory for one process at a time. A write, a truncation and a change in a folder last only once they were
 * synced; until then a crash may keep, lose or change them. Calls are answered in an order of the disk's own.
 */
export class SimulatedDisk {
  /** Asked at every call. */
  onCall: (call: Call) => Fault | null = () => null;
  space: Space = { free: 1 << 17, total: 1 << 18, type: 0 };
  #calls = 0;
  #underway: Underway[] = [];
  #answering = false;
  #quiet: (() => void)[] = [];
  #process: Process = { alive: false, descriptors: new Map() };
  readonly #root = new SimulatedFolder();
  readonly #locks = new Set<string>();
  readonly #draws: Draws;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  /** Starts the process whose system calls are returned. */
  boot(): Files {
    this.#end();
    const process: Process = { alive: true, descriptors: new Map() };
    this.#process = process;
    return this.#filesOf(process);
  }

  get calls(): number {
    return this.#calls;
  }

  get isUp(): boolean {
    return this.#process.alive;
  }

  /** What the process holds: files that it has open, and locks. */
  get held(): readonly string[] {
    return [...[...this.#process.descriptors.values()].map(({ path }) => path), ...this.#locks];
  }

  /** The power fails. */
  crash(): void {
    this.#abandon('crash');
    this.#root.crash(drawCrash(this.#draws));
  }

  /** The process is killed; the system goes on and forgets nothing. */
  kill(): void {
    this.#abandon('kill');
  }

  /** Resolves once no call is under way. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet.push(resolve);
      this.#start();
    });
  }

  /** The content of a file; null where there is none. */
  contentOf(path: string): Buffer | null {
    const entry = this.#find(path);
    return entry instanceof SimulatedFile ? entry.content : null;
  }

  /** The files of a folder. */
  filesIn(path: string): readonly string[] {
    return this.#names(path).map((name) => join(path, name));
  }

  /** Somebody else changes a file, or removes it (null); the change lasts. */
  tamper(path: string, content: Buffer | null): void {
    const file = new SimulatedFile();
    file.write(content ?? Buffer.alloc(0), 0);
    file.sync();
    this.#folderOf(path).change([[basename(path), content === null ? null : file]]);
    this.#folderOf(path).sync();
  }

  #abandon(fault: 'crash' | 'kill'): void {
    for (const call of this.#draws.shuffle(this.#underway.splice(0))) call.abandon(fault);
    this.#end();
  }

  #end(): void {
    this.#process.alive = false;
    for (const fd of this.#process.descriptors.keys()) forgetDescriptor(fd);
    this.#process.descriptors.clear();
    this.#locks.clear();
  }

  #filesOf(process: Process): Files {
    const call = <T>(name: keyof Files, path: string, effect: Effect<T>) =>
      this.#call(process, { name, path, index: 0 }, effect);
    const badDescriptor = (name: keyof Files) =>
      Promise.reject(systemError(process.alive ? 'EBADF' : processEnded, name));
    const onFile = <T>(
      name: keyof Files,
      fd: number,
      use: (file: SimulatedFile, descriptor: Descriptor) => Effect<T>,
    ) => {
      const opened = process.descriptors.get(fd);
      if (!(opened?.entry instanceof SimulatedFile)) return badDescriptor(name);
      return call(name, opened.path, use(opened.entry, opened));
    };
    const write = (fd: number, bytes: Buffer, position?: number) =>
      onFile('write', fd, (file, descriptor) => this.#write(file, bytes, descriptor, position));
    return {
      write,
      open: (path, flags) => call('open', path, { whole: () => this.#open(process, path, flags, write) }),
      read: (fd, into, position) =>
        onFile('read', fd, (file) => ({
          whole: () => file.read(into, position),
          short: () => file.read(into.subarray(0, Math.ceil(into.length / 2)), position),
        })),
      size: (fd) => onFile('size', fd, (file) => ({ whole: () => file.size })),
      truncate: (fd, size) => onFile('truncate', fd, (file) => ({ whole: () => file.truncate(size) })),
      sync: (fd) => {
        const { entry, path = '' } = process.descriptors.get(fd) ?? {};
        if (entry === undefined) return badDescriptor('sync');
        const failed = () => entry instanceof SimulatedFile && entry.failSync(this.#draws);
        return call('sync', path, { whole: () => entry.sync(), failed });
      },
      close: (fd) => {
        const path = process.descriptors.get(fd)?.path;
        if (path === undefined) return badDescriptor('close');
        const whole = () => {
          forgetDescriptor(fd);
          process.descriptors.delete(fd);
        };
        // A descriptor whose close failed is gone all the same.
        return call('close', path, { whole, failed: whole });
      },
      rename: (from, to) => call('rename', to, { whole: () => this.#rename(from, to) }),
      remove: (path) => call('remove', path, { whole: () => this.#remove(path) }),
      list: (path) => call('list', path, { whole: () => this.#names(path) }),
      makeFolder: (path) => call('makeFolder', path, { whole: () => this.#makeFolder(path) }),
      space: (path) => call('space', path, { whole: () => this.space }),
      lock: (path) => call('lock', path, { whole: () => this.#lock(process, path) }),
    };
  }

  #call<T>(process: Process, { name, path }: Call, effect: Effect<T>): Promise<T> {
    if (!process.alive) return Promise.reject(systemError(processEnded, name));
    const fault = this.onCall({ name, path, index: this.#calls });
    this.#calls += 1;
    return new Promise((resolve, reject) => {
      const finish = () => {
        try {
          resolve(this.#outcome(name, effect, fault));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const abandon = (cause: 'crash' | 'kill') => {
        const extent = this.#draws.pick(['none', 'part', 'whole'] as const);
        try {
          if (extent === 'part') effect.partly?.(cause);
          if (extent === 'whole') effect.whole();
        } catch {
          // The call would have failed.
        }
        reject(systemError(processEnded, name));
      };
      this.#underway.push({ finish, abandon });
      if (fault === 'crash') this.crash();
      else if (fault === 'kill') this.kill();
      else this.#start();
    });
  }

  #outcome<T>(name: keyof Files, effect: Effect<T>, fault: Fault | null): T {
    if (fault === 'short') return (effect.short ?? effect.whole)();
    if (fault === null) return effect.whole();
    effect.failed?.(fault);
    throw systemError(fault, name);
  }

  /** Answers one call at each turn of the event loop. */
  #start(): void {
    if (this.#answering) return;
    this.#answering = true;
    setImmediate(() => this.#answer());
  }

  #answer(): void {
    const { length } = this.#underway;
    this.#answering = false;
    if (length === 0) for (const resolve of this.#quiet.splice(0)) resolve();
    else this.#underway.splice(length === 1 ? 0 : this.#draws.below(length), 1)[0]?.finish();
    if (this.#underway.length > 0 || this.#quiet.length > 0) this.#start();
  }

  #write(file: SimulatedFile, bytes: Buffer, descriptor: Descriptor, position?: number): Effect<number> {
    const { flags } = descriptor;
    const place = () => ((flags & constants.O_APPEND) === 0 ? (position ?? descriptor.position) : file.size);
    const write = (part: Buffer) => {
      const start = place();
      file.write(part, start);
      if (position === undefined) descriptor.position = start + part.length;
      if ((flags & constants.O_DSYNC) !== 0) file.syncSpan(start, start + part.length);
      return part.length;
    };
    const upTo = (count: number) => bytes.subarray(0, count);
    return {
      whole: () => write(bytes),
      short: () => write(upTo(Math.ceil(bytes.length / 2))),
      failed: (code) => {
        // The system has some of the bytes, and nobody knows whether the disk has.
        if (code !== 'EIO') return;
        file.write(upTo(this.#draws.below(bytes.length + 1)), place());
        if (this.#draws.chance(500)) file.failSync(this.#draws);
      },
      partly: (fault) => {
        if (fault === 'crash') file.writePartly(bytes, place(), this.#draws);
        else
          file.write(upTo(this.#draws.pick([bytes.length, this.#draws.between(1, bytes.length)])), place());
      },
    };
  }

  #open(process: Process, path: string, flags: number, write: Files['write']): number {
    let entry = this.#find(path);
    if (entry === null && (flags & constants.O_CREAT) !== 0) {
      entry = new SimulatedFile();
      this.#folderOf(path).change([[basename(path), entry]]);
    }
    if (entry === null) throw systemError('ENOENT', `open ${path}`);
    if ((flags & constants.O_DIRECTORY) !== 0 && entry instanceof SimulatedFile)
      throw systemError('ENOTDIR', `open ${path}`);
    if ((flags & constants.O_TRUNC) !== 0 && entry instanceof SimulatedFile) entry.truncate(0);
    const fd = newDescriptor((bytes) => write(fd, bytes));
    process.descriptors.set(fd, { path, flags, entry, position: 0 });
    return fd;
  }

  #rename(from: string, to: string): void {
    const entry = this.#find(from);
    if (entry === null || dirname(from) !== dirname(to)) throw systemError('ENOENT', `rename ${from}`);
    this.#folderOf(to).change([
      [basename(to), entry],
      [basename(from), null],
    ]);
  }

  #remove(path: string): void {
    if (this.#find(path) === null) throw systemError('ENOENT', `remove ${path}`);
    this.#folderOf(path).change([[basename(path), null]]);
  }

  #names(path: string): readonly string[] {
    const folder = this.#find(path);
    return folder instanceof SimulatedFolder ? [...folder.entries.keys()].sort() : [];
  }

  #makeFolder(path: string): string | undefined {
    if (this.#find(path) !== null) return undefined;
    const highest = this.#makeFolder(dirname(path));
    this.#folderOf(path).change([[basename(path), new SimulatedFolder()]]);
    return highest ?? path;
  }

  #lock(process: Process, path: string): () => Promise<void> {
    if (this.#locks.has(path)) throw new AppError('log_locked', `${path} is locked.`);
    this.#locks.add(path);
    return () => {
      if (process.alive) this.#locks.delete(path);
      return Promise.resolve();
    };
  }

  #find(path: string): Entry | null {
    let entry: Entry | undefined = this.#root;
    for (const name of path.split('/')) {
      if (name === '') continue;
      entry = entry instanceof SimulatedFolder ? entry.entries.get(name) : undefined;
      if (entry === undefined) return null;
    }
    return entry;
  }

  #folderOf(path: string): SimulatedFolder {
    const folder = this.#find(dirname(path));
    if (folder instanceof SimulatedFolder) return folder;
    throw systemError('ENOENT', dirname(path));
  }
}
