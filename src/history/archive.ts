import { proposalsUsed, round, verdictsInOrder } from '../game/state.ts';
import type { GameState } from '../game/state.ts';
import { isCorrect } from '../game/grading/correct.ts';
import { flagRow, fraudsterRow, investigatorRow } from '../game/view/auditor.ts';
import type { Created, StateDigest } from '../game/event.ts';
import type { StoredCommit } from '../log/event-log.ts';
import { openChart } from '../match/fold/chart.ts';
import { openingOf } from '../match/fold/fold.ts';
import type { MatchFold } from '../match/fold/fold.ts';
import { replay } from '../match/fold/replay.ts';
import { present } from '../shared/invariant.ts';

/**
 * The archive snapshot of a match: the summary and logs of the original's archive (protocol spec, 2.4), and
 * what grading it again needs. Times are in seconds since the Unix epoch. Deterministic: the same commits
 * give the same snapshot. `fold` is the fold of `commits`, if the caller has it.
 * @throws AppError `replay_diverged` when the stream does not fold.
 */
export function archiveOf(commits: readonly StoredCommit[], fold = foldOf(commits)) {
  const { matchId, position } = fold;
  const { state, logTimes } = position;
  const opening = openingOf(matchId, commits[0]).created;
  const last = present(commits.at(-1), 'The last commit');
  const digests = commits.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'state.digested' ? [digestRow(event.data)] : [])),
  );
  const summary = summaryOf(matchId, state, digests.at(-1)?.phase ?? openChart(opening).phase);
  const logs = {
    audit_report: reportOf(state),
    fraudster_proposals: state.fraudsterLog.map((entry, index) => ({
      ts: seconds(logTimes?.fraudster[index] ?? 0),
      ...fraudsterRow(entry),
    })),
    investigator_action_log: state.investigatorLog.map((entry, index) => ({
      ts: seconds(logTimes?.investigator[index] ?? 0),
      ...investigatorRow(entry),
    })),
    archived_at: seconds(last.at),
    archive_version: 1,
    versions: last.version,
  };
  return { ...summary, ...logs, ...originOf(opening), ...resultOf(state), digests };
}

function foldOf(commits: readonly StoredCommit[]): MatchFold {
  return replay(present(commits[0], 'The first commit').stream, commits);
}

export type ArchiveSnapshot = ReturnType<typeof archiveOf>;

const seconds = (milliseconds: number): number => milliseconds / 1000;

/** Form 1 is not written, so that archives from before form 2 keep their bytes. */
function digestRow(data: StateDigest) {
  const { form, ...named } = data;
  return form === 1 ? named : { ...data, form };
}

/** The original's 13 summary fields. */
function summaryOf(matchId: string, state: GameState, phase: string) {
  return {
    match_id: matchId,
    task_id: state.taskId,
    phase,
    round_number: round(state),
    max_rounds: state.knobs.maxRounds,
    proposals_used: proposalsUsed(state),
    max_proposals: state.knobs.maxProposals,
    fraudster_committed: state.committed,
    grader_score: state.grades?.grade ?? null,
    end_reason: state.endReason,
    rewards: state.grades?.rewards ?? { ...state.stepRewards, auditor: 0 },
    connected_roles: [],
    done: phase === 'done',
  };
}

function originOf(created: Created) {
  const { machine, machineVersion, ruleset, knobs, policies, deadlines, players } = created;
  const { seed, salt, seedCommitment } = created;
  return {
    machine: { id: machine, version: machineVersion },
    ruleset,
    knobs,
    policies,
    deadlines,
    players,
    seed,
    salt,
    seed_commitment: seedCommitment,
  };
}

function resultOf(state: GameState) {
  const order = new Map(verdictsInOrder(state).map(({ ad }, index) => [ad.adId, index]));
  return {
    ads: state.queue.map(({ ad, slot, joinedRound, versions, pulls, verdict }) => ({
      ad,
      slot,
      joined_round: joinedRound,
      versions,
      pulls,
      verdict: verdict && { ...verdict, order: order.get(ad.adId) ?? 0 },
      correct: verdict === null ? null : isCorrect(verdict.verdict, ad.truth),
    })),
    rings: state.rings,
    links: state.links,
    flags: state.flags.map(flagRow),
    grades: state.grades,
    step_rewards: state.stepRewards,
  };
}

function reportOf({ report }: GameState) {
  return (
    report && {
      track_a_flags: report.trackAFlags.map(flagRow),
      track_b_flags: report.trackBFlags.map(flagRow),
      investigator_audit_score: report.investigatorAuditScore,
      fraudster_plausibility_score: report.fraudsterPlausibilityScore,
      notes: report.notes,
      opinion: report.opinion,
      missed: report.missed,
    }
  );
}
