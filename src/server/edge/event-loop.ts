import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 20;
/** Above this mean lag, in milliseconds, the server reports that it is not ready. */
export const lagMaxMs = 500;

/** Measures how long work waits for the event loop. */
export class EventLoop {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delay.enable();
  }

  /**
   * The mean lag in milliseconds since the previous call; 0 if nothing was measured since. Each call resets
   * it.
   */
  lagMs(): number {
    const { count, mean } = this.#delay;
    this.#delay.reset();
    return count === 0 ? 0 : Math.max(0, mean / 1e6 - resolutionMs);
  }

  stop(): void {
    this.#delay.disable();
  }
}
