import { boardAfter, openingBoard } from './board.ts';
import type { Board } from './board.ts';
import type { Fields, TimelineMoment } from './moment.ts';

/**
 * Moments and the board after each of them. It stores every board, so that the page can show any moment
 * without replaying the ones before it. Boards share unchanged parts.
 */
export class Replay {
  readonly moments: readonly TimelineMoment[];
  readonly #boards: readonly Board[];
  readonly #opening: Board;

  private constructor(moments: readonly TimelineMoment[], boards: readonly Board[], opening: Board) {
    this.moments = moments;
    this.#boards = boards;
    this.#opening = opening;
  }

  static opened(phase: string, startingAds: readonly Fields[]): Replay {
    return new Replay([], [], openingBoard(phase, startingAds));
  }

  /** Appends moments. It skips those whose number it already has. */
  with(more: readonly TimelineMoment[]): Replay {
    const last = this.moments.at(-1)?.seq ?? 0;
    const fresh = more.filter(({ seq }) => seq > last);
    if (fresh.length === 0) return this;
    let board = this.#boards.at(-1) ?? this.#opening;
    const boards = fresh.map((moment) => (board = boardAfter(board, moment)));
    return new Replay([...this.moments, ...fresh], [...this.#boards, ...boards], this.#opening);
  }

  /** The board after the moment at an index; -1 gives the opening board. */
  boardAt(index: number): Board {
    return this.#boards[index] ?? this.#opening;
  }

  /** The index of the last moment whose number is at most `seq`. */
  indexOf(seq: number): number {
    let [low, high] = [0, this.moments.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.moments[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export type Jump = 'verdict' | 'phase' | 'mistake';

/**
 * The index of the nearest matching moment after `index`, or before it if `by` is -1; null if there is none.
 */
export function jumpFrom(
  moments: readonly TimelineMoment[],
  index: number,
  jump: Jump,
  by: 1 | -1 = 1,
): number | null {
  for (let next = index + by; next >= 0 && next < moments.length; next += by) {
    const moment = moments[next];
    if (moment !== undefined && isOf(jump, moment, moments[next - 1])) return next;
  }
  return null;
}

function isOf(jump: Jump, moment: TimelineMoment, before: TimelineMoment | undefined): boolean {
  switch (jump) {
    case 'verdict':
      return moment.kind === 'verdict';
    case 'phase':
      return before !== undefined && moment.phase !== before.phase;
    case 'mistake':
      return moment.isMistake;
  }
}
