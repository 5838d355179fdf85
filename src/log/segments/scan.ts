import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { commandId, matchId, streamVersion } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { StreamIndex } from './stream-index.ts';
import type { Files } from '../disk/files.ts';
import { fitsChain, lineBegins, matchNamedIn, parseLine } from '../line/line.ts';
import type { CheckedLine, CommitLine, Control } from '../line/line.ts';
import { readLines } from '../line/read-lines.ts';
import { HeadsDigest } from '../payload.ts';

type Header = Extract<Control, { t: 'seg' }>;
type Seal = Extract<Control, { t: 'seal' }>;

/** What the earlier segments require of the next one. */
export interface Expected {
  readonly number: number;
  /** Null for the first segment of a log. */
  readonly logId: string | null;
  readonly heads: string;
  readonly epoch: number;
}

/** The requirements for the first segment of a log. */
export const first: Expected = { number: 1, logId: null, heads: '', epoch: 1 };

/** The result of a segment's scan: everything a writer needs to continue it. */
export interface Scanned {
  readonly header: Header;
  /** The last line, if it is a seal. */
  readonly seal: Seal | null;
  readonly commits: number;
  readonly events: number;
  /** The running digest of its commits and all earlier ones. */
  readonly heads: HeadsDigest;
  /** The running digest of its bytes. */
  readonly sha: ReturnType<typeof createHash>;
  readonly epoch: number;
  /** The number of whole, checked lines, and their bytes. */
  readonly lines: number;
  readonly size: number;
  /** The bytes after them: the rest of a batch that was never acknowledged. */
  readonly torn: Torn | null;
  readonly erasures: readonly Extract<Control, { t: 'erase' }>[];
}

export interface Torn {
  readonly offset: number;
  readonly line: number;
  readonly why: string;
  readonly match: MatchId | null;
}

/** The error of a damaged line. @returns AppError `log_damaged` */
export function damaged(path: string, { offset, line, why, match }: Torn): AppError {
  const whose = match === null ? '' : `, match ${match}`;
  return new AppError('log_damaged', `${path} is damaged at line ${line} (byte ${offset}${whose}): ${why}.`, {
    path,
    line,
    offset,
    ...(match === null ? {} : { match }),
  });
}

/**
 * Reads and checks a segment from its first line, and adds its commits to the stream index. After the first bad line it
 * searches on: a later line that was written when the bad bytes were already durable proves that they were good once.
 * @throws AppError `log_damaged` then; `log_newer` for a line of a newer format.
 */
export async function scanSegment(
  files: Files,
  fd: number,
  path: string,
  expected: Expected,
  streamIndex: StreamIndex,
  examine: Examine = () => null,
): Promise<Scanned> {
  const scan = new SegmentScan(expected, streamIndex, examine);
  let torn: Torn | null = null;
  for await (const { offset: start, lines } of readLines(files, fd)) {
    let offset = start;
    for (const bytes of lines) {
      if (torn === null) {
        const fault = scan.take(bytes, offset);
        if (fault !== null) torn = { offset, line: scan.lines + 1, why: fault, match: matchNamedIn(bytes) };
      }
      if (torn !== null && proves(bytes, torn.offset)) throw damaged(path, torn);
      offset += bytes.length;
    }
  }
  return scan.result(path, torn);
}

/** Whether any line proves that everything up to and including `offset` was on disk when the line was written. */
function proves(bytes: Buffer, offset: number): boolean {
  // When a line feed was destroyed, a good line follows a bad one directly.
  for (let start = 0; start !== -1; start = bytes.indexOf(lineBegins, start + 1)) {
    const line = parseLine(bytes.subarray(start));
    if (typeof line === 'object' && (line.kind === 'commit' ? line.head.b : line.control.b) > offset)
      return true;
  }
  return false;
}

/** An extra check of a commit's line. @returns the reason when it is bad. */
type Examine = (line: CommitLine) => string | null;

/** The state of one scan. Every line is checked against all earlier ones. */
class SegmentScan {
  lines = 0;
  #size = 0;
  #durable = 0;
  #commits = 0;
  #events = 0;
  #epoch: number;
  #header: Header | null = null;
  #seal: Seal | null = null;
  readonly #erasures: Extract<Control, { t: 'erase' }>[] = [];
  readonly #heads: HeadsDigest;
  readonly #sha = createHash('sha256');
  readonly #expected: Expected;
  readonly #catalogue: StreamIndex;
  readonly #examine: Examine;

