import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import { truths, verdictWords } from '../../../src/game/ad.ts';
import type { Ring } from '../../../src/game/ad.ts';
import { isCorrect } from '../../../src/game/grading/correct.ts';
import type { ReviewedAd } from '../../../src/game/grading/merit/reviewed-ad.ts';
import { meritRules } from '../../../src/game/grading/merit/rules.ts';
import { gradeReview } from '../../../src/game/grading/merit/task-grade.ts';
import type { Link } from '../../../src/game/state.ts';
import { decided, right, undecided } from './reviewed.ts';

const grade = (
  ads: readonly ReviewedAd[],
  {
    links = [],
    rings = [],
    faults = 0,
  }: { links?: readonly Link[]; rings?: readonly Ring[]; faults?: number } = {},
) => gradeReview(ads, links, rings, faults, meritRules);

const link = (adId1: string, adId2: string): Link => ({ adId1, adId2, reason: '', correct: true });

/** Queues in which more than one truth occurs, as in every episode. */
const queues = fc
  .array(
    fc.record({
      truth: fc.constantFrom(...truths),
      severity: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      verdict: fc.option(fc.constantFrom(...verdictWords)),
      // Who is less than half sure of an answer thinks that it is wrong.
      confidence: fc.integer({ min: 5, max: 10 }).map((tenths) => tenths / 10),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .filter((ads) => new Set(ads.map((ad) => ad.truth)).size > 1)
  .map((ads) =>
    ads.map(({ verdict, ...ad }, index) =>
      verdict === null
        ? undecided(`ad_${index}`, { ...ad, confidence: 0 })
        : decided(`ad_${index}`, verdict, ad),
    ),
  );

const ring: Ring = { ringId: 'r', memberAdIds: ['ad_0', 'ad_1'], edges: [] };

describe('the grade', () => {
  it('is 0 for a review nobody made', () => {
    fc.assert(
      fc.property(queues, fc.boolean(), (ads, hasRing) => {
        const idle = ads.map((ad) =>
          undecided(ad.adId, { truth: ad.truth, severity: ad.severity, verdict: 'approve' }),
        );
        const { grade: graded, raw } = grade(idle, { rings: hasRing ? [ring] : [] });
        expect(graded).toBe(0);
        expect(raw).toBe(0);
      }),
    );
  });

  it('counts an undecided ad as approved', () => {
    const ads = [decided('ad_0', 'reject', { truth: 'fraud', severity: 1 }), undecided('ad_1')];
    const settled = [...ads.slice(0, 1), undecided('ad_1', { verdict: 'approve' })];
    expect(grade(ads)).toEqual(grade(settled));
  });

  it('is 1 for every ad right, full confidence and every ring found', () => {
    fc.assert(
      fc.property(queues, fc.boolean(), (ads, hasRing) => {
        const perfect = ads.map((ad) => ({
          ...decided(ad.adId, right[ad.truth], ad),
          verdict: right[ad.truth],
          manual: true,
          confidence: 1,
        }));
        const found = hasRing ? { rings: [ring], links: [link('ad_1', 'ad_0')] } : {};
        expect(grade(perfect, found).grade).toBeCloseTo(1, 9);
      }),
    );
  });

  it('never falls when one verdict is corrected', () => {
    fc.assert(
      fc.property(queues, fc.nat(), (ads, at) => {
        const index = at % ads.length;
        const corrected = ads.map((ad, position) =>
          position === index && ad.manual ? { ...ad, verdict: right[ad.truth] } : ad,
        );
        expect(grade(corrected).raw).toBeGreaterThanOrEqual(grade(ads).raw - 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  it('rises when a wrong verdict is corrected', () => {
    fc.assert(
      fc.property(queues, fc.nat(), (ads, at) => {
        const index = at % ads.length;
        const ad = ads[index];
        fc.pre(ad?.verdict != null && !isCorrect(ad.verdict, ad.truth));
        const corrected = ads.with(index, { ...ad, verdict: right[ad.truth] });
        expect(grade(corrected).raw).toBeGreaterThan(grade(ads).raw);
      }),
    );
  });

  it('never falls when an undecided ad is decided rightly', () => {
    fc.assert(
      fc.property(queues, fc.nat(), (ads, at) => {
        const index = at % ads.length;
        const ad = ads[index];
        fc.pre(ad !== undefined && !ad.manual);
        const more = ads.with(index, decided(ad.adId, right[ad.truth], { ...ad, ...sure(ad) }));
        expect(grade(more).raw).toBeGreaterThanOrEqual(grade(ads).raw - 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  const sure = (ad: ReviewedAd) => ({ verdict: right[ad.truth], manual: true, confidence: 0.8 });

  it('lies in 0..1 whatever the review', () => {
    fc.assert(
      fc.property(queues, fc.nat(40), (ads, faults) => {
        const { grade: graded, raw } = grade(ads, { faults });
        expect(graded).toBe(Math.max(0, Math.min(1, raw)));
        expect(raw).toBeGreaterThanOrEqual(-1.6);
      }),
    );
  });

  it('is about 0 for the same answer to every ad', () => {
    const mixed = truths.map((truth, index) => undecided(`ad_${index}`, { truth, severity: 1 }));
    for (const word of verdictWords) {
      const constant = mixed.map((ad) => decided(ad.adId, word, { ...ad, ...constantly(word) }));
      expect(grade(constant).decisions, word).toBeLessThan(0.11);
    }
  });

  const constantly = (verdict: (typeof verdictWords)[number]) => ({ verdict, manual: true, confidence: 0.5 });

  it('weighs a fraud by its severity', () => {
    const queue = (missed: number, caught: number) => [
      undecided('ad_0', { truth: 'fraud', severity: missed }),
      decided('ad_1', 'reject', { truth: 'fraud', severity: caught }),
      decided('ad_2', 'approve'),
    ];
    expect(grade(queue(0.2, 0.9)).decisions).toBeGreaterThan(grade(queue(0.9, 0.2)).decisions);
    // Weights 0.6 and 0.95 of the class, which alone is rescaled.
    expect(grade(queue(0.2, 0.9)).decisions).toBeCloseTo(0.95 / 1.55, 9);
  });

  it('loses a hundredth for each fault, a tenth at most', () => {
    const ads = [decided('ad_0', 'reject', { truth: 'fraud', severity: 1 }), decided('ad_1', 'approve')];
    const rawWith = (faults: number) => grade(ads, { faults }).raw;
    expect([0, 1, 10, 25].map(rawWith)).toEqual([1, 0.99, 0.9, 0.9]);
  });

  it('pays just confidence by the share of ads decided', () => {
    const sureOf = (confidence: number) => [decided('ad_0', 'approve', { confidence }), undecided('ad_1')];
    expect(grade(sureOf(1)).calibration).toBeCloseTo(0.5, 9);
    expect(grade(sureOf(0.75)).calibration).toBeCloseTo(0.375, 9);
    expect(grade(sureOf(0.5)).calibration).toBe(0);
    expect(grade(sureOf(0)).calibration).toBe(0);
  });
});

describe('links', () => {
  const ads = ['ad_0', 'ad_1', 'ad_2', 'ad_3'].map((adId) => undecided(adId));
  const chain: Ring = {
    ringId: 'r',
    memberAdIds: ['ad_0', 'ad_1', 'ad_2'],
    edges: [
      ['ad_0', 'ad_1'],
      ['ad_1', 'ad_2'],
    ],
  };
  const scoreOf = (...links: readonly Link[]) => grade(ads, { rings: [chain], links }).links;

  it('score 1 for exactly the edges, whichever way round', () => {
    expect(scoreOf(link('ad_1', 'ad_0'), link('ad_1', 'ad_2'))).toBe(1);
  });

  it('score nothing for none and for wrong ones', () => {
    expect(scoreOf()).toBe(0);
    expect(scoreOf(link('ad_0', 'ad_3'))).toBe(0);
  });

  it('score half for two members of a ring that share no edge', () => {
    const within = scoreOf(link('ad_0', 'ad_2'));
    // Precision 1/2, recall 1/4.
    expect(within).toBeCloseTo(1 / 3, 9);
    expect(within).toBeLessThan(scoreOf(link('ad_0', 'ad_1')));
  });

  it('lose by wrong ones among right ones', () => {
    const edges = [link('ad_0', 'ad_1'), link('ad_1', 'ad_2')];
    expect(scoreOf(...edges, link('ad_0', 'ad_3'))).toBeCloseTo(0.8, 9);
  });

  it('take every pair of members where a ring names no edges', () => {
    const clique: Ring = { ...chain, edges: [] };
    const all = [link('ad_0', 'ad_1'), link('ad_0', 'ad_2'), link('ad_1', 'ad_2')];
    expect(grade(ads, { rings: [clique], links: all }).links).toBe(1);
    expect(grade(ads, { rings: [clique], links: all.slice(0, 2) }).links).toBeCloseTo(0.8, 9);
  });

  it('count only where there are rings', () => {
    const done = [decided('ad_0', 'reject', { truth: 'fraud', severity: 1 }), decided('ad_1', 'approve')];
    expect(grade(done).grade).toBeCloseTo(1, 9);
    expect(grade(done, { rings: [chain] }).grade).toBeCloseTo(0.85, 9);
  });
});
