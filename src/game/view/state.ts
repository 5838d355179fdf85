import type { Role } from '../command.ts';
import { policiesOf } from '../event.ts';
import { pending, proposalsUsed, round, verdictsInOrder } from '../state.ts';
import type { GameState } from '../state.ts';
import { gradeMatch } from '../grading/grade-match.ts';
import { flagRow, fraudsterRows, investigatorRows, mayReadRecord } from './auditor.ts';
import { investigationBudget, tellsRewards, withoutUnannounced } from './common.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';

/**
 * The `state` of a match as a role may read it (protocol spec, 3.7). The fields are the same for all roles;
 * what a role may not know is null or empty. Everything is shown under the policy `openState`, and after the
 * end of a match that reveals itself.
 */
export function stateFor(role: Role, position: Position) {
  const { state, phase } = position;
  const may = readingOf(role, position);
  const isFraudsterTurn = phase === 'fraudster_turn';
  const { maxFraudsterActionsPerTurn, maxInvestigatorActionsPerTurn } = state.knobs;
  return {
    step_count: stepCount(role, position, may.record),
    task_id: state.taskId,
    phase,
    round_number: round(state),
    max_rounds: state.knobs.maxRounds,
    actions_this_turn: (isFraudsterTurn ? may.fraudster : may.investigator) ? state.turnActions : null,
    max_actions_per_turn: isFraudsterTurn ? maxFraudsterActionsPerTurn : maxInvestigatorActionsPerTurn,
    ...(may.fraudster
      ? { ...fraudsterFields(position), fraudster_proposals: fraudsterRows(position) }
      : noFraudsterFields),
    investigator_state: may.investigator ? investigatorState(position, may.everything) : null,
    investigator_action_log: may.investigator ? investigatorRows(position) : [],
    audit_report: may.report ? reportRow(state) : null,
    ...rewardFields(role, position, may.everything),
    grader_score: gradeOf(position),
    end_reason: may.endReason ? state.endReason : null,
  };
}

/** The parts that a role may read. */
function readingOf(role: Role, position: Position) {
  const { openState, revealAtEnd } = policiesOf(position.state);
  const everything = openState || (isOver(position) && revealAtEnd);
  const record = everything || (role === 'auditor' && mayReadRecord(position));
  const investigator = record || role === 'investigator';
  return {
    everything,
    record,
    fraudster: record || role === 'fraudster',
    investigator,
    report: everything || role === 'auditor',
    endReason: investigator || isOver(position),
  };
}

const gradeOf = (position: Position): number | null =>
  isOver(position) ? (position.state.grades?.grade ?? null) : null;

function fraudsterFields(position: Position) {
  const { state } = position;
  return {
    proposals_used: proposalsUsed(state),
    max_proposals: state.knobs.maxProposals,
    fraudster_committed: state.committed,
  };
}

const noFraudsterFields = {
  proposals_used: null,
  max_proposals: null,
  fraudster_proposals: [],
  fraudster_committed: null,
};

/** The number of actions taken and flags raised, as far as the role may know. */
function stepCount(role: Role, { state }: Position, readsRecord: boolean): number {
  const { fraudsterLog, investigatorLog, flags } = state;
  if (readsRecord) return fraudsterLog.length + investigatorLog.length + flags.length;
  return { fraudster: fraudsterLog.length, investigator: investigatorLog.length, auditor: flags.length }[
    role
  ];
}

function investigatorState(position: Position, isOpen: boolean) {
  const { state } = isOpen ? position : withoutUnannounced(position);
  return {
    step_count: state.steps,
    task_id: state.taskId,
    total_ads: state.queue.length,
    reviewed_count: state.queue.length - pending(state).length,
    remaining_budget: investigationBudget(position),
    verdicts: Object.fromEntries(verdictsInOrder(state).map(({ ad, verdict }) => [ad.adId, verdict.verdict])),
    grader_score: isOpen ? reviewGradeOf(position) : gradeOf(position),
  };
}

/** `classic` grades a finished review before the audit, and the audit does not change that grade. */
function reviewGradeOf(position: Position): number | null {
  const { state, phase, rules } = position;
  const isGraded =
    phase === 'audit_phase' && rules.audit.resultBeforeAudit && state.endReason === 'investigator_done';
  return isGraded ? gradeMatch(state, rules).grade : gradeOf(position);
}

/** Sums of the step rewards; episode rewards once the match is graded. */
function rewardFields(role: Role, position: Position, isOpen: boolean) {
  const { grades, stepRewards } = position.state;
  const rewards = grades?.rewards ?? { ...stepRewards, auditor: 0 };
  const isShown = tellsRewards(position);
  const shown = (of: Role): number | null => (isShown && (isOpen || of === role) ? rewards[of] : null);
  return {
    fraudster_reward: shown('fraudster'),
    investigator_reward: shown('investigator'),
    auditor_reward: shown('auditor'),
  };
}

function reportRow({ report }: GameState) {
  if (report === null) return null;
  return {
    track_a_flags: report.trackAFlags.map(flagRow),
    track_b_flags: report.trackBFlags.map(flagRow),
    investigator_audit_score: report.investigatorAuditScore,
    fraudster_plausibility_score: report.fraudsterPlausibilityScore,
    notes: report.notes,
  };
}
