import { poolsOf, slotsOf, type Subject } from './fill.ts';

type Words = Pick<Subject, 'category' | 'claim'>;

/**
 * The number of sentences that the skeletons can make, not counting brands, places and people. A skeleton may
 * consist of several joined ones; their words do not repeat.
 */
export function countSentences(skeletons: readonly string[], words: Words): bigint {
  return skeletons.reduce((total, skeleton) => total + countFillings(skeleton, words), 0n);
}

function countFillings(skeleton: string, words: Words): bigint {
  const left = new Map<string, number>(
    Object.entries(poolsOf(words)).map(([slot, pool]) => [slot, pool.length]),
  );
  return slotsOf(skeleton).reduce((fillings, slot) => {
    const choices = left.get(slot);
    // Brands, places and people have no list.
    if (choices === undefined) return fillings;
    left.set(slot, choices - 1);
    return fillings * BigInt(choices);
  }, 1n);
}
