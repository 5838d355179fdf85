import type { MatchId } from '../../shared/ids.ts';
import { syncFolder, writeDocument } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { indexPath, logFolder, prunedPath, segmentPath } from '../disk/data-folder.ts';
import { openSegments } from '../segments/open-segments.ts';
import { readIndex } from '../segments/sealed-index.ts';

export interface Pruned {
  readonly segments: readonly number[];
  readonly bytes: number;
  /** The first match that is not archived yet. Its segment and all later ones are kept. */
  readonly keptFor: MatchId | null;
}

/**
 * Deletes the lines of the oldest sealed segments, up to the first one with a match that is not archived with its last
 * chain hash. The indexes stay: a command of a pruned match still gets its first result, and no new match can take its
 * id. The caller holds the log's lock.
 */
export async function pruneLog(
  files: Files,
  data: string,
  isArchived: (match: MatchId, chain: string) => Promise<boolean>,
): Promise<Pruned> {
  const { streamIndex, sealed, unindexed } = await openSegments(files, data);
  const segments: number[] = [];
  let bytes = 0;
  for (const segment of sealed) {
    const index = await readIndex(files, indexPath(data, segment.number));
    // The next opening rebuilds the index; the segment can be pruned after that.
    if (index === null || unindexed.includes(segment)) break;
    for (const [stream] of index.streams) {
      const match = stream as MatchId;
      if (!(await isArchived(match, streamIndex.head(match)))) return { segments, bytes, keptFor: match };
    }
    await writeDocument(files, prunedPath(data, segment.number), index);
    await files.remove(segmentPath(data, segment.number));
    await files.remove(indexPath(data, segment.number));
    await syncFolder(files, logFolder(data));
    segments.push(segment.number);
    bytes += segment.bytes;
  }
  return { segments, bytes, keptFor: null };
}
