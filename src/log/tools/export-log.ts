import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { matchId } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import { withChecksum } from '../disk/checksum.ts';
import { sizeOf } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { logFolder, segmentNumbers, segmentPath } from '../disk/data-folder.ts';
import { parseLine } from '../line/line.ts';
import type { CommitLine } from '../line/line.ts';
import { readLines } from '../line/read-lines.ts';
import { prunedMatch } from '../segments/log-reader.ts';
import { openSegments } from '../segments/open-segments.ts';

/** The export format this version writes and reads. */
export const exportVersion = 2;

/**
 * Matches as NDJSON: a header line, one line per commit in the log's order with its salt, digest and chain hash, and a
 * last line with counts and a seal. The content does not depend on where the log is, so exporting the imported matches
 * gives the same bytes. Every line ends with its checksum. `all` leaves out pruned matches.
 * @throws AppError `unknown_match`, `log_pruned`, `file_unreadable` when there is no log, and the codes of opening.
 */
export async function* exportLog(
  files: Files,
  data: string,
  matches: readonly MatchId[] | 'all',
  progress: (bytes: number) => void = () => undefined,
): AsyncGenerator<string> {
  const { streamIndex, pruned, sealed, last } = await openSegments(files, data);
  if (last === null) throw new AppError('file_unreadable', `No match is stored in ${data}.`, { path: data });
  const wanted = new Set<string>(matches === 'all' ? streamIndex.streams() : matches);
  for (const name of wanted) {
    const match = matchId(name);
    const [part] = streamIndex.parts(match);
    if (part === undefined)
      throw new AppError('unknown_match', `No match ${match} is stored in ${data}.`, { match });
    // An incomplete match has no chain that could be checked.
    if (part.segment > pruned) continue;
    if (matches !== 'all') throw prunedMatch(match);
    wanted.delete(match);
  }
  const sha = createHash('sha256');
  let [commits, events] = [0, 0];
  const sealedLine = (text: string): string => {
    sha.update(text);
    return text;
  };
  yield sealedLine(withChecksum(JSON.stringify({ v: exportVersion, t: 'export' })));
  for (const segment of [...sealed, { number: last.header.seg, bytes: last.size }]) {
    for await (const line of commitLines(files, segmentPath(data, segment.number), segment.bytes)) {
      if (!wanted.has(line.head.s)) continue;
      commits += 1;
      events += line.head.k;
      yield sealedLine(exported(line));
    }
    progress(segment.bytes);
  }
  yield withChecksum(JSON.stringify({ v: exportVersion, t: 'end', commits, events, sha: sha.digest('hex') }));
}

function exported({ head: { s, n, k, id, at, salt }, sealed: { events, ph, h } }: CommitLine): string {
  const head = JSON.stringify({ v: exportVersion, s, n, k, id, at, salt });
  return withChecksum(`${head.slice(0, -1)},"d":${events.trimEnd()},"ph":"${ph}","h":"${h}"}`);
}

/** The commits of a segment. @throws AppError `log_damaged` */
async function* commitLines(files: Files, path: string, end: number): AsyncGenerator<CommitLine> {
  const fd = await files.open(path, constants.O_RDONLY);
  try {
    for await (const { offset, lines } of readLines(files, fd, 0, end)) {
      for (const bytes of lines) {
        const line = parseLine(bytes);
        if (typeof line === 'string')
          throw new AppError('log_damaged', `${path} is damaged near byte ${offset}: ${line}.`, {
            path,
            offset,
          });
        if (line.kind === 'commit') yield line;
      }
    }
  } finally {
    await files.close(fd);
  }
}

/** The size of a log's segments in bytes, for a progress bar. */
export async function segmentBytes(files: Files, data: string): Promise<number> {
  const numbers = segmentNumbers(await files.list(logFolder(data)));
  const sizes = numbers.map((number) => sizeOf(files, segmentPath(data, number)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
