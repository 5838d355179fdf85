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

/** A summary and where it stands. */
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

/** Lines further apart are read one by one: those of a page may be anywhere. */
const gapMax = 16 << 10;

/** Lines that are read before others get their turn: a few milliseconds. */
const portion = 500;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The summaries of the archived matches in one file, a line each, in the order in which they were archived: saves reading
 * every archive at a start, and keeping every summary in memory. May be deleted or replaced at any time; the archives count.
 */
export class SummaryFile {
  readonly #path: string;
  readonly #writing = new SerialQueue();
  /** The one that is still to be written: whoever comes meanwhile goes with it. */
  #next: Batch | null = null;

  constructor(folder: string) {
    this.#path = join(folder, 'summaries.ndjson');
  }

  /** Those that can be read; the last one of each match. */
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

  /** Adds lines. @returns where each of them stands */
  async append(summaries: readonly FinishedSummary[]): Promise<readonly LinePlace[]> {
    const batch = (this.#next ??= this.#begin());
    const from = batch.summaries.length;
    for (const summary of summaries) batch.summaries.push(summary);
    return (await batch.written).slice(from, from + summaries.length);
  }

  /** The lines at some places, without their line feeds; none for a place where another match's line is. */
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

  /** Takes a match out: what was erased must stand nowhere. */
  async forget(match: MatchId): Promise<void> {
    const lines = (await readWhole(files, this.#path))?.toString().split('\n') ?? [];
    // Also one that a crash cut short: another match that goes with it is read from its archive.
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
      // A crash, or a full disk, may have cut the last line short.
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

  /** Does nothing where there is no file. */
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
    // A line that a crash cut short: its archive is read instead.
    return null;
  }
}
