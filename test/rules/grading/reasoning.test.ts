import { describe, expect, it } from 'vitest';
import { reasoningFlags, reasoningScore } from '../../../src/game/grading/merit/reasoning.ts';
import type { ReviewedAd } from '../../../src/game/grading/merit/reviewed-ad.ts';
import { meritRules } from '../../../src/game/grading/merit/rules.ts';
import { decided, undecided } from './reviewed.ts';

type Pair = { readonly adId1: string; readonly adId2: string };

function flagsOf(ads: readonly ReviewedAd[], links: readonly Pair[] = []) {
  return reasoningFlags(ads, links, meritRules).map(({ flagType, targetAdId }) => [flagType, targetAdId]);
}

const many = (count: number, verdict: 'approve' | 'reject', changes: Partial<ReviewedAd>, name = 'ad') =>
  Array.from({ length: count }, (_, index) => decided(`${name}_${index}`, verdict, changes));

describe('a faultless review', () => {
  it('has no flags and scores 1', () => {
    const ads = [...many(4, 'approve', {}), undecided('ad_9')];
    expect(flagsOf(ads)).toEqual([]);
    expect(reasoningScore([], 4)).toBe(1);
  });

  it('is judged by the investigator’s own verdicts only', () => {
    const settled = undecided('ad_0', { verdict: 'approve', truth: 'fraud', rationale: '' });
    expect(flagsOf([settled])).toEqual([]);
  });
});

describe('the score', () => {
  it('shares the severities out over the verdicts given', () => {
    const flags = reasoningFlags([decided('ad_0', 'approve', { rationale: '' })], [], meritRules);
    expect(reasoningScore(flags, 1)).toBeCloseTo(0.3, 9);
    expect(reasoningScore(flags, 7)).toBeCloseTo(0.9, 9);
    expect(reasoningScore([...flags, ...flags], 1)).toBe(0);
  });
});

describe('miscalibration', () => {
  const wrong = (count: number, confidence: number) =>
    many(count, 'approve', { truth: 'escalate', confidence });

  it('fires when confidence and correctness go apart over four verdicts', () => {
    expect(flagsOf(wrong(4, 0.9))).toContainEqual(['miscalibration', null]);
  });

  it('fires on right verdicts without confidence too', () => {
    expect(flagsOf(many(4, 'approve', { confidence: 0.1 }))).toEqual([['miscalibration', null]]);
  });

  it('does not fire on doubtful wrong verdicts, nor on three', () => {
    expect(flagsOf(wrong(4, 0.5))).toEqual([]);
    expect(flagsOf(wrong(3, 0.9))).toEqual([]);
  });
});

describe('missing citation', () => {
  const flagOf = (changes: Partial<ReviewedAd>) =>
    reasoningFlags([decided('ad_0', 'approve', changes)], [], meritRules).map((flag) => flag.severity);

  it('fires on hardly any rationale', () => {
    expect(flagOf({ rationale: 'Certificate is fine.   ' })).toEqual([0.7]);
    expect(flagOf({ rationale: '' })).toEqual([0.7]);
  });

  it('fires on a rationale that cites nothing that was pulled', () => {
    expect(flagOf({ rationale: 'It looks quite honest to me, all in all.' })).toEqual([0.6]);
  });

  it('does not fire where a specific whole word of the evidence stands in the rationale', () => {
    expect(flagOf({ rationale: 'Looks quite honest by its CERTIFICATE, all in all.' })).toEqual([]);
    expect(flagOf({ rationale: 'All is fine at bowls-and-spoons.example, I think.' })).toEqual([]);
  });

  it('takes neither a short word nor a part of a word for a citation', () => {
    expect(flagOf({ rationale: 'The domain looks valid, all in all, to me.' })).toEqual([0.6]);
    expect(flagOf({ rationale: 'It has many certificates, all in all, it says.' })).toEqual([0.6]);
  });

  it('fires without a pull unless something visible is cited', () => {
    const blind = { evidence: [], evidenceIsCurrent: false };
    expect(flagOf({ ...blind, rationale: 'It looks quite honest to me, all in all.' })).toEqual([0.4]);
    expect(flagOf({ ...blind, rationale: 'Any workshop could have made these bowls.' })).toEqual([]);
  });
});

