import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readWhole, withFile, writeAll, writeDurably } from '../log/disk/durable-file.ts';
import { nodeFiles as files } from '../log/disk/files.ts';
import { linesAt, readLines } from '../log/line/read-lines.ts';
import type { LinePlace } from '../log/line/read-lines.ts';
import { isMissing } from '../log/disk/system-error.ts';
import type { FinishedSummary } from './summary.ts';
import { present } from '../shared/invariant.ts';
import { matchId } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import { SerialQueue } from '../shared/serial-queue.ts';

/** A summary and the place of its line. */
export interface Listed {
  readonly summary: FinishedSummary;
  readonly place: LinePlace;
}

interface Batch {
  readonly summaries: FinishedSummary[];
  readonly written: Promise<readonly LinePlace[]>;
}

const { O_RDONLY, O_RDWR, O_CREAT, O_APPEND } = constants;
const lineFeed = Buffer.from('\n');

/** Lines at most this many bytes apart are read together: the lines of a page may be anywhere. */
const gapMax = 16 << 10;

/** The number of lines parsed before yielding to the event loop, after a few milliseconds. */
const portion = 500;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The summaries of archived matches in one file, one line each, in the order of archiving. It saves reading
 * every archive at a start and keeping every summary in memory. A cache of the archives: it may be deleted or
 * replaced at any time. Appends are not synced.
 */
export class SummaryFile {
  readonly #path: string;
  readonly #writing = new SerialQueue();
  /** The batch that is not being written yet. Concurrent appends join it. */
  #next: Batch | null = null;

  constructor(folder: string) {
    this.#path = join(folder, 'summaries.ndjson');
  }

  /** The readable summaries; the last line of each match counts. Empty if the file is missing. */
  async read(): Promise<Map<MatchId, Listed>> {
    const listed = new Map<MatchId, Listed>();
    await this.#reading(async (fd) => {
      for await (const { offset: start, lines } of readLines(files, fd)) {
        let offset = start;
        for (const [index, line] of lines.entries()) {
          const summary = summaryFrom(line.toString());
          const place = { offset, length: line.length };
          if (summary !== null) listed.set(matchId(summary.match_id), { summary, place });
          offset += line.length;
          if (index % portion === portion - 1) await nextTurn();
        }
      }
    });
    return listed;
  }

  /** Appends lines. @returns the place of each line, in order */
  async append(summaries: readonly FinishedSummary[]): Promise<readonly LinePlace[]> {
    const batch = (this.#next ??= this.#begin());
    const from = batch.summaries.length;
    for (const summary of summaries) batch.summaries.push(summary);
    return (await batch.written).slice(from, from + summaries.length);
  }

  /**
   * The lines at the given places, without line feeds. A place that holds no line of its match is left out.
   */
  async texts(
    wanted: readonly { readonly id: MatchId; readonly place: LinePlace }[],
  ): Promise<ReadonlyMap<MatchId, string>> {
    const texts = new Map<MatchId, string>();
    const ascending = wanted.toSorted((a, b) => a.place.offset - b.place.offset);
    const places = ascending.map(({ place }) => place);
    await this.#reading(async (fd) => {
      const lines = await linesAt(files, fd, places, gapMax);
      for (const [index, { id }] of ascending.entries()) {
        const text = present(lines[index], 'A line').toString().trimEnd();
        if (summaryFrom(text)?.match_id === id) texts.set(id, text);
      }
    });
    return texts;
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** Removes a match durably: erased texts must remain nowhere. */
  async forget(match: MatchId): Promise<void> {
    const lines = (await readWhole(files, this.#path))?.toString().split('\n') ?? [];
    // Also removes a torn line that mentions the match. If that was another match's line, its archive is read
    // instead.
    const kept = lines.filter((line) => line !== '' && !line.includes(`"${match}"`));
    if (lines.length > 0)
      await writeDurably(files, this.#path, [Buffer.from(kept.map((line) => `${line}\n`).join(''))]);
  }

  #begin(): Batch {
    const summaries: FinishedSummary[] = [];
    const written = this.#writing.run(() => {
      this.#next = null;
      return this.#append(summaries);
    });
    return { summaries, written };
  }

  async #append(summaries: readonly FinishedSummary[]): Promise<readonly LinePlace[]> {
    return withFile(files, this.#path, O_RDWR | O_CREAT | O_APPEND, async (fd) => {
      const size = await files.size(fd);
      const [last] = size === 0 ? [lineFeed] : await linesAt(files, fd, [{ offset: size - 1, length: 1 }]);
      // A crash or a full disk may have left a partial last line; it is ended first.
      const end = last?.equals(lineFeed) === true ? [] : [lineFeed];
      const lines = summaries.map((summary) => Buffer.from(`${JSON.stringify(summary)}\n`));
      await writeAll(files, fd, Buffer.concat([...end, ...lines]));
      let offset = size + end.length;
      return lines.map(({ length }) => {
        const place = { offset, length };
        offset += length;
        return place;
      });
    });
  }

  /** Does nothing if the file is missing. */
  async #reading(use: (fd: number) => Promise<void>): Promise<void> {
    try {
      await withFile(files, this.#path, O_RDONLY, use);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function summaryFrom(line: string): FinishedSummary | null {
  try {
    const row = JSON.parse(line) as Partial<FinishedSummary> | null;
    return typeof row?.match_id === 'string' && typeof row.archived_at === 'number'
      ? (row as FinishedSummary)
      : null;
  } catch {
    // A torn line: the archive is read instead.
    return null;
  }
}
