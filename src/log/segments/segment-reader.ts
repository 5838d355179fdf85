import { constants } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { commandId, streamVersion } from '../../shared/ids.ts';
import type { CommandId, MatchId } from '../../shared/ids.ts';
import { present } from '../../shared/invariant.ts';
import type { Row, Rows } from './stream-index.ts';
import { hasChecksum } from '../disk/checksum.ts';
import { withFile } from '../disk/durable-file.ts';
import type { StoredCommit } from '../event-log.ts';
import type { Files } from '../disk/files.ts';
import { isCommitLine, parseLine, placeOf, readCommit } from '../line/line.ts';
import type { CommitPlace } from '../line/line.ts';
import { linesAt, readLines } from '../line/read-lines.ts';
import type { LinePlace } from '../line/read-lines.ts';

/**
 * The commits at the given places of a segment. Places must ascend.
 * @throws AppError `log_damaged`
 */
export function readCommits(
  files: Files,
  path: string,
  places: readonly LinePlace[],
): Promise<readonly StoredCommit[]> {
  return withFile(files, path, constants.O_RDONLY, async (fd) => {
    const lines = await linesAt(files, fd, places);
    return places.map(({ offset }, index) => commitIn(present(lines[index], 'A line'), path, offset));
  });
}

/** The progress of a read of the log, and which streams it wants. */
export interface Reading {
  /** The position of the last commit that was passed. */
  position: number;
  /** Whose commits are wanted. Others are only counted. */
  readonly wanted: (stream: MatchId) => boolean;
}

/** A commit whose events are not parsed yet. */
export interface PlacedLine extends CommitPlace {
  /** A slice of the read buffer: copy it to keep it. */
  readonly line: Buffer;
}

/** The wanted lines of a segment above the reading's position, in batches of one read each, up to a byte offset. */
export async function* streamLines(
  files: Files,
  path: string,
  reading: Reading,
  end: number,
): AsyncGenerator<readonly PlacedLine[]> {
  const fd = await files.open(path, constants.O_RDONLY);
  try {
    for await (const { offset: start, lines } of readLines(files, fd, 0, end)) {
      let offset = start;
      const placed: PlacedLine[] = [];
      for (const line of lines) {
        // A damaged line may look like any other, so every line is checked, unwanted ones too.
        if (!hasChecksum(line)) throw changed(path, offset);
        const place = isCommitLine(line) ? placeOf(line) : null;
        if (place !== null && isNext(place, reading, path)) placed.push({ ...place, line });
        offset += line.length;
      }
      if (placed.length > 0) yield placed;
    }
  } finally {
    await files.close(fd);
  }
}

/** Passes a commit. @returns whether it is wanted and above the reading's position */
function isNext({ position, stream }: CommitPlace, reading: Reading, path: string): boolean {
  if (position <= reading.position) return false;
  if (position !== reading.position + 1) throw gap(path, reading.position + 1, position);
  reading.position = position;
  return reading.wanted(stream);
}

/** A stream's rows, found by reading the whole segment. Used when an index was lost while the log is open. */
export async function findRows(files: Files, path: string, stream: MatchId): Promise<Rows> {
  return withFile(files, path, constants.O_RDONLY, async (fd) => {
    const rows = new Map<CommandId, Row>();
    for await (const { offset: start, lines } of readLines(files, fd)) {
      let offset = start;
      for (const bytes of lines) {
        const line = parseLine(bytes);
        if (typeof line === 'string') throw changed(path, offset);
        if (line.kind === 'commit' && line.head.s === stream) {
          const { g, n, k, id } = line.head;
          const version = streamVersion(n - 1 + k);
          rows.set(commandId(id), { position: g, version, offset, length: bytes.length });
        }
        offset += bytes.length;
      }
    }
    return rows;
  });
}

function commitIn(line: Buffer, path: string, offset: number): StoredCommit {
  if (!hasChecksum(line) || !isCommitLine(line)) throw changed(path, offset);
  return readCommit(line);
}

/** @returns AppError `log_damaged` */
export function gap(path: string, expected: number, found: number): AppError {
  const message = `${path} is damaged: number ${found} stands where ${expected} was written.`;
  return new AppError('log_damaged', message, { path, expected, found });
}

function changed(path: string, offset: number): AppError {
  const message = `${path} is damaged at byte ${offset}: a line that was good has changed.`;
  return new AppError('log_damaged', message, { path, offset });
}
