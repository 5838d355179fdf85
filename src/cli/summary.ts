import Table from 'cli-table3';
import type { ArchiveSnapshot } from '../history/archive.ts';
import type { Played, Result } from './played.ts';
import { print } from './run.ts';

/** Table options: no colours, and no rules between rows. */
export const plain = {
  style: { head: [], border: [] },
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
};

/** Prints one match: its ads, its result, and its verification. */
export function showMatch({ matchId, seed, archive, verification }: Played, dataDir: string): void {
  const { task_id, ruleset, round_number, max_rounds, end_reason, investigator_action_log } = archive;
  print(`Match ${matchId}: ${task_id}, ruleset ${ruleset.name} ${ruleset.version}, seed ${seed}`);
  print(
    `Ended after round ${round_number} of ${max_rounds} (${end_reason ?? 'running'}), ${investigator_action_log.length} investigator actions, ${archive.versions} events.`,
  );
  print(adsTable(archive));
  print(rewardsTable(archive));
  print(
    verification.ok
      ? `Verified: replayed from ${dataDir} to the same state, ${verification.digestsCompared} digests equal, last ${verification.digest}`
      : `NOT verified: ${verification.divergence.message}`,
  );
}

function adsTable({ ads }: ArchiveSnapshot): string {
  const table = new Table({
    ...plain,
    head: ['ad', 'category', 'from', 'truth', 'pulled', 'verdict', 'conf.', ''],
  });
  for (const { ad, slot, joined_round, pulls, verdict, correct } of ads) {
    const origin = slot === null ? (joined_round === 0 ? 'queue' : 'arrival') : `slot ${slot}`;
    const word = verdict === null ? '-' : `${verdict.verdict}${verdict.autoApproved ? ' (settled)' : ''}`;
    const confidence = verdict === null || verdict.autoApproved ? '' : verdict.confidence.toFixed(2);
    const mark = correct === null ? '' : correct ? 'right' : 'wrong';
    table.push([ad.adId, ad.category, origin, ad.truth, pulls.length, word, confidence, mark]);
  }
  return table.toString();
}

function rewardsTable({
  grader_score,
  rewards,
  step_rewards,
  players,
  audit_report,
  grades,
}: ArchiveSnapshot): string {
  const table = new Table({ ...plain, head: ['role', 'player', 'reward', 'step rewards', 'made of'] });
  const parts = Object.entries(grades?.parts ?? {})
    .filter(([name]) => !name.startsWith('agreement'))
    .map(([name, value]) => `${name} ${value.toFixed(2)}`);
  const flags = (audit_report?.track_a_flags.length ?? 0) + (audit_report?.track_b_flags.length ?? 0);
  table.push(
    [
      'fraudster',
      players.fraudster ?? '',
      rewards.fraudster.toFixed(3),
      step_rewards.fraudster.toFixed(2),
      '',
    ],
    [
      'investigator',
      players.investigator ?? '',
      rewards.investigator.toFixed(3),
      step_rewards.investigator.toFixed(2),
      `grade ${(grader_score ?? 0).toFixed(3)}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`,
    ],
    ['auditor', players.auditor ?? '', rewards.auditor.toFixed(3), '', `${flags} flags`],
  );
  return table.toString();
}

/** Prints a run of many matches: means, spread and endings. */
export function showMany(
  results: readonly Pick<Result, 'grade' | 'rewards' | 'endReason'>[],
  elapsedMs: number,
  { task, ruleset }: { readonly task: string; readonly ruleset: string },
): void {
  const table = new Table({ ...plain, head: ['', 'mean', 'std. dev.', 'least', 'most'] });
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['grade', results.map((result) => result.grade)],
    ['fraudster reward', results.map((result) => result.rewards.fraudster)],
    ['investigator reward', results.map((result) => result.rewards.investigator)],
    ['auditor reward', results.map((result) => result.rewards.auditor)],
  ];
  for (const [name, values] of rows) {
    const mean = meanOf(values);
    const deviation = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
    const [least, most] = [Math.min(...values), Math.max(...values)];
    table.push([name, ...[mean, deviation, least, most].map((value) => value.toFixed(3))]);
  }
  const count = results.length === 1 ? '1 match' : `${results.length} matches`;
  print(`${count} of ${task}, ruleset ${ruleset}, in ${(elapsedMs / 1000).toFixed(1)} s`);
  print(table.toString());
  const endings = new Map<string, number>();
  for (const { endReason } of results) endings.set(endReason, (endings.get(endReason) ?? 0) + 1);
  print(`Endings: ${[...endings].map(([reason, count]) => `${reason} ${count}`).join(', ')}`);
}

/** Prints how many matches of a run were verified, and which were not. */
export function showProofs(results: readonly Result[], dataDir: string): void {
  const verified = results.filter((result) => result.verified).length;
  print(`Verified: ${verified} of ${results.length} replayed from ${dataDir} to the recorded digests`);
  for (const { played } of results) {
    if (played !== null && !played.verification.ok)
      print(`NOT verified: ${played.matchId}: ${played.verification.divergence.message}`);
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
