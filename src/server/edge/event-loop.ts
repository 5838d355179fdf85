import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 20;
/** Beyond it nobody is answered in good time. */
export const lagMaxMs = 500;

/** How long work waited for the event loop since it was last looked at. */
export class EventLoop {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delay.enable();
  }

  /** The mean in milliseconds since the last look; 0 where nothing has been measured since. */
  lagMs(): number {
    const { count, mean } = this.#delay;
    this.#delay.reset();
    return count === 0 ? 0 : Math.max(0, mean / 1e6 - resolutionMs);
  }

  stop(): void {
    this.#delay.disable();
  }
}
