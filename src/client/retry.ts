/** How a lost server is looked for again. */
export interface RetryOptions {
  /** How often it is tried again before the client gives up; default 8. */
  readonly retries?: number;
  /** The first wait, in milliseconds, each twice the one before; default 100, with 8 retries about half a minute. */
  readonly retryMs?: number;
}

/** Waits that grow, for as many failures as there may be one after another. */
export class Patience {
  readonly #retries: number;
  readonly #retryMs: number;
  #failures = 0;

  constructor({ retries = 8, retryMs = 100 }: RetryOptions) {
    this.#retries = retries;
    this.#retryMs = retryMs;
  }

  /** What was waited for has come: from here on the first wait is a short one again. */
  restore(): void {
    this.#failures = 0;
  }

  /** Waits, or throws the error where it was waited for too often. `stopped` ends the wait. */
  async wait(error: unknown, stopped?: Promise<unknown>): Promise<void> {
    if (this.#failures >= this.#retries) throw error;
    this.#failures += 1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#retryMs * 2 ** (this.#failures - 1));
    });
    await Promise.race([wait, stopped ?? wait]);
    clearTimeout(timer);
  }
}
