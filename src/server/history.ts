import * as z from 'zod';
import type { Documents } from '../log/documents.ts';
import { archiveFileShape } from '../match/archiver.ts';
import type { ArchiveFile } from '../match/archiver.ts';
import { Summaries } from '../match/summaries.ts';
import { Leaderboard } from '../projection/leaderboard.ts';
import { finishedSummary } from '../projection/summary.ts';
import type { FinishedSummary } from '../projection/summary.ts';
import type { ArchiveSnapshot } from '../projection/archive.ts';
import type { MatchId } from '../shared/ids.ts';
import { merged } from '../shared/objects.ts';

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

/** Archives that are read at a time where they have no summary. */
const lanes = 8;

/** What an archive lacks whose match was erased after its events were pruned. */
const cutAway = {
  ...{ players: {}, fraudster_committed: false },
  ...{ fraudster_proposals: [], investigator_action_log: [], audit_report: null },
};

const snapshotIn = ({ archive }: ArchiveFile): ArchiveSnapshot =>
  merged(cutAway, archive) as unknown as ArchiveSnapshot;

/** The finished matches, newest first, in memory: a projection of the archive files. */
export class History {
  readonly #summaries: Summaries;
  readonly #archives: Documents;
  readonly #byId = new Map<MatchId, FinishedSummary>();
  /** By time of archiving, oldest first; equal times by id. */
  #sorted: FinishedSummary[] = [];
  #isStopped = false;
  readonly leaderboard = new Leaderboard();
  #graded = 0;
  #gradeSum = 0;

  constructor(folder: string, archives: Documents) {
    this.#summaries = new Summaries(folder);
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
    return parsed.success ? snapshotIn(parsed.data) : null;
  }

  /** Reads the summaries, and those archives that have none. @returns the matches whose archive is not whole. */
  async load(): Promise<readonly MatchId[]> {
    const names = new Set(await this.#archives.names());
    const listed = await this.#summaries.read();
    const missing = [...names].filter((name) => !listed.has(name));
    const damaged = await this.#read(missing, listed);
    // What was added while this was read is there already.
    for (const [id, summary] of listed) if (names.has(id)) this.#take(id, summary);
    this.#sorted = [...this.#byId.values()].sort(byTime);
    if (missing.length > 0 && !this.#isStopped) await this.#summaries.write(this.#sorted);
    return damaged;
  }

  /** What is still being loaded is left to the next start. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Takes in a match that has just been archived, as `written`; without that its archive is read. */
  async add(id: MatchId, written: ArchiveFile | null = null): Promise<void> {
    if (this.#byId.has(id)) return;
    const archive = written === null ? await this.archive(id) : snapshotIn(written);
    if (archive === null) return;
    // It may have come meanwhile by being loaded.
    if (this.#byId.has(id)) return;
    const summary = finishedSummary(archive);
    this.#take(id, summary);
    this.#sorted.splice(this.#placeOf(summary), 0, summary);
    await this.#summaries.append(summary);
  }

  page({ limit, cursor, ...wanted }: HistoryQuery): HistoryPage {
    const from = cursor === null ? null : positionOf(cursor);
    const rows: FinishedSummary[] = [];
    const end = from === null ? this.#sorted.length : this.#placeOf(from);
    for (let index = end - 1; index >= 0; index -= 1) {
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

  /** Where a row stands, or would. */
  #placeOf(row: Placed): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byTime(this.#sorted[middle] ?? row, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Summarises archives, several at a time. @returns those that are not whole. */
  async #read(names: readonly MatchId[], into: Map<MatchId, FinishedSummary>): Promise<readonly MatchId[]> {
    const left = [...names].reverse();
    const damaged: MatchId[] = [];
    const lane = async () => {
      for (let id = left.pop(); id !== undefined && !this.#isStopped; id = left.pop()) {
        // A file that cannot be read at all is as good as none.
        const archive = await this.archive(id).catch(() => null);
        if (archive === null) damaged.push(id);
        else into.set(id, finishedSummary(archive));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return damaged;
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
