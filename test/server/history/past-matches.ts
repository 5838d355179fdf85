import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawsFor } from '../../../src/game/random.ts';
import { taskIds } from '../../../src/game/task.ts';
import { withChecksum } from '../../../src/log/disk/checksum.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { finishedSummary } from '../../../src/history/summary.ts';
import type { FinishedSummary } from '../../../src/history/summary.ts';
import type { ArchiveSnapshot } from '../../../src/history/archive.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';

const names = ['ann', 'bob', 'cleo', 'dan', 'eve'];

/** A finished match that nobody played: what a list says of it, and as little else as an archive may hold. */
function pastMatch(index: number, seed: number): FinishedSummary {
  const draws = drawsFor(seed, 'past', index);
  const isAborted = draws.chance(100);
  const archive = {
    match_id: `past-${String(index).padStart(6, '0')}`,
    task_id: draws.pick(taskIds),
    phase: isAborted ? 'aborted' : 'done',
    round_number: 3,
    max_rounds: 5,
    proposals_used: 2,
    max_proposals: 6,
    fraudster_committed: true,
    grader_score: isAborted ? null : draws.below(1000) / 1000,
    end_reason: isAborted ? 'aborted' : draws.pick(['commit_final', 'max_rounds', 'timeout']),
    rewards: { fraudster: 0.25, investigator: 0.5, auditor: 0.75 },
    connected_roles: [],
    done: !isAborted,
    versions: 60,
    ruleset: { name: draws.pick(['classic', 'standard']), version: '1', hash: '' },
    players: { fraudster: draws.pick(names), investigator: draws.pick(names) },
    fraudster_proposals: [],
    investigator_action_log: [],
    // Some at the same moment.
    archived_at: 1_700_000_000 + Math.floor(index / 3),
  };
  return finishedSummary(archive as unknown as ArchiveSnapshot);
}

/** Fills the archive of a data folder with as many past matches, in the order in which they ended. */
export function writePast(
  dataDir: string,
  { count, seed, isListed }: { readonly count: number; readonly seed: number; readonly isListed: boolean },
): readonly FinishedSummary[] {
  const folder = archiveFolder(dataDir);
  mkdirSync(folder, { recursive: true });
  const summaries = Array.from({ length: count }, (_, index) => pastMatch(index, seed));
  for (const { events, ruleset, ...summary } of summaries) {
    const { match_id: match, phase } = summary;
    const archive = { ...summary, versions: events, ruleset: { name: ruleset } };
    const file = { v: 1, match, hash: '', phase, version: events, archive };
    writeFileSync(join(folder, `${match}.json`), withChecksum(canonicalJson(file)));
  }
  if (isListed)
    writeFileSync(
      join(folder, 'summaries.ndjson'),
      summaries.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
  return summaries;
}
