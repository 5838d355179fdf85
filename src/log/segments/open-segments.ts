import { constants } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { StreamIndex } from './stream-index.ts';
import type { DiskSpace } from '../disk/disk-space.ts';
import { readSpan, sizeOf, syncFolder, unfinished, withFile, writeAll } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import {
  brokenPath,
  firstFormatPath,
  indexPath,
  logFolder,
  prunedNumbers,
  prunedPath,
  rowsPath,
  segmentNumbers,
  segmentPath,
} from '../disk/data-folder.ts';
import { parseLine } from '../line/line.ts';
import type { Control } from '../line/line.ts';
import { damaged, first, scanSegment, whyNotNext } from './scan.ts';
import type { Expected, Scanned } from './scan.ts';
import { readIndex, takeIndex } from './sealed-index.ts';
import type { SealedIndex, SealedSegment } from './sealed-index.ts';

const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_APPEND } = constants;

/** A log's segments after opening has checked them. */
export interface OpenedSegments {
  readonly streamIndex: StreamIndex;
  /** How many of the first segments were pruned. Their commits are known from their indexes only. */
  readonly pruned: number;
  readonly sealed: readonly SealedSegment[];
  /** Sealed segments that were scanned because their index was missing or did not belong to them. */
  readonly unindexed: readonly SealedSegment[];
  /** The last segment; null in an empty log. */
  readonly last: Scanned | null;
}

/**
 * Opens the segments of a log: sealed ones by their index, the last by a scan of all its lines.
 * @throws AppError `log_damaged` with file, line, offset and match; `log_newer`.
 */
export async function openSegments(files: Files, data: string): Promise<OpenedSegments> {
  const streamIndex = new StreamIndex();
  const names = await files.list(logFolder(data));
  const numbers = segmentNumbers(names);
  const pruned = prunedNumbers(names);
  const sealed: SealedSegment[] = [];
  const unindexed: SealedSegment[] = [];
  let expected = await takePruned(files, data, pruned, streamIndex);
  for (const number of numbers.slice(0, -1)) {
    const index = await trustedIndex(files, data, number, expected, streamIndex);
    const segment = index?.segment ?? (await scanSealed(files, data, number, expected, streamIndex));
    sealed.push(segment);
    if (index === null) unindexed.push(segment);
    else takeIndex(index, streamIndex);
    expected = after(segment);
  }
  const last = numbers.at(-1);
  const opened = { streamIndex, pruned: pruned.length, sealed, unindexed };
  if (last === undefined) return { ...opened, last: null };
  const path = segmentPath(data, last);
  const scanned = await withFile(files, path, O_RDONLY, (fd) =>
    scanSegment(files, fd, path, expected, streamIndex),
  );
  return { ...opened, last: scanned };
}

/**
 * Reads the indexes of pruned segments. @returns what the first segment after them must be.
 * @throws AppError `log_damaged` when one is missing or incomplete.
 */
export async function takePruned(
  files: Files,
  data: string,
  numbers: readonly number[],
  streamIndex: StreamIndex,
): Promise<Expected> {
  let expected = first;
  for (const number of numbers) {
    const path = prunedPath(data, number);
    const index = await readIndex(files, path);
    if (index?.segment.number !== expected.number)
      throw new AppError('log_damaged', `${path} is not the index of a pruned segment.`, { path });
    takeIndex(index, streamIndex);
    expected = after(index.segment);
  }
  return expected;
}

/** What the segment after a sealed one must be. */
export function after({ number, logId, heads, epoch }: SealedSegment): Expected {
  return { number: number + 1, logId, heads, epoch };
}

/** A segment's index, if it is complete and made from this segment's first and last line. */
async function trustedIndex(
  files: Files,
  data: string,
  number: number,
  expected: Expected,
  streamIndex: StreamIndex,
): Promise<SealedIndex | null> {
  const index = await readIndex(files, indexPath(data, number));
  if (index === null || index.segment.number !== number) return null;
  if ((await sizeOf(files, rowsPath(data, number))) !== index.rowsBytes) return null;
  const { header, seal, size } = await endsOf(files, segmentPath(data, number));
  const { segment } = index;
  const isSame =
    header?.t === 'seg' &&
    seal?.t === 'seal' &&
    size === segment.bytes &&
    seal.sha === segment.sha &&
    seal.heads === segment.heads &&
    whyNotNext(header, expected, streamIndex.position + 1) === null;
  return isSame ? index : null;
}

