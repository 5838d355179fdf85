import { constants } from 'node:fs';
import * as z from 'zod';
import { commandId, matchId, streamVersion } from '../../shared/ids.ts';
import type { CommandId, MatchId } from '../../shared/ids.ts';
import { checkedText, withChecksum } from '../disk/checksum.ts';
import type { StreamIndex, Row, Rows } from './stream-index.ts';
import { readDocument, readSpan, withFile, writeDocument, writeDurably } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { indexPath, rowsPath } from '../disk/data-folder.ts';
import type { LinePlace } from '../line/read-lines.ts';
import type { SealedPart } from './sealed-parts.ts';

const count = z.number().int().nonnegative();
const segmentShape = z.object({
  number: count,
  logId: z.string(),
  firstPosition: count,
  commits: count,
  events: count,
  epoch: count,
  /** Bytes of the segment, its seal included. */
  bytes: count,
  /** The seal's digests: of the bytes before it, and of all commits so far. */
  sha: z.string(),
  heads: z.string(),
});
/** A sealed segment as its index describes it. Any index may be deleted: it is rebuilt from the segment. */
export type SealedSegment = Readonly<z.infer<typeof segmentShape>>;

/**
 * One stream of a segment: its state at the segment's end, its first position in the log, and the place of its rows.
 */
export type StreamRow = readonly [
  stream: string,
  version: number,
  head: string,
  firstPosition: number,
  offset: number,
  length: number,
];
const indexShape = z.object({
  v: z.literal(1),
  segment: segmentShape,
  rowsBytes: count,
  streams: z.array(z.unknown()).refine((rows) => rows.every((row) => Array.isArray(row) && row.length === 6)),
});

export interface SealedIndex {
  readonly segment: SealedSegment;
  readonly rowsBytes: number;
  readonly streams: readonly StreamRow[];
}

/** Writes the index of a sealed segment from its rows in the stream index, and drops the rows from memory. */
export async function writeIndex(
  files: Files,
  data: string,
  segment: SealedSegment,
  streamIndex: StreamIndex,
): Promise<void> {
  const streams: StreamRow[] = [];
  const places = new Map<MatchId, LinePlace>();
  let rowsBytes = 0;
  const blocks = function* (): Generator<Buffer> {
    for (const [stream, { version, head, firstPosition, rows }] of streamIndex.openParts(segment.number)) {
      const bytes = Buffer.from(encodeRows(head, rows));
      places.set(stream, { offset: rowsBytes, length: bytes.length });
      streams.push([stream, version, head, firstPosition, rowsBytes, bytes.length]);
      rowsBytes += bytes.length;
      yield bytes;
    }
  };
  await writeDurably(files, rowsPath(data, segment.number), inChunks(blocks()));
  await writeDocument(files, indexPath(data, segment.number), { v: 1, segment, rowsBytes, streams });
  streamIndex.release(segment.number, places);
}

/** The index at a path; null when there is none or it is incomplete. */
export async function readIndex(files: Files, path: string): Promise<SealedIndex | null> {
  const parsed = indexShape.safeParse(await readDocument(files, path));
  if (!parsed.success) return null;
  // The checksum proves that these are the rows that were written; checking the shape of each would take seconds.
  return { ...parsed.data, streams: parsed.data.streams as StreamRow[] };
}

/** Adds a segment's streams to the stream index. */
export function takeIndex({ segment, streams }: SealedIndex, streamIndex: StreamIndex): void {
  const { number } = segment;
  for (const [stream, at, head, firstPosition, offset, length] of streams) {
    const version = streamVersion(at);
    streamIndex.addSealed(matchId(stream), { segment: number, firstPosition, version, head, offset, length });
  }
  streamIndex.skipTo(segment.firstPosition + segment.commits - 1);
}

/** A stream's rows in a sealed segment; null when the rows file is incomplete. */
export async function readRows(files: Files, data: string, part: SealedPart): Promise<Rows | null> {
  const path = rowsPath(data, part.segment);
  const bytes = await withFile(files, path, constants.O_RDONLY, (fd) =>
    readSpan(files, fd, part.offset, part.length),
  ).catch(() => null);
  const text = bytes && checkedText(bytes);
  return text === null ? null : decodeRows(part.head, text);
}

type RowJson = readonly [id: string, position: number, version: number, offset: number, length: number];

/** Rows carry their stream's chain hash, so that rows of another stream or segment are not mistaken for them. */
export function encodeRows(head: string, rows: Rows): string {
  const list: RowJson[] = [...rows].map(([id, { position, version, offset, length }]) => [
    ...([id, position, version] as const),
    ...([offset, length] as const),
  ]);
  return withChecksum(JSON.stringify({ head, rows: list }));
}

function decodeRows(expected: string, text: string): Rows | null {
  const { head, rows } = JSON.parse(text) as { readonly head: string; readonly rows: readonly RowJson[] };
  if (head !== expected) return null;
  return new Map<CommandId, Row>(
    rows.map(([id, position, version, offset, length]) => [
      commandId(id),
      { position, version: streamVersion(version), offset, length },
    ]),
  );
}

/** Joins small buffers, so that a file of thousands of streams needs few writes. */
function* inChunks(blocks: Iterable<Buffer>): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for (const block of blocks) {
    waiting.push(block);
    size += block.length;
    if (size < 1 << 18) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}
