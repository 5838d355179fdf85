import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { drawsFor, murmur3 } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';

const take = (draws: Draws, count: number, bound = 2 ** 32): readonly number[] =>
  Array.from({ length: count }, () => draws.below(bound));

describe('murmur3', () => {
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
  ])('of %j with seed %i is the published value of x86-32', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash);
  });

  it('is a whole number of 32 bits for every text and seed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(0xffff_ffff), (text, seed) => {
        const hash = murmur3(text, seed);
        expect(hash).toBe(hash >>> 0);
      }),
    );
  });
});

/** Computed by a second implementation, in Python, from the description of `drawsFor`. */
const vectors = [
  {
    name: [0],
    outputs: [
      931_282_013, 1_203_811_537, 2_649_608_772, 1_064_043_793, 1_684_297_542, 2_552_796_737, 1_269_604_900,
      917_181_987,
    ],
  },
  {
    name: [42, 'task_1', 'truths'],
    outputs: [
      454_373_621, 31_160_085, 2_462_891_484, 2_205_989_015, 350_307_644, 4_116_929_753, 38_644_950,
      1_171_212_588,
    ],
  },
  {
    name: [42, 'task_1', 'ad', 3, 0, 'page'],
    outputs: [
      112_074_213, 3_414_599_044, 2_642_439_831, 2_073_662_989, 1_420_005_063, 240_577_683, 2_585_176_858,
      2_426_012_516,
    ],
  },
  {
    name: [1, 'task_3', 'ring', 2],
    outputs: [
      26_185_128, 947_561_297, 4_209_025_866, 3_233_043_886, 3_794_954_704, 4_273_801_138, 2_464_991_437,
      1_185_434_654,
    ],
  },
  {
    name: [4_294_967_295, 'task_3_unseen', 'proposal', 7, 'policy_classifier/3735928559'],
    outputs: [
      4_121_990_390, 1_472_819_804, 728_456_255, 3_172_301_300, 307_292_895, 519_337_470, 1_426_171_813,
      2_491_052_171,
    ],
  },
] as const;

describe('a stream', () => {
  it.each(vectors)('named $name gives the written outputs', ({ name: [seed, ...parts], outputs }) => {
    expect(take(drawsFor(seed, ...parts), 8)).toEqual(outputs);
  });

  it('takes a number and its digits for the same part', () => {
    expect(take(drawsFor(5, 'ad', 3), 4)).toEqual(take(drawsFor(5, 'ad', '3'), 4));
  });

  it('has another name when seed, parts, their order or their borders differ', () => {
    const names: readonly (readonly [number, ...(string | number)[]])[] = [
      [5, 'ad', 3],
      [6, 'ad', 3],
      [5, 'ad', 4],
      [5, 3, 'ad'],
      [5, 'ad3'],
      [5, 'a', 'd3'],
      [5, 'ad', 3, ''],
      [5, 'ad'],
      [5],
    ];
    const firsts = names.map(([seed, ...parts]) => take(drawsFor(seed, ...parts), 2).join(' '));
    expect(new Set(firsts).size).toBe(names.length);
  });

  it('is not moved by draws from another one', () => {
    const alone = take(drawsFor(9, 'one'), 50);
    const [one, other] = [drawsFor(9, 'one'), drawsFor(9, 'other')];
    const beside = Array.from({ length: 50 }, (_, index) => {
      take(other, index % 3);
      return one.below(2 ** 32);
    });
    expect(beside).toEqual(alone);
  });

  it('says nothing about the stream of the next name', () => {
    // Of 4,000 pairs of bits about half agree: within five standard deviations of 32.
    const pairs = Array.from({ length: 4000 }, (_, index) =>
      [index, index + 1].map((part) => drawsFor(1, 'ad', part).below(2) === 1),
    );
    const alike = pairs.filter(([a, b]) => a === b).length;
    expect(Math.abs(alike - 2000)).toBeLessThan(160);
  });
});

