import { policiesOf } from '../game/event.ts';
import type { Created } from '../game/event.ts';
import { round } from '../game/state.ts';
import type { Seen } from '../game/view/situation.ts';
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
    ...{ match_id, task_id, phase, round_number, max_rounds, proposals_used, max_proposals },
    ...{ fraudster_committed, grader_score, end_reason, rewards, connected_roles: [] as string[], done },
    ...{ ruleset: ruleset.name, players, events: versions, archived_at },
  };
}

export type FinishedSummary = ReturnType<typeof finishedSummary>;

/** A running match in a list: what anybody may know of it. The summary's other fields are null until the end. */
export function runningSummary(matchId: string, seen: Seen, players: Created['players']) {
  const { match, phase } = seen;
  return {
    match_id: matchId,
    task_id: match.taskId,
    phase,
    round_number: round(match),
    max_rounds: match.knobs.maxRounds,
    proposals_used: null,
    max_proposals: match.knobs.maxProposals,
    fraudster_committed: null,
    grader_score: null,
    end_reason: null,
    rewards: null,
    done: false,
    ruleset: match.ruleset.name,
    players,
    spectators: policiesOf(match).spectators,
  };
}

export type RunningSummary = ReturnType<typeof runningSummary>;
