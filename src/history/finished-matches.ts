import * as z from 'zod';
import type { Documents } from '../log/disk/documents.ts';
import type { LinePlace } from '../log/line/read-lines.ts';
import { archiveFileShape } from './archiver.ts';
import type { ArchiveFile } from './archiver.ts';
import { SummaryFile } from './summary-file.ts';
import { Leaderboard } from './leaderboard.ts';
import { finishedSummary } from './summary.ts';
import type { FinishedSummary } from './summary.ts';
import type { ArchiveSnapshot } from './archive.ts';
import { matchId } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import { present } from '../shared/invariant.ts';
import { merged } from '../shared/objects.ts';
import { cursorAt, placeAt } from './cursor.ts';
import { FinishedIndex } from './finished-index.ts';
import type { Finished } from './finished-index.ts';

/** The filters of a page. An absent one matches every match. */
export interface PageQuery {
  readonly limit: number;
  /** The `next` of the previous page; null for the newest matches. */
  readonly cursor: string | null;
  readonly task?: string;
  readonly ruleset?: string;
  readonly endReason?: string;
  /** The exact name of a player, on any seat. */
  readonly player?: string;
}

/** One page of the list. */
export interface FinishedPage {
  /** Summaries as JSON, newest first. */
  readonly rows: readonly string[];
  /** The cursor of the next page; null on the last one. */
  readonly next: string | null;
}

/** The number of archives without a summary that are read at the same time. */
const lanes = 8;
/** The number of summaries per write. */
const portion = 500;

/** The result of loading. */
export interface Loaded {
  /** Matches with a missing or damaged archive file. */
  readonly damaged: readonly MatchId[];
  /** The first error of the summary file; null if there was none. The archives were used instead. */
  readonly fault: Error | null;
}

/** Defaults for the fields that an archive lacks if its match was erased after its events were pruned. */
const cutAway = {
  players: {},
  fraudster_committed: false,
  fraudster_proposals: [],
  investigator_action_log: [],
  audit_report: null,
};

const snapshotIn = ({ archive }: ArchiveFile): ArchiveSnapshot =>
  merged(cutAway, archive) as unknown as ArchiveSnapshot;

/**
 * The finished matches, newest first, as a projection of the archive files. The index is in memory, the
 * summaries in a file. Call `load` once at the start; `add` may run at the same time.
 */
export class FinishedMatches {
  readonly #summaries: SummaryFile;
  readonly #archives: Documents;
  readonly #table = new FinishedIndex();
  /** Row numbers by time, oldest first; equal times by id. */
  #sorted: number[] = [];
  #isStopped = false;
  readonly leaderboard = new Leaderboard();
  #graded = 0;
  #gradeSum = 0;

  constructor(folder: string, archives: Documents) {
    this.#summaries = new SummaryFile(folder);
    this.#archives = archives;
  }

  /** The mean grade (0..1) of the graded matches; 0 if there are none. */
  get averageGrade(): number {
    return this.#graded === 0 ? 0 : this.#gradeSum / this.#graded;
  }

  get size(): number {
    return this.#table.size;
  }

  has(id: MatchId): boolean {
    return this.#table.has(id);
  }

  /** The latest match that reveals itself at its end; null if there is none. */
  get lastRevealed(): MatchId | null {
    const last = this.#sorted.findLast((number) => this.#table.kindOf(number).isRevealed);
    return last === undefined ? null : this.#table.at(last).id;
  }

