import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/game/command.ts';
import { verdictsInOrder } from '../../src/game/state.ts';
import { labelOf, opened, play, when } from '../../src/testing/decider.ts';
import type { Scene } from '../../src/testing/decider.ts';
import {
  abort,
  commit,
  endTurn,
  exampleAd,
  exampleOpening,
  judge,
  link,
  miss,
  propose,
  pull,
  report,
} from '../../src/testing/examples.ts';

const standardMatch = (knobs = {}) => opened(exampleOpening({ knobs }));
const oneRound = { maxRounds: 1, maxInvestigatorActionsPerTurn: 2, actionBudget: 9 };
const turn = endTurn('fraudster');
const verdictsOf = ({ state }: Scene) =>
  verdictsInOrder(state).map(({ ad, verdict }) => [ad.adId, verdict.verdict, verdict.autoApproved]);

/** Two ads decided by hand and a proposal; then the review ends in one of its ways. */
const begun: readonly Command[] = [propose(), turn];
const judged: readonly Command[] = [judge('ad_003', 'reject'), judge('ad_002', 'approve')];

const ways: readonly (readonly [reason: string, knobs: object, commands: readonly Command[]])[] = [
  ['max_rounds', oneRound, [...begun, ...judged]],
  ['max_rounds', { maxRounds: 1 }, [...begun, ...judged, endTurn('investigator')]],
  ['max_rounds', { maxRounds: 1 }, [...begun, ...judged, miss('turn')]],
  ['steps_spent', { actionBudget: 2 }, [...begun, ...judged]],
  ['timeout', {}, [...begun, ...judged, miss('match')]],
  ['timeout', {}, [...begun, ...judged, endTurn('investigator'), miss('match')]],
];

describe('the end of a standard review', () => {
  it.each(ways)('by %s with %j approves what is undecided', (reason, knobs, commands) => {
    const scene = play(standardMatch(knobs), ...commands);
    expect(scene.phase).toBe('audit_phase');
    expect(scene.state.endReason).toBe(reason);
    expect(verdictsOf(scene)).toEqual([
      ['ad_003', 'reject', false],
      ['ad_002', 'approve', false],
      ['ad_001', 'approve', true],
      ['ad_004', 'approve', true],
      ['ad_005', 'approve', true],
    ]);
    const closed = scene.events.find((event) => event.type === 'review.closed');
    expect(closed?.data.settled).toEqual(['ad_001', 'ad_004', 'ad_005']);
    expect(scene.state.queue.map((entry) => entry.verdict?.confidence)).toEqual([0, 0.5, 0.5, 0, 0]);
  });

  it('by all_decided settles nothing', () => {
    const scene = play(
      standardMatch({ maxRounds: 1 }),
      turn,
      ...['ad_001', 'ad_002', 'ad_003', 'ad_004'].map((adId) => judge(adId, 'reject')),
    );
    expect(scene.state.endReason).toBe('all_decided');
    expect(scene.state.queue.every((entry) => entry.verdict?.autoApproved === false)).toBe(true);
  });

  it('gives no step reward and no log entry for a settled ad', () => {
    const before = play(standardMatch(), ...begun, ...judged);
    const after = play(before, miss('match'));
    expect(after.state.stepRewards).toEqual(before.state.stepRewards);
    expect(after.state.investigatorLog).toEqual(before.state.investigatorLog);
  });

  it('keeps the step rewards apart from the episode rewards', () => {
    const scene = play(standardMatch(), ...begun, ...judged, miss('match'), report());
    expect(scene.state.stepRewards.fraudster).toBeCloseTo(0.02, 9);
    expect(scene.state.stepRewards.investigator).toBeCloseTo(0.38 + 0.1, 9);
    expect(scene.state.grades?.rewards.fraudster).not.toBeCloseTo(0.02, 9);
  });
});

describe('with every ad decided', () => {
  const oneAd = { ads: [exampleAd('ad_001', 'fraud')] };
  const decided = (knobs: object, arrivals: readonly number[] = []) =>
    play(
      opened(
        exampleOpening({
          ...oneAd,
          knobs,
          arrivals: arrivals.map((round) => ({ round, ad: exampleAd(`ad_05${round}`, 'legit') })),
        }),
      ),
      turn,
      judge('ad_001', 'reject'),
    );

  it('goes on while the fraudster may still propose', () => {
    expect(decided({ maxProposals: 1 }).phase).toBe('investigator_turn');
    const again = play(decided({ maxProposals: 1 }), endTurn('investigator'), propose(), turn);
    expect(again.phase).toBe('investigator_turn');
  });

  it('ends with the fraudster’s turn when that was its last', () => {
    const scene = play(decided({ maxProposals: 1, maxRounds: 2 }), endTurn('investigator'));
    const ended = when(scene, turn);
    expect(ended.ok && ended.events.map(labelOf)).toEqual(['turn.ended player', 'review.closed all_decided']);
  });

  it('waits for a genuine ad that is still to come', () => {
    const scene = decided({ maxProposals: 0, maxRounds: 3 }, [2]);
    expect(scene.phase).toBe('investigator_turn');
    const next = play(scene, endTurn('investigator'), turn);
    expect(next.state.queue).toHaveLength(2);
    expect(play(next, judge('ad_052', 'approve')).state.endReason).toBe('all_decided');
  });

  it('does not wait for one that would come after the last round', () => {
    expect(decided({ maxProposals: 0, maxRounds: 2 }, [3]).state.endReason).toBe('all_decided');
  });

  it('ends at once when a commit follows', () => {
    const scene = play(decided({}), endTurn('investigator'), commit());
    expect(scene.state.endReason).toBe('all_decided');
  });
});

