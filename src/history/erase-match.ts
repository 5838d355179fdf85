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
 * Erases every text of a match from its data folder: in the log, checkpoint, archive file, summary list and
 * torn tails. Idempotent: repeat it after an interruption. Backups and exports are not touched; the caller
 * must replace them.
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

/** The fields that an archive keeps if its match is erased and its events are already pruned. */
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
 * Rewrites the archive file without the erased texts: from the erased events or, if those are pruned, by
 * cutting the file down to the result. An unreadable file is removed.
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
