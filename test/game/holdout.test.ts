import { describe, expect, it } from 'vitest';
import { targets, truths } from '../../src/game/ad.ts';
import type { Ad, AdRecords } from '../../src/game/ad.ts';
import { isoDate, today } from '../../src/game/episode/day.ts';
import { bucketOf, likelihoods } from '../../src/game/episode/evidence.ts';
import { evidenceModel, freeModel } from '../../src/game/episode/evidence-model.ts';
import { renderFindings } from '../../src/game/episode/findings.ts';
import { holdoutCaseStudies, loadHoldout } from '../../src/game/episode/holdout/holdout.ts';
import { markersIn } from '../../src/game/episode/markers.ts';
import { readingOf } from '../../src/game/episode/reading.ts';
import { idsOf, sharedIds } from '../../src/game/episode/rings.ts';
import { domainLabel } from '../../src/game/episode/words/names.ts';
import { businessCategories } from '../../src/game/episode/words/vocabulary.ts';
import { parseEpisode } from '../../src/protocol/episode-document.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { invariant } from '../../src/shared/invariant.ts';

const whole = loadHoldout(true);
const names = Object.keys(holdoutCaseStudies());
const studies = names.map((name) => [name, loadHoldout(true, name)] as const);
const labels = (ads: readonly Ad[]) => truths.map((truth) => ads.filter((ad) => ad.truth === truth).length);

function recordsOf(ad: Ad): AdRecords {
  invariant(ad.records !== null, `${ad.adId} has no records.`);
  return ad.records;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return 'nothing thrown';
}

/** What two ads have in common, of everything that can be shared. */
function inCommon(one: Ad, other: Ad): readonly string[] {
  const [ids, others] = [idsOf(recordsOf(one)), idsOf(recordsOf(other))];
  return sharedIds.filter((kind) => ids[kind] === others[kind]);
}

/** All pairs of ads, by id in order, that share something. */
function tiedPairs(ads: readonly Ad[]): ReadonlyMap<string, readonly string[]> {
  const pairs = ads.flatMap((one, index) =>
    ads.slice(index + 1).map((other) => [pairName(one.adId, other.adId), inCommon(one, other)] as const),
  );
  return new Map(pairs.filter(([, kinds]) => kinds.length > 0));
}

const pairName = (one: string, other: string) => [one, other].sort().join('+');

describe('the confirmation', () => {
  it.each([[undefined], [false], [1], ['true'], [null], [{}], [[true]]])('%j is none', (confirm) => {
    expect(codeOf(() => loadHoldout(confirm))).toMatch(/^confirmation_missing:/);
    expect(codeOf(() => loadHoldout(confirm, 'ferry_week'))).toMatch(/^confirmation_missing:/);
  });

  it('is asked for before a case study is looked up', () => {
    expect(codeOf(() => loadHoldout(false, 'nowhere'))).toMatch(/^confirmation_missing:/);
  });

  it.each(['nowhere', '', 'toString'])('does not make a case study of "%s"', (name) => {
    expect(codeOf(() => loadHoldout(true, name))).toBe(
      `episode_invalid: The held-out set has no case study "${name}". Case studies: ${names.join(', ')}.`,
    );
  });

  it('is not needed for the counts, which tell no text', () => {
    expect(holdoutCaseStudies()).toEqual({ ferry_week: 8, cold_snap: 8, spring_term: 8 });
  });
});

