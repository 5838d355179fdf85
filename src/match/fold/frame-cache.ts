import { map, share } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Viewer } from '../../game/command.ts';
import type { Appended, Commit } from '../../log/event-log.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { Applied } from './applied.ts';
import { framesAt } from './frames.ts';
import type { NumberedFrame } from './frames.ts';
import { framesOfStream } from './reply-from-log.ts';

/** What the viewers of one match are told: made once for all who watch, however many begin at the same time. */
export class ToldFrames {
  readonly #matchId: MatchId;
  readonly #applied: Observable<Applied>;
  readonly #live = new Map<Viewer, Observable<readonly NumberedFrame[]>>();
  /** All frames of a viewer up to the last commit. */
  readonly #past = new Map<Viewer, readonly NumberedFrame[]>();

  constructor(matchId: MatchId, applied: Observable<Applied>) {
    this.#matchId = matchId;
    this.#applied = applied;
  }

  /** A viewer's frames so far that are numbered above `after`; `read` gives the commits so far. */
  async past(
    viewer: Viewer,
    after: number,
    read: () => Promise<readonly (Commit & Appended)[]>,
  ): Promise<readonly NumberedFrame[]> {
    let past = this.#past.get(viewer);
    if (past === undefined) {
      past = framesOfStream(this.#matchId, await read(), viewer);
      this.#past.set(viewer, past);
    }
    // They are numbered from 1.
    return past.slice(after);
  }

  /** To be called with every commit: there are more frames now. */
  goOn(): void {
    this.#past.clear();
  }

  /** A viewer's frames as they come. */
  live(viewer: Viewer): Observable<readonly NumberedFrame[]> {
    let live = this.#live.get(viewer);
    if (live === undefined) {
      live = this.#applied.pipe(
        map(({ steps }) => steps.flatMap(({ step, standing }) => framesAt(viewer, step, standing.told))),
        share(),
      );
      this.#live.set(viewer, live);
    }
    return live;
  }
}
