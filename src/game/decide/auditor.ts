import type { AuditorAction } from '../command.ts';
import type { AuditReport, MatchEvent } from '../event.ts';
import { flagTypes, flagTypesWithoutTarget, trackOf } from '../grading/flag-types.ts';
import { assessReview, gradeMatch, reportScores } from '../grading/grade-match.ts';
import type { Assessment } from '../grading/merit/merit.ts';
import type { AuditFlag } from '../grading/record.ts';
import { takeCodePoints } from '../grading/text.ts';
import { evolve } from '../evolve.ts';
import { flagsMaxOf } from '../ruleset.ts';
import type { Ruleset } from '../ruleset.ts';
import { findAd } from '../state.ts';
import type { GameState } from '../state.ts';
import { accepted, rejected } from './decision.ts';
import type { Decision, Situation } from './decision.ts';

const notesMax = 4000;
const defaultFlagSeverity = 0.5;

/**
 * Decides an auditor's action in `audit_phase`. Source: match spec, section 7.
 * Rejections: `flag_type_unknown`, `flag_target_missing`, `flag_target_unknown` (only under `checkedFlags`),
 * `flags_spent`, and `execution_error` for a score that is not a number. A repeated flag is a penalty under
 * `checkedFlags`. A report also grades the match.
 */
export function decideAuditor(situation: Situation, action: AuditorAction): Decision {
  switch (action.actionType) {
    case 'flag_investigator':
    case 'flag_fraudster':
      return raiseFlag(situation, action);
    case 'submit_audit_report':
      return submit(situation, action);
  }
}

/** Decides a missed audit: a report with `missed` and the arena's own scores, then the grade. */
export function missAudit(situation: Situation): Decision {
  const { state, rules } = situation;
  const assessment = assessReview(state, rules);
  const report = reportOf(situation, '', reportScores(state, rules, assessment), {});
  return fileReport(situation, null, { ...report, missed: true }, assessment);
}

function raiseFlag({ state, rules }: Situation, action: AuditorAction): Decision {
  const flag: AuditFlag = {
    track: trackOf(action),
    flagType: action.flagType || 'unspecified',
    targetAdId: action.targetAdId ?? null,
    severity: action.severity ?? defaultFlagSeverity,
    note: action.note ?? '',
  };
  const raised = accepted({ type: 'flag.raised', data: { action, flag } });
  const spent = state.flags.length >= flagsMaxOf(rules);
  if (!rules.audit.checkedFlags) return spent ? flagsSpent(rules) : raised;
  // A repeated flag is a fault of the auditor: it is not raised and lowers its precision.
  return isRaised(state, flag)
    ? accepted({
        type: 'action.penalised',
        data: { by: 'auditor', action, code: 'flag_repeated', reward: 0 },
      })
    : (faultOf(state, flag) ?? (spent ? flagsSpent(rules) : raised));
}

function isRaised(state: GameState, { track, flagType, targetAdId }: AuditFlag): boolean {
  return state.flags.some(
    (known) => known.track === track && known.flagType === flagType && known.targetAdId === targetAdId,
  );
}

/** The rejection of a flag with an unlisted type, or without a valid target if its type needs one. */
function faultOf(state: GameState, flag: AuditFlag): Decision | null {
  const { track, flagType, targetAdId } = flag;
  const known: readonly string[] = flagTypes[track];
  if (!known.includes(flagType))
    return rejected('flag_type_unknown', `Track ${track} has no flag type "${flagType}".`, {
      flag_types: known,
    });
  if (targetAdId === null && !flagTypesWithoutTarget.includes(flagType))
    return rejected('flag_target_missing', `A ${flagType} flag must name the ad it concerns.`, {
      path: 'target_ad_id',
    });
  if (targetAdId !== null && findAd(state, targetAdId) === undefined)
    return rejected('flag_target_unknown', `No ad of this match is called "${targetAdId}".`, {
      target_ad_id: targetAdId,
    });
  return null;
}

function flagsSpent(rules: Ruleset): Decision {
  const flagsMax = flagsMaxOf(rules);
  return rejected('flags_spent', `An audit holds at most ${flagsMax} flags.`, { flags_max: flagsMax });
}

function submit(situation: Situation, action: AuditorAction): Decision {
  const payload = action.auditReport ?? {};
  const own = {
    investigatorAuditScore: readScore(payload['investigator_audit_score']),
    fraudsterPlausibilityScore: readScore(payload['fraudster_plausibility_score']),
  };
  const unreadable = Object.values(own).includes('unreadable');
  if (unreadable)
    return rejected('execution_error', 'A score of the audit report is not a number.', {
      path: 'audit_report',
    });

  const given = Object.fromEntries(
    Object.entries(own).filter((pair): pair is [keyof typeof own, number] => typeof pair[1] === 'number'),
  ) as AuditReport['opinion'];
  const assessment = assessReview(situation.state, situation.rules);
  const computed = reportScores(situation.state, situation.rules, assessment);
  const replaces = situation.rules.audit.reportScores === 'replace';
  const scores = replaces ? { ...computed, ...given } : computed;
  const notes = typeof payload['notes'] === 'string' ? payload['notes'] : (action.note ?? '');
  const report = reportOf(situation, notes, scores, replaces ? {} : given);
  return fileReport(situation, action, report, assessment);
}

function reportOf(
  { state }: Situation,
  notes: string,
  scores: Pick<AuditReport, 'investigatorAuditScore' | 'fraudsterPlausibilityScore'>,
  opinion: AuditReport['opinion'],
): AuditReport {
  return {
    trackAFlags: state.flags.filter((flag) => flag.track === 'A'),
    trackBFlags: state.flags.filter((flag) => flag.track === 'B'),
    ...scores,
    notes: takeCodePoints(notes, notesMax),
    opinion,
    missed: false,
  };
}

function fileReport(
  { state, rules }: Situation,
  action: AuditorAction | null,
  report: AuditReport,
  assessment: Assessment | null,
): Decision {
  const submitted: MatchEvent = { type: 'audit.submitted', data: { action, report } };
  const data = gradeMatch(evolve(state, submitted), rules, assessment);
  return accepted(submitted, { type: 'match.graded', data });
}

/** A score as the original parses it: a number, a numeric text or a boolean, clamped to 0..1. */
function readScore(value: unknown): number | 'absent' | 'unreadable' {
  if (value === undefined) return 'absent';
  const number =
    typeof value === 'boolean' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) return 'unreadable';
  return Math.max(0, Math.min(1, number));
}
