import type { Subscription } from 'rxjs';
import type { Viewer } from '../../game/command.ts';
import type { NumberedFrame } from '../../match/fold/frames.ts';
import type { MatchActor } from '../../match/match-actor.ts';

export interface FeedOptions {
  readonly viewer: Viewer;
  /** The match, alive. */
  readonly find: () => Promise<MatchActor>;
  readonly send: (frame: NumberedFrame) => void;
  /** Whether the reader takes more at the moment. */
  readonly hasRoom: () => boolean;
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
  follow(): Promise<void> {
    return this.#mayFollow() ? this.#begin() : nothingToDo;
  }

  async #begin(): Promise<void> {
    const { viewer, find, failed } = this.#options;
    const actor = await find().catch((error: unknown) => {
      // Nobody waits for it any more: the server stops, say.
      if (this.#isStopped) return null;
      throw error;
    });
    // It may have been stopped meanwhile, or followed by another call.
    if (actor === null || !this.#mayFollow()) return;
    this.#live = actor.framesAfter(viewer, this.#pushed).subscribe({
      next: (frames) => this.#push(frames),
      error: failed,
      // Its actor was given up; the match goes on with another.
      complete: () => {
        this.#pause();
        void this.follow().catch(failed);
      },
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#pause();
  }

  #mayFollow(): boolean {
    return this.#live === null && !this.#isStopped && this.#options.hasRoom();
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

const nothingToDo = Promise.resolve();
