import { policiesOf } from '../game/event.ts';
import type { Created } from '../game/event.ts';
import { round } from '../game/state.ts';
import type { Position } from '../game/position.ts';
import type { ArchiveSnapshot } from './archive.ts';

/**
 * The summary of a finished match: the original's summary (protocol spec, 2.3) and the fields that lists are
 * filtered by. `archived_at` is in seconds since the Unix epoch. Secret fields are null if the match does not
 * reveal itself.
 */
export function finishedSummary(archive: ArchiveSnapshot) {
  const { match_id, task_id, phase, round_number, max_rounds, max_proposals } = archive;
  const { grader_score, end_reason, done, archived_at, ruleset, players } = archive;
  // In a match that does not reveal itself, each player knows only its own values.
  const { proposals_used, fraudster_committed, rewards, versions } = policiesOf(archive).revealAtEnd
    ? archive
    : { proposals_used: null, fraudster_committed: null, rewards: null, versions: null };
  return {
    match_id,
    task_id,
    phase,
    round_number,
    max_rounds,
    proposals_used,
    max_proposals,
    fraudster_committed,
    grader_score,
    end_reason,
    rewards,
    connected_roles: [] as string[],
    done,
    ruleset: ruleset.name,
    players,
    events: versions,
    archived_at,
    ...(policiesOf(archive).revealAtEnd ? { reward_curve: curvesOf(archive) } : {}),
  };
}

const curvePoints = 16;

function curvesOf({ fraudster_proposals, investigator_action_log }: ArchiveSnapshot) {
  return { fraudster: curveOf(fraudster_proposals), investigator: curveOf(investigator_action_log) };
}

/** The running sum of rewards at up to 16 evenly spaced rows, including the last, rounded to 3 decimals. */
function curveOf(rows: readonly { readonly reward: number }[]): readonly number[] {
  let sum = 0;
  const sums = rows.map(({ reward }) => (sum += reward));
  const points = Math.min(curvePoints, sums.length);
  return Array.from({ length: points }, (_, index) => {
    const place = points === 1 ? 0 : Math.round((index * (sums.length - 1)) / (points - 1));
    return Math.round((sums[place] ?? 0) * 1000) / 1000;
  });
}

export type FinishedSummary = ReturnType<typeof finishedSummary>;

/**
 * The summary of a running match with public fields only; the others are null until the end. `started_at` is
 * in seconds since the Unix epoch; `startedAt` in milliseconds.
 */
export function runningSummary(
  matchId: string,
  position: Position,
  { players, startedAt }: { readonly players: Created['players']; readonly startedAt: number },
) {
  const { state, phase } = position;
  return {
    match_id: matchId,
    task_id: state.taskId,
    phase,
    round_number: round(state),
    max_rounds: state.knobs.maxRounds,
    proposals_used: null,
    max_proposals: state.knobs.maxProposals,
    fraudster_committed: null,
    grader_score: null,
    end_reason: null,
    rewards: null,
    done: false,
    ruleset: state.ruleset.name,
    players,
    spectators: policiesOf(state).spectators,
    started_at: startedAt / 1000,
  };
}

export type RunningSummary = ReturnType<typeof runningSummary>;
