import { policiesOf } from '../event.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';
import { changed, pullsMade, round, stepsLeft } from '../state.ts';
import type { GameState } from '../state.ts';

/** The fields that every observation has (protocol spec, 3.4). `reward` is the acting role's own. */
export function common(position: Position, reward: number) {
  const { state, phase } = position;
  return {
    phase,
    round_number: round(state),
    max_rounds: state.knobs.maxRounds,
    rounds_remaining: roundsRemaining(state),
    ruleset: state.ruleset.name,
    done: isOver(position),
    reward,
    metadata: {},
  };
}

/** The rounds left, including the current one. */
export function roundsRemaining(state: GameState): number {
  return Math.max(0, state.knobs.maxRounds - round(state) + 1);
}

/** The pulls left; if the ruleset has only one budget, the actions left. */
export function investigationBudget({ state, rules }: Position): number {
  return rules.flow.actionBudget === 'reachable'
    ? stepsLeft(state)
    : state.knobs.actionBudget - pullsMade(state);
}

/** A role's episode reward; null until the match is graded. */
export function episodeReward(
  { state }: Position,
  role: 'fraudster' | 'investigator' | 'auditor',
): number | null {
  return state.grades?.rewards[role] ?? null;
}

/**
 * The match without the ads that joined in the running fraudster turn, if the ruleset hides who proposed a
 * late ad: seen one by one, proposals would differ from the genuine ads that join at the end of the turn.
 */
export function withoutUnannounced(position: Position): Position {
  const { state, phase, rules } = position;
  if (rules.queue.lateAds !== 'by_id' || phase !== 'fraudster_turn') return position;
  const current = round(state);
  const queue = state.queue.filter((entry) => entry.joinedRound < current);
  if (queue.length === state.queue.length) return position;
  const first = queue.find((entry) => entry.verdict === null);
  const keepsFocus = queue.some((entry) => entry.ad.adId === state.focus);
  const focus = keepsFocus ? state.focus : (first?.ad.adId ?? null);
  return { ...position, state: changed(state, { queue, focus }) };
}

/**
 * Whether step rewards may be shown. If the match withholds them, they are shown once it is graded; after an
 * end without a grade, only if the match reveals itself.
 */
export function tellsRewards(position: Position): boolean {
  const { policies, grades } = position.state;
  if (policies.stepRewards === 'shown' || grades !== null) return true;
  return isOver(position) && policiesOf(position.state).revealAtEnd;
}