describe('a commit in standard', () => {
  it('leaves the investigator its remaining rounds, and nobody else a turn', () => {
    const scene = play(standardMatch({ maxRounds: 3 }), propose(), commit());
    const next = play(scene, endTurn('investigator'));
    expect([scene, next].map(({ onTurn }) => onTurn)).toEqual(['investigator', 'investigator']);
    expect([scene, next].map(({ state }) => state.roundsPlayed)).toEqual([0, 1]);
    const last = play(next, endTurn('investigator'), endTurn('investigator'));
    expect(last).toMatchObject({ phase: 'audit_phase', state: { endReason: 'max_rounds' } });
    expect(last.state.queue.every((entry) => entry.verdict !== null)).toBe(true);
  });

  it('gives back the actions of the next turn', () => {
    const knobs = { maxRounds: 3, maxInvestigatorActionsPerTurn: 2 };
    const scene = play(standardMatch(knobs), commit(), ...judged);
    expect(scene).toMatchObject({ phase: 'investigator_turn', state: { turnActions: 0, roundsPlayed: 1 } });
  });
});

describe('the owner’s end', () => {
  const phases: readonly (readonly [string, readonly Command[]])[] = [
    ['fraudster_turn', [propose()]],
    ['investigator_turn', [...begun, ...judged]],
    ['audit_phase', [...begun, miss('match')]],
  ];

  it.each(phases)('in %s settles and grades nothing', (phase, commands) => {
    const before = play(standardMatch(), ...commands);
    expect(before.phase).toBe(phase);
    const { phase: after, state, onTurn } = play(before, abort());
    expect({ after, onTurn }).toEqual({ after: 'aborted', onTurn: null });
    expect(state).toEqual({ ...before.state, endReason: 'aborted', turnActions: 0 });
    expect(state.grades).toBeNull();
  });

  it('cannot come after the end', () => {
    const over = play(standardMatch(), abort());
    expect(when(over, abort())).toMatchObject({ ok: false, rejection: { code: 'phase_violation' } });
  });
});

describe('a solo review', () => {
  const solo = (ruleset: string, knobs = {}) => opened(exampleOpening({ machine: 'review', ruleset, knobs }));

  it('begins with every ad, the whole budget and nothing earned (E14)', () => {
    const { phase, onTurn, state } = solo('classic');
    expect({ phase, onTurn }).toEqual({ phase: 'reviewing', onTurn: 'investigator' });
    expect(state).toMatchObject({ steps: 0, knobs: { actionBudget: 25 }, stepRewards: { investigator: 0 } });
  });

  it('pays by the same table (E14)', () => {
    const scene = play(
      solo('classic'),
      pull('ad_001', 'landing_page'),
      judge('ad_001', 'reject'),
      judge('ad_001', 'approve'),
      judge('ad_999', 'reject'),
    );
    expect(scene.state.investigatorLog.map((entry) => entry.reward)).toEqual([-0.02, 0.39, -0.02, -0.05]);
  });

  it.each([
    ['classic', 'investigator_done'],
    ['standard', 'all_decided'],
  ])('of %s is graded with the last verdict', (ruleset, reason) => {
    const words = ['reject', 'approve', 'reject', 'escalate'] as const;
    const scene = play(
      solo(ruleset),
      ...words.map((word, index) => judge(`ad_00${index + 1}`, word, { confidence: 1 })),
    );
    expect(scene).toMatchObject({ phase: 'done', state: { endReason: reason, report: null } });
    expect(scene.state.grades?.grade).toBeGreaterThan(0.5);
    const after = when(scene, pull('ad_001', 'landing_page'));
    expect(after).toMatchObject({ ok: false, rejection: { code: 'phase_violation' } });
  });

  it.each([
    ['classic', 'investigator_done'],
    ['standard', 'steps_spent'],
  ])('of %s is graded with the last step', (ruleset, reason) => {
    const scene = play(solo(ruleset, { actionBudget: 1 }), link('ad_001', 'ad_003'));
    expect(scene).toMatchObject({ phase: 'done', state: { endReason: reason } });
    expect(scene.state.queue.every((entry) => entry.verdict?.autoApproved)).toBe(true);
  });

  it('has no turn to end, so that asking for it costs nothing', () => {
    const scene = solo('standard');
    const asked = when(scene, endTurn('investigator'));
    expect(asked).toMatchObject({ ok: false, rejection: { code: 'validation_error' }, scene });
  });

  it.each(['turn', 'match'] as const)('is settled and graded when the %s deadline passes', (missed) => {
    const scene = play(solo('standard'), judge('ad_001', 'reject'), miss(missed));
    expect(scene).toMatchObject({ phase: 'done', state: { endReason: 'timeout' } });
    expect(scene.state.queue.filter((entry) => entry.verdict?.autoApproved)).toHaveLength(3);
  });
});
