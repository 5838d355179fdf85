import { createRequire } from 'node:module';
import type * as Crypto from 'node:crypto';

/**
 * Stands in for what the program draws by chance: tokens, salts, ids and seeds. Each kind and size has its own
 * series, which begins anew with each scope, so that one more socket changes no salt.
 */
// Not the mocked module of the tests.
const { createHash } = createRequire(import.meta.url)('node:crypto') as typeof Crypto;

let scope = '';
const counts = new Map<string, number>();

/** Begins every series anew. */
export function beginDraws(name: string): void {
  scope = name;
  counts.clear();
}

function bytes(kind: string, size: number): Buffer {
  const series = `${kind}/${size}`;
  const count = (counts.get(series) ?? 0) + 1;
  counts.set(series, count);
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < size; block += 1)
    blocks.push(createHash('sha256').update(`${scope}/${series}/${count}/${block}`).digest());
  return Buffer.concat(blocks).subarray(0, size);
}

export const fixedDraws = {
  randomBytes: (size: number): Buffer => bytes('bytes', size),
  randomInt: (bound: number): number => bytes('int', 4).readUInt32BE() % bound,
  randomUUID: (): string => {
    const hex = bytes('uuid', 16).toString('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
    return [...parts, hex.slice(20)].join('-');
  },
};

/** The driver's own chance, none of which comes from the program (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** True in `perCent` of a hundred cases. */
  happens(perCent: number): boolean {
    return this.below(100) < perCent;
  }
}
