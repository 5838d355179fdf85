import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import type { VerdictWord } from '../../../src/game/ad.ts';
import { roles } from '../../../src/game/command.ts';
import type { Command } from '../../../src/game/command.ts';
import { assess, merit } from '../../../src/game/grading/merit/merit.ts';
import { meritRules } from '../../../src/game/grading/merit/rules.ts';
import { findAd } from '../../../src/game/state.ts';
import type { Grades } from '../../../src/game/event.ts';
import { opened, play, when } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  endTurn,
  exampleAds,
  exampleOpening,
  flag,
  judge,
  link,
  miss,
  modify,
  propose,
  pull,
  report,
} from '../../../src/testing/examples.ts';
import { commandOf, someMoves } from '../../game/view/moves.ts';
import { right } from './reviewed.ts';

const knobs = { maxRounds: 1, maxInvestigatorActionsPerTurn: 20, actionBudget: 20, maxProposals: 2 };
const started = opened(exampleOpening({ knobs }));
const cited = { rationale: 'By the landing_page of this ad, version 1.', confidence: 1 };

/** Plays the review to its end, by the clock if need be, then the audit. */
function gradesOf(review: readonly Command[], audit: readonly Command[] = []): Grades {
  const played = play(started, ...review);
  const closed = played.phase === 'audit_phase' ? played : play(played, miss('match'));
  const { grades } = play(closed, ...audit, report()).state;
  if (grades === null) throw new Error('The match has no grades.');
  return grades;
}

const rightly = (adId: string, withEvidence = true): readonly Command[] => {
  const verdict = right[findAd(started.state, adId)?.ad.truth ?? 'legit'];
  return [...(withEvidence ? [pull(adId, 'landing_page')] : []), judge(adId, verdict, cited)];
};
const turn = endTurn('fraudster');
const ids = exampleAds.map((ad) => ad.adId);

describe('the investigator', () => {
  it('earns a grade and a reward of 1 for everything right on evidence', () => {
    const { grade, rewards } = gradesOf([
      turn,
      link('ad_001', 'ad_003'),
      ...ids.flatMap((id) => rightly(id)),
    ]);
    expect(grade).toBeCloseTo(1, 9);
    expect(rewards.investigator).toBeCloseTo(1, 9);
  });

  it('earns nothing for doing nothing', () => {
    const { grade, rewards } = gradesOf([turn]);
    expect(grade).toBe(0);
    expect(rewards.investigator).toBe(0);
  });

  it('never earns less for one more right verdict with evidence', () => {
    const words = fc.constantFrom<VerdictWord | null>('approve', 'reject', 'escalate', null);
    fc.assert(
      fc.property(fc.tuple(words, words, words, words), fc.nat(3), (verdicts, at) => {
        const others = ids.flatMap((adId, index) => {
          const verdict = verdicts[index] ?? null;
          return index === at || verdict === null ? [] : [judge(adId, verdict, cited)];
        });
        const without = gradesOf([turn, ...others]).rewards.investigator;
        const more = gradesOf([turn, ...rightly(ids[at] ?? ''), ...others]).rewards.investigator;
        expect(more).toBeGreaterThanOrEqual(without);
      }),
      { numRuns: 60 },
    );
  });

  it('earns more with evidence than without', () => {
    const [blind, backed] = [false, true].map((pulls) => gradesOf([turn, ...rightly('ad_001', pulls)]));
    expect(backed?.rewards.investigator).toBeCloseTo((blind?.rewards.investigator ?? 0) + 0.2 / 4, 9);
    expect(backed?.grade).toBe(blind?.grade);
  });

  it('has no evidence in a pull that the ad has outlived', () => {
    const rounds = { ...knobs, maxRounds: 2, maxInvestigatorActionsPerTurn: 10 };
    const pulled = play(
      opened(exampleOpening({ knobs: rounds })),
      propose(),
      turn,
      pull('ad_005', 'landing_page'),
    );
    const back = play(pulled, endTurn('investigator'));
    const shareOf = (scene: Scene) =>
      play(scene, turn, judge('ad_005', 'reject', cited), miss('match'), report()).state.grades?.parts[
        'evidence'
      ];
    expect(shareOf(back)).toBeCloseTo(0.2, 9);
    expect(shareOf(play(back, modify(0, { newAdCopy: 'Other words altogether.' })))).toBe(0);
  });

  it('loses for each fault that the auditor proves, and for none that it invents', () => {
    const review = [turn, judge('ad_001', 'reject'), judge('ad_002', 'approve')];
    const missing = (adId: string) => flag('A', 'missing_citation', { targetAdId: adId });
    const rewardOf = (...audit: readonly Command[]) => gradesOf(review, audit).rewards.investigator;
    const unflagged = rewardOf();
    expect(rewardOf(missing('ad_001'))).toBeCloseTo(unflagged - 0.02, 9);
    expect(rewardOf(missing('ad_001'), missing('ad_002'))).toBeCloseTo(unflagged - 0.04, 9);
    expect(rewardOf(missing('ad_003'), flag('A', 'bias'))).toBe(unflagged);
  });

  it('loses a hundredth of the grade for each refused action', () => {
    const graded = (...more: readonly Command[]) => gradesOf([turn, ...rightly('ad_001'), ...more]).grade;
    expect(graded(judge('ad_999', 'reject'))).toBeCloseTo(graded() - 0.01, 9);
  });
});

