import { invariant } from '../shared/invariant.ts';

/**
 * A deterministic random stream. It uses integer arithmetic only, so every machine draws the same values.
 * Streams with different names are independent: another draw from one changes no value of another.
 */
export interface Draws {
  /** An integer from 0 to `bound - 1`, uniform. `bound` is 1 to 2^32; anything else throws InvariantError. */
  below(bound: number): number;
  /** An integer from `least` to `most`, inclusive, uniform. */
  between(least: number, most: number): number;
  /** True with a probability of `perMille` thousandths. */
  chance(perMille: number): boolean;
  /** One item, uniform. The list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** One item, with a probability proportional to its weight, an integer. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** All items in random order (Fisher-Yates, from the end). */
  shuffle<T>(items: readonly T[]): readonly T[];
}

/**
 * The stream of a seed and a path of parts, such as `(42, 'task_1', 'ad', 3, 'payment')`.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand). Two words of its state come from MurmurHash3
 * x86-32 (Austin Appleby): each part is hashed with the hash of the part before it as hash seed; the first
 * part with the stream's seed, and with the seed xor 0x9e3779b9. Their finalised sums with 0x9e3779b9 are the
 * third word and the counter. The first 12 outputs are discarded. Test vectors: test/game/random.test.ts.
 */
export function drawsFor(seed: number, ...parts: readonly (string | number)[]): Draws {
  return streamAt(walk(pathOf(seed), parts));
}

/** A hashed path of parts, from which many streams can branch. */
export interface Path {
  readonly one: number;
  readonly two: number;
}

const golden = 0x9e3779b9;

const pathOf = (seed: number): Path => ({ one: seed, two: seed ^ golden });

/** The path extended by more parts. */
export function walk(path: Path, parts: readonly (string | number)[]): Path {
  let { one, two } = path;
  for (const part of parts) {
    const text = String(part);
    one = murmur3(text, one);
    two = murmur3(text, two);
  }
  return { one, two };
}

/** The path of a seed and parts. */
export function pathFor(seed: number, ...parts: readonly (string | number)[]): Path {
  return walk(pathOf(seed), parts);
}

/** The stream at a path's end. */
export function streamAt({ one, two }: Path): Draws {
  return new Stream(one, two, finalised(one + golden), finalised(two + golden));
}

/** sfc32: Small Fast Counting, 128 bits of state. */
class Stream implements Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(a: number, b: number, c: number, counter: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
    for (let skipped = 0; skipped < 12; skipped += 1) this.#next();
  }

  below(bound: number): number {
    invariant(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, `No number is below ${bound}.`);
    // Rejects outputs above the last whole multiple of the bound, which would favour small numbers.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let output = this.#next();
    while (output >= limit) output = this.#next();
    return output % bound;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(perMille: number): boolean {
    return this.below(1000) < perMille;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  weighted<T>(items: readonly (readonly [T, number])[]): T {
    let total = 0;
    for (const [, weight] of items) total += weight;
    let left = this.below(total);
    for (const [item, weight] of items) {
      if (left < weight) return item;
      left -= weight;
    }
    return this.pick(items)[0];
  }

  shuffle<T>(items: readonly T[]): readonly T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  /** The next 32 bits. */
  #next(): number {
    const output = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + output) | 0;
    return output >>> 0;
  }
}

/**
 * MurmurHash3 x86-32 over the low bytes of the text's UTF-16 units; for ASCII that is its bytes. An unsigned
 * 32-bit integer.
 */
export function murmur3(text: string, seed: number): number {
  let hash = seed | 0;
  const whole = text.length - (text.length % 4);
  for (let index = 0; index < whole; index += 4) {
    const block =
      (text.charCodeAt(index) & 0xff) |
      ((text.charCodeAt(index + 1) & 0xff) << 8) |
      ((text.charCodeAt(index + 2) & 0xff) << 16) |
      ((text.charCodeAt(index + 3) & 0xff) << 24);
    hash = (Math.imul(rotate(hash ^ mix(block), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let index = text.length - 1; index >= whole; index -= 1)
    tail = (tail << 8) | (text.charCodeAt(index) & 0xff);
  if (whole < text.length) hash ^= mix(tail);
  return finalised(hash ^ text.length);
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
const mix = (block: number): number => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);

/** MurmurHash3's 32-bit finaliser. */
function finalised(hash: number): number {
  let mixed = hash | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
