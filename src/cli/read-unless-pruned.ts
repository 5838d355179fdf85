import type { FileEventLog } from '../log/file-event-log.ts';
import type { StoredCommit } from '../log/event-log.ts';
import { isAppError } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';

/** A match's commits; null where they were archived and pruned. @throws AppError the log's other codes. */
export async function readUnlessPruned(
  log: FileEventLog,
  id: MatchId,
): Promise<readonly StoredCommit[] | null> {
  try {
    return await log.read(id);
  } catch (error) {
    if (isAppError(error, 'log_pruned')) return null;
    throw error;
  }
}
