import { invariant, present } from './invariant.ts';

const rowsPerPage = 4096;

/**
 * Rows of `width` numbers, stored outside the engine's heap. Data that is kept for every match ever played
 * and never changes would be scanned in every garbage collection, and let several times its size of garbage
 * accumulate.
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

  /** Appends a row of `width` numbers. @returns its number, from 0 */
  add(row: readonly number[]): number {
    const number = this.#size;
    if (number % rowsPerPage === 0) this.#pages.push(new Float64Array(rowsPerPage * this.#width));
    present(this.#pages.at(-1), 'A page').set(row, (number % rowsPerPage) * this.#width);
    this.#size += 1;
    return number;
  }

  /** The number in a column of a row. Both must exist. */
  at(row: number, column: number): number {
    invariant(row < this.#size && column < this.#width, 'No such row was added.');
    const page = this.#pages[Math.floor(row / rowsPerPage)];
    return present(page?.[(row % rowsPerPage) * this.#width + column], 'A number');
  }
}
