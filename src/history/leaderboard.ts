import { roles } from '../game/command.ts';
import type { Role } from '../game/command.ts';
import type { FinishedSummary } from './summary.ts';

/** The results of a named player on one seat, under one ruleset, in one task. */
export interface LeaderboardRow {
  readonly agent: string;
  readonly role: Role;
  readonly ruleset: string;
  readonly task_id: string;
  /** The number of graded matches with public rewards. Aborted matches do not count. */
  readonly games: number;
  /** Mean episode reward. */
  readonly rating: number;
  /** The standard error of the rating; null for one game. */
  readonly standard_error: number | null;
  /**
   * Share (0..1) of games in which it earned more than the other side; ties count half. Null for the auditor.
   */
  readonly win_rate: number | null;
}

interface Tally {
  readonly agent: string;
  readonly role: Role;
  readonly ruleset: string;
  readonly task_id: string;
  games: number;
  sum: number;
  sumOfSquares: number;
  wins: number;
}

const other = { fraudster: 'investigator', investigator: 'fraudster', auditor: null } as const;

/**
 * The results of the named players of finished matches, folded one match at a time. Names are those that the
 * creators gave; nobody verifies them.
 */
export class Leaderboard {
  readonly #tallies = new Map<string, Tally>();

  /** Adds one match. The caller must not add a match twice. */
  take({ players, rewards, grader_score: grade, ruleset, task_id }: FinishedSummary): void {
    // Rewards that are not public must not leak through a mean.
    if (grade === null || rewards === null) return;
    for (const role of roles) {
      const agent = players[role];
      // An empty name was erased.
      if (agent === undefined || agent === '') continue;
      const key = JSON.stringify([agent, role, ruleset, task_id]);
      const none: Tally = { agent, role, ruleset, task_id, games: 0, sum: 0, sumOfSquares: 0, wins: 0 };
      const tally = this.#tallies.get(key) ?? none;
      this.#tallies.set(key, tally);
      const rival = other[role];
      const lead = rival === null ? 0 : rewards[role] - rewards[rival];
      tally.games += 1;
      tally.sum += rewards[role];
      tally.sumOfSquares += rewards[role] ** 2;
      tally.wins += lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
    }
  }

  /** The rows that fit, best rating first; equal ratings by name. */
  rows(
    fits: (row: Pick<LeaderboardRow, 'role' | 'ruleset' | 'task_id'>) => boolean,
  ): readonly LeaderboardRow[] {
    return [...this.#tallies.values()].filter(fits).map(standingOf).sort(byRating);
  }
}

function standingOf({
  agent,
  role,
  ruleset,
  task_id,
  games,
  sum,
  sumOfSquares,
  wins,
}: Tally): LeaderboardRow {
  const rating = sum / games;
  const variance = games < 2 ? null : Math.max(0, (sumOfSquares - games * rating ** 2) / (games - 1));
  return {
    agent,
    role,
    ruleset,
    task_id,
    games,
    rating,
    standard_error: variance === null ? null : Math.sqrt(variance / games),
    win_rate: other[role] === null ? null : wins / games,
  };
}

function byRating(a: LeaderboardRow, b: LeaderboardRow): number {
  if (a.rating !== b.rating) return b.rating - a.rating;
  return a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0;
}