describe('the set', () => {
  it('holds 24 ads with ids, words and brands of their own', () => {
    expect(whole.ads).toHaveLength(24);
    expect(whole.arrivals).toEqual([]);
    for (const valueOf of [
      (ad: Ad) => ad.adId,
      (ad: Ad) => ad.adCopy,
      (ad: Ad) => ad.pageSummary,
      (ad: Ad) => ad.targetingSummary,
      (ad: Ad) => recordsOf(ad).brand,
      (ad: Ad) => recordsOf(ad).page.domain,
      (ad: Ad) => recordsOf(ad).advertiser.advertiserId,
    ])
      expect(new Set(whole.ads.map(valueOf)).size).toBe(24);
  });

  it('is the case studies together', () => {
    const parts = studies.flatMap(([, { ads }]) => ads);
    expect([...parts].sort((one, other) => (one.adId < other.adId ? -1 : 1))).toEqual(whole.ads);
    expect(studies.flatMap(([, { rings }]) => rings)).toEqual(whole.rings);
  });

  it.each(studies)('%s has three frauds, three honest ads and two to escalate', (_, { ads }) => {
    expect(labels(ads)).toEqual([3, 3, 2]);
  });

  it('keeps the ads in an order that tells nothing', () => {
    for (const { ads } of [whole, ...studies.map(([, episode]) => episode)]) {
      const ids = ads.map((ad) => ad.adId);
      expect(ids).toEqual([...ids].sort());
    }
    for (const { adId } of whole.ads) expect(adId).toMatch(/^ad_[2-9a-hjkmnp-z]{8}$/);
  });

  it.each(whole.ads)('$adId is told completely', (ad) => {
    expect(ad.adCopy.length).toBeGreaterThanOrEqual(80);
    expect(ad.adCopy.length).toBeLessThanOrEqual(420);
    expect(ad.targetingSummary.length).toBeLessThanOrEqual(200);
    expect(ad.adCopy).toContain(recordsOf(ad).brand);
    expect(businessCategories).toContain(ad.category);
    expect(ad.findings).toEqual(renderFindings({ ...ad, records: recordsOf(ad) }));
    for (const text of [ad.adCopy, ad.pageSummary, ad.targetingSummary]) {
      expect(text).not.toMatch(/fraud|scam|fake|kids|teen|child|minors/i);
      expect(text).toMatch(/^[ -~]+$/);
      expect(text).not.toContain('  ');
    }
    expect(ad.severity === 0).toBe(ad.truth === 'legit');
    expect(ad.fraudType === '').toBe(ad.truth === 'legit');
    expect(ad.fraudType === 'contestable_claim').toBe(ad.truth === 'escalate');
  });

  it('varies the length of its copies, whatever their truth', () => {
    for (const truth of truths) {
      const lengths = whole.ads.filter((ad) => ad.truth === truth).map((ad) => ad.adCopy.length);
      expect(Math.min(...lengths)).toBeLessThan(200);
      expect(Math.max(...lengths)).toBeGreaterThan(350);
    }
  });

  it('comes through JSON unchanged', () => {
    for (const episode of [whole, ...studies.map(([, each]) => each)])
      expect(parseEpisode(JSON.parse(JSON.stringify(episode)), 'holdout')).toEqual(episode);
  });
});

describe('the ties', () => {
  it.each(studies)('of %s are its ring and one innocent collision', (_, { ads, rings }) => {
    const truthOf = new Map(ads.map((ad) => [ad.adId, ad.truth]));
    const [ring] = rings;
    invariant(ring !== undefined && rings.length === 1, 'A case study has one ring.');
    expect(ring.memberAdIds.map((id) => truthOf.get(id))).not.toContain('legit');
    expect(ring.memberAdIds.map((id) => truthOf.get(id))).not.toContain('escalate');
    expect(ring.memberAdIds.length).toBeGreaterThanOrEqual(2);
    const edges = ring.edges.map(([one, other]) => pairName(one, other));
    expect(new Set(edges.flatMap((edge) => edge.split('+')))).toEqual(new Set(ring.memberAdIds));
    const ties = tiedPairs(ads);
    const innocent = [...ties.keys()].filter((pair) => !edges.includes(pair));
    expect([...ties.keys()].sort()).toEqual([...edges, ...innocent].sort());
    expect([...ties.values()].every((kinds) => kinds.length === 1)).toBe(true);
    expect(innocent).toHaveLength(1);
    for (const id of innocent.flatMap((pair) => pair.split('+'))) expect(truthOf.get(id)).toBe('legit');
  });

  it('have three shapes: a hub of three, a chain of two, a clique of three', () => {
    expect(whole.rings.map(({ memberAdIds, edges }) => [memberAdIds.length, edges.length])).toEqual([
      [3, 2],
      [2, 1],
      [3, 3],
    ]);
    const [hub] = whole.rings;
    expect(hub?.edges.every(([one]) => one === hub.memberAdIds[0])).toBe(true);
  });

  it('leave one fraud alone', () => {
    const tied = new Set(whole.rings.flatMap((ring) => ring.memberAdIds));
    expect(whole.ads.filter((ad) => ad.truth === 'fraud' && !tied.has(ad.adId))).toHaveLength(1);
  });

  it('do not reach from one case study into another', () => {
    const within = studies.flatMap(([, { ads }]) => [...tiedPairs(ads).keys()]);
    expect([...tiedPairs(whole.ads).keys()].sort()).toEqual(within.sort());
  });

  it('make both ends agree on what they share', () => {
    const pairs = whole.ads.flatMap((one) => whole.ads.map((other) => [one, other] as const));
    for (const [one, other] of pairs.filter(([a, b]) => a !== b)) {
      const [a, b] = [recordsOf(one), recordsOf(other)];
      if (a.payment.paymentId === b.payment.paymentId) {
        expect(a.payment.paymentType).toBe(b.payment.paymentType);
        expect(a.payment.accountsOnMethod).toBe(b.payment.accountsOnMethod);
        expect(a.payment.accountsOnMethod).toBeGreaterThanOrEqual(2);
      }
      if (a.targeting.targetingFingerprint === b.targeting.targetingFingerprint)
        expect(a.targeting.regions).toBe(b.targeting.regions);
    }
  });
});

