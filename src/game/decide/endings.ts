import { evolve } from '../evolve.ts';
import type { EndReason, MatchEvent, TurnEnded } from '../event.ts';
import { gradeMatch } from '../grading/grade-match.ts';
import { pending, proposalsUsed, round } from '../state.ts';
import type { GameState } from '../state.ts';
import type { Situation } from './decision.ts';
import { joining } from './late-ads.ts';

/**
 * The events that end the fraudster's turn: the genuine ads that join now, `turn.ended`, and `review.closed`
 * if the review is over.
 */
export function endFraudsterTurn(situation: Situation, data: TurnEnded): MatchEvent[] {
  return thenCloseIfOver(situation, [...arrivals(situation), { type: 'turn.ended', data }]);
}

/**
 * The events that end the investigator's turn. After the last round the review closes. After a commit the
 * next round has no fraudster turn, so its genuine ads join at once.
 */
export function endInvestigatorTurn(situation: Situation, data: TurnEnded): MatchEvent[] {
  const ended: MatchEvent = { type: 'turn.ended', data };
  const state = evolve(situation.state, ended);
  if (state.roundsPlayed >= state.knobs.maxRounds) {
    return [ended, ...closeReview({ ...situation, state }, 'max_rounds')];
  }
  return state.committed
    ? thenCloseIfOver(situation, [ended, ...arrivals({ ...situation, state })])
    : [ended];
}

/** The events that close the review and settle undecided ads. A solo review is graded at once. */
export function closeReview({ state, rules }: Situation, reason: EndReason): MatchEvent[] {
  const settles = rules.flow.settlingReasons.includes(reason);
  const settled = settles ? pending(state).map((entry) => entry.ad.adId) : [];
  const closed: MatchEvent = { type: 'review.closed', data: { reason, settled } };
  return state.machine === 'review'
    ? [closed, { type: 'match.graded', data: gradeMatch(evolve(state, closed), rules) }]
    : [closed];
}

/** Why the review is over by the rules of the queue and the action budget; null if it is not. */
export function reviewEnd({ state, rules }: Situation): EndReason | null {
  const { flow } = rules;
  const allDecided = pending(state).length === 0;
  if (allDecided && (flow.allDecidedEndsReview === 'always' || nothingCanFollow(state))) {
    return flow.reasons.allDecided;
  }
  return state.steps >= state.knobs.actionBudget ? flow.reasons.stepsSpent : null;
}

/** Whether no more ads can join the queue. A solo review has no late ads. */
function nothingCanFollow(state: GameState): boolean {
  const lastFraudsterTurnPlayed = state.roundsPlayed + 1 >= state.knobs.maxRounds;
  const proposalsOver =
    state.committed || lastFraudsterTurnPlayed || proposalsUsed(state) >= state.knobs.maxProposals;
  const arrivalsOver =
    state.machine === 'review' || state.arrivals.every((arrival) => arrival.round > state.knobs.maxRounds);
  return proposalsOver && arrivalsOver;
}

/** Under `when_nothing_can_follow`, the fraudster's last action can end the review too. */
function thenCloseIfOver(situation: Situation, events: MatchEvent[]): MatchEvent[] {
  if (situation.rules.flow.allDecidedEndsReview === 'always') return events;
  const after = { ...situation, state: events.reduce(evolve, situation.state) };
  const reason = reviewEnd(after);
  return reason === null ? events : [...events, ...closeReview(after, reason)];
}

/** The arrivals of genuine ads due by this round, each inserted so that its index does not reveal it. */
function arrivals({ state, rules }: Situation): MatchEvent[] {
  if (!rules.queue.genuineArrivals) return [];
  let queue = state;
  return state.arrivals
    .filter((arrival) => arrival.round <= round(state))
    .map(({ ad }) => {
      const event: MatchEvent = {
        type: 'ad.arrived',
        data: { ad, ...joining(queue, ad, null, rules), round: round(state) },
      };
      queue = evolve(queue, event);
      return event;
    });
}
