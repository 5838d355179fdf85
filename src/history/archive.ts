import { evolve } from '../game/evolve.ts';
import { initialState, proposalsUsed, round, verdictsInOrder } from '../game/state.ts';
import type { Match } from '../game/state.ts';
import { isCorrect } from '../game/grading/correct.ts';
import { flagRow, fraudsterRow, investigatorRow } from '../game/view/auditor.ts';
import type { Created, StateDigest } from '../game/event.ts';
import type { StoredCommit } from '../log/event-log.ts';
import { merged } from '../shared/objects.ts';

/**
 * The derived record of a match: the summary and logs of the original's archive (protocol spec, 2.4), and what a
 * grading anew needs. A pure fold: the same commits give the same bytes. Null for a stream without an opening.
 */
export function archiveOf(commits: readonly StoredCommit[]) {
  const [first] = commits;
  const opening = first?.events[0];
  if (first === undefined || opening?.type !== 'match.created') return null;
  const last = commits.at(-1) ?? first;
  const { match, digests, logTimes } = fold(opening.data, commits);
  const summary = summaryOf(first.stream, match, digests.at(-1)?.phase ?? firstPhase[opening.data.machine]);
  const logs = {
    audit_report: reportOf(match),
    fraudster_proposals: match.fraudsterLog.map((entry, index) => ({
      ts: logTimes.fraudster[index] ?? 0,
      ...fraudsterRow(entry),
    })),
    investigator_action_log: match.investigatorLog.map((entry, index) => ({
      ts: logTimes.investigator[index] ?? 0,
      ...investigatorRow(entry),
    })),
    archived_at: seconds(last.at),
    archive_version: 1,
    versions: last.version,
  };
  const whole = merged(merged(originOf(opening.data), resultOf(match)), { digests });
  return merged(merged(summary, logs), whole);
}

/** The match at the end of its stream; null for a stream without an opening. */
export function stateOf(commits: readonly StoredCommit[]): Match | null {
  const opening = commits[0]?.events[0];
  return opening?.type === 'match.created' ? fold(opening.data, commits).match : null;
}

export type ArchiveSnapshot = NonNullable<ReturnType<typeof archiveOf>>;

/** The phase before the first digest, which stands at the first change of turn. */
const firstPhase = { match: 'fraudster_turn', review: 'reviewing' } as const;

const seconds = (milliseconds: number): number => milliseconds / 1000;

/** The match at the end of its stream, and when its log entries were made. */
function fold(created: Created, commits: readonly StoredCommit[]) {
  let match = initialState(created);
  const digests: (Omit<StateDigest, 'form'> & { readonly form?: 2 })[] = [];
  const logTimes = { fraudster: [] as number[], investigator: [] as number[] };
  for (const { at, events } of commits) {
    for (const event of events) {
      const before = match;
      match = evolve(match, event);
      if (match.fraudsterLog.length > before.fraudsterLog.length) logTimes.fraudster.push(seconds(at));
      if (match.investigatorLog.length > before.investigatorLog.length)
        logTimes.investigator.push(seconds(at));
      if (event.type === 'state.digested') digests.push(digestRow(event.data));
    }
  }
  return { match, digests, logTimes };
}

/** The first form is not named: archives of its time keep their bytes. */
function digestRow(data: StateDigest) {
  const { form, ...named } = data;
  return form === 1 ? named : { ...data, form };
}

/** The original's 13 summary fields. */
function summaryOf(matchId: string, match: Match, phase: string) {
  return {
    match_id: matchId,
    task_id: match.taskId,
    phase,
    round_number: round(match),
    max_rounds: match.knobs.maxRounds,
    proposals_used: proposalsUsed(match),
    max_proposals: match.knobs.maxProposals,
    fraudster_committed: match.committed,
    grader_score: match.grades?.grade ?? null,
    end_reason: match.endReason,
    rewards: match.grades?.rewards ?? { ...match.stepRewards, auditor: 0 },
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

function resultOf(match: Match) {
  const order = new Map(verdictsInOrder(match).map(({ ad }, index) => [ad.adId, index]));
  return {
    ads: match.queue.map(({ ad, slot, joinedRound, versions, pulls, verdict }) => ({
      ad,
      slot,
      joined_round: joinedRound,
      versions,
      pulls,
      verdict: verdict && { ...verdict, order: order.get(ad.adId) ?? 0 },
      correct: verdict === null ? null : isCorrect(verdict.verdict, ad.truth),
    })),
    rings: match.rings,
    links: match.links,
    flags: match.flags.map(flagRow),
    grades: match.grades,
    step_rewards: match.stepRewards,
  };
}

function reportOf({ report }: Match) {
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