describe('incoherent rationale', () => {
  const cited = (text: string) => `The certificate was read. ${text}`;
  const flagOf = (verdict: 'approve' | 'reject' | 'escalate', text: string) =>
    flagsOf([
      decided('ad_0', verdict, {
        rationale: cited(text),
        truth: verdict === 'reject' ? 'fraud' : 'legit',
      }),
    ]);

  it('fires on two things said against the verdict', () => {
    const fired = [['incoherent_rationale', 'ad_0']];
    expect(flagOf('approve', 'A new account on a new domain.')).toEqual(fired);
    expect(flagOf('reject', 'A clean record and a long tenure.')).toEqual(fired);
  });

  it('does not fire on one of them, nor on things said for the verdict', () => {
    expect(flagOf('approve', 'A new account.')).toEqual([]);
    expect(flagOf('reject', 'A new account on a new domain.')).toEqual([]);
  });

  it('does not fire on what the rationale denies', () => {
    expect(flagOf('approve', 'This is not a new account, and without any new domain.')).toEqual([]);
  });

  it('does not take a part of a word for the phrase', () => {
    expect(flagOf('reject', 'An unverified business with hardly a long tenures list.')).toEqual([]);
  });

  it('does not fire on an escalation', () => {
    expect(flagOf('escalate', 'A new account on a new domain, a clean record, a long tenure.')).toEqual([]);
  });
});

describe('inconsistency', () => {
  const fraud = (adId: string, verdict: 'approve' | 'reject', changes: Partial<ReviewedAd> = {}) =>
    decided(adId, verdict, {
      truth: 'fraud',
      severity: 0.9,
      fraudType: 'phantom_goods',
      confidence: 0.5,
      ...changes,
    });

  it('fires on the ad judged wrongly although a like one was judged rightly', () => {
    expect(flagsOf([fraud('ad_0', 'approve'), fraud('ad_1', 'reject')])).toEqual([['inconsistency', 'ad_0']]);
  });

  it('fires once per ad, however many are like it', () => {
    const ads = [fraud('ad_0', 'approve'), fraud('ad_1', 'reject'), fraud('ad_2', 'reject')];
    expect(flagsOf(ads)).toEqual([['inconsistency', 'ad_0']]);
  });

  it.each([
    ['of another truth', { truth: 'legit', verdict: 'approve' }],
    ['of another severity', { severity: 0.5 }],
    ['of another kind', { category: 'loans', fraudType: 'advance_fee' }],
    ['judged wrongly too', { verdict: 'approve' }],
  ] as const)('does not fire where the other is %s', (_, changes) => {
    expect(flagsOf([fraud('ad_0', 'approve'), fraud('ad_1', 'reject', changes)])).toEqual([]);
  });

  it('takes the same scheme in another category for the same kind', () => {
    const elsewhere = fraud('ad_1', 'reject', { category: 'loans' });
    expect(flagsOf([fraud('ad_0', 'approve'), elsewhere])).toEqual([['inconsistency', 'ad_0']]);
  });

  it('fires on an ad approved against its own link', () => {
    const ads = [decided('ad_0', 'approve'), decided('ad_1', 'reject', { truth: 'fraud', severity: 0.9 })];
    expect(flagsOf(ads, [{ adId1: 'ad_1', adId2: 'ad_0' }])).toEqual([['inconsistency', 'ad_0']]);
    expect(flagsOf(ads)).toEqual([]);
  });

  it('does not fire on linked ads with the same verdict', () => {
    const ads = [decided('ad_0', 'approve'), decided('ad_1', 'approve')];
    expect(flagsOf(ads, [{ adId1: 'ad_0', adId2: 'ad_1' }])).toEqual([]);
  });
});

describe('bias', () => {
  /** Honest ads of one country, so many judged rightly, so many wrongly; each in a category of its own. */
  const group = (country: string, rightly: number, wrongly: number) =>
    [
      ...many(rightly, 'approve', { country, confidence: 0.5 }, `${country}_r`),
      ...many(wrongly, 'reject', { country, confidence: 0.5 }, `${country}_w`),
    ].map((ad) => ({ ...ad, category: `own of ${ad.adId}` }));

  it('fires when chance does not explain how much worse a country is judged', () => {
    expect(flagsOf([...group('DE', 8, 0), ...group('NG', 0, 8)])).toEqual([['bias', null]]);
  });

  it('fires on a category likewise', () => {
    const judged = [
      ...many(8, 'approve', { category: 'loans', confidence: 0.5 }, 'l'),
      ...many(8, 'reject', { category: 'crypto', confidence: 0.5 }, 'c'),
    ];
    expect(flagsOf(judged)).toEqual([['bias', null]]);
  });

  it('does not fire on small groups or small differences', () => {
    expect(flagsOf([...group('DE', 3, 0), ...group('NG', 0, 3)])).toEqual([]);
    expect(flagsOf([...group('DE', 6, 2), ...group('NG', 3, 5)])).toEqual([]);
  });

  it('does not compare ads of different truths', () => {
    const frauds = many(8, 'approve', { truth: 'fraud', severity: 0.9, country: 'NG', confidence: 0.5 }, 'f');
    expect(flagsOf([...group('DE', 8, 0), ...frauds])).toEqual([]);
  });

  it('does not take ads without a country for a group', () => {
    const unknown = group('NG', 0, 8).map((ad) => ({ ...ad, country: null }));
    expect(flagsOf([...group('DE', 8, 0), ...unknown])).toEqual([]);
  });
});
