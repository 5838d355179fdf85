import { describe, expect, it } from 'vitest';
import type { Ad, AdRecords, Ring } from '../../../src/game/ad.ts';
import type { Episode } from '../../../src/game/episode/episode.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { edgesOf, idsOf, sharedIds, topologies } from '../../../src/game/episode/rings.ts';
import { taskIds, tasks } from '../../../src/game/task.ts';

type Known = Ad & { readonly records: AdRecords };

const adsOf = ({ ads, arrivals }: Episode): readonly Known[] =>
  [...ads, ...arrivals.map(({ ad }) => ad)] as readonly Known[];
const pairOf = (ends: readonly string[]): string => [...ends].sort().join(' ');

/** The ads that show each value of an episode. */
function holdersOf(episode: Episode): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, string[]>();
  for (const { adId, records } of adsOf(episode))
    for (const value of Object.values(idsOf(records)))
      holders.set(value, [...(holders.get(value) ?? []), adId]);
  return holders;
}

const sharedPairs = (episode: Episode): readonly string[] =>
  [...holdersOf(episode).values()].filter((ads) => ads.length > 1).map(pairOf);

/** Chain and hub are alike for up to three members, and all are for two. */
function shapeOf({ memberAdIds, edges }: Ring): string {
  const size = memberAdIds.length;
  const degrees = memberAdIds.map((adId) => edges.filter((edge) => edge.includes(adId)).length);
  const most = Math.max(...degrees);
  if (size === 2) return edges.length === 1 ? 'pair' : 'unknown';
  if (edges.length === (size * (size - 1)) / 2) return 'clique';
  if (edges.length !== size - 1) return 'unknown';
  const inOrder = edges.every(
    ([from, to], index) => from === memberAdIds[index] && to === memberAdIds[index + 1],
  );
  const fromFirst = edges.every(
    ([from, to], index) => from === memberAdIds[0] && to === memberAdIds[index + 1],
  );
  if (inOrder && most === 2) return 'chain';
  return fromFirst && most === size - 1 ? 'hub' : 'unknown';
}

describe.each(['task_3', 'task_3_unseen'] as const)('the rings of %s', (taskId) => {
  const task = tasks[taskId];
  const episodes = Array.from({ length: 150 }, (_, seed) => generateEpisode(task, seed));
  const rings = episodes.flatMap((episode) => episode.rings);

  it('are as many as the task says, of two to five members, of several sizes', () => {
    for (const episode of episodes) expect(episode.rings).toHaveLength(task.rings);
    const sizes = new Set(rings.map(({ memberAdIds }) => memberAdIds.length));
    expect(Math.min(...sizes)).toBe(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    expect(sizes.size).toBeGreaterThanOrEqual(3);
  });

  it('are chains, hubs and cliques, each often', () => {
    const shapes = rings.map(shapeOf);
    expect(shapes).not.toContain('unknown');
    for (const shape of topologies)
      expect(shapes.filter((each) => each === shape).length, shape).toBeGreaterThan(10);
  });

  it('hold frauds of the queue only, each in one ring, and leave one alone at least', () => {
    for (const { ads, rings: own } of episodes) {
      const members = own.flatMap(({ memberAdIds }) => memberAdIds);
      const frauds = ads.filter(({ truth }) => truth === 'fraud').map(({ adId }) => adId);
      expect(new Set(members).size).toBe(members.length);
      expect(frauds).toEqual(expect.arrayContaining(members));
      expect(frauds.length - members.length).toBeGreaterThanOrEqual(1);
    }
  });

  it('have a value for every edge that exactly its two ends show', () => {
    for (const episode of episodes) {
      const ids = new Map(adsOf(episode).map(({ adId, records }) => [adId, idsOf(records)]));
      const holders = holdersOf(episode);
      for (const { memberAdIds, edges } of episode.rings) {
        for (const [from, to] of edges) {
          const common = sharedIds.filter((kind) => ids.get(from)?.[kind] === ids.get(to)?.[kind]);
          expect(common).toHaveLength(1);
          const value = ids.get(from)?.[common[0] ?? 'payment'] ?? '';
          expect(pairOf(holders.get(value) ?? [])).toBe(pairOf([from, to]));
        }
        const linked = new Set(edges.map(pairOf));
        const members = new Set(memberAdIds);
        const inside = sharedPairs(episode).filter((pair) =>
          pair.split(' ').some((adId) => members.has(adId)),
        );
        expect(new Set(inside)).toEqual(linked);
      }
    }
  });

  it('tie no fraud to an honest ad, and now and then two honest ads to each other', () => {
    let collisions = 0;
    for (const episode of episodes) {
      const truthOf = new Map(adsOf(episode).map(({ adId, truth }) => [adId, truth]));
      for (const ads of holdersOf(episode).values()) {
        expect(ads.length).toBeLessThanOrEqual(2);
        const frauds = ads.filter((adId) => truthOf.get(adId) === 'fraud').length;
        expect([0, ads.length]).toContain(frauds);
        if (ads.length === 2 && frauds === 0) collisions += 1;
      }
    }
    expect(collisions / episodes.length).toBeGreaterThan(0.3);
    expect(collisions / episodes.length).toBeLessThan(0.9);
  });

  it('show as many accounts on a payment method as share it', () => {
    for (const episode of episodes) {
      const holders = holdersOf(episode);
      for (const { records } of adsOf(episode)) {
        const sharing = holders.get(records.payment.paymentId)?.length ?? 0;
        expect(records.payment.accountsOnMethod).toBeGreaterThanOrEqual(sharing);
      }
    }
  });
});

describe('ids', () => {
  it('look alike in rings and outside', () => {
    for (const taskId of taskIds) {
      const episode = generateEpisode(tasks[taskId], 11);
      const values = [
        ...adsOf(episode).flatMap(({ adId, records }) => [
          adId,
          records.advertiser.advertiserId,
          ...Object.values(idsOf(records)),
        ]),
        ...episode.rings.map(({ ringId }) => ringId),
      ];
      expect(values.filter((value) => !/^[a-z]{2,3}_[2-9a-hj-kmnp-z]{8}$/.test(value))).toEqual([]);
    }
  });
});

describe('edgesOf', () => {
  const shapes = topologies.flatMap((topology) => [2, 3, 4, 5].map((size) => [topology, size] as const));

  it.each(shapes)('ties all members of a %s of %i', (topology, size) => {
    const edges = edgesOf(topology, size);
    expect(edges).toHaveLength(topology === 'clique' ? (size * (size - 1)) / 2 : size - 1);
    const reached = new Set([0]);
    for (let step = 0; step < size; step += 1)
      for (const [from, to] of edges) {
        if (reached.has(from)) reached.add(to);
        if (reached.has(to)) reached.add(from);
      }
    expect(reached.size).toBe(size);
    expect(new Set(edges.map(([from, to]) => pairOf([String(from), String(to)]))).size).toBe(edges.length);
  });

  it.each(shapes)('gives no member of a %s of %i the same kind of id twice', (topology, size) => {
    for (let member = 0; member < size; member += 1) {
      const colours = edgesOf(topology, size)
        .filter(([from, to]) => from === member || to === member)
        .map(([, , colour]) => colour % sharedIds.length);
      expect(new Set(colours).size).toBe(colours.length);
    }
  });
});
