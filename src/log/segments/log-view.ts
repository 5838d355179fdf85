import { isAppError } from '../../shared/errors.ts';
import type { StreamIndex } from './stream-index.ts';
import type { Files } from '../disk/files.ts';
import { segmentPath } from '../disk/data-folder.ts';
import { LogReader } from './log-reader.ts';
import type { LastSegment } from './log-reader.ts';
import { openSegments } from './open-segments.ts';
import type { OpenedSegments } from './open-segments.ts';
import type { Scanned } from './scan.ts';
import type { SealedSegment } from './sealed-index.ts';

/** The known state of a log's files. `last` is the last segment at opening. */
export interface LogView {
  readonly streamIndex: StreamIndex;
  readonly sealed: SealedSegment[];
  readonly last: Scanned | null;
  readonly reader: LogReader;
}

export function viewOf(files: Files, data: string, opened: OpenedSegments, end: () => LastSegment): LogView {
  const { streamIndex, pruned, last } = opened;
  const sealed = [...opened.sealed];
  return { streamIndex, sealed, last, reader: new LogReader(files, data, streamIndex, sealed, pruned, end) };
}

/**
 * The view of the log after a failed read. A reader beside a writer may have seen a batch whose write failed, before
 * the writer cut it off. Lines that changed in place are damage.
 * @throws the error of the read, if it has another cause.
 */
export async function viewAfterCut(
  files: Files,
  data: string,
  end: () => LastSegment,
  error: unknown,
): Promise<LogView> {
  const path = segmentPath(data, end().number);
  if (!isAppError(error, 'log_damaged') || error.details['path'] !== path) throw error;
  const opened = await openSegments(files, data).catch(() => null);
  if (opened?.last == null || opened.last.torn !== null) throw error;
  return viewOf(files, data, opened, end);
}
