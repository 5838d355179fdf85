import { nodeFiles } from '../../log/disk/files.ts';
import { logFolder, segmentNumbers } from '../../log/disk/data-folder.ts';
import { AppError } from '../../shared/errors.ts';

/**
 * Requires a folder with a log, so that a mistyped folder does not become an empty log.
 * @throws AppError `file_unreadable`
 */
export async function requireLog(data: string): Promise<void> {
  if (segmentNumbers(await nodeFiles.list(logFolder(data))).length > 0) return;
  throw new AppError('file_unreadable', `No match is stored in ${data}.`, { path: data });
}
