/** How the client retries when it loses the server. */
export interface RetryOptions {
  /** How many times in a row the client tries again before it gives up; default 8. */
  readonly retries?: number;
  /**
   * The first wait, in milliseconds. Each wait is twice the one before; default 100, about half a minute in
   * total.
   */
  readonly retryMs?: number;
}

export interface BackoffOptions extends RetryOptions {
  /** The longest wait, in milliseconds; default: no limit. */
  readonly maxWaitMs?: number;
}

/** Exponential backoff: each failure in a row waits twice as long as the one before. */
export class Backoff {
  readonly #retries: number;
  readonly #retryMs: number;
  readonly #maxWaitMs: number;
  #failures = 0;

  constructor({ retries = 8, retryMs = 100, maxWaitMs = Infinity }: BackoffOptions) {
    this.#retries = retries;
    this.#retryMs = retryMs;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Starts again with the first, shortest wait. Call it after a success. */
  reset(): void {
    this.#failures = 0;
  }

  /** Waits before the next try, until `stopped` at the latest. @throws the error when no retries are left */
  async wait(error: unknown, stopped?: Promise<unknown>): Promise<void> {
    if (this.#failures >= this.#retries) throw error;
    this.#failures += 1;
    const waitMs = Math.min(this.#maxWaitMs, this.#retryMs * 2 ** (this.#failures - 1));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([wait, stopped ?? wait]);
    clearTimeout(timer);
  }
}
