import { batch, computed, effect, signal } from '@preact/signals';
import type { z } from 'zod';
import type { finishedShape, matchListShape, runningShape } from '../../../src/protocol/http.ts';
import { Refusal, getJson } from './api.ts';

export type Running = z.infer<typeof runningShape>;
export type Finished = z.infer<typeof finishedShape>;
export type Listed = Running | Finished;
type Page = z.infer<typeof matchListShape>;

export interface Filters {
  readonly phase: string;
  readonly task: string;
  readonly player: string;
  readonly ending: string;
}

export const noFilters: Filters = { phase: '', task: '', player: '', ending: '' };

export const isFinished = (row: Listed): row is Finished => 'archived_at' in row;

const pollMs = 2_000;
const pageSize = 100;
/** Enough rows to cover the matches that end between two polls. */
const pollSize = 25;

/** Polls the running and finished matches, and loads older ones as the reader scrolls. */
export class Lobby {
  readonly filters = signal<Filters>(noFilters);
  readonly running = signal<readonly Running[]>([]);
  readonly finished = signal<readonly Finished[]>([]);
  readonly total = signal({ active: 0, finished: 0 });
  readonly failure = signal<Refusal | null>(null);
  readonly isLoaded = signal(false);
  readonly rows = computed<readonly Listed[]>(() => {
    const filters = this.filters.value;
    return [
      ...this.running.value.filter((row) => fitsRunning(row, filters)),
      ...this.finished.value.filter(({ phase }) => filters.phase === '' || filters.phase === phase),
    ];
  });

  #cursor: string | null = null;
  #isPolling = false;
  #isExtending = false;
  #abort = new AbortController();
  readonly #endings: (() => void)[] = [];

  constructor(filters: Filters) {
    this.filters.value = filters;
    this.#endings.push(
      effect(() => {
        const query = queryOf(this.filters.value);
        this.#abort.abort();
        this.#abort = new AbortController();
        void this.#begin(query, this.#abort.signal);
      }),
    );
    const timer = window.setInterval(() => void this.#poll(), pollMs);
    this.#endings.push(
      () => window.clearInterval(timer),
      () => this.#abort.abort(),
    );
  }

  close(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  /** Loads the next page of older matches, if there is one. */
  async more(): Promise<void> {
    const cursor = this.#cursor;
    if (cursor === null || this.#isExtending) return;
    this.#isExtending = true;
    const page = await this.#page(
      `&history_limit=${pageSize}&active_limit=0&cursor=${encodeURIComponent(cursor)}`,
    );
    this.#isExtending = false;
    if (page === null || this.#cursor !== cursor) return;
    this.#cursor = page.next_cursor;
    this.finished.value = [...this.finished.value, ...page.history];
  }

  async #begin(query: string, abort: AbortSignal): Promise<void> {
    const page = await this.#page(`&history_limit=${pageSize}`, query);
    if (page === null || abort.aborted) return;
    batch(() => {
      this.#cursor = page.next_cursor;
      this.#show(page);
      this.finished.value = page.history;
      this.isLoaded.value = true;
    });
  }

  async #poll(): Promise<void> {
    if (document.hidden || !this.isLoaded.peek() || this.#isPolling) return;
    this.#isPolling = true;
    const page = await this.#page(`&history_limit=${pollSize}`);
    this.#isPolling = false;
    if (page === null) return;
    const known = new Set(this.finished.peek().map(({ match_id }) => match_id));
    const fresh = page.history.filter(({ match_id }) => !known.has(match_id));
    batch(() => {
      this.#show(page);
      if (fresh.length === 0) return;
      // More matches may have ended than one poll returns. Then the list starts again.
      const isTorn = fresh.length === page.history.length && page.next_cursor !== null;
      if (isTorn) this.#cursor = page.next_cursor;
      this.finished.value = isTorn ? page.history : [...fresh, ...this.finished.peek()];
    });
  }

  #show({ active, total }: Page): void {
    this.running.value = active;
    this.total.value = total;
  }

  async #page(more: string, query = queryOf(this.filters.peek())): Promise<Page | null> {
    const { signal: abort } = this.#abort;
    try {
      const page = await getJson<Page>(`/api/v1/matches?${query}${query === '' ? more.slice(1) : more}`, {
        signal: abort,
      });
      this.failure.value = null;
      return page;
    } catch (error) {
      if (error instanceof Refusal) this.failure.value = error;
      return null;
    }
  }
}

/** The filters that the server applies. The page itself filters by phase. */
function queryOf({ task, player, ending }: Filters): string {
  return new URLSearchParams({
    ...(task === '' ? {} : { task_id: task }),
    ...(player === '' ? {} : { player }),
    ...(ending === '' ? {} : { end_reason: ending }),
  }).toString();
}

function fitsRunning({ phase, players }: Running, wanted: Filters): boolean {
  return (
    wanted.ending === '' &&
    (wanted.phase === '' || wanted.phase === phase) &&
    (wanted.player === '' || Object.values(players).includes(wanted.player))
  );
}
