import { describe, expect, it } from 'vitest';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { eventually } from '../hostile/hostile-kit.ts';
import { Reader } from './reader.ts';
import { Site, adapters, bearer } from './site.ts';
import type { Made } from './site.ts';
import type { Reply } from './http-line.ts';

const codeOf = ({ status, body }: Reply): readonly unknown[] => [
  status,
  body === '' ? null : (JSON.parse(body) as { readonly code?: string }).code,
];

/** What strangers, players and owners of other matches may show. */
const impostors = (made: Made, other: Made): readonly string[] => [
  ...Object.values(made.seat_tokens ?? {}).map((token) => `Bearer ${token}`),
  `Bearer ${other.owner_token}`,
  `Bearer ${tokenHash(made.owner_token)}`,
  `Bearer ${made.owner_token}x`,
  `Bearer ${made.owner_token.toUpperCase()}`,
  'Bearer undefined',
  'Bearer null',
];
const unnamed = ['', 'Bearer', 'Bearer ', 'Basic b3duZXI6', 'owner'];

describe.each(adapters)('over %s', (adapter) => {
  const withSite = (use: (site: Site) => Promise<void>) => async () => {
    const site = await Site.open(adapter);
    try {
      await use(site);
      expect(site.diagnostics).toEqual([]);
    } finally {
      await site.close();
    }
  };

  it(
    'a stranger can neither end a running match nor read its log, and its owner can',
    withSite(async (site) => {
      const [made, other] = [await site.make(), await site.make()];
      const path = `/api/v1/matches/${made.match_id}`;
      for (const method of ['GET', 'DELETE'])
        for (const [headers, expected] of [
          ...impostors(made, other).map(
            (authorization) => [authorization, [403, 'owner_token_wrong']] as const,
          ),
          ...unnamed.map((authorization) => [authorization, [401, 'owner_token_required']] as const),
        ]) {
          const address = method === 'GET' ? `${path}/log` : path;
          const reply = await site.line.ask({ method, path: address, headers: { authorization: headers } });
          expect(codeOf(reply), headers).toEqual(expected);
        }
      const query = await site.line.get(`${path}/log?owner_token=${made.owner_token}`);
      expect(query.status).toBe(422);
      const log = await site.line.get(`${path}/log`, bearer(made.owner_token));
      expect(log.status).toBe(200);
      expect(log.body).toContain('"match.created"');
      expect((await site.line.get(path)).body).toContain('"done":false');
    }),
  );

  it(
    'an owner ends a match once and for all, and whoever is there is told',
    withSite(async (site) => {
      const made = await site.make();
      const lines = Object.values(await site.seats(made));
      for (const line of lines) await line.request({ type: 'subscribe', data: { from_seq: 0 } });
      const path = `/api/v1/matches/${made.match_id}`;
      const reader = await Reader.open(site.server.port, `${path}/stream`);
      for (const body of [undefined, '{"reason":"x"}', undefined]) {
        const asked = {
          method: 'DELETE',
          path,
          headers: bearer(made.owner_token),
          ...(body === undefined ? {} : { body }),
        };
        const reply = await site.line.ask(asked);
        expect(site.description.faults(asked, reply)).toEqual([]);
        expect(reply.status).toBe(204);
      }
      await reader.ended;
      expect(reader.heard.slice(-2).map(({ event }) => event)).toEqual(['match_over', 'end']);
      for (const line of lines) {
        await line.request({ type: 'obs' });
        expect(line.texts.filter((text) => text.includes('"match_over"'))).toHaveLength(1);
        await line.leave();
      }
      const { body } = await site.line.get(path);
      expect(JSON.parse(body)).toMatchObject({ phase: 'aborted', end_reason: 'aborted', done: false });
      expect((await site.line.delete(path)).status).toBe(401);
    }),
  );

  it(
    'nobody ends a match that was played to its end',
    withSite(async (site) => {
      const made = await site.played();
      const path = `/api/v1/matches/${made.match_id}`;
      for (let times = 0; times < 2; times += 1)
        expect(codeOf(await site.line.delete(path, bearer(made.owner_token)))).toEqual([409, 'match_over']);
      expect((await site.line.get(path)).body).toContain('"done":true');
    }),
  );

  it(
    'a match that does not reveal itself stays its owner’s after the end, and others are everybody’s',
    withSite(async (site) => {
      const kept = await site.played({ policies: { reveal_at_end: false } });
      const open = await site.played();
      await eventually(async () =>
        (await site.line.get('/api/v1/health')).body.includes('"archived_matches":2'),
      );
      for (const [made, isKept] of [
        [kept, true],
        [open, false],
      ] as const) {
        const path = `/api/v1/matches/${made.match_id}`;
        const log = await site.line.get(`${path}/log`);
        expect(log.status).toBe(isKept ? 401 : 200);
        const read = async (what: string, headers = {}) =>
          JSON.parse((await site.line.get(`${path}${what}`, headers)).body) as object;
        const reveals = isKept ? null : (expect.anything() as unknown);
        expect(await read('/report')).toMatchObject({
          grader_score: expect.any(Number) as number,
          rewards: reveals,
          audit_report: reveals,
        });
        expect(await read('')).toMatchObject({ rewards: reveals });
        expect(JSON.stringify(await read('/events')).includes('fraudster_action')).toBe(!isKept);
        const owner = bearer(made.owner_token);
        expect(await read('/report', owner)).toMatchObject({
          rewards: expect.anything() as unknown,
          audit_report: expect.anything() as unknown,
        });
        expect(JSON.stringify(await read('/events', owner))).toContain('fraudster_action');
        expect((await site.line.get(`${path}/log`, owner)).status).toBe(200);
        if (!isKept) continue;
        for (const authorization of impostors(kept, open))
          for (const what of ['/log', '/events', '/report'])
            expect(codeOf(await site.line.get(path + what, { authorization }))).toEqual([
              403,
              'owner_token_wrong',
            ]);
      }
      const grader = await site.line.get('/grader');
      expect(grader.body).not.toContain(kept.match_id);
      const list = await site.line.get('/api/v1/matches');
      expect(JSON.parse(list.body)).toMatchObject({
        history: expect.arrayContaining([
          expect.objectContaining({ match_id: kept.match_id, rewards: null }),
        ]) as unknown,
      });
    }),
  );

  it(
    'no token and no hash of one is in any log, list or answer but the creation’s',
    withSite(async (site) => {
      const made = await site.played({ policies: { auth: 'invited' } });
      const tokens = [made.owner_token, ...Object.values(made.seat_tokens ?? {})];
      const path = `/api/v1/matches/${made.match_id}`;
      const owner = bearer(made.owner_token);
      const addresses = [
        path,
        `${path}/log`,
        `${path}/events`,
        `${path}/report`,
        `${path}/stream`,
        '/api/v1/matches',
        '/grader',
        '/api/v1/metrics',
      ];
      for (const address of addresses)
        for (const headers of [{}, owner]) {
          const { body, headers: said } = await site.line.get(address, headers);
          const text = JSON.stringify(said) + body;
          expect([...tokens, ...tokens.map(tokenHash)].filter((secret) => text.includes(secret))).toEqual([]);
        }
    }),
  );

  it(
    'matches are made so many at a time, under one id once, and not by pages of strangers',
    withSite(async (site) => {
      const few = await Site.open(adapter, { limits: { matchesPerAddress: 1 } });
      const none = await Site.open(adapter, { limits: { matches: 1, matchesPerAddress: 9 } });
      try {
        for (const [where, status] of [
          [few, 429],
          [none, 503],
        ] as const) {
          await where.make();
          const reply = await where.line.post('/api/v1/matches', {});
          expect(where.description.faults({ method: 'POST', path: '/api/v1/matches' }, reply)).toEqual([]);
          expect([...codeOf(reply), reply.headers['retry-after']]).toEqual([status, 'capacity_reached', '5']);
        }
      } finally {
        await few.close();
        await none.close();
      }
      await site.make({ episode_id: 'once' });
      expect(codeOf(await site.line.post('/api/v1/matches', { episode_id: 'once' }))).toEqual([
        409,
        'match_exists',
      ]);
      const made = await site.make();
      for (const origin of [
        'https://elsewhere.example',
        'null',
        `http://127.0.0.1:${site.server.port + 1}`,
      ]) {
        expect(codeOf(await site.line.post('/api/v1/matches', {}, { origin }))).toEqual([
          403,
          'origin_refused',
        ]);
        const headers = { ...bearer(made.owner_token), origin };
        expect(codeOf(await site.line.delete(`/api/v1/matches/${made.match_id}`, headers))).toEqual([
          403,
          'origin_refused',
        ]);
      }
      const own = { origin: `http://127.0.0.1:${site.server.port}` };
      expect((await site.line.post('/api/v1/matches', {}, own)).status).toBe(201);
    }),
  );
});
