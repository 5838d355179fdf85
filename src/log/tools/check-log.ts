import { constants } from 'node:fs';
import { upcast } from '../../game/upcast.ts';
import type { StoredEvent } from '../../game/upcast.ts';
import { describeError, isAppError } from '../../shared/errors.ts';
import { matchId } from '../../shared/ids.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { StreamIndex } from '../segments/stream-index.ts';
import { readWhole, sizeOf, withFile } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { indexPath, logFolder, prunedNumbers, segmentNumbers, segmentPath } from '../disk/data-folder.ts';
import type { CommitLine } from '../line/line.ts';
import { after, sealedOf, takePruned } from '../segments/open-segments.ts';
import { scanSegment } from '../segments/scan.ts';
import { first } from '../segments/scan.ts';
import type { Expected, Scanned } from '../segments/scan.ts';
import { encodeRows, readIndex, readRows, takeIndex } from '../segments/sealed-index.ts';
import type { SealedSegment, StreamRow } from '../segments/sealed-index.ts';

/** One deviation from what was written. */
export interface Finding {
  /** `damage` loses data. `index`: delete the files, and the next opening rebuilds them. */
  readonly kind: 'damage' | 'index';
  readonly message: string;
  /** File, byte, line, match and version, as far as known. */
  readonly details: Readonly<Record<string, Json>>;
}

export interface LogCheck {
  readonly logId: string | null;
  readonly segments: number;
  readonly matches: number;
  readonly commits: number;
  readonly events: number;
  readonly findings: readonly Finding[];
  /** Segments that were not checked, because a damaged earlier one hides what they continue. */
  readonly unchecked: number;
  /** Bytes after the last good line. The next opening for writing keeps them aside. */
  readonly tornBytes: number;
  readonly erasures: readonly Erased[];
}

export interface Erased {
  readonly match: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/**
 * Reads every byte of a log and checks checksums, digests, chains, contiguity, seals and indexes, and that this program
 * can read every event. `progress` is called with the bytes done.
 */
export async function checkLog(
  files: Files,
  data: string,
  progress: (bytes: number) => void = () => undefined,
): Promise<LogCheck> {
  const check = new Check(files, data);
  const names = await files.list(logFolder(data));
  const numbers = segmentNumbers(names);
  if (!(await check.pruned(prunedNumbers(names)))) return check.result(numbers.length);
  for (const [index, number] of numbers.entries()) {
    const isLast = index === numbers.length - 1;
    if (!(await check.segment(number, isLast))) return check.result(numbers.length - index - 1);
    progress(await sizeOf(files, segmentPath(data, number)));
  }
  return check.result(0);
}

class Check {
  #expected: Expected = first;
  #logId: string | null = null;
  #segments = 0;
  #commits = 0;
  #events = 0;
  #torn = 0;
  readonly #findings: Finding[] = [];
  readonly #erasures: Erased[] = [];
  #catalogue = new StreamIndex();
  readonly #files: Files;
  readonly #data: string;

  constructor(files: Files, data: string) {
    this.#files = files;
    this.#data = data;
  }

  /** Reads the indexes of pruned segments. @returns whether the segments after them can be checked. */
  async pruned(numbers: readonly number[]): Promise<boolean> {
    try {
      this.#expected = await takePruned(this.#files, this.#data, numbers, this.#catalogue);
      return true;
    } catch (error) {
      if (!isAppError(error, 'log_damaged')) throw error;
      this.#findings.push({ kind: 'damage', message: error.message, details: error.details });
      return false;
    }
  }

  /** Checks one segment. @returns whether the segments after it can be checked. */
  async segment(number: number, isLast: boolean): Promise<boolean> {
    const files = this.#files;
    const path = segmentPath(this.#data, number);
    try {
      const scanned = await withFile(files, path, constants.O_RDONLY, async (fd) => {
        const result = await scanSegment(files, fd, path, this.#expected, this.#catalogue, whyUnreadable);
        if (isLast && result.torn !== null) this.#torn = (await files.size(fd)) - result.size;
        return result;
      });
      this.#count(scanned);
      if (isLast) return true;
      const sealed = sealedOf(path, scanned);
      this.#expected = after(sealed);
      await this.#checkIndex(sealed);
      return true;
    } catch (error) {
      if (!isAppError(error, 'log_damaged')) throw error;
      this.#findings.push({ kind: 'damage', message: error.message, details: error.details });
      return this.#goOnByIndex(number);
    }
  }

  result(unchecked: number): LogCheck {
    return {
      logId: this.#logId,
      segments: this.#segments,
      matches: this.#catalogue.size,
      commits: this.#commits,
      events: this.#events,
      findings: this.#findings,
      unchecked,
      tornBytes: this.#torn,
      erasures: this.#erasures,
    };
  }

  #count({ header, commits, events, erasures }: Scanned): void {
    this.#logId = header.log;
    this.#segments += 1;
    this.#commits += commits;
    this.#events += events;
    for (const { s, by, reason, at } of erasures) this.#erasures.push({ match: s, by, reason, at });
  }

  /** Checks that a segment's index matches its lines. */
  async #checkIndex(sealed: SealedSegment): Promise<void> {
    const path = indexPath(this.#data, sealed.number);
    const index = await readIndex(this.#files, path);
    const parts = this.#catalogue.openParts(sealed.number);
    // A missing index is being written, or was deleted to be rebuilt.
    if (index !== null || (await readWhole(this.#files, path)) !== null) {
      const isSame =
        index !== null &&
        JSON.stringify(index.segment) === JSON.stringify(sealed) &&
        index.streams.length === parts.size &&
        (await Promise.all(index.streams.map((row) => this.#isRowTrue(sealed.number, row)))).every(Boolean);
      if (!isSame) this.#findings.push(wrongIndex(path));
    }
    this.#catalogue.release(sealed.number);
  }

  async #isRowTrue(
    segment: number,
    [stream, version, head, first, offset, length]: StreamRow,
  ): Promise<boolean> {
    const part = this.#catalogue.openParts(segment).get(matchId(stream));
    if (part?.version !== version || part.head !== head || part.firstPosition !== first) return false;
    const rows = await readRows(this.#files, this.#data, { ...part, offset, length });
    return rows !== null && encodeRows(head, rows) === encodeRows(head, part.rows);
  }

  /** Takes the state up to a damaged segment from the indexes. @returns whether all of them exist. */
  async #goOnByIndex(upTo: number): Promise<boolean> {
    const streamIndex = new StreamIndex();
    const pruned = prunedNumbers(await this.#files.list(logFolder(this.#data)));
    await takePruned(this.#files, this.#data, pruned, streamIndex);
    for (let number = pruned.length + 1; number <= upTo; number += 1) {
      const index = await readIndex(this.#files, indexPath(this.#data, number));
      if (index === null) return false;
      takeIndex(index, streamIndex);
      this.#expected = after(index.segment);
    }
    this.#catalogue = streamIndex;
    return true;
  }
}

/** Why this program cannot read a commit's events; null when it can. */
function whyUnreadable({ head, sealed }: CommitLine): string | null {
  try {
    const events = JSON.parse(sealed.events) as readonly StoredEvent[];
    if (events.length !== head.k) return `it says ${head.k} events and holds ${events.length}`;
    for (const event of events) upcast(event);
    return null;
  } catch (error) {
    if (isAppError(error)) throw error;
    return `its events cannot be read: ${describeError(error)}`;
  }
}

function wrongIndex(path: string): Finding {
  const message = `${path} is not the index of its segment; delete it, and the next opening writes it anew.`;
  return { kind: 'index', message, details: { path } };
}
