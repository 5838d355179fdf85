import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, readWhole, writeAll, writeDurably } from '../log/durable-file.ts';
import { nodeFiles as files } from '../log/files.ts';
import { linesAt, readLines } from '../log/lines.ts';
import type { LinePlace } from '../log/lines.ts';
import type { FinishedSummary } from '../projection/summary.ts';
import { present } from '../shared/invariant.ts';
import type { MatchId } from '../shared/ids.ts';

/** A summary and where it stands. */
export interface Listed {
  readonly summary: FinishedSummary;
  readonly place: LinePlace;
}

interface Opened {
  readonly fd: number;
  /** Null where a write failed: nobody knows how much of its line is there. */
  size: number | null;
}

const lineFeed = Buffer.from('\n');

/** Lines that are read before others get their turn: a few milliseconds. */
const portion = 500;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The summaries of the archived matches in one file, a line each, in the order in which they were archived: saves reading
 * every archive at a start, and keeping every summary in memory. May be deleted at any time; the archives count.
 */
export class Summaries {
  readonly #folder: string;
  readonly #path: string;
  #opened: Promise<Opened> | null = null;
  /** Lines are added one after another. */
  #adding: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'summaries.ndjson');
  }

  /** Those that can be read, in portions. A match may come again: its last line counts. */
  async *read(): AsyncGenerator<readonly Listed[]> {
    const { fd } = await this.#open();
    for await (const { offset: start, lines } of readLines(files, fd)) {
      let offset = start;
      for (let from = 0; from < lines.length; from += portion) {
        const listed: Listed[] = [];
        for (const line of lines.slice(from, from + portion)) {
          const summary = summaryFrom(line.toString());
          if (summary !== null) listed.push({ summary, place: { offset, length: line.length } });
          offset += line.length;
        }
        yield listed;
        await nextTurn();
      }
    }
  }

  /** Adds a line. @returns where it stands */
  append(summary: FinishedSummary): Promise<LinePlace> {
    const adding = this.#adding.then(() => this.#append(summary));
    this.#adding = adding.catch(() => undefined);
    return adding;
  }

  /** The lines at some places, without line feed, in the order of the file; null for one that is not of its match. */
  async texts(
    wanted: readonly { readonly id: MatchId; readonly place: LinePlace }[],
  ): Promise<ReadonlyMap<MatchId, string>> {
    const { fd } = await this.#open();
    const ascending = wanted.toSorted((a, b) => a.place.offset - b.place.offset);
    const lines = await linesAt(
      files,
      fd,
      ascending.map(({ place }) => place),
    );
    const texts = new Map<MatchId, string>();
    for (const [index, { id }] of ascending.entries()) {
      const text = present(lines[index], 'A line').toString().trimEnd();
      if (summaryFrom(text)?.match_id === id) texts.set(id, text);
    }
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

  async close(): Promise<void> {
    await this.#adding;
    const opened = await this.#opened?.catch(() => null);
    this.#opened = null;
    if (opened != null) await files.close(opened.fd);
  }

  async #append(summary: FinishedSummary): Promise<LinePlace> {
    const opened = await this.#open();
    const line = Buffer.from(`${JSON.stringify(summary)}\n`);
    const offset = opened.size ?? (await endOf(opened.fd));
    opened.size = null;
    await writeAll(files, opened.fd, line);
    opened.size = offset + line.length;
    return { offset, length: line.length };
  }

  #open(): Promise<Opened> {
    const opening = (this.#opened ??= this.#openAnew());
    // Another time it may succeed.
    opening.catch(() => (this.#opened = null));
    return opening;
  }

  async #openAnew(): Promise<Opened> {
    await makeFolder(files, this.#folder);
    const fd = await files.open(this.#path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    return { fd, size: await endOf(fd) };
  }
}

/** Where the next line begins. A last line that was cut short is ended. */
async function endOf(fd: number): Promise<number> {
  const size = await files.size(fd);
  const [last] = size === 0 ? [lineFeed] : await linesAt(files, fd, [{ offset: size - 1, length: 1 }]);
  if (last?.equals(lineFeed) === true) return size;
  await writeAll(files, fd, lineFeed);
  return size + lineFeed.length;
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
