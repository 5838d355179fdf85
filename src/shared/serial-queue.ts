/** Runs pieces of work one after another, in the order in which they came. One that fails stops none of the others. */
export class SerialQueue {
  #last: Promise<void> = settled;

  /** The outcome is the caller's alone. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.then(nothing, nothing);
    return result;
  }

  /** Resolves when all that came so far has ended; the same promise until more comes. */
  idle(): Promise<void> {
    return this.#last;
  }
}

/** A serial queue for each key, kept as long as something waits in it. */
export class SerialQueues<Key> {
  readonly #queues = new Map<Key, SerialQueue>();

  run<T>(key: Key, work: () => T | Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? new SerialQueue();
    this.#queues.set(key, queue);
    const result = queue.run(work);
    const idle = queue.idle();
    void idle.then(() => {
      if (queue.idle() === idle) this.#queues.delete(key);
    });
    return result;
  }

  /** Whether something of the key waits or runs. */
  has(key: Key): boolean {
    return this.#queues.has(key);
  }
}

/** One for all that are new: most queues of a large server never hold anything. */
const settled = Promise.resolve();
const nothing = (): void => undefined;