/** No control line is longer than this many bytes, except an erasure record. */
const controlMax = 4096;

async function endsOf(files: Files, path: string) {
  return withFile(files, path, O_RDONLY, async (fd) => {
    const size = await files.size(fd);
    const start = await readSpan(files, fd, 0, Math.min(controlMax, size));
    const end = await readSpan(files, fd, Math.max(0, size - controlMax), Math.min(controlMax, size));
    const last = end.subarray(end.lastIndexOf('\n', end.length - 2) + 1);
    return { header: controlIn(start.subarray(0, start.indexOf('\n') + 1)), seal: controlIn(last), size };
  });
}

function controlIn(line: Buffer): Control | null {
  const parsed = parseLine(line);
  return typeof parsed === 'object' && parsed.kind === 'control' ? parsed.control : null;
}

async function scanSealed(
  files: Files,
  data: string,
  number: number,
  expected: Expected,
  streamIndex: StreamIndex,
): Promise<SealedSegment> {
  const path = segmentPath(data, number);
  const scanned = await withFile(files, path, O_RDONLY, (fd) =>
    scanSegment(files, fd, path, expected, streamIndex),
  );
  return sealedOf(path, scanned);
}

/** A scanned segment's entry for its index. @throws AppError `log_damaged` unless its last line is a seal. */
export function sealedOf(path: string, scanned: Scanned): SealedSegment {
  if (scanned.torn !== null) throw damaged(path, scanned.torn);
  const { header, seal, size, commits, events, epoch } = scanned;
  if (seal === null)
    throw damaged(path, {
      offset: size,
      line: scanned.lines + 1,
      why: 'it ends without its seal',
      match: null,
    });
  const { sha, heads } = seal;
  const counts = { commits, events, epoch, bytes: size };
  return { number: header.seg, logId: header.log, firstPosition: header.g, ...counts, sha, heads };
}

/** What opening the log cut off a segment. */
export interface Repair {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Makes the last segment durable: the bytes that were read may be only in the system's cache. Cuts off whatever follows
 * the last good line, which is the rest of a batch that was never acknowledged, and keeps a copy beside the segment.
 */
export async function settleLast(
  files: Files,
  data: string,
  { header, size, torn }: Scanned,
  disk: DiskSpace,
): Promise<Repair | null> {
  const path = segmentPath(data, header.seg);
  const repair = await withFile(files, path, O_RDWR, async (fd) => {
    const kept = torn === null ? null : await keepAside(files, data, header.seg, fd, size, disk);
    if (kept !== null) await files.truncate(fd, size);
    await files.sync(fd);
    return kept;
  });
  await syncFolder(files, logFolder(data));
  return repair;
}

async function keepAside(
  files: Files,
  data: string,
  number: number,
  fd: number,
  offset: number,
  disk: DiskSpace,
): Promise<Repair> {
  const path = brokenPath(data, number);
  const bytes = await readSpan(files, fd, offset, (await files.size(fd)) - offset);
  let before: number | null = null;
  await disk.useReserve(() =>
    withFile(files, path, O_WRONLY | O_CREAT | O_APPEND, async (kept) => {
      // Removes what a first attempt wrote before the disk was full.
      before ??= await files.size(kept);
      await files.truncate(kept, before);
      await writeAll(files, kept, bytes);
      await files.sync(kept);
    }),
  );
  await syncFolder(files, logFolder(data));
  return { path, offset, bytes: bytes.length };
}

/** Removes files that a crash left incomplete. */
export async function removeUnfinished(files: Files, folder: string): Promise<void> {
  for (const name of await files.list(folder))
    if (name.endsWith(unfinished)) await files.remove(join(folder, name));
}

/**
 * Refuses a data folder that holds a log of the first format and none of this one. @throws AppError `log_format_old`
 */
export async function refuseOldFormat(files: Files, data: string): Promise<void> {
  const path = firstFormatPath(data);
  if (!(await files.list(data)).includes(basename(path))) return;
  const message = `${path} is a log of format 1. Move it away and take it in: arena log import FILE.`;
  throw new AppError('log_format_old', message, { path });
}