  constructor(expected: Expected, streamIndex: StreamIndex, examine: Examine) {
    this.#expected = expected;
    this.#catalogue = streamIndex;
    this.#examine = examine;
    this.#epoch = expected.epoch;
    this.#heads = new HeadsDigest(expected.heads);
    streamIndex.beginSegment(expected.number);
  }

  /** Adds the next line. @returns the reason when it is not what was written. */
  take(bytes: Buffer, offset: number): string | null {
    const line = parseLine(bytes);
    if (typeof line === 'string') return line;
    const fault = this.#whyMisplaced(line, offset) ?? this.#takeContent(line, bytes.length, offset);
    if (fault !== null) return fault;
    this.#sha.update(bytes);
    this.#size += bytes.length;
    this.lines += 1;
    return null;
  }

  result(path: string, torn: Torn | null): Scanned {
    // A segment is renamed into place only after its first line is on disk.
    if (this.#header === null || torn?.offset === 0)
      throw damaged(path, torn ?? { offset: 0, line: 1, why: 'it has no first line', match: null });
    return {
      header: this.#header,
      seal: this.#seal,
      commits: this.#commits,
      events: this.#events,
      heads: this.#heads,
      sha: this.#sha,
      epoch: this.#epoch,
      size: this.#size,
      torn,
      lines: this.lines,
      erasures: this.#erasures,
    };
  }

  #whyMisplaced(line: CheckedLine, offset: number): string | null {
    const { ep, b } = line.kind === 'commit' ? line.head : line.control;
    if (ep < this.#epoch) return `its writer's epoch ${ep} ended when ${this.#epoch} began`;
    const isProof = line.kind === 'control' && (line.control.t === 'mark' || line.control.t === 'seal');
    if (b > offset || b < this.#durable || (isProof && b !== offset))
      return `it says that ${b} bytes were durable before it`;
    if ((this.#header === null) !== (line.kind === 'control' && line.control.t === 'seg'))
      return this.#header === null ? 'a segment begins with another line' : 'a segment has one first line';
    this.#epoch = ep;
    this.#durable = b;
    return null;
  }

  #takeContent(line: CheckedLine, length: number, offset: number): string | null {
    this.#seal = null;
    if (line.kind === 'commit') return this.#takeCommit(line, length, offset);
    const { control } = line;
    switch (control.t) {
      case 'seg':
        this.#header = control;
        return whyNotNext(control, this.#expected, this.#catalogue.position + 1);
      case 'seal':
        this.#seal = control;
        return this.#whyNotSealed(control);
      case 'erase':
        this.#erasures.push(control);
        return null;
      case 'mark':
        return null;
    }
  }

  #takeCommit(line: CommitLine, length: number, offset: number): string | null {
    const { head, sealed } = line;
    const stream = matchId(head.s);
    const streamIndex = this.#catalogue;
    const version = streamIndex.version(stream);
    if (head.g !== streamIndex.position + 1)
      return `it is number ${head.g} of the log, after number ${streamIndex.position}`;
    if (head.n !== version + 1)
      return `version ${head.n} of match ${stream} does not follow version ${version}`;
    if (!fitsChain(streamIndex.head(stream), line))
      return `its chain does not continue that of match ${stream}`;
    const unreadable = this.#examine(line);
    if (unreadable !== null) return unreadable;
    const next = streamVersion(version + head.k);
    streamIndex.add(stream, commandId(head.id), next, sealed.h, offset, length);
    this.#heads.add(sealed.h);
    this.#commits += 1;
    this.#events += head.k;
    return null;
  }

  #whyNotSealed({ commits, events, sha, heads }: Seal): string | null {
    if (commits !== this.#commits || events !== this.#events)
      return `it seals ${commits} commits of ${events} events, after ${this.#commits} of ${this.#events}`;
    if (sha !== this.#sha.copy().digest('hex')) return 'it seals other bytes';
    return heads === this.#heads.value() ? null : 'it seals other commits';
  }
}

/** @returns why a segment does not follow those before it; null when it does. */
export function whyNotNext(header: Header, expected: Expected, position: number): string | null {
  if (header.seg !== expected.number) return `it is segment ${header.seg} of the log`;
  if (expected.logId !== null && header.log !== expected.logId) return `it belongs to log ${header.log}`;
  if (header.g !== position) return `it begins with number ${header.g} of the log, not with ${position}`;
  if (header.heads !== expected.heads) return 'the commits before it are other ones';
  return null;
}
