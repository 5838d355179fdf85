import { invariant, present } from './invariant.ts';

const rowsPerPage = 4096;

/**
 * Rows of `width` numbers, outside the engine's heap: what is kept of every match there ever was, and never changes, would
 * be looked at again in every collection, and let garbage of several times its size pile up.
 */
export class NumberTable {
  readonly #width: number;
  readonly #pages: Float64Array[] = [];
  #size = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get size(): number {
    return this.#size;
  }

  /** @returns the number of the row, from 0 */
  add(row: readonly number[]): number {
    const number = this.#size;
    if (number % rowsPerPage === 0) this.#pages.push(new Float64Array(rowsPerPage * this.#width));
    present(this.#pages.at(-1), 'A page').set(row, (number % rowsPerPage) * this.#width);
    this.#size += 1;
    return number;
  }

  /** The number in a column of a row that was added. */
  at(row: number, column: number): number {
    invariant(row < this.#size && column < this.#width, 'No such row was added.');
    const page = this.#pages[Math.floor(row / rowsPerPage)];
    return present(page?.[(row % rowsPerPage) * this.#width + column], 'A number');
  }
}
