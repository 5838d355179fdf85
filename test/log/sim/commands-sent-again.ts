import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Commit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { commitOf } from '../../../src/testing/event-log.contract.ts';
import { BrokenPromise, History } from './history.ts';
import { dataFolder, fixed, someEvents } from './lives.ts';
import { SimulatedDisk } from './simulated-disk.ts';

interface Sending {
  readonly commit: Commit;
  /** Answers that are still wanted. */
  left: number;
  isAnswered: boolean;
}

/** Commands of one log, each sent until it was answered 2 to 5 times, across restarts, kills and power cuts. */
export class CommandsSentAgain {
  readonly #draws: Draws;
  readonly #disk: SimulatedDisk;
  readonly #history: History;
  readonly #segmentBytes: number;
  /** In the order of their streams. */
  readonly #sendings: readonly Sending[];
  #answers = 0;

  constructor(seed: number, commands: number) {
    this.#draws = drawsFor(seed, 'again');
    this.#disk = new SimulatedDisk(drawsFor(seed, 'disk'));
    this.#history = new History(`Seed ${seed}`);
    this.#segmentBytes = this.#draws.between(1000, 8000);
    const versions = new Map<string, number>();
    this.#sendings = Array.from({ length: commands }, (_, index) => {
      const stream = this.#draws.pick(['s-1', 's-2', 's-3', 's-4']);
      const version = versions.get(stream) ?? 0;
      const events = someEvents(this.#draws, 200);
      versions.set(stream, version + events.length);
      const commit = commitOf(stream, version, { id: `c-${index}`, events });
      return { commit, left: this.#draws.between(2, 5), isAnswered: false };
    });
  }

  /** @returns how many answers were given. */
  async run(): Promise<number> {
    while (this.#sendings.some(({ left }) => left > 0)) await this.#life();
    this.#disk.onCall = () => null;
    const log = await this.#open();
    await this.#history.check(log);
    if (log.health.position !== this.#sendings.length)
      this.#history.fail(`${this.#sendings.length} commands had ${log.health.position} effects`);
    await log.close();
    return this.#answers;
  }

  async #life(): Promise<void> {
    const end = this.#draws.pick(['close', 'crash', 'kill'] as const);
    const last = this.#disk.calls + this.#draws.between(20, 200);
    this.#disk.onCall = ({ index }) => (index === last && end !== 'close' ? end : null);
    let log: FileEventLog | null = null;
    try {
      log = await this.#open();
      for (let left = this.#draws.between(1, 8); left > 0 && this.#disk.isUp; left -= 1)
        await this.#burst(log);
    } catch (error) {
      if (this.#disk.isUp || error instanceof BrokenPromise) throw error;
    }
    if (end !== 'close' && this.#disk.isUp) this.#disk[end]();
    await log?.close().catch(() => undefined);
  }

  /** Now and then the disk seems full at first. */
  async #open(): Promise<FileEventLog> {
    const { space } = this.#disk;
    if (this.#draws.chance(300)) this.#disk.space = { ...space, free: 0 };
    try {
      return await FileEventLog.open(dataFolder, 'write', {
        ...fixed,
        segmentBytes: this.#segmentBytes,
        markAfterMs: null,
        files: this.#disk.boot(),
      });
    } finally {
      this.#disk.space = space;
    }
  }

  /** Some commands at once, each as often as it likes: the next ones in order, and some that were answered before. */
  async #burst(log: FileEventLog): Promise<void> {
    const waiting = this.#sendings.filter(({ left }) => left > 0);
    const next = waiting.filter(({ isAnswered }) => !isAnswered).slice(0, this.#draws.below(12));
    const again = waiting.filter(({ isAnswered }) => isAnswered && this.#draws.chance(200));
    const copies = [...next, ...again].flatMap((sending) =>
      Array.from({ length: this.#draws.between(1, sending.left) }, () => sending),
    );
    const answers = await this.#history.send(
      log,
      copies.map(({ commit }) => commit),
    );
    for (const [index, sending] of copies.entries()) {
      if (answers[index] === null) continue;
      sending.isAnswered = true;
      sending.left -= 1;
      this.#answers += 1;
    }
  }
}
