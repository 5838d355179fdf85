import type { WholeStream } from '../log/segments/every-stream.ts';
import type { FileEventLog } from '../log/file/file-event-log.ts';
import { AppError, isAppError } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';

/**
 * The chosen matches with their commits, or every match if none was chosen. `commits` is null for a pruned
 * match.
 * @throws AppError `unknown_match`, before any match is read; or the log's codes of reading.
 */
export async function* chosenMatches(
  log: FileEventLog,
  chosen: readonly MatchId[],
  dataDir: string,
): AsyncGenerator<WholeStream> {
  if (chosen.length === 0) {
    yield* log.everyStream();
    return;
  }
  const stored = new Set(log.streams());
  const unknown = chosen.find((id) => !stored.has(id));
  if (unknown !== undefined)
    throw new AppError('unknown_match', `No match ${unknown} is stored in ${dataDir}.`, { match: unknown });
  for (const stream of chosen) yield { stream, commits: await readUnlessPruned(log, stream) };
}

async function readUnlessPruned(log: FileEventLog, stream: MatchId): Promise<WholeStream['commits']> {
  try {
    return await log.read(stream);
  } catch (error) {
    if (isAppError(error, 'log_pruned')) return null;
    throw error;
  }
}