describe('the records', () => {
  const honest = whole.ads.filter((ad) => ad.truth !== 'fraud');
  const frauds = whole.ads.filter((ad) => ad.truth === 'fraud');

  const contradictionsOf = (ad: Ad): readonly string[] => {
    const { brand, advertiser, page } = recordsOf(ad);
    return [
      ...(advertiser.accountName.startsWith(`${brand} `) ? [] : ['accountName']),
      ...(page.domain.startsWith(`${domainLabel(brand)}.`) ? [] : ['domain']),
      ...(advertiser.createdOn === isoDate(today - advertiser.accountAgeDays) ? [] : ['createdOn']),
    ];
  };

  it.each(honest)('of $adId agree: name, domain, dates', (ad) => {
    expect(contradictionsOf(ad)).toEqual([]);
  });

  it('of some frauds contradict themselves, of most they do not', () => {
    expect(frauds.flatMap(contradictionsOf).sort()).toEqual(['accountName', 'createdOn', 'domain']);
  });

  it.each(whole.ads)('of $adId hold together: spend, budget, markers, verdict', (ad) => {
    const { advertiser, campaign, classification } = recordsOf(ad);
    expect(campaign.dailyBudgetUsd).toBe(Math.floor((60 * campaign.budgetPercent) / 100));
    expect(advertiser.totalSpendUsd).toBeLessThanOrEqual(campaign.dailyBudgetUsd * advertiser.accountAgeDays);
    expect(classification.markers).toEqual(markersIn(`${ad.adCopy}\n${ad.pageSummary}`));
    expect(classification.verdict).toBe(classification.hazard === 'none' ? 'safe' : 'unsafe');
    expect(classification.confidencePercent).toBeGreaterThanOrEqual(55);
    expect(classification.confidencePercent).toBeLessThanOrEqual(97);
  });

  /** Every field of the model and of what is free, with an ad's value in it. */
  const fields = [
    ...targets.flatMap((target) =>
      evidenceModel[target].fields.map((field) => ({
        field,
        valueOf: (ad: Ad) => readingOf(recordsOf(ad), target)[field.name] ?? '',
      })),
    ),
    ...freeModel.map((field) => ({
      field,
      valueOf: (ad: Ad) => {
        const { advertiser, payment } = recordsOf(ad);
        return (
          { accountAgeDays: advertiser.accountAgeDays, country: advertiser.country }[field.name] ??
          payment.paymentType
        );
      },
    })),
  ];

  it.each(fields.map(({ field, valueOf }) => [field.name, field, valueOf] as const))(
    'lie in the buckets of %s, and it alone decides nothing',
    (_, field, valueOf) => {
      const bucketed = whole.ads.map((ad) => [bucketOf(field, valueOf(ad)), ad] as const);
      const right = field.buckets.map((bucket) =>
        Math.max(...labels(bucketed.filter(([each]) => each === bucket).map(([, ad]) => ad))),
      );
      expect(right.reduce((sum, count) => sum + count, 0) / whole.ads.length).toBeLessThanOrEqual(0.75);
    },
  );

  it('include young honest accounts and aged dishonest ones', () => {
    const age = (ad: Ad) => recordsOf(ad).advertiser.accountAgeDays;
    expect(honest.filter((ad) => age(ad) <= 60).length).toBeGreaterThanOrEqual(3);
    expect(frauds.filter((ad) => age(ad) > 1500).length).toBeGreaterThanOrEqual(3);
  });

  it.each(whole.ads)('of $adId speak the truth together, as plainly as its difficulty says', (ad) => {
    const readings = targets.map((target) =>
      likelihoods(evidenceModel[target], readingOf(recordsOf(ad), target)),
    );
    const best = (weigh: (truth: Ad['truth']) => number) =>
      truths.reduce((one, other) => (weigh(other) > weigh(one) ? other : one));
    expect(best((truth) => readings.reduce((product, each) => product * each[truth], 1))).toBe(ad.truth);
    const plain = readings.filter((each) => best((truth) => each[truth]) === ad.truth).length;
    expect(ad.difficulty).toBe(plain === 6 ? 'easy' : plain === 5 ? 'medium' : 'hard');
  });
});
