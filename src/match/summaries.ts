import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, readWhole, writeDurably } from '../log/durable-file.ts';
import { nodeFiles } from '../log/files.ts';
import type { FinishedSummary } from '../projection/summary.ts';
import { matchId } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';

/** Lines that are read or written before others get their turn: a few milliseconds. */
const portion = 500;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The summaries of the archived matches in one file, a line each: saves reading every archive at a start. May be
 * deleted at any time; the archives count.
 */
export class Summaries {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'summaries.ndjson');
  }

  /** Those that can be read; the last one of each match. */
  async read(): Promise<Map<MatchId, FinishedSummary>> {
    const rows = new Map<MatchId, FinishedSummary>();
    for (const [index, line] of (await this.#lines()).entries()) {
      const row = summaryFrom(line);
      if (row !== null) rows.set(matchId(row.match_id), row);
      if (index % portion === portion - 1) await nextTurn();
    }
    return rows;
  }

  async append(row: FinishedSummary): Promise<void> {
    await appendFile(this.#path, lineOf(row));
  }

  /** Writes the file anew, whole or not at all. */
  async write(rows: readonly FinishedSummary[]): Promise<void> {
    await makeFolder(nodeFiles, this.#folder);
    await writeDurably(nodeFiles, this.#path, portionsOf(rows.map((row) => () => lineOf(row))));
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** Takes a match out: what was erased must stand nowhere. */
  async forget(match: MatchId): Promise<void> {
    const lines = await this.#lines();
    // Also one that a crash cut short: another match that goes with it is read from its archive.
    const kept = lines.filter((line) => line !== '' && !line.includes(`"${match}"`));
    if (lines.length > 0)
      await writeDurably(nodeFiles, this.#path, portionsOf(kept.map((line) => () => `${line}\n`)));
  }

  async #lines(): Promise<readonly string[]> {
    const bytes = await readWhole(nodeFiles, this.#path);
    return bytes === null ? [] : bytes.toString('utf8').split('\n');
  }
}

const lineOf = (row: FinishedSummary): string => `${JSON.stringify(row)}\n`;

async function* portionsOf(lines: readonly (() => string)[]): AsyncGenerator<Buffer> {
  for (let from = 0; from < lines.length; from += portion) {
    yield Buffer.from(
      lines
        .slice(from, from + portion)
        .map((line) => line())
        .join(''),
    );
    await nextTurn();
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
