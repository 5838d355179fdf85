import { expect, it } from 'vitest';
import type { AdRecords, Ring } from '../../../src/game/ad.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { idsOf } from '../../../src/game/episode/rings.ts';
import { initialState } from '../../../src/game/state.ts';
import { tasks } from '../../../src/game/task.ts';
import { ringRow } from '../../../src/game/view/ring.ts';
import { exampleOpening } from '../../../src/testing/examples.ts';

// Source: protocol spec, 3.6.

const matchOf = (seed: number) =>
  initialState({ ...exampleOpening(), episode: generateEpisode(tasks.task_3, seed) });
const ring = (memberAdIds: readonly string[], edges: Ring['edges']): Ring => ({
  ringId: 'grp_1',
  memberAdIds,
  edges,
});

it.each<[string, Ring]>([
  ['clique', ring(['a', 'b', 'c'], [])],
  ['clique', ring(['a', 'b'], [['a', 'b']])],
  [
    'clique',
    ring('abc'.split(''), [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
    ]),
  ],
  [
    'chain',
    ring('abcd'.split(''), [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ]),
  ],
  [
    'hub_spoke',
    ring('abcd'.split(''), [
      ['a', 'b'],
      ['a', 'c'],
      ['a', 'd'],
    ]),
  ],
])('names a %s', (topology, given) => {
  expect(ringRow(matchOf(1), given, true).topology).toBe(topology);
});

it('names the kinds of id that two members have in common, and no value', () => {
  const wire = {
    payment: 'payment_method',
    audience: 'targeting_overlap',
    creative: 'creative_template',
    analytics: 'analytics',
    billing: 'billing',
  } as const;
  const told = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    const state = matchOf(seed);
    for (const given of state.rings) {
      const recordsOf = (adId: string) =>
        state.queue.find(({ ad }) => ad.adId === adId)?.ad.records as AdRecords;
      const shared = given.edges.flatMap(([from, to]) => {
        const [one, other] = [idsOf(recordsOf(from)), idsOf(recordsOf(to))];
        return Object.entries(wire).flatMap(([kind, name]) =>
          one[kind as keyof typeof wire] === other[kind as keyof typeof wire] ? [name] : [],
        );
      });
      const row = ringRow(state, given, true);
      expect([...row.shared_signal_types].sort()).toEqual([...new Set(shared)].sort());
      for (const name of row.shared_signal_types) told.add(name);
    }
  }
  expect([...told].sort()).toEqual(Object.values(wire).sort());
});

it('tells neither where the findings are not all open', () => {
  const state = matchOf(1);
  for (const given of state.rings)
    expect(ringRow(state, given, false)).toMatchObject({ topology: null, shared_signal_types: [] });
  expect(state.rings.length).toBe(3);
});
