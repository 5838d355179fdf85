import type { Role } from '../src/game/command.ts';
import type { EndReason, MatchEvent, TurnEndCause } from '../src/game/event.ts';
import { pending, proposalsUsed } from '../src/game/state.ts';
import type { GameState } from '../src/game/state.ts';

/** The context of the guards: the game state before the event. */
export interface MatchContext {
  readonly state: GameState;
}

interface Asked {
  readonly context: MatchContext;
  readonly event: MatchEvent;
}

/**
 * The guards of `match.machine.ts`, in the order of a match. Events that end a turn or the review name their
 * cause; their guard holds only if the state confirms that cause.
 */
export const guards = {
  // The fraudster's turn.
  isByFraudster: isPenaltyOf('fraudster'),
  areProposalsLeft: ({ context: { state } }: Asked) =>
    !state.committed && proposalsUsed(state) < state.knobs.maxProposals,
  isFraudsterCapReached: ({ context: { state }, event }: Asked) =>
    endsTurn(event, 'action_cap') && state.turnActions >= state.knobs.maxFraudsterActionsPerTurn,
  areProposalsSpent: ({ context: { state }, event }: Asked) =>
    endsTurn(event, 'proposals_spent') && proposalsUsed(state) >= state.knobs.maxProposals,
  areProposalsCommitted: ({ context: { state }, event }: Asked) =>
    endsTurn(event, 'committed') && state.committed,
  isReviewSkippedByCommit: ({ context: { state }, event }: Asked) =>
    closesReview(event, 'commit_final') && state.committed,

  // The investigator's turn.
  isByInvestigator: isPenaltyOf('investigator'),
  isInvestigatorCapReached: ({ context: { state }, event }: Asked) =>
    endsTurn(event, 'action_cap') && state.turnActions >= state.knobs.maxInvestigatorActionsPerTurn,
  areAllAdsDecided: ({ context: { state }, event }: Asked) =>
    closesReview(event, 'all_decided', 'investigator_done') && pending(state).length === 0,
  areStepsSpent: ({ context: { state }, event }: Asked) =>
    closesReview(event, 'steps_spent', 'investigator_done') && state.steps >= state.knobs.actionBudget,

  // Either turn.
  isTurnPassed: ({ event }: Asked) => endsTurn(event, 'player'),
  isTurnDeadlineMissed: ({ event }: Asked) => endsTurn(event, 'deadline'),
  isMatchDeadlineMissed: ({ event }: Asked) => closesReview(event, 'timeout'),

  // The end of a round.
  areRoundsLeft: ({ context: { state } }: Asked) =>
    !state.committed && state.roundsPlayed < state.knobs.maxRounds,
  areRoundsLeftAfterCommit: ({ context: { state } }: Asked) =>
    state.committed && state.roundsPlayed < state.knobs.maxRounds,
  areRoundsSpent: ({ context: { state }, event }: Asked) =>
    closesReview(event, 'max_rounds') && state.roundsPlayed >= state.knobs.maxRounds,

  // The audit.
  isByAuditor: isPenaltyOf('auditor'),
  isReportMissing: ({ context: { state } }: Asked) => state.report === null,
  isReportFiled: ({ context: { state } }: Asked) => state.report !== null,
};

function isPenaltyOf(role: Role) {
  return ({ event }: Asked): boolean => event.type === 'action.penalised' && event.data.by === role;
}

function endsTurn(event: MatchEvent, cause: TurnEndCause): boolean {
  return event.type === 'turn.ended' && event.data.cause === cause;
}

function closesReview(event: MatchEvent, ...reasons: readonly EndReason[]): boolean {
  return event.type === 'review.closed' && reasons.includes(event.data.reason);
}