/** Chi-square of equally likely numbers below `bound`. */
function chiSquare(values: readonly number[], bound: number): number {
  const counts = Array<number>(bound).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  const expected = values.length / bound;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('below', () => {
  it('stays within its bound', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
        const values = take(drawsFor(seed, 'bounds'), 20, bound);
        expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < bound)).toBe(true);
      }),
    );
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a bound of %d',
    (bound) => {
      expect(() => drawsFor(1).below(bound)).toThrow('No number is below');
    },
  );

  it.each([2, 3, 6, 10, 17, 100, 1000])('makes all numbers below %i equally likely', (bound) => {
    const freedom = bound - 1;
    // Six standard deviations above the mean of the chi-square distribution, and two more for its skew.
    const most = freedom + 8 * Math.sqrt(2 * freedom);
    expect(chiSquare(take(drawsFor(3, 'uniform', bound), 50_000, bound), bound)).toBeLessThan(most);
    const firsts = Array.from({ length: 50_000 }, (_, index) => drawsFor(3, 'first', index).below(bound));
    expect(chiSquare(firsts, bound)).toBeLessThan(most);
  });

  it('does not favour small numbers where the bound is no divisor of 2^32', () => {
    const bound = 3 * 2 ** 30;
    const low = take(drawsFor(4, 'large'), 30_000, bound).filter((value) => value < bound / 2).length;
    // Taking the remainder alone would put two thirds below the middle.
    expect(Math.abs(low / 30_000 - 0.5)).toBeLessThan(0.02);
  });
});

describe('the other draws', () => {
  it('between reaches both ends and nothing beyond', () => {
    const draws = drawsFor(1, 'between');
    const seen = new Set(Array.from({ length: 500 }, () => draws.between(-2, 3)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(draws.between(7, 7)).toBe(7);
  });

  it('chance never happens at 0, always at 1000, and in between as often as it says', () => {
    const draws = drawsFor(1, 'chance');
    const share = (perMille: number) =>
      Array.from({ length: 20_000 }, () => draws.chance(perMille)).filter(Boolean).length / 20_000;
    expect(share(0)).toBe(0);
    expect(share(1000)).toBe(1);
    expect(Math.abs(share(150) - 0.15)).toBeLessThan(0.015);
  });

  it('weighted follows its weights and leaves out what weighs nothing', () => {
    const draws = drawsFor(1, 'weighted');
    const counts = { often: 0, rarely: 0, never: 0 };
    for (let drawn = 0; drawn < 20_000; drawn += 1)
      counts[
        draws.weighted([
          ['never', 0],
          ['often', 9],
          ['rarely', 1],
        ] as const)
      ] += 1;
    expect(counts.never).toBe(0);
    expect(Math.abs(counts.rarely / 20_000 - 0.1)).toBeLessThan(0.015);
  });

  it('shuffle is a permutation and leaves its argument alone', () => {
    fc.assert(
      fc.property(fc.nat(), fc.uniqueArray(fc.integer(), { maxLength: 40 }), (seed, items) => {
        const before = [...items];
        const shuffled = drawsFor(seed, 'shuffle').shuffle(items);
        expect(items).toEqual(before);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  it('shuffle makes all orders equally likely', () => {
    const draws = drawsFor(2, 'orders');
    const orders = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'];
    const drawn = Array.from({ length: 12_000 }, () =>
      orders.indexOf(draws.shuffle(['a', 'b', 'c']).join('')),
    );
    expect(chiSquare(drawn, orders.length)).toBeLessThan(5 + 8 * Math.sqrt(10));
  });

  it('pick takes every item', () => {
    const draws = drawsFor(2, 'pick');
    expect(new Set(Array.from({ length: 200 }, () => draws.pick(['x', 'y', 'z'])))).toEqual(
      new Set(['x', 'y', 'z']),
    );
  });
});