  /** The summary of a finished match as JSON; null if the match is not listed. */
  async summary(id: MatchId): Promise<string | null> {
    const finished = this.#table.find(id);
    return finished === null ? null : ((await this.#texts([finished]))[0] ?? null);
  }

  /** The archive snapshot of a finished match; null if its file is missing or damaged. */
  async archive(id: MatchId): Promise<ArchiveSnapshot | null> {
    const parsed = archiveFileShape.safeParse(await this.#archives.read(id));
    return parsed.success ? snapshotIn(parsed.data) : null;
  }

  /**
   * Loads the index from the summary file, and from the archives that have no summary. Writes the missing
   * summaries. Damaged archives and file errors are reported, not thrown.
   */
  async load(): Promise<Loaded> {
    const faults: Error[] = [];
    const note = (error: Error): null => {
      faults.push(error);
      return null;
    };
    const names = new Set(await this.#archives.names());
    // If the summary file cannot be read, every archive is.
    const listed = new Map<MatchId, { summary: FinishedSummary; place: LinePlace | null }>(
      await this.#summaries.read().catch(note),
    );
    const { summaries, damaged } = await this.#read([...names].filter((name) => !listed.has(name)));
    for (let from = 0; from < summaries.length && !this.#isStopped; from += portion) {
      const some = summaries.slice(from, from + portion);
      const places = (await this.#summaries.append(some).catch(note)) ?? [];
      for (const [index, summary] of some.entries())
        listed.set(matchId(summary.match_id), { summary, place: places[index] ?? null });
    }
    // `#take` skips matches that were added during the load.
    for (const [id, { summary, place }] of listed) if (names.has(id)) this.#take(id, summary, place);
    const all = Array.from({ length: this.size }, (_, number) => ({ number, ...this.#table.at(number) }));
    this.#sorted = all.sort(byTime).map(({ number }) => number);
    return { damaged, fault: faults[0] ?? null };
  }

  /** Stops loading. The next start loads the rest. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Adds a match that was just archived; idempotent. `written` is its archive file; without it the file is
   * read. The match is listed even if its summary cannot be written, which rejects.
   */
  async add(id: MatchId, written: ArchiveFile | null = null): Promise<void> {
    if (this.#table.has(id)) return;
    const archive = written === null ? await this.archive(id) : snapshotIn(written);
    if (archive === null) return;
    const summary = finishedSummary(archive);
    let place: LinePlace | null = null;
    try {
      [place = null] = await this.#summaries.append([summary]);
    } finally {
      // A match without a line is read from its archive. `load` may have added it meanwhile.
      const number = this.#take(id, summary, place);
      if (number !== null) this.#sorted.splice(this.#placeOf(this.#table.at(number)), 0, number);
    }
  }

  /**
   * A page of the matches that fit the filters, newest first. An invalid cursor starts at the newest match;
   * see {@link isCursor}.
   */
  async page({ limit, cursor, ...wanted }: PageQuery): Promise<FinishedPage> {
    const from = cursor === null ? null : positionOf(cursor);
    const chosen: Finished[] = [];
    // With a limit of 0 the next page begins where this one would have.
    let next: string | null = null;
    const end = from === null ? this.#sorted.length : this.#placeOf(from);
    for (let index = end - 1; index >= 0; index -= 1) {
      const number = this.#sorted[index];
      if (number === undefined || !fits(this.#table.kindOf(number), wanted)) continue;
      if (chosen.length === limit) {
        next = limit === 0 ? cursor : cursorOf(chosen.at(-1));
        break;
      }
      chosen.push(this.#table.at(number));
    }
    return { rows: await this.#texts(chosen), next };
  }

  /** @returns the row number; null if the match is listed already */
  #take(id: MatchId, summary: FinishedSummary, place: LinePlace | null): number | null {
    const { task_id, ruleset, end_reason, players, archived_at: at, grader_score: grade } = summary;
    if (this.#table.has(id)) return null;
    const kind = { task_id, ruleset, end_reason, players, isRevealed: summary.rewards !== null };
    const number = this.#table.add({ id, at, place, kind });
    this.leaderboard.take(summary);
    if (grade !== null) {
      this.#graded += 1;
      this.#gradeSum += grade;
    }
    return number;
  }

  /**
   * The summaries of some matches as JSON. Those without a valid line are read from their archives, because
   * the summary file may be deleted or changed at any time.
   */
  async #texts(finished: readonly Finished[]): Promise<readonly string[]> {
    const placed = finished.flatMap(({ id, place }) => (place === null ? [] : { id, place }));
    const listed = await this.#summaries.texts(placed).catch(() => null);
    const texts = new Map(listed);
    const { summaries } = await this.#read(finished.map(({ id }) => id).filter((id) => !texts.has(id)));
    for (const summary of summaries) texts.set(matchId(summary.match_id), JSON.stringify(summary));
    return finished.map(({ id }) => texts.get(id)).filter((text) => text !== undefined);
  }

  /** The index of a row in `#sorted`, or where it would be inserted. */
  #placeOf(row: Placed): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byTime(this.#table.at(present(this.#sorted[middle], 'A row')), row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Summarises archives in parallel. Unreadable ones are listed as damaged. */
  async #read(names: readonly MatchId[]) {
    const left = [...names].reverse();
    const damaged: MatchId[] = [];
    const summaries: FinishedSummary[] = [];
    const lane = async () => {
      for (let id = left.pop(); id !== undefined && !this.#isStopped; id = left.pop()) {
        // An unreadable file counts as damaged.
        const archive = await this.archive(id).catch(() => null);
        if (archive === null) damaged.push(id);
        else summaries.push(finishedSummary(archive));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    // Sorted by time, so that a rebuilt summary file has the same bytes.
    summaries.sort((a, b) => byTime(placedOf(a), placedOf(b)));
    return { summaries, damaged };
  }
}

type Placed = Pick<Finished, 'at' | 'id'>;

const placedOf = ({ match_id, archived_at }: FinishedSummary): Placed => ({
  id: matchId(match_id),
  at: archived_at,
});

function byTime(a: Placed, b: Placed): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Whether a match, running or finished, passes the filters. */
export function fits(
  row: Pick<FinishedSummary, 'task_id' | 'ruleset' | 'end_reason' | 'players'>,
  { task, ruleset, endReason, player }: Omit<PageQuery, 'limit' | 'cursor'>,
) {
  return (
    (task === undefined || row.task_id === task) &&
    (ruleset === undefined || row.ruleset === ruleset) &&
    (endReason === undefined || row.end_reason === endReason) &&
    (player === undefined || Object.values(row.players).includes(player))
  );
}

/** The cursor after a row. */
const cursorOf = (row: Placed | undefined): string | null =>
  row === undefined ? null : cursorAt([row.at, row.id]);

const positionShape = z.tuple([z.number(), z.string()]);

function positionOf(cursor: string): Placed | null {
  const [at, id] = placeAt(positionShape, cursor) ?? [];
  return at === undefined || id === undefined ? null : { at, id: matchId(id) };
}

/** Whether a text is a well-formed cursor of {@link FinishedMatches.page}. */
export const isCursor = (text: string): boolean => positionOf(text) !== null;
