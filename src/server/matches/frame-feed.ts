import type { Subscription } from 'rxjs';
import type { Viewer } from '../../game/command.ts';
import type { NumberedFrame } from '../../match/fold/frames.ts';
import type { MatchActor } from '../../match/match-actor.ts';

export interface FeedOptions {
  readonly viewer: Viewer;
  /** Returns the match's actor, revived if needed. */
  readonly find: () => Promise<MatchActor>;
  readonly send: (frame: NumberedFrame) => void;
  /** Whether the reader can take more now. */
  readonly hasRoom: () => boolean;
  readonly failed: (error: unknown) => void;
}

/**
 * Pushes one viewer's numbered frames, as fast as their reader takes them. When the reader has no room the
 * feed unsubscribes and buffers nothing; {@link FrameFeed.follow} then resumes from the log.
 */
export class FrameFeed {
  readonly #options: FeedOptions;
  /** The number of the last frame pushed. */
  #pushed: number;
  #live: Subscription | null = null;
  #isStopped = false;

  /** Starts after frame number `after`, once {@link FrameFeed.follow} is called. */
  constructor(after: number, options: FeedOptions) {
    this.#pushed = after;
    this.#options = options;
  }

  /**
   * Starts or resumes pushing. Does nothing if the feed is running, is stopped, or the reader has no room.
   */
  follow(): Promise<void> {
    return this.#mayFollow() ? this.#begin() : nothingToDo;
  }

  async #begin(): Promise<void> {
    const { viewer, find, failed } = this.#options;
    const actor = await find().catch((error: unknown) => {
      // Nobody waits for this feed any more, for example because the server stops.
      if (this.#isStopped) return null;
      throw error;
    });
    // The feed may have been stopped or followed meanwhile.
    if (actor === null || !this.#mayFollow()) return;
    this.#live = actor.framesAfter(viewer, this.#pushed).subscribe({
      next: (frames) => this.#push(frames),
      error: failed,
      // The actor was passivated. The match continues with a new actor.
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
