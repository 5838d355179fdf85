import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../../../src/game/event.ts';
import { expectSame } from '../secrets/interference.ts';
import type { Knower } from '../secrets/knows.ts';
import { planPair } from '../secrets/plan.ts';
import type { Pair } from '../secrets/plan.ts';
import { Onlooked, watchOverHttp } from './pair-world.ts';

const pairs = sizeFrom('HTTP_PAIRS', { small: 1, all: 4 });
const seed = Number(process.env['TEST_SEED'] ?? 1);
const firstPair = Number(process.env['TEST_FIRST'] ?? 0);

interface Kind {
  readonly who: string;
  /** Whose knowledge is a stranger's: an auditor knows nothing but turns before the audit. */
  readonly knower: Knower;
  readonly policies: Partial<Policies>;
}

const kinds: readonly Kind[] = [
  { who: 'watch', knower: 'spectator', policies: { spectators: 'public', spectatorDelay: 0 } },
  { who: 'watch late', knower: 'spectator', policies: { spectators: 'public', spectatorDelay: 3 } },
  { who: 'may not watch', knower: 'auditor', policies: { spectators: 'none' } },
];

const under = (pair: Pair, policies: Partial<Policies>): Pair => ({
  ...pair,
  stage: { ...pair.stage, policies: { ...pair.stage.policies, ...policies } },
});

describe.each(kinds)('strangers who $who', ({ who, knower, policies }) => {
  it('get the same answers over HTTP of two matches that differ only in what they may not know', async () => {
    const seen = { answers: 0, bytes: 0, unlike: 0 };
    const adapter = knower === 'auditor' ? 'ws' : 'auto';
    const worlds = { a: await Onlooked.open(adapter), b: await Onlooked.open(adapter) };
    try {
      for (let index = firstPair; index < firstPair + pairs; index += 1) {
        const pair = under(planPair(seed, knower, index), policies);
        const [a, b] = await Promise.all([
          watchOverHttp(worlds.a, pair, 'a'),
          watchOverHttp(worlds.b, pair, 'b'),
        ]);
        expectSame(pair, a, b);
        seen.answers += a.length;
        seen.bytes += a.join('').length;
        const stored = [worlds.a, worlds.b].map(({ world }) => world.server.log.health.position);
        if (stored[0] !== stored[1]) seen.unlike += 1;
      }
      const said = [worlds.a, worlds.b].map(({ world }) => world.diagnostics);
      expect(said).toEqual([[], []]);
      console.log(
        `${who}: ${pairs} pairs from ${firstPair} of seed ${seed}; ${seen.answers} answers, ${seen.bytes} bytes ` +
          `compared; ${seen.unlike} times the worlds held unlike numbers of events`,
      );
      expect(seen.answers).toBeGreaterThan(50 * pairs);
    } finally {
      for (const each of [worlds.a, worlds.b]) await each.close();
    }
  }, 600_000);
});
