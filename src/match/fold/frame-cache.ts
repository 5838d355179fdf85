import { map, share } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Viewer } from '../../game/command.ts';
import type { MatchId } from '../../shared/ids.ts';
import { foldStream } from './replay.ts';
import type { FoldableCommit, FoldedCommit, FoldedStep } from './fold.ts';
import { numberedFrames } from './frames.ts';
import type { NumberedFrame } from './frames.ts';

/** The frames of one match for its viewers: made once for all who watch, however many begin at the same time. */
export class FrameCache {
  readonly #matchId: MatchId;
  readonly #commits: Observable<FoldedCommit>;
  readonly #live = new Map<Viewer, Observable<readonly NumberedFrame[]>>();
  /** All frames of a viewer up to the last commit. */
  readonly #past = new Map<Viewer, readonly NumberedFrame[]>();

  constructor(matchId: MatchId, commits: Observable<FoldedCommit>) {
    this.#matchId = matchId;
    this.#commits = commits;
  }

  /** A viewer's frames so far that are numbered above `after`; `read` gives the commits so far. */
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
    // They are numbered from 1.
    return past.slice(after);
  }

  /** To be called with every commit: what is cached of the past lacks its frames. */
  invalidate(): void {
    this.#past.clear();
  }

  /** A viewer's frames as they come. */
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

/** All of a viewer's frames so far, made again from the events. */
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
