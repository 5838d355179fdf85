import { vi } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Durability } from '../../../src/log/durability.ts';
import type { Commit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { Files } from '../../../src/log/disk/files.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import { commitOf } from '../../../src/testing/event-log.contract.ts';
import { BrokenPromise, History } from './history.ts';
import type { Survival } from './history.ts';
import { dataFolder, fixed, logFolder, someEvents } from './lives.ts';
import { SimulatedDisk } from './simulated-disk.ts';

/** More attempts than one fault can spoil. */
const attempts = 3;

export interface WorkloadOptions {
  readonly durability?: Durability;
  /** What a power cut leaves of what was acknowledged; default all. */
  readonly survival?: Survival;
  /** Marks would come at any call. */
  readonly isClockReal?: boolean;
}

/**
 * The same work for every fault: opening, appending, rotating, writing indexes, marking, sealing at the close, and
 * opening with a torn tail. It bears what fails, tries again, and complains about what may not be.
 */
export class Workload {
  readonly disk: SimulatedDisk;
  readonly history: History;
  readonly #draws: Draws;
  readonly #options: WorkloadOptions;
  readonly #survival: Survival;
  readonly #versions = new Map<string, number>();
  readonly #sent: Commit[] = [];
  #files: Files | null = null;

  constructor(name: string, seed: number, options: WorkloadOptions = {}) {
    this.history = new History(name);
    this.disk = new SimulatedDisk(drawsFor(seed, 'disk'));
    this.#draws = drawsFor(seed, 'workload');
    this.#options = options;
    this.#survival = options.survival ?? 'all';
  }

  /** Ends early when the process does. */
  async run(): Promise<void> {
    try {
      await this.#life(async (log) => {
        for (let round = 0; round < 3; round += 1) await this.#append(log, ['a', 'b', 'a']);
        if (this.#options.isClockReal !== true) vi.advanceTimersByTime(1);
        await this.disk.quiet();
        await this.#append(log, ['c']);
      });
      // The power failed as the log was closed: how much that took is seen on recovery.
      if (!this.disk.isUp && this.#survival === 'a prefix') return;
      this.#tear();
      await this.#life(async (log) => {
        await this.#append(log, ['b', 'a']);
        await this.#retry(log, this.#sent.slice(0, 4));
      });
    } catch (error) {
      if (this.disk.isUp || error instanceof BrokenPromise) throw error;
    }
  }

  async #life(work: (log: FileEventLog) => Promise<void>): Promise<void> {
    const log = await this.#open();
    try {
      await work(log);
      await this.#look(log);
      await this.#close(log);
    } finally {
      await log.close().catch(() => undefined);
    }
  }

  /** After the end of the process: opens what is left, goes on with it, and looks again. */
  async recover(): Promise<void> {
    this.disk.onCall = () => null;
    for (const [stream, survival] of [
      ['d', this.#survival],
      ['e', 'all'],
    ] as const)
      await this.#life(async (log) => {
        await this.history.check(log, survival);
        await this.#retry(log, this.history.unknown);
        await this.#append(log, [stream, 'a']);
      });
  }

  /** Opens what is left, calls it stored by looking at it, and loses the power before anything else is written. */
  async lookAndCrash(): Promise<void> {
    this.disk.onCall = () => null;
    const log = await this.#open();
    await this.history.check(log);
    this.disk.crash();
    await log.close().catch(() => undefined);
  }

  async #open(): Promise<FileEventLog> {
    for (let left = attempts; ; left -= 1) {
      try {
        const files = this.disk.isUp && this.#files !== null ? this.#files : this.disk.boot();
        this.#files = files;
        return await FileEventLog.open(dataFolder, 'write', {
          ...fixed,
          files,
          segmentBytes: 2200,
          markAfterMs: this.#options.isClockReal === true ? null : 0,
          durability: this.#options.durability ?? { mode: 'group' },
        });
      } catch (error) {
        if (!this.disk.isUp || left === 1 || !isAppError(error, 'file_unreadable')) throw error;
        this.#expectNothingHeld('an opening that failed');
      }
    }
  }

  /** One commit of each named stream, all together. */
  async #append(log: FileEventLog, streams: readonly string[]): Promise<void> {
    const commits = streams.map((stream) => {
      const version = this.#versions.get(stream) ?? this.history.version(stream);
      const events = someEvents(this.#draws, 300);
      this.#versions.set(stream, version + events.length);
      return commitOf(stream, version, { id: `c-${this.#sent.length}-${stream}-${version}`, events });
    });
    this.#sent.push(...commits);
    await this.#retry(log, commits);
  }

  /** Sends commits until each is answered. */
  async #retry(log: FileEventLog, commits: readonly Commit[]): Promise<void> {
    let waiting = commits;
    for (let left = attempts; waiting.length > 0; left -= 1) {
      const answers = await this.history.send(log, waiting);
      if (!this.disk.isUp) throw new Error('The process has ended.');
      waiting = waiting.filter((_, index) => answers[index] === null);
      if (left === 1 && waiting.length > 0)
        this.history.fail('a command cannot be stored although the disk is well');
    }
  }

  async #look(log: FileEventLog): Promise<void> {
    for (let left = attempts; ; left -= 1) {
      try {
        await this.history.check(log);
        return;
      } catch (error) {
        if (!this.disk.isUp || left === 1 || error instanceof BrokenPromise) throw error;
        // A read failed; the next may not.
      }
    }
  }

  async #close(log: FileEventLog): Promise<void> {
    await log.close();
    if (this.disk.isUp) this.#expectNothingHeld('a closed log');
  }

  #expectNothingHeld(whose: string): void {
    const { held } = this.disk;
    if (held.length > 0) this.history.fail(`${whose} still holds ${held.join(', ')}`);
  }

  /** Half a line more in the last segment, as after a crash. */
  #tear(): void {
    const last = this.disk.filesIn(logFolder).findLast((path) => path.endsWith('.ndjson'));
    const content = this.disk.contentOf(last ?? '');
    if (last === undefined || content === null) this.history.fail('the log has no segment');
    const end = content.lastIndexOf('\n', content.length - 2) + 1;
    this.disk.tamper(last, Buffer.concat([content, content.subarray(end, end + 50)]));
  }
}
