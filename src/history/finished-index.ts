import type { LinePlace } from '../log/line/read-lines.ts';
import type { FinishedSummary } from './summary.ts';
import type { MatchId } from '../shared/ids.ts';
import { present } from '../shared/invariant.ts';
import { NumberTable } from '../shared/number-table.ts';

/** The fields that lists are filtered by. Stored once for all matches with the same values. */
export interface Kind extends Pick<FinishedSummary, 'task_id' | 'ruleset' | 'end_reason' | 'players'> {
  /** Whether the rewards are public. */
  readonly isRevealed: boolean;
}

/** A finished match in memory. */
export interface Finished {
  readonly id: MatchId;
  /** The time of the last commit, seconds since the Unix epoch. */
  readonly at: number;
  readonly kind: Kind;
  /** The place of its line in the summary file; null if none could be written. */
  readonly place: LinePlace | null;
}

const columns = { at: 0, kind: 1, offset: 2, length: 3 } as const;
const nowhere: LinePlace = { offset: -1, length: -1 };

/** A compact table of finished matches, numbered from 0 in the order of `add`. */
export class FinishedIndex {
  readonly #rows = new NumberTable(Object.keys(columns).length);
  readonly #ids: MatchId[] = [];
  readonly #byId = new Map<MatchId, number>();
  readonly #kinds: Kind[] = [];
  readonly #kindNumbers = new Map<string, number>();

  get size(): number {
    return this.#ids.length;
  }

  has(id: MatchId): boolean {
    return this.#byId.has(id);
  }

  /** Adds a match that is not in the table. @returns its number */
  add({ id, at, kind, place }: Finished): number {
    const { offset, length } = place ?? nowhere;
    const number = this.#rows.add([at, this.#numberOf(kind), offset, length]);
    this.#ids.push(id);
    this.#byId.set(id, number);
    return number;
  }

  find(id: MatchId): Finished | null {
    const number = this.#byId.get(id);
    return number === undefined ? null : this.at(number);
  }

  at(number: number): Finished {
    const rows = this.#rows;
    const [offset, length] = [rows.at(number, columns.offset), rows.at(number, columns.length)];
    return {
      id: present(this.#ids[number], 'A finished match'),
      at: rows.at(number, columns.at),
      kind: this.kindOf(number),
      place: offset === nowhere.offset ? null : { offset, length },
    };
  }

  kindOf(number: number): Kind {
    return present(this.#kinds[this.#rows.at(number, columns.kind)], 'A kind');
  }

  #numberOf(kind: Kind): number {
    const name = JSON.stringify(kind);
    const known = this.#kindNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#kinds.push(kind) - 1;
    this.#kindNumbers.set(name, number);
    return number;
  }
}
