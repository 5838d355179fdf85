import { invariant, present } from '../../shared/invariant.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { StreamVersion } from '../../shared/ids.ts';
import { NumberTable } from '../../shared/number-table.ts';
import type { LinePlace } from '../line/read-lines.ts';

/** A stream's part of one segment. */
export interface Part {
  readonly segment: number;
  /** The position of the stream's first commit in the whole log. */
  readonly firstPosition: number;
  /** The stream's version and hash chain at the segment's end. */
  readonly version: StreamVersion;
  readonly head: string;
}

/** A stream's part of a sealed segment, with the place of its rows in the segment's rows file. */
export interface SealedPart extends Part, LinePlace {}

/** The number that means no part. */
export const noPart = -1;

const columns = { segment: 0, firstPosition: 1, version: 2, offset: 3, length: 4, before: 5 } as const;
const headBytes = 32;
const headsPerPage = 4096;

/** The streams' parts of all sealed segments, in 80 bytes each. */
export class SealedParts {
  readonly #numbers = new NumberTable(Object.keys(columns).length);
  /** SHA-256 digests, concatenated. */
  readonly #heads: Buffer[] = [];

  /** Adds a part. `before` is the number of the stream's previous part. @returns the new part's number */
  add({ segment, firstPosition, version, offset, length, head }: SealedPart, before: number): number {
    const number = this.#numbers.add([segment, firstPosition, version, offset, length, before]);
    if (number % headsPerPage === 0) this.#heads.push(Buffer.alloc(headsPerPage * headBytes));
    const written = this.#headsOf(number).write(head, (number % headsPerPage) * headBytes, headBytes, 'hex');
    invariant(written === headBytes && head.length === 2 * headBytes, 'A chain is a SHA-256.');
    return number;
  }

  at(number: number): SealedPart {
    const numbers = this.#numbers;
    const start = (number % headsPerPage) * headBytes;
    return {
      segment: numbers.at(number, columns.segment),
      firstPosition: numbers.at(number, columns.firstPosition),
      version: streamVersion(numbers.at(number, columns.version)),
      head: this.#headsOf(number).toString('hex', start, start + headBytes),
      offset: numbers.at(number, columns.offset),
      length: numbers.at(number, columns.length),
    };
  }

  /** The number of the stream's previous part; {@link noPart} for the first. */
  before(number: number): number {
    return this.#numbers.at(number, columns.before);
  }

  #headsOf(number: number): Buffer {
    return present(this.#heads[Math.floor(number / headsPerPage)], 'A page');
  }
}
