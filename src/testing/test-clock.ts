import type { Clock } from '../match/clock.ts';

interface Planned {
  readonly dueAt: number;
  readonly call: () => void;
}

/**
 * A clock whose time changes by {@link TestClock.advance} only. Starts at `startAt`, in milliseconds since
 * the Unix epoch.
 * @example
 * const clock = new TestClock();
 * const registry = new MatchRegistry({ log: new MemoryEventLog(), clock, source });
 * await clock.advance(60_000); // every limit of the next minute has passed, and its effects are stored
 */
export class TestClock implements Clock {
  #now: number;
  /** In the order of planning, which decides between calls that are due at the same time. */
  readonly #planned = new Set<Planned>();

  constructor(startAt = Date.UTC(2030, 0, 1)) {
    this.#now = startAt;
  }

  /** The number of calls that are still pending. */
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
   * Advances the time by `ms`. Due calls are made in the order of their due times, each at its own time.
   * In-memory effects of a call settle before the next call, so calls planned by calls are made too.
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

/** Promises that depend on memory alone have settled by the next turn of the event loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
