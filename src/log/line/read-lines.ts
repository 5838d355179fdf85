import { readSpan } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';

/** Bytes per read. */
const chunkSize = 1 << 20;
const lineFeed = 10;
/** Reading this many unneeded bytes takes no longer than another read. */
const gapMost = 1 << 17;

/** The place of a line in its file. */
export interface LinePlace {
  readonly offset: number;
  /** Bytes, line feed included. */
  readonly length: number;
}

/** Some consecutive lines. */
export interface Lines {
  /** The offset of the first of them. */
  readonly offset: number;
  /** Each with its line feed; the last one of a file may lack it. */
  readonly lines: readonly Buffer[];
}

/** The lines of an open file from `start` to `end`. */
export async function* readLines(files: Files, fd: number, start = 0, end = Infinity): AsyncGenerator<Lines> {
  let rest: Buffer[] = [];
  let offset = start;
  for (let position = start; position < end;) {
    const chunk = await readSpan(files, fd, position, Math.min(chunkSize, end - position));
    if (chunk.length === 0) break;
    position += chunk.length;
    const lines: Buffer[] = [];
    let begin = 0;
    for (let feed = chunk.indexOf(lineFeed); feed !== -1; feed = chunk.indexOf(lineFeed, begin)) {
      const line = chunk.subarray(begin, feed + 1);
      lines.push(rest.length === 0 ? line : Buffer.concat([...rest, line]));
      rest = [];
      begin = feed + 1;
    }
    if (begin < chunk.length) rest.push(chunk.subarray(begin));
    if (lines.length > 0) yield { offset, lines };
    for (const { length } of lines) offset += length;
  }
  if (rest.length > 0) yield { offset, lines: [Buffer.concat(rest)] };
}

/**
 * The lines at some places of an open file; a line is shorter at the end of the file. Places must ascend. Those with at
 * most `gapMax` bytes between them share one read.
 */
export async function linesAt(
  files: Files,
  fd: number,
  places: readonly LinePlace[],
  gapMax = gapMost,
): Promise<readonly Buffer[]> {
  const lines: Buffer[] = [];
  for (const { from, end, group } of neighbours(places, gapMax)) {
    const bytes = await readSpan(files, fd, from, end - from);
    for (const { offset, length } of group) lines.push(bytes.subarray(offset - from, offset - from + length));
  }
  return lines;
}

interface Group {
  readonly from: number;
  end: number;
  readonly group: LinePlace[];
}

function neighbours(places: readonly LinePlace[], gapMax: number): readonly Group[] {
  const groups: Group[] = [];
  for (const place of places) {
    const end = place.offset + place.length;
    const last = groups.at(-1);
    if (last === undefined || place.offset - last.end > gapMax || end - last.from > chunkSize)
      groups.push({ from: place.offset, end, group: [place] });
    else {
      last.end = end;
      last.group.push(place);
    }
  }
  return groups;
}
