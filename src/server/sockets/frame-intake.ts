import type { Clock } from '../../match/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Limits } from '../../shared/limits.ts';

/** After a flood nothing more is read: what came before is answered, then the connection ends. */
export const flood = Symbol('flood');

/** What came in a frame: its text, or why it will not be read. After a flood, the end. */
export type Received = string | { readonly code: ErrorCode; readonly message?: string } | typeof flood;

const decoder = new TextDecoder();
const binary = { code: 'validation_error', message: 'A frame is text: JSON in UTF-8.' } as const;

/** Reads the frames of one connection, as many of them and as large as the limits allow. */
export class FrameIntake {
  readonly #clock: Clock;
  readonly #limits: Limits;
  #second = 0;
  #frames = 0;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Takes one more, while `waiting` frames wait for their answers. */
  take(data: Uint8Array, isBinary: boolean, waiting: number): Received {
    const limits = this.#limits;
    const excess = this.#count() / limits.framesPerSecond;
    if (excess > 2) return flood;
    if (excess > 1 || waiting >= limits.framesWaiting) return { code: 'rate_limited' };
    if (data.byteLength > limits.frameBytes) return { code: 'frame_too_large' };
    return isBinary ? binary : decoder.decode(data);
  }

  /** The frames of the second that runs, this one included. */
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
