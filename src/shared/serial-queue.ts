/** Runs tasks one after another, in the order of their submission. A failed task does not stop the others. */
export class SerialQueue {
  #last: Promise<void> = settled;

  /** Resolves or rejects with the result of `work`. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.then(nothing, nothing);
    return result;
  }

  /** Resolves when all tasks submitted so far have ended. Returns the same promise until a task is added. */
  idle(): Promise<void> {
    return this.#last;
  }
}

/** One serial queue per key, kept while a task waits or runs. */
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

  /** Whether a task of the key waits or runs. */
  has(key: Key): boolean {
    return this.#queues.has(key);
  }
}

/** Shared by all new queues: most queues of a large server are never used. */
const settled = Promise.resolve();
const nothing = (): void => undefined;
