import { map, share } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Viewer } from '../../game/command.ts';
import type { MatchId } from '../../shared/ids.ts';
import { foldStream } from './replay.ts';
import type { FoldableCommit, FoldedCommit, FoldedStep } from './fold.ts';
import { numberedFrames } from './frames.ts';
import type { NumberedFrame } from './frames.ts';

/** The frames of one match. Those of each viewer are made once, for any number of its subscribers. */
export class FrameCache {
  readonly #matchId: MatchId;
  readonly #commits: Observable<FoldedCommit>;
  readonly #live = new Map<Viewer, Observable<readonly NumberedFrame[]>>();
  /** All frames of a viewer up to the last commit, if they were read since. */
  readonly #past = new Map<Viewer, readonly NumberedFrame[]>();

  constructor(matchId: MatchId, commits: Observable<FoldedCommit>) {
    this.#matchId = matchId;
    this.#commits = commits;
  }

  /** A viewer's frames up to now that are numbered above `after`. `read` returns all commits up to now. */
  async past(
    viewer: Viewer,
    after: number,
    read: () => Promise<readonly FoldableCommit[]>,
  ): Promise<readonly NumberedFrame[]> {
    let past = this.#past.get(viewer);
    if (past === undefined) {
      past = framesOfStream(this.#matchId, await read(), viewer);
      this.#past.set(viewer, past);
    }
    // Frames are numbered from 1, so frame `n` has index `n - 1`.
    return past.slice(after);
  }

  /** Must be called after every commit: the cached past frames lack the new ones. */
  invalidate(): void {
    this.#past.clear();
  }

  /** A viewer's frames of the commits after the subscription. */
  live(viewer: Viewer): Observable<readonly NumberedFrame[]> {
    let live = this.#live.get(viewer);
    if (live === undefined) {
      live = this.#commits.pipe(
        map(({ steps }) => framesOfSteps(viewer, steps)),
        share(),
      );
      this.#live.set(viewer, live);
    }
    return live;
  }
}

/** All of a viewer's frames, derived from the stream. @throws AppError `replay_diverged` */
export function framesOfStream(
  match: MatchId,
  commits: readonly FoldableCommit[],
  viewer: Viewer,
): readonly NumberedFrame[] {
  const frames: NumberedFrame[] = [];
  for (const { steps } of foldStream(match, commits)) frames.push(...framesOfSteps(viewer, steps));
  return frames;
}

const framesOfSteps = (viewer: Viewer, steps: readonly FoldedStep[]): readonly NumberedFrame[] =>
  steps.flatMap((step) => numberedFrames(viewer, step, step.bookkeeping.frameCounts));
