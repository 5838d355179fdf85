import { AppError } from '../shared/errors.ts';
import { streamVersion } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import type { Catalogue } from './catalogue.ts';
import type { StoredCommit } from './event-log.ts';
import type { LogReader } from './log-reader.ts';

/** A stream with all its commits; null where they were archived and pruned. */
export interface WholeStream {
  readonly stream: MatchId;
  readonly commits: readonly StoredCommit[] | null;
}

/** Commits of streams not yet whole that are kept in memory at most: some 100 MB. */
const keptCommits = 50_000;

/**
 * Every wanted stream, whole, each once. The log is read once from front to back, however its streams are
 * interleaved; a stream comes when its last commit was read. Those that stay open while very many others go on are
 * read by themselves in the end, so that memory stays bounded.
 * @throws AppError `log_damaged`
 */
export async function* everyStream(
  catalogue: Catalogue,
  reader: LogReader,
  wanted: (stream: MatchId) => boolean,
  kept = keptCommits,
): AsyncGenerator<WholeStream> {
  const ends = new Map<MatchId, number>();
  for (const stream of catalogue.streams()) {
    if (!wanted(stream)) continue;
    if (reader.isPruned(stream)) yield { stream, commits: null };
    else ends.set(stream, catalogue.version(stream));
  }
  /** Those whose first commits were read, longest ago first. */
  const open = new Map<MatchId, StoredCommit[]>();
  const alone = new Set<MatchId>();
  let waiting = 0;
  const isRead = (stream: MatchId) => ends.has(stream) && !alone.has(stream);
  for await (const commits of reader.stored(reader.prunedUpTo, isRead)) {
    for (const commit of commits) {
      const { stream, version } = commit;
      const end = ends.get(stream);
      // Of what one read gave, some may be unwanted by now.
      if (end === undefined || alone.has(stream)) continue;
      const begun = open.get(stream) ?? [];
      begun.push(follows(begun.at(-1), commit));
      if (version < end) {
        open.set(stream, begun);
        waiting += 1;
        continue;
      }
      open.delete(stream);
      ends.delete(stream);
      waiting -= begun.length - 1;
      yield { stream, commits: begun };
    }
    for (const [stream, begun] of open) {
      if (waiting <= kept) break;
      open.delete(stream);
      alone.add(stream);
      waiting -= begun.length;
    }
  }
  for (const stream of ends.keys()) yield { stream, commits: await reader.read(stream, streamVersion(0)) };
}

/** @throws AppError `log_damaged` where a commit is not the stream's next. */
function follows(before: StoredCommit | undefined, commit: StoredCommit): StoredCommit {
  const expected = before?.version ?? 0;
  if (commit.expectedVersion === expected) return commit;
  const { stream, position, expectedVersion } = commit;
  const message = `Match ${stream} is damaged: commit ${position} follows version ${expectedVersion}, but ${expected} was the last.`;
  throw new AppError('log_damaged', message, { match: stream, expected, found: expectedVersion });
}
