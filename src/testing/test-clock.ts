import type { Clock } from '../match/clock.ts';

interface Planned {
  readonly dueAt: number;
  readonly call: () => void;
}

/**
 * A clock whose time moves by {@link TestClock.advance} only. Starts at `startAt`, milliseconds since the Unix epoch.
 * @example
 * const clock = new TestClock();
 * const arena = new Arena({ log: new MemoryEventLog(), clock, source });
 * await clock.advance(60_000); // every limit of the next minute has passed, and what it led to is stored
 */
export class TestClock implements Clock {
  #now: number;
  /** In the order of planning, which decides between calls due at the same time. */
  readonly #planned = new Set<Planned>();

  constructor(startAt = Date.UTC(2030, 0, 1)) {
    this.#now = startAt;
  }

  /** Calls that still wait for their time. */
  get waiting(): number {
    return this.#planned.size;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): () => void {
    const planned = { dueAt: this.#now + Math.max(0, delayMs), call };
    this.#planned.add(planned);
    return () => void this.#planned.delete(planned);
  }

  /**
   * Moves time on by `ms`. Calls due until then are made in order of due time, each at its own time, and what each
   * one sets going in memory has settled before the next, so that calls planned by calls take part.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#planned.delete(next);
      this.#now = next.dueAt;
      next.call();
      await settled();
    }
    this.#now = end;
  }

  #nextUntil(end: number): Planned | undefined {
    const due = [...this.#planned].filter(({ dueAt }) => dueAt <= end);
    return due.reduce<Planned | undefined>(
      (first, each) => (first === undefined || each.dueAt < first.dueAt ? each : first),
      undefined,
    );
  }
}

/** Every promise that hangs on memory alone has run its course by the next turn of the event loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
