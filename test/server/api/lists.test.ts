import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { eventually } from '../hostile/hostile-kit.ts';
import { Site, adapters, bearer } from './site.ts';

interface Row {
  readonly match_id: string;
  readonly end_reason: string | null;
  readonly connected_roles: readonly string[];
  readonly archived_at?: number;
}

interface List {
  readonly active: readonly Row[];
  readonly history: readonly Row[];
  readonly next_cursor: string | null;
  readonly next_active_cursor: string | null;
  readonly total: { readonly active: number; readonly finished: number };
}

const idsOf = (rows: readonly Row[]): readonly string[] => rows.map(({ match_id }) => match_id).sort();

describe.each(adapters)('the list of matches over %s', (adapter) => {
  let site: Site;
  const running: string[] = [];
  const ended: string[] = [];
  const list = async (query = ''): Promise<List> => {
    const asked = { method: 'GET', path: `/api/v1/matches${query}` };
    const reply = await site.line.ask(asked);
    expect(site.description.faults(asked, reply)).toEqual([]);
    return JSON.parse(reply.body) as List;
  };

  beforeAll(async () => {
    site = await Site.open(adapter);
    for (const wanted of [{}, { task_id: 'task_2' }, { ruleset: 'classic' }])
      running.push((await site.make(wanted)).match_id);
    ended.push((await site.played()).match_id);
    for (let count = 0; count < 6; count += 1) {
      const { match_id, owner_token } = await site.make(count % 2 === 0 ? { task_id: 'task_2' } : {});
      // Two at a time end in the same moment.
      if (count % 2 === 0) await site.clock.advance(10);
      await site.line.delete(`/api/v1/matches/${match_id}`, bearer(owner_token));
      ended.push(match_id);
    }
    await eventually(async () => (await list()).total.finished === ended.length);
  }, 60_000);
  afterAll(() => site.close());

  it('has every match once', async () => {
    const { active, history, next_cursor, total } = await list();
    expect(idsOf(active)).toEqual([...running].sort());
    expect(idsOf(history)).toEqual([...ended].sort());
    expect([next_cursor, total]).toEqual([null, { active: 3, finished: 7 }]);
  });

  it.each([1, 2, 3, 6, 7, 200])('comes in pages of %i, newest first, none twice', async (limit) => {
    const rows: Row[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(8);
      const page: List = await list(`?history_limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.history.length).toBeLessThanOrEqual(limit);
      rows.push(...page.history);
      cursor = page.next_cursor;
    }
    expect(idsOf(rows)).toEqual([...ended].sort());
    const times = rows.map((row) => row.archived_at ?? 0);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('of a page of none is the running ones, and goes on where it stood', async () => {
    const none = await list('?history_limit=0');
    expect([idsOf(none.active), none.history, none.next_cursor]).toEqual([[...running].sort(), [], null]);
    const { next_cursor } = await list('?history_limit=2');
    const still = await list(`?history_limit=0&cursor=${String(next_cursor)}`);
    expect([still.history, still.next_cursor]).toEqual([[], next_cursor]);
    expect((await list('?active_limit=0')).active).toEqual([]);
    expect((await list('?active_limit=2')).active).toHaveLength(2);
  });

  it.each([1, 2, 3, 200])('has the running ones in pages of %i, oldest first, none twice', async (limit) => {
    const rows: Row[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(4);
      const page: List = await list(
        `?history_limit=0&active_limit=${limit}${cursor === '' ? '' : `&active_cursor=${cursor}`}`,
      );
      expect(page.active.length).toBeLessThanOrEqual(limit);
      rows.push(...page.active);
      cursor = page.next_active_cursor;
    }
    expect(rows.map(({ match_id }) => match_id)).toEqual(running);
  });

  it('refuses a place among the running ones that is of another run of the server', async () => {
    const cursor = Buffer.from(JSON.stringify(['another run', 2])).toString('base64url');
    const asked = { method: 'GET', path: `/api/v1/matches?active_cursor=${cursor}` };
    const reply = await site.line.ask(asked);
    expect(site.description.faults(asked, reply)).toEqual([]);
    expect(reply.status).toBe(422);
    expect(reply.body).toContain('begin again without it');
  });

  it('takes a cursor that somebody made up as a place like any other', async () => {
    const at = (...place: readonly unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url');
    const from = async (cursor: string) => (await list(`?cursor=${cursor}`)).history.length;
    expect(await from(at(0, ''))).toBe(0);
    expect(await from(at(-1e300, 'z'))).toBe(0);
    expect(await from(at(1e300, ''))).toBe(ended.length);
    expect(await from(at(1e300, '../../etc/passwd'))).toBe(ended.length);
    expect(await from(at(1e300, 'x'.repeat(2000)))).toBe(ended.length);
  });

  it.each([
    ['end_reason=aborted', 0, 6],
    ['end_reason=max_rounds', 0, 1],
    ['end_reason=timeout', 0, 0],
    ['player=nobody', 0, 0],
    ['task_id=task_2', 1, 3],
    ['ruleset=classic', 1, 0],
    ['ruleset=standard', 2, 7],
    ['ruleset=standard&task_id=task_2&end_reason=aborted', 0, 3],
    ['ruleset=nobody-knows', 0, 0],
  ])('filtered by %s has %i that run and %i that are over', async (query, active, history) => {
    const page = await list(`?${query}`);
    expect([page.active.length, page.history.length]).toEqual([active, history]);
  });

  it('pages through what a filter leaves', async () => {
    const first = await list('?end_reason=aborted&history_limit=4');
    const second = await list(`?end_reason=aborted&history_limit=4&cursor=${String(first.next_cursor)}`);
    expect([first.history.length, second.history.length, second.next_cursor]).toEqual([4, 2, null]);
  });

  it('says who is connected, as they come and go', async () => {
    const made = await site.make();
    /** What every route says of it, one after another. */
    const connected = async () => {
      const row = (await list()).active.find(({ match_id }) => match_id === made.match_id);
      const { body } = await site.line.get(`/api/v1/matches/${made.match_id}`);
      const original = await site.line.get('/matches');
      const { active_matches: all } = JSON.parse(original.body) as {
        readonly active_matches: Record<string, Row>;
      };
      return [row, JSON.parse(body) as Row, all[made.match_id]].map((each) =>
        each?.connected_roles.join(' '),
      );
    };
    const until = (expected: string) =>
      eventually(async () => (await connected()).every((each) => each === expected));
    expect(await connected()).toEqual(['', '', '']);
    const lines = await site.seats(made);
    const everybody = roles.join(' ');
    expect(await connected()).toEqual([everybody, everybody, everybody]);
    await lines.fraudster.leave();
    await until('investigator auditor');
    await lines.auditor.terminate();
    await until('investigator');
    await lines.investigator.leave();
    await until('');
  });

  it('goes on with the running ones behind one that has ended meanwhile', async () => {
    const before = idsOf((await list()).active).length;
    const ends = await site.make();
    const goesOn = await site.make();
    const first = await list(`?active_limit=${before + 1}`);
    expect(first.active.at(-1)?.match_id).toBe(ends.match_id);
    const cursor = String(first.next_active_cursor);
    const none = await list(`?active_limit=0&active_cursor=${cursor}`);
    expect([none.active, none.next_active_cursor]).toEqual([[], cursor]);
    await site.line.delete(`/api/v1/matches/${ends.match_id}`, bearer(ends.owner_token));
    const late = await site.make();
    const second = await list(`?active_cursor=${cursor}`);
    expect(second.active.map(({ match_id }) => match_id)).toEqual([goesOn.match_id, late.match_id]);
    expect(second.next_active_cursor).toBeNull();
  });
});
