import type { Subscription } from 'rxjs';
import type { Viewer } from '../game/command.ts';
import type { NumberedFrame } from '../match/frames.ts';
import type { MatchActor } from '../match/match-actor.ts';

export interface FeedOptions {
  readonly viewer: Viewer;
  /** The match, alive. */
  readonly find: () => Promise<MatchActor>;
  readonly send: (frame: NumberedFrame) => void;
  /** Whether the reader takes more at the moment. */
  readonly hasRoom: () => boolean;
  /** The actor that was followed is given up: {@link FrameFeed.follow} goes on with the next one. */
  readonly ended: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * One viewer's numbered frames, pushed as fast as their reader takes them. A reader that is too slow is left alone,
 * and caught up with from the log once it has read: nothing is kept for it meanwhile.
 */
export class FrameFeed {
  readonly #options: FeedOptions;
  /** The last frame pushed. */
  #pushed: number;
  #live: Subscription | null = null;
  #isStopped = false;

  /** Begins after frame `after`, once {@link FrameFeed.follow} is called. */
  constructor(after: number, options: FeedOptions) {
    this.#pushed = after;
    this.#options = options;
  }

  /** Goes on pushing; nothing where that is under way, or the reader has no room. */
  async follow(): Promise<void> {
    const { viewer, find, ended, failed } = this.#options;
    if (this.#live !== null || this.#isStopped || !this.#options.hasRoom()) return;
    const actor = await find();
    // It may have been stopped meanwhile.
    if (this.#isOver()) return;
    this.#live = actor.framesAfter(viewer, this.#pushed).subscribe({
      next: (frames) => this.#push(frames),
      error: failed,
      complete: () => {
        this.#live = null;
        ended();
      },
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#pause();
  }

  #isOver(): boolean {
    return this.#isStopped;
  }

  #pause(): void {
    this.#live?.unsubscribe();
    this.#live = null;
  }

  #push(frames: readonly NumberedFrame[]): void {
    for (const frame of frames) {
      if (!this.#options.hasRoom()) {
        this.#pause();
        return;
      }
      this.#pushed = frame.seq;
      this.#options.send(frame);
    }
  }
}
