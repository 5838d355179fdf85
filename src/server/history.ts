import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Documents } from '../log/documents.ts';
import { isMissing } from '../log/system-error.ts';
import { archiveFileShape } from '../match/archiver.ts';
import { Leaderboard } from '../projection/leaderboard.ts';
import { finishedSummary } from '../projection/summary.ts';
import type { FinishedSummary } from '../projection/summary.ts';
import type { ArchiveSnapshot } from '../projection/archive.ts';
import { matchId } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';

/** What a page of the history is chosen by. */
export interface HistoryQuery {
  readonly limit: number;
  /** From the page before; null for the newest. */
  readonly cursor: string | null;
  readonly task?: string;
  readonly ruleset?: string;
  readonly endReason?: string;
  /** The name of a player on any seat. */
  readonly player?: string;
}

export interface HistoryPage {
  readonly rows: readonly FinishedSummary[];
  /** For the next page; null where there is none. */
  readonly next: string | null;
}

const lineShape = z.looseObject({ match_id: z.string(), archived_at: z.number() });

/**
 * The finished matches, newest first, in memory: a projection of the archive files. A file of their summaries saves
 * reading each archive at the start; it may be deleted at any time.
 */
export class History {
  readonly #path: string;
  readonly #folder: string;
  readonly #archives: Documents;
  readonly #byId = new Map<MatchId, FinishedSummary>();
  /** By time of archiving, oldest first; equal times by id. */
  #sorted: FinishedSummary[] = [];
  readonly leaderboard = new Leaderboard();
  #graded = 0;
  #gradeSum = 0;

  constructor(folder: string, archives: Documents) {
    this.#folder = folder;
    this.#path = join(folder, 'summaries.ndjson');
    this.#archives = archives;
  }

  /** Of the matches that have a grade; 0 where none has. */
  get averageGrade(): number {
    return this.#graded === 0 ? 0 : this.#gradeSum / this.#graded;
  }

  get size(): number {
    return this.#sorted.length;
  }

  get all(): readonly FinishedSummary[] {
    return this.#sorted;
  }

  find(id: MatchId): FinishedSummary | null {
    return this.#byId.get(id) ?? null;
  }

  /** The archive snapshot of a finished match; null where there is none. */
  async archive(id: MatchId): Promise<ArchiveSnapshot | null> {
    const parsed = archiveFileShape.safeParse(await this.#archives.read(id));
    return parsed.success ? (parsed.data.archive as unknown as ArchiveSnapshot) : null;
  }

  /** Reads the summaries, and those archives that have none. */
  async load(): Promise<void> {
    const names = new Set(await this.#archives.names());
    const known = new Map<MatchId, FinishedSummary>();
    for (const line of (await readText(this.#path)).split('\n')) {
      const summary = summaryFrom(line);
      if (summary !== null && names.has(matchId(summary.match_id)))
        known.set(matchId(summary.match_id), summary);
    }
    const missing = [...names].filter((name) => !known.has(name));
    for (const name of missing) {
      const archive = await this.archive(name);
      if (archive !== null) known.set(name, finishedSummary(archive));
    }
    // What was added while this was read is there already.
    for (const [id, summary] of known) this.#take(id, summary);
    this.#sorted = [...this.#byId.values()].sort(byTime);
    if (missing.length > 0) await this.#rewrite();
  }

  /** Takes in a match that has just been archived. */
  async add(id: MatchId): Promise<void> {
    if (this.#byId.has(id)) return;
    const archive = await this.archive(id);
    if (archive === null) return;
    const summary = finishedSummary(archive);
    this.#take(id, summary);
    let place = this.#sorted.length;
    while (place > 0 && byTime(this.#sorted[place - 1] ?? summary, summary) > 0) place -= 1;
    this.#sorted.splice(place, 0, summary);
    await appendFile(this.#path, `${JSON.stringify(summary)}\n`);
  }

  page({ limit, cursor, ...wanted }: HistoryQuery): HistoryPage {
    const from = cursor === null ? null : positionOf(cursor);
    const rows: FinishedSummary[] = [];
    let start = this.#sorted.length - 1;
    if (from !== null) while (start >= 0 && byTime(this.#sorted[start] ?? from, from) >= 0) start -= 1;
    for (let index = start; index >= 0; index -= 1) {
      const row = this.#sorted[index];
      if (row === undefined || !fits(row, wanted)) continue;
      // A page of none leads nowhere: the next one begins where it would have.
      if (rows.length === limit) return { rows, next: limit === 0 ? cursor : cursorOf(rows.at(-1)) };
      rows.push(row);
    }
    return { rows, next: null };
  }

  #take(id: MatchId, summary: FinishedSummary): void {
    if (this.#byId.has(id)) return;
    this.#byId.set(id, summary);
    this.leaderboard.take(summary);
    if (summary.grader_score === null) return;
    this.#graded += 1;
    this.#gradeSum += summary.grader_score;
  }

  async #rewrite(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const temporary = `${this.#path}.new`;
    await writeFile(temporary, this.#sorted.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await rename(temporary, this.#path);
  }
}

type Placed = Pick<FinishedSummary, 'archived_at' | 'match_id'>;

function byTime(a: Placed, b: Placed): number {
  if (a.archived_at !== b.archived_at) return a.archived_at - b.archived_at;
  return a.match_id < b.match_id ? -1 : a.match_id > b.match_id ? 1 : 0;
}

/** Whether a reader's filters let a match through, running or finished. */
export function fits(
  row: Pick<FinishedSummary, 'task_id' | 'ruleset' | 'end_reason' | 'players'>,
  { task, ruleset, endReason, player }: Omit<HistoryQuery, 'limit' | 'cursor'>,
) {
  return (
    (task === undefined || row.task_id === task) &&
    (ruleset === undefined || row.ruleset === ruleset) &&
    (endReason === undefined || row.end_reason === endReason) &&
    (player === undefined || Object.values(row.players).includes(player))
  );
}

/** Opaque to clients; says after which row the next page begins. */
function cursorOf(row: Placed | undefined): string | null {
  return row === undefined
    ? null
    : Buffer.from(JSON.stringify([row.archived_at, row.match_id])).toString('base64url');
}

const positionShape = z.tuple([z.number(), z.string()]);

function positionOf(cursor: string): Placed | null {
  try {
    const parsed = positionShape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success ? { archived_at: parsed.data[0], match_id: parsed.data[1] } : null;
  } catch {
    return null;
  }
}

/** Whether a text is a cursor that {@link History.page} gave. */
export const isCursor = (text: string): boolean => positionOf(text) !== null;

function summaryFrom(line: string): FinishedSummary | null {
  if (line === '') return null;
  try {
    const parsed = lineShape.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as unknown as FinishedSummary) : null;
  } catch {
    // A line that a crash cut short: its archive is read instead.
    return null;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}
