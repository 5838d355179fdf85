import { describe, expect, it } from 'vitest';
import { decide } from '../../src/game/decide/decide.ts';
import { labelOf, opened, play, when } from '../../src/testing/decider.ts';
import type { Scene } from '../../src/testing/decider.ts';
import {
  abort,
  commit,
  endTurn,
  exampleAd,
  exampleOpening,
  flag,
  judge,
  miss,
  propose,
  report,
} from '../../src/testing/examples.ts';

const start = (ruleset = 'standard', knobs = {}) => opened(exampleOpening({ ruleset, knobs }));
const turn = endTurn('fraudster');

function labelsOf(scene: Scene, missed: 'turn' | 'match'): readonly string[] {
  const outcome = when(scene, miss(missed));
  return outcome.ok ? outcome.events.map(labelOf) : [outcome.rejection.code];
}

describe.each(['classic', 'standard'])('a missed turn in %s', (ruleset) => {
  it('passes from the fraudster to the investigator', () => {
    const scene = play(start(ruleset), propose(), miss('turn'));
    expect(scene).toMatchObject({ phase: 'investigator_turn', state: { roundsPlayed: 0, turnActions: 0 } });
    expect(labelsOf(start(ruleset), 'turn')).toEqual(['turn.ended deadline']);
  });

  it('passes from the investigator to the next round', () => {
    const scene = play(start(ruleset), turn, judge('ad_001', 'reject'), miss('turn'));
    expect(scene).toMatchObject({ phase: 'fraudster_turn', state: { roundsPlayed: 1, steps: 1 } });
  });

  it('closes the review in the last round', () => {
    const scene = play(start(ruleset, { maxRounds: 1 }), turn);
    expect(labelsOf(scene, 'turn')).toEqual(['turn.ended deadline', 'review.closed max_rounds']);
  });

  it('is logged as nobody’s action and costs nothing', () => {
    const before = start(ruleset);
    const { state } = play(before, miss('turn'), miss('turn'));
    expect(state.fraudsterLog).toEqual([]);
    expect(state.investigatorLog).toEqual([]);
    expect(state.stepRewards).toEqual({ fraudster: 0, investigator: 0 });
  });
});

describe('a missed turn in standard', () => {
  it('lets the genuine ads of the round join all the same', () => {
    const arrivals = [{ round: 1, ad: exampleAd('ad_050', 'legit') }];
    expect(labelsOf(opened(exampleOpening({ arrivals })), 'turn')).toEqual([
      'ad.arrived',
      'turn.ended deadline',
    ]);
  });

  it('leaves the investigator its next round after a commit', () => {
    const scene = play(start(), commit(), miss('turn'));
    expect(scene).toMatchObject({ phase: 'investigator_turn', state: { roundsPlayed: 1 } });
  });
});

describe('a missed match', () => {
  const turns = [
    ['fraudster_turn', [propose()]],
    ['investigator_turn', [propose(), turn, judge('ad_001', 'reject')]],
  ] as const;

  it.each(turns)('closes the review in %s', (phase, commands) => {
    const scene = play(start(), ...commands);
    expect(scene.phase).toBe(phase);
    expect(labelsOf(scene, 'match')).toEqual(['review.closed timeout']);
    const { state } = play(scene, miss('match'));
    expect(state.queue.every((entry) => entry.verdict !== null)).toBe(true);
  });

  it('leaves undecided ads undecided in classic', () => {
    const { state, phase } = play(start('classic'), turn, judge('ad_001', 'reject'), miss('match'));
    expect({ phase, reason: state.endReason }).toEqual({ phase: 'audit_phase', reason: 'timeout' });
    expect(state.queue.filter((entry) => entry.verdict === null)).toHaveLength(3);
  });
});

describe('a missed audit', () => {
  const audit = play(start(), turn, judge('ad_001', 'reject'), miss('match'));

  it.each(['turn', 'match'] as const)('is graded without a report when the %s deadline passes', (missed) => {
    expect(labelsOf(audit, missed)).toEqual(['audit.submitted', 'match.graded']);
    const { phase, state } = play(audit, miss(missed));
    expect(phase).toBe('done');
    expect(state.report).toMatchObject({ missed: true, notes: '', opinion: {} });
    expect(state.grades?.rewards.auditor).toBe(0);
  });

  it('grades the others as a report without flags would', () => {
    const [missed, filed] = [miss('turn'), report()].map((end) => play(audit, end).state.grades);
    expect(missed?.grade).toBe(filed?.grade);
    expect(missed?.rewards.investigator).toBe(filed?.rewards.investigator);
    expect(filed?.rewards.auditor).toBeGreaterThan(0);
  });

  it('keeps the flags raised in time', () => {
    const raised = flag('A', 'missing_citation', { targetAdId: 'ad_001' });
    const { state } = play(audit, raised, miss('turn'));
    expect(state.report?.trackAFlags).toHaveLength(1);
  });
});

describe('a deadline without a turn', () => {
  it('is stale between two turns', () => {
    const { state, rules, source } = start();
    const decision = decide({ phase: 'round_end', state, rules, source }, miss('turn'));
    expect(decision).toMatchObject({ ok: false, rejection: { code: 'deadline_stale' } });
  });

  it('is refused after the end', () => {
    expect(labelsOf(play(start(), abort()), 'match')).toEqual(['phase_violation']);
  });
});