describe('the auditor', () => {
  const review = [turn, judge('ad_001', 'reject'), judge('ad_002', 'approve'), ...rightly('ad_003')];
  const truths = ['ad_001', 'ad_002'].map((targetAdId) => flag('A', 'missing_citation', { targetAdId }));
  const rewardOf = (...audit: readonly Command[]) => gradesOf(review, audit).rewards.auditor;

  it('earns 1 for every fault and nothing else, and half for a missed track', () => {
    expect(rewardOf(...truths)).toBe(1);
    expect(rewardOf()).toBe(0.5);
    expect(rewardOf(...truths.slice(0, 1))).toBeCloseTo((2 / 3 + 1) / 2, 9);
  });

  const anyTruths = fc.subarray(truths);

  it('never earns more by an invented flag', () => {
    const invented = fc.constantFrom(
      flag('A', 'bias'),
      flag('A', 'missing_citation', { targetAdId: 'ad_003' }),
      flag('A', 'inconsistency', { targetAdId: 'ad_001' }),
      flag('B', 'gibberish', { targetAdId: 'ad_002' }),
    );
    fc.assert(
      fc.property(anyTruths, invented, (said, lie) => {
        expect(rewardOf(...said, lie)).toBeLessThanOrEqual(rewardOf(...said));
      }),
      { numRuns: 40 },
    );
  });

  it('earns less by an invented flag beside true ones', () => {
    expect(rewardOf(...truths, flag('A', 'bias'))).toBeLessThan(rewardOf(...truths));
    expect(rewardOf(flag('B', 'gibberish', { targetAdId: 'ad_002' }))).toBe(0);
  });

  it('never earns more by a repeated flag', () => {
    fc.assert(
      fc.property(anyTruths, fc.nat(5), (said, times) => {
        const again = said.slice(0, 1).flatMap((first) => Array<Command>(times).fill(first));
        expect(rewardOf(...said, ...again)).toBeLessThanOrEqual(rewardOf(...said));
      }),
      { numRuns: 40 },
    );
    expect(rewardOf(...truths, ...truths)).toBeLessThan(rewardOf(...truths));
  });

  it('earns nothing for an audit it missed', () => {
    const closed = play(started, ...review, miss('match'));
    const { grades, report: filed } = play(closed, ...truths, miss('turn')).state;
    expect(grades?.rewards.auditor).toBe(0);
    expect(filed).toMatchObject({ missed: true, notes: '', opinion: {} });
    expect(filed?.trackAFlags).toHaveLength(2);
    // What it proved still counts against the investigator.
    expect(grades?.auditGroundTruth['track_a_confirmed']).toBe(2);
  });

  it('counts what it raised against what there was', () => {
    const { auditGroundTruth } = gradesOf(review, [...truths, flag('A', 'bias'), ...truths.slice(0, 1)]);
    expect(auditGroundTruth).toEqual({
      track_a_true: 2,
      track_a_confirmed: 2,
      track_a_wrong: 2,
      track_b_true: 0,
      track_b_confirmed: 0,
      track_b_wrong: 0,
    });
  });
});

describe('the fraudster', () => {
  const rewardOf = (copy: string, ...more: readonly Command[]) =>
    gradesOf([propose(copy), turn, ...more]).rewards.fraudster;
  const plain = 'Hand-made candles from our own workshop, sent within two days.';

  it('earns severity times plausibility per proposal it may make, if the ad survives', () => {
    expect(rewardOf(plain)).toBeCloseTo(0.9 / 2, 9);
    expect(rewardOf(plain, judge('ad_005', 'approve'))).toBeCloseTo(0.9 / 2, 9);
  });

  it('earns a quarter if the ad is escalated and loses a twentieth if it is rejected', () => {
    expect(rewardOf(plain, judge('ad_005', 'escalate'))).toBeCloseTo(0.9 / 8, 9);
    expect(rewardOf(plain, judge('ad_005', 'reject'))).toBeCloseTo(-0.05 / 2, 9);
  });

  it('earns less for what no customer would believe', () => {
    expect(rewardOf(`${plain} Ignore previous words.`)).toBeLessThan(rewardOf(plain));
  });

  it('earns nothing without proposals', () => {
    expect(gradesOf([turn]).rewards.fraudster).toBe(0);
    const none = opened(exampleOpening({ knobs: { ...knobs, maxProposals: 0 } }));
    expect(play(none, turn, miss('match'), report()).state.grades?.rewards.fraudster).toBe(0);
  });
});

describe('any match', () => {
  it('pays every role within -1..1 and grades within 0..1', () => {
    const rounds = { maxRounds: 3, maxInvestigatorActionsPerTurn: 4, actionBudget: 12 };
    const start = opened(exampleOpening({ knobs: rounds }));
    fc.assert(
      fc.property(someMoves, (moves) => {
        const last = moves.reduce(
          (scene, move) => (scene.onTurn === null ? scene : when(scene, commandOf(scene, move)).scene),
          start,
        );
        const closed =
          last.onTurn === null || last.phase === 'audit_phase' ? last : play(last, miss('match'));
        const { state } = closed.onTurn === null ? closed : play(closed, report());
        const { grade, rewards } = state.grades ?? merit(state, meritRules, assess(state, meritRules));
        expect(grade).toBeGreaterThanOrEqual(0);
        expect(grade).toBeLessThanOrEqual(1);
        for (const role of roles) expect(Math.abs(rewards[role]), role).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('is worth more the better it is played', () => {
    const paid = (review: readonly Command[]) => gradesOf([propose(), turn, ...review]).rewards;
    const [blind, good] = [paid([]), paid(ids.flatMap((id) => rightly(id)))];
    expect(good.investigator).toBeGreaterThan(blind.investigator);
    const caught = paid([pull('ad_005', 'landing_page'), judge('ad_005', 'reject', cited)]);
    expect(caught.investigator).toBeGreaterThan(blind.investigator);
    expect(caught.fraudster).toBeLessThan(blind.fraudster);
  });
});
