/** Writers that get their turn before anybody else may speak: about a millisecond. */
const atATime = 32;

/**
 * Lets those who have something to write do so, a few at a time: a frame for a thousand spectators must not hold up
 * the players.
 */
export class FanOut {
  readonly #waiting = new Set<() => void>();
  #isPlanned = false;

  /** Calls `write` soon, once, however often it is asked for meanwhile. */
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
