import type { Clock } from '../../match/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Limits } from '../../shared/limits.ts';

/** After a flood no more frames are read: earlier ones are answered, then the connection ends. */
export const flood = Symbol('flood');

/** A received frame: its text, or the code with which it is refused. {@link flood} means the end. */
export type Received = string | { readonly code: ErrorCode; readonly message?: string } | typeof flood;

const decoder = new TextDecoder();
const binary = { code: 'validation_error', message: 'A frame is text: JSON in UTF-8.' } as const;

/** Reads the frames of one connection within the limits of rate, count and size. */
export class FrameIntake {
  readonly #clock: Clock;
  readonly #limits: Limits;
  #second = 0;
  #frames = 0;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Reads one frame, while `waiting` earlier ones are unanswered. Never throws. Returns `flood` above twice
   * the frames per second, `rate_limited` above once or with too many unanswered frames, `frame_too_large`,
   * or `validation_error` for a binary frame.
   */
  take(data: Uint8Array, isBinary: boolean, waiting: number): Received {
    const limits = this.#limits;
    const excess = this.#count() / limits.framesPerSecond;
    if (excess > 2) return flood;
    if (excess > 1 || waiting >= limits.framesWaiting) return { code: 'rate_limited' };
    if (data.byteLength > limits.frameBytes) return { code: 'frame_too_large' };
    return isBinary ? binary : decoder.decode(data);
  }

  /** The number of frames in the current second of the clock, this one included. */
  #count(): number {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#frames = 0;
    }
    this.#frames += 1;
    return this.#frames;
  }
}
