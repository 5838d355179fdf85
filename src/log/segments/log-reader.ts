import { AppError } from '../../shared/errors.ts';
import type { CommandId, MatchId, StreamVersion } from '../../shared/ids.ts';
import type { StreamIndex, OpenPart, Rows } from './stream-index.ts';
import type { Appended, StoredCommit } from '../event-log.ts';
import type { Files } from '../disk/files.ts';
import { rowsPath, segmentPath } from '../disk/data-folder.ts';
import { readCommit } from '../line/line.ts';
import { findRows, gap, readCommits, streamLines } from './segment-reader.ts';
import type { PlacedLine } from './segment-reader.ts';
import { readRows } from './sealed-index.ts';
import type { SealedSegment } from './sealed-index.ts';
import type { Part, SealedPart } from './sealed-parts.ts';

/** How many streams keep their sealed rows in memory after a lookup. */
const keptRows = 4096;

/** The last segment of an open log. */
export interface LastSegment {
  readonly number: number;
  /** The log position of its first commit. */
  readonly firstPosition: number;
  /** How many of its bytes may be read. */
  readonly size: number;
}

/** Reads the commits that the stream index knows. */
export class LogReader {
  readonly #files: Files;
  readonly #data: string;
  readonly #catalogue: StreamIndex;
  readonly #sealed: readonly SealedSegment[];
  readonly #last: () => LastSegment;
  /** The number of the last pruned segment. */
  readonly #pruned: number;
  /** By the part's chain hash, which is unique. */
  readonly #loaded = new Map<string, Rows>();
  readonly #underway = new Set<Promise<unknown>>();

  constructor(
    files: Files,
    data: string,
    streamIndex: StreamIndex,
    sealed: readonly SealedSegment[],
    pruned: number,
    last: () => LastSegment,
  ) {
    this.#pruned = pruned;
    this.#files = files;
    this.#data = data;
    this.#catalogue = streamIndex;
    this.#sealed = sealed;
    this.#last = last;
  }

  /** The stored result of a command; undefined when not all rows of its stream are in memory. */
  findInMemory(stream: MatchId, commandId: CommandId): Appended | null | undefined {
    for (const part of this.#catalogue.parts(stream)) {
      const rows = this.#rowsInMemory(part);
      if (rows === undefined) return undefined;
      const row = rows.get(commandId);
      if (row !== undefined) return { version: row.version, position: row.position };
    }
    return null;
  }

  async find(stream: MatchId, commandId: CommandId): Promise<Appended | null> {
    for (const part of this.#catalogue.parts(stream)) {
      const row = (await this.#rowsOf(stream, part)).get(commandId);
      if (row !== undefined) return { version: row.version, position: row.position };
    }
    return null;
  }

  /** Loads a stream's rows into memory. */
  async load(stream: MatchId): Promise<void> {
    for (const part of this.#catalogue.parts(stream)) await this.#rowsOf(stream, part);
  }

  /** The position of the last pruned commit. */
  get prunedUpTo(): number {
    return this.#pruned === 0 ? 0 : (this.#sealed[0] ?? this.#last()).firstPosition - 1;
  }

  isPruned(stream: MatchId): boolean {
    return this.#catalogue.parts(stream).some(({ segment }) => segment <= this.#pruned);
  }

  /** The commits of a stream above a version. @throws AppError `log_damaged` */
  read(stream: MatchId, after: StreamVersion): Promise<readonly StoredCommit[]> {
    return this.#track(this.#read(stream, after));
  }

  /** The stored commits above a position, in batches of one read each. @throws AppError as {@link lines} */
  async *stored(after: number): AsyncGenerator<readonly StoredCommit[]> {
    for await (const lines of this.lines(after, () => true)) yield lines.map(({ line }) => readCommit(line));
  }

  /** The lines of wanted streams above a position. @throws AppError `log_pruned`, `log_damaged` */
  async *lines(after: number, wanted: (stream: MatchId) => boolean): AsyncGenerator<readonly PlacedLine[]> {
    const reading = { position: after, wanted };
    const upTo = this.#catalogue.position;
    for (const { path, end } of this.#spansAfter(after)) yield* streamLines(this.#files, path, reading, end);
    const { position } = reading;
    if (position < upTo) throw gap(segmentPath(this.#data, this.#last().number), position + 1, upTo + 1);
  }

  /** The files that hold the commits above a position, each with the byte up to which it may be read. */
  #spansAfter(after: number): readonly { readonly path: string; readonly end: number }[] {
    const last = this.#last();
    const sealed = this.#sealed.filter(({ number }) => number < last.number);
    if (after < this.prunedUpTo) throw prunedBefore(this.prunedUpTo + 1);
    return [
      ...sealed
        .filter(({ firstPosition, commits }) => firstPosition + commits > after + 1)
        .map(({ number, bytes }) => ({ path: segmentPath(this.#data, number), end: bytes })),
      { path: segmentPath(this.#data, last.number), end: last.size },
    ];
  }

  /** Resolves once no read is pending. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underway);
  }

  /** Counts a read as pending until it settles. */
  #track<T>(reading: Promise<T>): Promise<T> {
    this.#underway.add(reading);
    const settle = () => this.#underway.delete(reading);
    reading.then(settle, settle);
    return reading;
  }

  async #read(stream: MatchId, after: StreamVersion): Promise<readonly StoredCommit[]> {
    const commits: StoredCommit[] = [];
    for (const part of this.#catalogue.parts(stream)) {
      if (part.segment <= this.#pruned) throw prunedMatch(stream);
      const rows = [...(await this.#rowsOf(stream, part)).values()];
      const path = segmentPath(this.#data, part.segment);
      const places = rows.filter(({ version }) => version > after);
      const read = await readCommits(this.#files, path, places);
      for (const [index, commit] of read.entries()) {
        const expected = commits.at(-1)?.version ?? commit.expectedVersion;
        const isAsIndexed = commit.position === places[index]?.position && commit.stream === stream;
        if (!isAsIndexed || commit.expectedVersion !== expected)
          throw gap(path, places[index]?.position ?? 0, commit.position);
        commits.push(commit);
      }
    }
    return commits;
  }

  /** Reads the segment itself when its index was lost while the log is open. */
  #findRows(stream: MatchId, { segment }: Part): Promise<Rows> {
    if (segment > this.#pruned) return findRows(this.#files, segmentPath(this.#data, segment), stream);
    const path = rowsPath(this.#data, segment);
    throw new AppError('log_damaged', `${path} is not whole, and its segment was pruned.`, { path });
  }

  #rowsInMemory(part: OpenPart | SealedPart): Rows | undefined {
    return 'rows' in part ? part.rows : this.#loaded.get(part.head);
  }

  async #rowsOf(stream: MatchId, part: OpenPart | SealedPart): Promise<Rows> {
    if ('rows' in part) return part.rows;
    const known = this.#loaded.get(part.head);
    if (known !== undefined) return known;
    const rows = (await readRows(this.#files, this.#data, part)) ?? (await this.#findRows(stream, part));
    this.#loaded.set(part.head, rows);
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= keptRows) break;
      this.#loaded.delete(oldest);
    }
    return rows;
  }
}

/** @returns AppError `log_pruned` */
export function prunedMatch(match: MatchId): AppError {
  const message = `The events of match ${match} were pruned; its archive file holds the record.`;
  return new AppError('log_pruned', message, { match });
}

function prunedBefore(position: number): AppError {
  const message = `Commits before number ${position} were pruned; subscribe from ${position - 1}.`;
  return new AppError('log_pruned', message, { from: position - 1 });
}
