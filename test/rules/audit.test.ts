import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/shared/canonical-json.ts';
import type { Command } from '../../src/game/command.ts';
import { opened, play, when } from '../../src/testing/decider.ts';
import {
  endTurn,
  exampleAd,
  exampleOpening,
  flag,
  judge,
  miss,
  propose,
  report,
} from '../../src/testing/examples.ts';

const ads = Array.from({ length: 10 }, (_, index) => exampleAd(`ad_01${index}`, 'legit'));
const auditOf = (ruleset: string) =>
  play(
    opened(exampleOpening({ ruleset, ads })),
    propose(),
    endTurn('fraudster'),
    judge('ad_010', 'approve'),
    miss('match'),
  );

/** Sixty different flags: three types of each track on ten ads. */
const sixty: readonly Command[] = [
  ['A', 'missing_citation'],
  ['A', 'incoherent_rationale'],
  ['A', 'inconsistency'],
  ['B', 'gibberish'],
  ['B', 'parameter_mismatch'],
  ['B', 'template_repetition'],
].flatMap(([track, type = '']) =>
  ads.map(({ adId }) => flag(track === 'A' ? 'A' : 'B', type, { targetAdId: adId })),
);

describe('flags', () => {
  it('are at most sixty in standard', () => {
    const full = play(auditOf('standard'), ...sixty);
    expect(full.state.flags).toHaveLength(60);
    const more = when(full, flag('A', 'bias'));
    expect(more).toMatchObject({
      ok: false,
      rejection: { code: 'flags_spent', details: { flags_max: 60 } },
    });
    const again = when(full, sixty[0] ?? report());
    expect(again.scene.state).toMatchObject({ repeatedFlags: { A: 1, B: 0 } });
  });

  it('have no limit in classic', () => {
    const full = play(auditOf('classic'), ...sixty, flag('A', 'bias'), flag('A', 'bias'));
    expect(full.state.flags).toHaveLength(62);
    expect(full.state.repeatedFlags).toEqual({ A: 0, B: 0 });
  });

  it('are told apart by track, type and target alone', () => {
    const one = flag('A', 'bias', { severity: 0.1, note: 'one' });
    const scene = play(auditOf('standard'), one, flag('A', 'bias', { targetAdId: 'ad_010' }), {
      ...one,
      by: 'auditor',
      action: { actionType: 'flag_investigator', flagType: 'bias', severity: 0.9, note: 'two' },
    });
    expect(scene.state.flags.map(({ targetAdId, severity }) => [targetAdId, severity])).toEqual([
      [null, 0.1],
      ['ad_010', 0.5],
    ]);
    expect(scene.state.repeatedFlags).toEqual({ A: 1, B: 0 });
  });

  it('count a repeat in the track it belongs to', () => {
    const gibberish = flag('B', 'gibberish', { targetAdId: 'ad_010' });
    expect(play(auditOf('standard'), gibberish, gibberish).state.repeatedFlags).toEqual({ A: 0, B: 1 });
  });

  it('without type, severity and note are unspecified, of one half, and silent in classic', () => {
    const bare = { by: 'auditor', action: { actionType: 'flag_fraudster' } } as const;
    expect(play(auditOf('classic'), bare).state.flags).toEqual([
      { track: 'B', flagType: 'unspecified', targetAdId: null, severity: 0.5, note: '' },
    ]);
  });

  it('may name a proposal', () => {
    const raised = when(auditOf('standard'), flag('B', 'gibberish', { targetAdId: 'ad_011' }));
    expect(raised.ok).toBe(true);
  });

  it('cost nothing when they are refused', () => {
    const scene = auditOf('standard');
    const refused = when(scene, flag('B', 'gibberish', { targetAdId: 'ad_999' }));
    expect(refused).toMatchObject({ ok: false, scene });
  });
});

describe('the report', () => {
  const reportOf = (ruleset: string, payload: Readonly<Record<string, Json>>, ...flags: readonly Command[]) =>
    play(auditOf(ruleset), ...flags, report(payload)).state.report;
  const scores = { investigator_audit_score: 0.25, fraudster_plausibility_score: '0.75' };

  it('replaces the scores of the arena in classic', () => {
    expect(reportOf('classic', scores)).toMatchObject({
      investigatorAuditScore: 0.25,
      fraudsterPlausibilityScore: 0.75,
      opinion: {},
    });
  });

  it('keeps its own scores as an opinion beside those of the arena in standard', () => {
    const plain = reportOf('standard', {});
    expect(reportOf('standard', scores)).toEqual({
      ...plain,
      opinion: { investigatorAuditScore: 0.25, fraudsterPlausibilityScore: 0.75 },
    });
    // One verdict without a rationale, one plain proposal.
    expect(plain).toMatchObject({ fraudsterPlausibilityScore: 1, opinion: {} });
    expect(plain?.investigatorAuditScore).toBeCloseTo(0.3, 9);
  });

  it('holds an opinion on one score alone', () => {
    expect(reportOf('standard', { investigator_audit_score: 1 })?.opinion).toEqual({
      investigatorAuditScore: 1,
    });
  });

  it('moves no reward by its opinion', () => {
    const gradesOf = (payload: Readonly<Record<string, Json>>) =>
      play(auditOf('standard'), report(payload)).state.grades;
    expect(gradesOf(scores)).toEqual(gradesOf({}));
  });

  it.each([
    [7, 1],
    [-7, 0],
    [true, 1],
    [' 0.5 ', 0.5],
  ])('reads a score of %j as %d', (score, read) => {
    const filed = reportOf('standard', { investigator_audit_score: score });
    expect(filed?.opinion.investigatorAuditScore).toBe(read);
  });

  it('takes its flags from those raised, not from the payload', () => {
    const raised = flag('A', 'bias');
    const filed = reportOf('standard', { track_a_flags: [], track_b_flags: [{ flag_type: 'bias' }] }, raised);
    expect(filed?.trackAFlags).toHaveLength(1);
    expect(filed?.trackBFlags).toEqual([]);
  });

  it('has notes of 4,000 characters at most, those of the payload before that of the action', () => {
    expect(reportOf('standard', { notes: '\u{1f600}'.repeat(4001) })?.notes).toBe('\u{1f600}'.repeat(4000));
    const both = {
      by: 'auditor',
      action: { actionType: 'submit_audit_report', note: 'action', auditReport: { notes: 'payload' } },
    } as const;
    expect(play(auditOf('standard'), both).state.report?.notes).toBe('payload');
    const alone = { ...both, action: { ...both.action, auditReport: {} } };
    expect(play(auditOf('standard'), alone).state.report?.notes).toBe('action');
  });

  it('keeps the flags raised when it is refused', () => {
    const scene = play(auditOf('standard'), flag('A', 'bias'));
    const refused = when(scene, report({ investigator_audit_score: null }));
    expect(refused).toMatchObject({ ok: false, rejection: { code: 'execution_error' }, scene });
  });
});
