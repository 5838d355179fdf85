import type { Role } from '../command.ts';
import { policiesOf } from '../event.ts';
import { pending, proposalsUsed, round, verdictsInOrder } from '../state.ts';
import type { Match } from '../state.ts';
import { gradeMatch } from '../grading/grade-match.ts';
import { flagRow, fraudsterRows, investigatorRows, mayReadRecord } from './auditor.ts';
import { investigationBudget, isOver, tellsRewards, withoutUnannounced } from './situation.ts';
import type { Seen } from './situation.ts';

/**
 * The `state` of a match as a role may read it (protocol spec, 3.7). The fields are the same for all; what the role
 * may not know is null or empty. The whole of it goes to every role where the match's policy says so, and after the end
 * of a match that reveals itself.
 */
export function stateFor(role: Role, seen: Seen) {
  const { match, phase } = seen;
  const may = readingOf(role, seen);
  const isFraudsterTurn = phase === 'fraudster_turn';
  const { maxFraudsterActionsPerTurn, maxInvestigatorActionsPerTurn } = match.knobs;
  return {
    step_count: stepCount(role, seen, may.record),
    task_id: match.taskId,
    phase,
    round_number: round(match),
    max_rounds: match.knobs.maxRounds,
    actions_this_turn: (isFraudsterTurn ? may.fraudster : may.investigator) ? match.turnActions : null,
    max_actions_per_turn: isFraudsterTurn ? maxFraudsterActionsPerTurn : maxInvestigatorActionsPerTurn,
    ...(may.fraudster
      ? { ...fraudsterFields(seen), fraudster_proposals: fraudsterRows(seen) }
      : noFraudsterFields),
    investigator_state: may.investigator ? investigatorState(seen, may.everything) : null,
    investigator_action_log: may.investigator ? investigatorRows(seen) : [],
    audit_report: may.report ? reportRow(match) : null,
    ...rewardFields(role, seen, may.everything),
    grader_score: gradeOf(seen),
    end_reason: may.endReason ? match.endReason : null,
  };
}

/** Which parts a role may read. */
function readingOf(role: Role, seen: Seen) {
  const { openState, revealAtEnd } = policiesOf(seen.match);
  const everything = openState || (isOver(seen) && revealAtEnd);
  const record = everything || (role === 'auditor' && mayReadRecord(seen));
  const investigator = record || role === 'investigator';
  return {
    everything,
    record,
    fraudster: record || role === 'fraudster',
    investigator,
    report: everything || role === 'auditor',
    endReason: investigator || isOver(seen),
  };
}

const gradeOf = (seen: Seen): number | null => (isOver(seen) ? (seen.match.grades?.grade ?? null) : null);

function fraudsterFields(seen: Seen) {
  const { match } = seen;
  return {
    proposals_used: proposalsUsed(match),
    max_proposals: match.knobs.maxProposals,
    fraudster_committed: match.committed,
  };
}

const noFraudsterFields = {
  proposals_used: null,
  max_proposals: null,
  fraudster_proposals: [],
  fraudster_committed: null,
};

/** Actions taken and flags raised, as far as the role knows of them. */
function stepCount(role: Role, { match }: Seen, readsRecord: boolean): number {
  const { fraudsterLog, investigatorLog, flags } = match;
  if (readsRecord) return fraudsterLog.length + investigatorLog.length + flags.length;
  return { fraudster: fraudsterLog.length, investigator: investigatorLog.length, auditor: flags.length }[
    role
  ];
}

function investigatorState(seen: Seen, isOpen: boolean) {
  const { match } = isOpen ? seen : withoutUnannounced(seen);
  return {
    step_count: match.steps,
    task_id: match.taskId,
    total_ads: match.queue.length,
    reviewed_count: match.queue.length - pending(match).length,
    remaining_budget: investigationBudget(seen),
    verdicts: Object.fromEntries(verdictsInOrder(match).map(({ ad, verdict }) => [ad.adId, verdict.verdict])),
    grader_score: isOpen ? reviewGradeOf(seen) : gradeOf(seen),
  };
}

/** `classic` grades a review that ended by itself at once, before the audit, and the audit leaves that grade alone. */
function reviewGradeOf(seen: Seen): number | null {
  const { match, phase, rules } = seen;
  const isGraded =
    phase === 'audit_phase' && rules.audit.resultBeforeAudit && match.endReason === 'investigator_done';
  return isGraded ? gradeMatch(match, rules).grade : gradeOf(seen);
}

/** Running sums of the step rewards; the episode rewards once the match is graded. */
function rewardFields(role: Role, seen: Seen, isOpen: boolean) {
  const { grades, stepRewards } = seen.match;
  const rewards = grades?.rewards ?? { ...stepRewards, auditor: 0 };
  const isShown = tellsRewards(seen);
  const shown = (of: Role): number | null => (isShown && (isOpen || of === role) ? rewards[of] : null);
  return {
    fraudster_reward: shown('fraudster'),
    investigator_reward: shown('investigator'),
    auditor_reward: shown('auditor'),
  };
}

function reportRow({ report }: Match) {
  if (report === null) return null;
  return {
    track_a_flags: report.trackAFlags.map(flagRow),
    track_b_flags: report.trackBFlags.map(flagRow),
    investigator_audit_score: report.investigatorAuditScore,
    fraudster_plausibility_score: report.fraudsterPlausibilityScore,
    notes: report.notes,
  };
}
