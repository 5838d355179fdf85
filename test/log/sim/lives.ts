import { vi } from 'vitest';
import type { MatchEvent } from '../../../src/game/event.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Durability } from '../../../src/log/durability.ts';
import type { Commit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import type { Files } from '../../../src/log/disk/files.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';
import { BrokenPromise, History } from './history.ts';
import type { Survival } from './history.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Fault } from './simulated-disk.ts';

export const dataFolder = '/sim/data';
export const logFolder = `${dataFolder}/log`;

/** The log's clock and room, which are the same in every simulation. */
export const fixed: FileLogOptions = {
  now: () => 1_700_000_000_000,
  watermarks: { warn: 0.1, newMatches: 0, commands: 0, commandBytes: 1 << 16 },
};

/** One kind of simulation: how the log promises, and what its lives end with. */
export interface Kind {
  readonly durability: Durability;
  readonly ends: readonly Extract<Fault, 'crash' | 'kill'>[];
  /** Stands between the log and its disk. */
  readonly through?: (files: Files) => Files;
}

/** Events of some bytes, so that lines and sectors do not align. */
export function someEvents(draws: Draws, most: number): MatchEvent[] {
  return Array.from({ length: draws.between(1, 3) }, () => noteOf('x'.repeat(draws.below(most))));
}

/** Several lives of one log, each but the last ended by a crash at a drawn call, on opening or later. */
export class Lives {
  readonly #draws: Draws;
  readonly #disk: SimulatedDisk;
  readonly #history: History;
  readonly #kind: Kind;
  readonly #options: FileLogOptions;
  readonly #streams: readonly string[];
  #survival: Survival = 'all';
  #commands = 0;

  constructor(seed: number, kind: Kind) {
    this.#draws = drawsFor(seed, 'lives');
    this.#disk = new SimulatedDisk(drawsFor(seed, 'disk'));
    this.#history = new History(`Seed ${seed}`);
    this.#kind = kind;
    this.#options = {
      ...fixed,
      durability: kind.durability,
      segmentBytes: this.#draws.between(600, 4000),
      markAfterMs: this.#draws.pick([null, 0]),
    };
    this.#streams = Array.from({ length: this.#draws.between(1, 5) }, (_, index) => `s-${index + 1}`);
  }

  async run(): Promise<void> {
    for (let left = this.#draws.pick([1, 1, 2, 3]); left > 0; left -= 1) {
      const end = this.#draws.pick(this.#kind.ends);
      const last = this.#disk.calls + this.#draws.below(this.#draws.pick([40, 150]));
      this.#disk.onCall = ({ index }) => (index === last ? end : null);
      await this.#live(end);
    }
    this.#disk.onCall = () => null;
    await this.#live(null);
    await this.#live(null);
  }

  /** Opens the log, looks at it, appends, and comes to an end. */
  async #live(end: 'crash' | 'kill' | null): Promise<void> {
    let log: FileEventLog | null = null;
    try {
      log = await this.#open();
      await this.#history.check(log, this.#survival);
      this.#survival = 'all';
      await this.#append(log);
      if (end === null || this.#draws.chance(300)) await log.close();
    } catch (error) {
      if (this.#disk.isUp || error instanceof BrokenPromise) throw error;
    }
    if (end === null) return;
    if (this.#disk.isUp) this.#disk[end]();
    // A log that did not promise it may have lost what was on its way.
    if (end === 'crash' && this.#kind.durability.mode !== 'group') this.#survival = 'a prefix';
    await log?.close().catch(() => undefined);
  }

  #open(): Promise<FileEventLog> {
    const files = this.#disk.boot();
    return FileEventLog.open(dataFolder, 'write', {
      ...this.#options,
      files: this.#kind.through?.(files) ?? files,
    });
  }

  async #append(log: FileEventLog): Promise<void> {
    const isResent = this.#draws.chance(700);
    const unknown = this.#history.unknown;
    if (!isResent) this.#history.forgetUnknown();
    await Promise.all(
      this.#streams.map((stream) =>
        this.#caller(log, stream, isResent ? unknown.filter((commit) => commit.stream === stream) : []),
      ),
    );
    if (this.#disk.isUp && this.#draws.chance(300)) await this.#history.check(log);
  }

  /** The owner of one stream: sends its commits in order, some together, and stops when the log does. */
  async #caller(log: FileEventLog, stream: string, again: readonly Commit[]): Promise<void> {
    const commits = [...again];
    let version = commits.reduce(
      (most, { expectedVersion, events }) => Math.max(most, expectedVersion + events.length),
      this.#history.version(stream),
    );
    for (let left = this.#draws.below(5); left > 0; left -= 1) {
      const events = someEvents(this.#draws, 300);
      this.#commands += 1;
      commits.push(commitOf(stream, version, { id: `c-${this.#commands}`, events }));
      version += events.length;
    }
    while (commits.length > 0) {
      const together = commits.splice(0, this.#draws.between(1, 4));
      if (this.#draws.chance(200)) together.push(...together);
      const answers = await this.#history.send(log, together);
      if (answers.includes(null)) return;
      if (this.#draws.chance(300)) vi.advanceTimersByTime(1);
    }
  }
}
