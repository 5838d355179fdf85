import { Documents } from '../log/disk/documents.ts';
import type { Erasure, ErasureRecord } from '../log/segments/erase.ts';
import type { EventLog } from '../log/event-log.ts';
import type { FileEventLog } from '../log/file/file-event-log.ts';
import { archiveFolder, checkpointFolder } from '../log/disk/data-folder.ts';
import { isAppError } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';
import { archiveFileOf, archiveFileShape } from './archiver.ts';
import type { ArchiveFile } from './archiver.ts';
import { SummaryFile } from './summary-file.ts';

/**
 * Removes every text of a match from its data folder: the log, its checkpoint, its archive file, torn tails. May be
 * repeated after an interruption. Backups and exports stay the caller's to replace.
 * @throws AppError as {@link FileEventLog.erase}.
 */
export async function eraseMatch(
  log: FileEventLog,
  data: string,
  match: MatchId,
  record: ErasureRecord,
): Promise<Erasure> {
  const erasure = await log.erase(match, record);
  await new Documents(checkpointFolder(data)).remove(match);
  await eraseArchive(log, new Documents(archiveFolder(data)), match);
  await new SummaryFile(archiveFolder(data)).forget(match);
  return erasure;
}

/** What is left of an archive when the match's texts are erased and its events were pruned. */
const keptOfErased: ReadonlySet<string> = new Set([
  'match_id',
  'task_id',
  'phase',
  'round_number',
  'max_rounds',
  'proposals_used',
  'max_proposals',
  'fraudster_committed',
  'grader_score',
  'end_reason',
  'rewards',
  'done',
  'archived_at',
  'archive_version',
  'versions',
  'machine',
  'ruleset',
  'knobs',
  'policies',
  'seed_commitment',
  'grades',
  'step_rewards',
]);

/**
 * Takes the texts of a match that the log has erased out of its archive file: made anew from the events, or, where
 * they were pruned, cut down to the result. A file that cannot be read is removed.
 */
async function eraseArchive(log: EventLog, archives: Documents, match: MatchId): Promise<void> {
  const parsed = archiveFileShape.safeParse(await archives.read(match));
  const file = parsed.success ? ((await fileAnew(log, match)) ?? resultOnly(parsed.data)) : null;
  if (file === null) await archives.remove(match);
  else await archives.write(match, file);
}

async function fileAnew(log: EventLog, match: MatchId): Promise<ArchiveFile | null> {
  try {
    return archiveFileOf(match, await log.read(match));
  } catch (error) {
    if (isAppError(error, 'log_pruned')) return null;
    throw error;
  }
}

function resultOnly(file: ArchiveFile): ArchiveFile {
  const kept = Object.entries(file.archive).filter(([key]) => keptOfErased.has(key));
  return { ...file, archive: Object.fromEntries(kept) };
}
