/** Writers called in one turn of the event loop; about a millisecond of work. */
const atATime = 32;

/**
 * Spreads writes over turns of the event loop, so that a frame for a thousand spectators does not delay the
 * players.
 */
export class FanOut {
  readonly #waiting = new Set<() => void>();
  #isPlanned = false;

  /** Calls `write` once, in one of the next turns. A repeated request before that has no effect. */
  soon(write: () => void): void {
    this.#waiting.add(write);
    this.#plan();
  }

  cancel(write: () => void): void {
    this.#waiting.delete(write);
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.size === 0) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      for (const write of [...this.#next()]) write();
      this.#plan();
    });
  }

  *#next(): Generator<() => void, void> {
    let count = 0;
    for (const write of this.#waiting) {
      this.#waiting.delete(write);
      yield write;
      if ((count += 1) === atATime) return;
    }
  }
}
