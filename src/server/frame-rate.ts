import type { Clock } from '../match/clock.ts';

/** How many frames a socket has sent in the second that runs. */
export class FrameRate {
  readonly #clock: Clock;
  #second = 0;
  #frames = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one more. */
  count(): number {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#frames = 0;
    }
    this.#frames += 1;
    return this.#frames;
  }
}
