import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMatch } from '../../../src/client/http.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { taskIds } from '../../../src/game/task.ts';
import type { FinishedSummary } from '../../../src/history/summary.ts';
import { matchListShape } from '../../../src/protocol/http.ts';
import { serving } from '../../cli/arena.ts';
import { inFolder } from '../../log/temp-folder.ts';
import { fromEnvironment } from '../hostile/hostile-kit.ts';
import { writePast } from './past-matches.ts';

const seed = fromEnvironment('HISTORY_SEED', 1);
const count = sizeFrom('HISTORY_MATCHES', { small: 250, all: 3000 });

/** Wanted of a list, and which of the past matches that are. */
interface Filter {
  readonly query: Readonly<Record<string, string>>;
  readonly fits: (row: FinishedSummary) => boolean;
}

const filters: readonly Filter[] = [
  { query: {}, fits: () => true },
  ...taskIds.map((task) => ({
    query: { task_id: task },
    fits: (row: FinishedSummary) => row.task_id === task,
  })),
  { query: { ruleset: 'classic' }, fits: ({ ruleset }) => ruleset === 'classic' },
  { query: { end_reason: 'timeout' }, fits: ({ end_reason: reason }) => reason === 'timeout' },
  { query: { player: 'eve' }, fits: ({ players }) => Object.values(players).includes('eve') },
  { query: { player: 'nobody' }, fits: () => false },
  {
    query: { player: 'ann', ruleset: 'standard', task_id: 'task_2' },
    fits: ({ players, ruleset, task_id: task }) =>
      Object.values(players).includes('ann') && ruleset === 'standard' && task === 'task_2',
  },
];

class Reader {
  readonly times: number[] = [];
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async page(query: Readonly<Record<string, string>>) {
    const began = performance.now();
    const answer = await fetch(`${this.#url}/api/v1/matches?${new URLSearchParams(query).toString()}`);
    const text = await answer.text();
    this.times.push(performance.now() - began);
    expect(answer.status, text).toBe(200);
    return matchListShape.parse(JSON.parse(text));
  }

  /** Reads every page, of sizes that are drawn; `between` is done after each. @returns the ids in their order. */
  async all({ query }: Filter, size: () => number, between: () => Promise<void>): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const limits = { history_limit: String(size()), active_limit: '0' };
      const page = await this.page({ ...query, ...limits, ...(cursor === '' ? {} : { cursor }) });
      ids.push(...page.history.map(({ match_id: id }) => id));
      cursor = page.next_cursor;
      await between();
    }
    return ids;
  }

  get told(): string {
    const sorted = [...this.times].sort((one, other) => one - other);
    const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
    return `${sorted.length} pages, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
  }
}

/** A match that is made and ended at once. @returns its id. */
async function finishOne(url: string, draws: Draws): Promise<string> {
  const { match_id: id, owner_token: token } = await createMatch(url, { task_id: draws.pick(taskIds) });
  const { status } = await fetch(`${url}/api/v1/matches/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(status).toBe(204);
  return id;
}

describe(`a history of ${count} finished matches`, () => {
  it(
    'is paged without a row lost or doubled while matches finish, with every filter',
    { timeout: 600_000 },
    inFolder(async (data) => {
      const where = `HISTORY_SEED=${seed}`;
      const past = writePast(data, { count, seed, isListed: true });
      const newestFirst = [...past].reverse();
      const began = performance.now();
      const { server, url } = await serving(['--data-dir', data, '--log-level', 'warn']);
      onTestFinished(() => server.kill('SIGKILL'));
      const listens = performance.now() - began;
      const ready = async () => (await (await fetch(`${url}/ready`)).json()) as { state: string };
      while ((await ready()).state !== 'serving');
      const serves = performance.now() - began;
      console.log(
        `${where}: ${count} matches, listens after ${listens.toFixed(0)} ms, all are listed after ${serves.toFixed(0)} ms`,
      );
      const finished = new Set<string>();
      for (const [index, filter] of filters.entries()) {
        const draws = drawsFor(seed, 'paging', index);
        const wanted = newestFirst.filter(filter.fits).map(({ match_id: id }) => id);
        const reader = new Reader(url);
        const size = () => (count > 10_000 ? 200 : draws.between(1, 200));
        const between = async () => {
          if (draws.chance(300)) finished.add(await finishOne(url, draws));
        };
        const ids = await reader.all(filter, size, between);
        console.log(`${new URLSearchParams(filter.query).toString() || 'all'}: ${reader.told}`);
        // In their order, equal times by name.
        expect(
          ids.filter((id) => id.startsWith('past-')),
          where,
        ).toEqual(wanted);
        const others = ids.filter((id) => !id.startsWith('past-'));
        expect([...finished], where).toEqual(expect.arrayContaining(others));
        expect(new Set(others).size, where).toBe(others.length);
      }
      // The last one may still be on its way to the disk.
      const total = async () => (await new Reader(url).page({ history_limit: '0' })).total.finished;
      while ((await total()) < count + finished.size);
      const all = await new Reader(url).all(
        { query: {}, fits: () => true },
        () => 200,
        () => Promise.resolve(),
      );
      expect(new Set(all), where).toEqual(new Set([...finished, ...past.map(({ match_id: id }) => id)]));
      expect(all, where).toHaveLength(count + finished.size);
      server.kill('SIGTERM');
      expect(await server.ended()).toMatchObject({ code: 0, stderr: '' });
    }),
  );
});
