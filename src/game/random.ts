import { invariant } from '../shared/invariant.ts';

/**
 * A source of draws. Integer arithmetic only, so every machine draws the same. Streams of different names are
 * independent: a draw added to one changes no value of another.
 */
export interface Draws {
  /** A whole number from 0 to `bound - 1`, all equally likely. `bound` is 1 to 2^32. */
  below(bound: number): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True in `perMille` of a thousand cases. */
  chance(perMille: number): boolean;
  /** One item, all equally likely. The list holds at least one. */
  pick<T>(items: readonly T[]): T;
  /** One item, by whole weights. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** All items in random order (Fisher-Yates, from the end). */
  shuffle<T>(items: readonly T[]): readonly T[];
}

/**
 * The stream named by a seed and a path of parts, such as `(42, 'task_1', 'ad', 3, 'payment')`.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand). Its state is four MurmurHash3 x86-32 hashes (Austin
 * Appleby) of the name, the seed and the parts joined by `/`, with the hash seeds 0 to 3; the first 12 outputs are
 * thrown away. Test vectors: test/game/random.test.ts.
 */
export function drawsFor(seed: number, ...parts: readonly (string | number)[]): Draws {
  const name = [seed, ...parts].join('/');
  return drawsOf(sfc32(murmur3(name, 0), murmur3(name, 1), murmur3(name, 2), murmur3(name, 3)));
}

function drawsOf(next: () => number): Draws {
  const below = (bound: number): number => {
    invariant(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, `No number is below ${bound}.`);
    // Outputs above the last whole multiple of the bound would favour small numbers.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let output = next();
    while (output >= limit) output = next();
    return output % bound;
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (perMille) => below(1000) < perMille,
    pick,
    weighted: (items) => {
      let left = below(items.reduce((sum, [, weight]) => sum + weight, 0));
      for (const [item, weight] of items) {
        if (left < weight) return item;
        left -= weight;
      }
      return pick(items)[0];
    },
    shuffle: (items) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other] as never, shuffled[last] as never];
      }
      return shuffled;
    },
  };
}

/** 32-bit outputs of Small Fast Counting, 128 bits of state. */
function sfc32(a: number, b: number, c: number, counter: number): () => number {
  const next = (): number => {
    const output = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + output) | 0;
    return output >>> 0;
  };
  for (let skipped = 0; skipped < 12; skipped += 1) next();
  return next;
}

/** MurmurHash3 x86-32 of the text's code units, which are ASCII bytes here. */
export function murmur3(text: string, seed: number): number {
  const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
  const mix = (block: number) => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  const byte = (index: number) => text.charCodeAt(index) & 0xff;
  let hash = seed | 0;
  const whole = text.length - (text.length % 4);
  for (let index = 0; index < whole; index += 4) {
    const block = byte(index) | (byte(index + 1) << 8) | (byte(index + 2) << 16) | (byte(index + 3) << 24);
    hash = (Math.imul(rotate(hash ^ mix(block), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let index = text.length - 1; index >= whole; index -= 1) tail = (tail << 8) | byte(index);
  if (whole < text.length) hash ^= mix(tail);
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
