import { policiesOf } from '../event.ts';
import type { Ruleset } from '../ruleset.ts';
import { changed, pullsMade, round, stepsLeft } from '../state.ts';
import type { Match } from '../state.ts';

/** What a view is made of: the match at one version, its phase and its rules. */
export interface Seen {
  readonly match: Match;
  readonly phase: string;
  readonly rules: Ruleset;
  /** When the lines of the logs were stored; absent where nobody asks for times. */
  readonly logTimes?: LogTimes;
}

/** Milliseconds since the Unix epoch, one for each line of the log. */
export interface LogTimes {
  readonly fraudster: readonly number[];
  readonly investigator: readonly number[];
}

export const isOver = ({ phase }: Seen): boolean => phase === 'done' || phase === 'aborted';

/** Fields every observation carries beside its own (protocol spec, 3.4). `reward` is the acting role's own. */
export function common(seen: Seen, reward: number) {
  const { match, phase } = seen;
  return {
    phase,
    round_number: round(match),
    max_rounds: match.knobs.maxRounds,
    rounds_remaining: roundsRemaining(match),
    ruleset: match.ruleset.name,
    done: isOver(seen),
    reward,
    metadata: {},
  };
}

/** Rounds left, the current one included. */
export function roundsRemaining(match: Match): number {
  return Math.max(0, match.knobs.maxRounds - round(match) + 1);
}

/** Pulls that are left; where the ruleset counts one number only, the actions left. */
export function investigationBudget({ match, rules }: Seen): number {
  return rules.flow.actionBudget === 'reachable'
    ? stepsLeft(match)
    : match.knobs.actionBudget - pullsMade(match);
}

/** The role's episode reward: known to it once the match is graded. */
export function episodeReward(
  { match }: Seen,
  role: 'fraudster' | 'investigator' | 'auditor',
): number | null {
  return match.grades?.rewards[role] ?? null;
}

/**
 * The match without the ads of a fraudster turn that still runs, where the ruleset hides who brought a late ad: seen
 * one by one as they come, proposals could be told from the genuine ads that join at the end of the turn.
 */
export function withoutUnannounced(seen: Seen): Seen {
  const { match, phase, rules } = seen;
  if (rules.queue.lateAds !== 'by_id' || phase !== 'fraudster_turn') return seen;
  const current = round(match);
  const queue = match.queue.filter((entry) => entry.joinedRound < current);
  if (queue.length === match.queue.length) return seen;
  const first = queue.find((entry) => entry.verdict === null);
  const keepsFocus = queue.some((entry) => entry.ad.adId === match.focus);
  const focus = keepsFocus ? match.focus : (first?.ad.adId ?? null);
  return { ...seen, match: changed(match, { queue, focus }) };
}

/**
 * Whether the rewards of single steps may be known. Where the match withholds them, they come with the grade; a match
 * that ends without one tells them only where it reveals itself.
 */
export function tellsRewards(seen: Seen): boolean {
  const { policies, grades } = seen.match;
  if (policies.stepRewards === 'shown' || grades !== null) return true;
  return isOver(seen) && policiesOf(seen.match).revealAtEnd;
}
