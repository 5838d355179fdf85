import { policiesOf } from '../game/event.ts';
import type { Created } from '../game/event.ts';
import { round } from '../game/state.ts';
import type { Position } from '../game/position.ts';
import type { ArchiveSnapshot } from './archive.ts';

/** A finished match in a list: the original's summary (protocol spec, 2.3) and what a reader filters by. */
export function finishedSummary(archive: ArchiveSnapshot) {
  const { match_id, task_id, phase, round_number, max_rounds, max_proposals } = archive;
  const { grader_score, end_reason, done, archived_at, ruleset, players } = archive;
  // Of a match that does not reveal itself each player knows its own.
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

/** The running sum after some of the rows, the last among them: enough to draw, little to keep. */
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

/** A running match in a list: what anybody may know of it. The summary's other fields are null until the end. */
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
