import { expect, it } from 'vitest';
import { expectSame, firstPair, masked, pairs, seed } from './interference.ts';
import { planPair } from './plan.ts';
import { watchPair } from './watch.ts';

it('two matches that differ only in what a spectator may not know give it the same frames and views', async () => {
  let frames = 0;
  for (let index = firstPair; index < firstPair + pairs; index += 1) {
    const pair = planPair(seed, 'spectator', index);
    const here = masked(pair, 'a', await watchPair(pair, 'a'));
    expectSame(pair, here, masked(pair, 'b', await watchPair(pair, 'b')));
    frames += here.length;
  }
  console.log(
    `spectator: ${pairs} pairs from ${firstPair} of seed ${seed}; ${frames} frames and views compared`,
  );
  expect(frames).toBeGreaterThan(10 * pairs);
}, 600_000);
