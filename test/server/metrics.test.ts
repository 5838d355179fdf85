import { describe, expect, it } from 'vitest';
import { withServer } from './frames/feed-kit.ts';
import type { Served } from './frames/feed-kit.ts';

const base = ({ server }: Served) => `http://127.0.0.1:${server.port}`;

/** The figures by name and labels, as `arena_errors_total{code="invalid_json"}`. */
async function figures(served: Served): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${base(served)}/api/v1/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const requests = (role: string, type: string, outcome: string) =>
  `arena_requests_total{role="${role}",type="${type}",outcome="${outcome}"}`;

describe('the figures for Prometheus', () => {
  it(
    'count what role sockets are answered, by role, type and outcome, and the codes of refusals',
    withServer({}, async (served) => {
      const fraudster = await served.open('fraudster');
      const { data } = await fraudster.reset({ episode_id: 'counted' });
      expect(data).toMatchObject({ match_id: 'counted' });
      const auditor = await served.open('auditor');
      await fraudster.request('no JSON');
      await fraudster.step({ action_type: 'propose_ad', ad_copy: 'Bowls.', category: 'none of the list' });
      await auditor.step({ action_type: 'end_turn' });
      await fraudster.step({ action_type: 'end_turn' });
      const seen = await figures(served);
      expect(seen.get(requests('fraudster', 'reset', 'told'))).toBe(1);
      expect(seen.get(requests('fraudster', 'none', 'refused'))).toBe(1);
      expect(seen.get(requests('fraudster', 'step', 'penalised'))).toBe(1);
      expect(seen.get(requests('fraudster', 'step', 'accepted'))).toBe(1);
      expect(seen.get(requests('auditor', 'step', 'refused'))).toBe(1);
      expect(seen.get('arena_errors_total{code="invalid_json"}')).toBe(1);
      expect(seen.get('arena_errors_total{code="category_not_allowed"}')).toBe(1);
      expect(seen.get('arena_errors_total{code="no_match"}')).toBe(1);
      expect(seen.get('arena_reply_seconds_count')).toBe(5);
      expect(seen.get('arena_append_seconds_count')).toBeGreaterThanOrEqual(4);
      expect(seen.get('arena_sockets{role="fraudster"}')).toBe(1);
      expect(seen.get('arena_sockets{role="investigator"}')).toBe(0);
      expect(seen.get('arena_matches{phase="investigator_turn"}')).toBe(1);
      expect(seen.get('arena_active_matches')).toBe(1);
      expect(seen.has('arena_nodejs_eventloop_lag_seconds')).toBe(true);
    }),
  );

  it(
    'count matches that ended, by their end reason, and requests by route',
    withServer({}, async (served) => {
      const made = await fetch(`${base(served)}/api/v1/matches`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      const { match_id: id, owner_token: owner } = (await made.json()) as Record<string, string>;
      const path = `${base(served)}/api/v1/matches/${id ?? ''}`;
      expect((await fetch(path, { method: 'DELETE' })).status).toBe(401);
      const authorization = `Bearer ${owner ?? ''}`;
      expect((await fetch(path, { method: 'DELETE', headers: { authorization } })).status).toBe(204);
      await fetch(`${base(served)}/api/v1/nowhere`);
      await fetch(path, { method: 'BREW' });
      const seen = await figures(served);
      expect(seen.get('arena_matches_over_total{end_reason="aborted"}')).toBe(1);
      const route = (method: string, of: string, status: number) =>
        seen.get(`arena_http_requests_total{method="${method}",route="${of}",status="${status}"}`);
      expect(route('DELETE', '/api/v1/matches/{id}', 204)).toBe(1);
      expect(route('DELETE', '/api/v1/matches/{id}', 401)).toBe(1);
      expect(route('GET', 'none', 404)).toBe(1);
      expect([...seen.keys()].filter((name) => name.includes(id ?? '') || name.includes('BREW'))).toEqual([]);
    }),
  );
});

describe('who reads the figures', () => {
  it(
    'is on this machine: others could tell by them how busy a role is',
    withServer({ edge: { origins: [], trustProxy: true } }, async (served) => {
      const from = (address: string) =>
        fetch(`${base(served)}/api/v1/metrics`, { headers: { 'x-forwarded-for': address } });
      expect((await from('127.0.0.1')).status).toBe(200);
      const refused = await from('203.0.113.7');
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ code: 'operator_only', status: 403 });
    }),
  );
});

describe('the leaderboard', () => {
  it(
    'has the named players of graded matches, with the mean of their rewards',
    withServer({}, async (served) => {
      const names = { fraudster: 'quick', investigator: 'slow' };
      for (const seed of [1, 2]) {
        const fraudster = await served.open('fraudster');
        const id = String((await fraudster.reset({ seed, players: names, max_rounds: 1 })).data['match_id']);
        const { peer: investigator } = await served.seat('investigator', id);
        const { peer: auditor } = await served.seat('auditor', id);
        await fraudster.step({ action_type: 'end_turn' });
        await investigator.step({ action_type: 'end_turn' });
        const { data } = await auditor.step({ action_type: 'submit_audit_report', audit_report: {} });
        expect(data).toMatchObject({ done: true });
      }
      const read = async (query: string) => {
        const answer = await fetch(`${base(served)}/api/v1/leaderboard${query}`);
        return ((await answer.json()) as { entries: readonly Record<string, unknown>[] }).entries;
      };
      await expect.poll(async () => (await read(''))[0]?.['games']).toBe(2);
      const rows = await read('');
      expect(rows).toHaveLength(2);
      expect(Number(rows[0]?.['rating'])).toBeGreaterThanOrEqual(Number(rows[1]?.['rating']));
      const [quick] = await read('?role=fraudster');
      expect(quick).toMatchObject({
        agent: 'quick',
        role: 'fraudster',
        ruleset: 'standard',
        task_id: 'task_1',
      });
      const [slow] = await read('?role=investigator');
      expect(Number(quick?.['win_rate']) + Number(slow?.['win_rate'])).toBe(1);
      const history = await fetch(`${base(served)}/api/v1/matches?player=quick`);
      const { history: played } = (await history.json()) as {
        history: readonly { rewards: Record<string, number> }[];
      };
      const mean = played.reduce((sum, { rewards }) => sum + (rewards['fraudster'] ?? 0), 0) / played.length;
      expect(quick?.['rating']).toBeCloseTo(mean, 12);
      expect(await read('?ruleset=classic')).toEqual([]);
    }),
  );
});
