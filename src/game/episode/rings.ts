import type { Ad, AdRecords, Ring } from '../ad.ts';
import { drawsFor } from '../random.ts';
import type { Draws } from '../random.ts';
import type { Task } from '../task.ts';
import { opaqueId } from './records.ts';

/** The kinds of ids that two ads can share, one for every target that shows ids. */
export const sharedIds = ['payment', 'audience', 'creative', 'analytics', 'billing'] as const;
export type SharedId = (typeof sharedIds)[number];

export const topologies = ['clique', 'chain', 'hub'] as const;
export type Topology = (typeof topologies)[number];

type Edge = readonly [from: number, to: number, colour: number];

/**
 * The chance, in thousandths, per kind of id, that two honest ads of an episode share one, as with a common
 * agency, processor or reseller.
 */
export const innocentCollisionChance: Readonly<Record<SharedId, number>> = {
  billing: 150,
  payment: 150,
  creative: 100,
  audience: 100,
  analytics: 60,
};

/** The chance, in thousandths, that a fraud with risk signals is ranked last as a member. */
const conspicuousAvoided = 350;

/** The number of frauds that stay outside every ring. */
const loneFraudMin = 1;
const ringSizeMax = 5;

/**
 * Makes ads share ids: rings among the frauds, and innocent collisions among the others. Every edge has its
 * own value that only its two ends share; the edges of one ad have different kinds, so a chain can only be
 * followed edge by edge.
 */
export function tieAds(
  seed: number,
  task: Task,
  ads: readonly Ad[],
  isConspicuous: (ad: Ad) => boolean,
): { readonly ads: readonly Ad[]; readonly rings: readonly Ring[] } {
  const tied = new Map(ads.map((ad) => [ad.adId, ad]));
  const draws = drawsFor(seed, task.taskId, 'rings');
  const rings = ringMembers(draws, task.rings, ads, isConspicuous).map((members, index) =>
    tieRing(drawsFor(seed, task.taskId, 'ring', index), members, tied),
  );
  collideInnocents(drawsFor(seed, task.taskId, 'collisions'), ads, tied);
  return { ads: ads.map((ad) => tied.get(ad.adId) ?? ad), rings };
}

/**
 * Draws the members of each ring, mainly from the frauds without risk signals; at least one fraud stays
 * alone.
 */
function ringMembers(
  draws: Draws,
  count: number,
  ads: readonly Ad[],
  isConspicuous: (ad: Ad) => boolean,
): readonly (readonly string[])[] {
  const frauds = draws.shuffle(ads.filter((ad) => ad.truth === 'fraud'));
  const avoided = new Set(frauds.filter((ad) => draws.chance(conspicuousAvoided) && isConspicuous(ad)));
  const ranked = [...frauds.filter((ad) => !avoided.has(ad)), ...frauds.filter((ad) => avoided.has(ad))];
  let candidates = ranked.slice(0, Math.max(0, frauds.length - loneFraudMin)).map((ad) => ad.adId);
  const rings: (readonly string[])[] = [];
  for (let left = count; left > 0 && candidates.length >= 2; left -= 1) {
    const room = candidates.length - 2 * (left - 1);
    const size = draws.between(2, Math.max(2, Math.min(ringSizeMax, room)));
    rings.push(candidates.slice(0, size));
    candidates = candidates.slice(size);
  }
  return rings;
}

function tieRing(draws: Draws, members: readonly string[], tied: Map<string, Ad>): Ring {
  const topology = draws.pick(topologies);
  const kinds = draws.shuffle(sharedIds);
  const edges = edgesOf(topology, members.length).map(([from, to, colour]) => {
    const ends = [members[from] ?? '', members[to] ?? ''] as const;
    share(draws, kinds[colour % kinds.length] ?? 'payment', ends, tied);
    return ends;
  });
  return { ringId: opaqueId(draws, 'grp'), memberAdIds: members, edges };
}

/**
 * The edges of a ring of 2 to 5 members, by index, coloured so that no two edges of a member have the same
 * colour.
 */
export function edgesOf(topology: Topology, size: number): readonly Edge[] {
  const members = Array.from({ length: size }, (_, index) => index);
  if (topology === 'chain') return members.slice(1).map((to) => [to - 1, to, to % 2] as const);
  if (topology === 'hub') return members.slice(1).map((to) => [0, to, to - 1] as const);
  return members.flatMap((from) =>
    members.slice(from + 1).map((to) => [from, to, cliqueColour(from, to, size)] as const),
  );
}

/**
 * Round-robin colouring. With an even size, the last member's edge takes the colour that its other end has
 * left.
 */
function cliqueColour(from: number, to: number, size: number): number {
  const odd = size % 2 === 0 ? size - 1 : size;
  return to === odd ? (2 * from) % odd : (from + to) % odd;
}

/** Makes some pairs of honest ads share an id. */
function collideInnocents(draws: Draws, ads: readonly Ad[], tied: Map<string, Ad>): void {
  const honest = ads.filter((ad) => ad.truth !== 'fraud').map((ad) => ad.adId);
  for (const kind of sharedIds) {
    const [first, second] = draws.shuffle(honest);
    const happens = draws.chance(innocentCollisionChance[kind]);
    if (happens && first !== undefined && second !== undefined) share(draws, kind, [first, second], tied);
  }
}

function share(draws: Draws, kind: SharedId, ends: readonly [string, string], tied: Map<string, Ad>): void {
  const value = opaqueId(draws, idPrefixes[kind]);
  for (const adId of ends) {
    const ad = tied.get(adId);
    if (ad?.records != null) tied.set(adId, { ...ad, records: withId(ad.records, kind, value) });
  }
}

const idPrefixes: Readonly<Record<SharedId, string>> = {
  payment: 'pmt',
  audience: 'aud',
  creative: 'cre',
  analytics: 'ana',
  billing: 'bil',
};

/** The records with another id of a kind. A shared payment method has at least two accounts. */
export function withId(records: AdRecords, kind: SharedId, value: string): AdRecords {
  const { payment, targeting, campaign, page, advertiser } = records;
  switch (kind) {
    case 'payment': {
      const accountsOnMethod = Math.max(2, payment.accountsOnMethod);
      return { ...records, payment: { ...payment, paymentId: value, accountsOnMethod } };
    }
    case 'audience':
      return { ...records, targeting: { ...targeting, targetingFingerprint: value } };
    case 'creative':
      return { ...records, campaign: { ...campaign, creativeFingerprint: value } };
    case 'analytics':
      return { ...records, page: { ...page, analyticsId: value } };
    case 'billing':
      return { ...records, advertiser: { ...advertiser, billingContact: value } };
  }
}

/** The ids of an ad, by kind. */
export function idsOf({
  payment,
  targeting,
  campaign,
  page,
  advertiser,
}: AdRecords): Readonly<Record<SharedId, string>> {
  return {
    payment: payment.paymentId,
    audience: targeting.targetingFingerprint,
    creative: campaign.creativeFingerprint,
    analytics: page.analyticsId,
    billing: advertiser.billingContact,
  };
}
