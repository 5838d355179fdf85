import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Contract, codeOf, isRead, queriesOf } from './contract-kit.ts';
import type { Described, Schema } from './description.ts';
import { adapters } from './site.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

/** A value of every query, with which a route answers as it does without. */
const goodQueries: Readonly<Record<string, readonly string[]>> = {
  limit: ['1', '1000'],
  role: ['fraudster', 'auditor'],
  history_limit: ['0', '1', '200'],
  active_limit: ['0', '1', '200'],
  task_id: ['task_1', 'task_3_unseen'],
  ruleset: ['standard', 'nobody-knows'],
  end_reason: ['aborted', 'commit_final'],
  player: ['baseline'],
  after: ['0', '1'],
  as: ['spectator'],
  direction: ['down', 'right'],
  theme: ['light', 'dark'],
  format: ['svg', 'json', 'mermaid', 'scxml'],
};

const isCursor = (name: string): boolean => name.endsWith('cursor');

describe.each(adapters)('over %s', (adapter) => {
  let contract: Contract;
  beforeAll(async () => {
    contract = await Contract.open(adapter);
  }, 60_000);
  afterAll(() => contract.site.close());

  it('every reference of the description leads to a schema, and every schema is one', () => {
    const { document } = contract.site.description;
    const schemas: Schema[] = [];
    const walk = (value: unknown, key: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (key === 'schema') schemas.push(value as Schema);
      for (const [name, each] of Object.entries(value)) walk(each, name);
    };
    walk(document.paths, '');
    expect(document.openapi).toBe('3.1.0');
    expect(schemas.length).toBeGreaterThan(100);
    for (const schema of schemas) expect(() => contract.site.description.whyNot(schema, null)).not.toThrow();
    expect(JSON.stringify(document)).not.toContain('$defs');
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Problem', 'RunningMatch', 'FinishedMatch', 'CreatedMatch', 'Health', 'Info']),
    );
  });

  it('every route that only reads answers as described, of every match there is', async () => {
    const seen = new Set<number>();
    for (const each of contract.routes(isRead))
      for (const path of contract.addresses(each))
        seen.add((await contract.ask({ method: 'GET', path })).status);
    expect([...seen].sort()).toEqual([200, 401, 403]);
  });

  it('a HEAD is answered like a GET, without the body', async () => {
    for (const each of contract.routes(isRead))
      for (const path of contract.addresses(each)) {
        const [get, head] = [
          await contract.ask({ method: 'GET', path }),
          await contract.ask({ method: 'HEAD', path }),
        ];
        expect(head.status).toBe(get.status);
        expect(head.headers['content-type']).toBe(get.headers['content-type']);
        expect(head.body).toBe('');
      }
  });

  it('a slash at the end changes nothing', async () => {
    for (const each of contract.routes((route) => isRead(route) && route.path !== '/')) {
      const path = contract.first(each);
      const [plain, slashed] = [
        await contract.ask({ method: 'GET', path }),
        await contract.ask({ method: 'GET', path: `${path}/` }),
      ];
      expect(slashed.status, path).toBe(plain.status);
      expect(slashed.headers['content-type']).toBe(plain.headers['content-type']);
    }
  });

  it.each(['*/*', 'text/html', 'application/xml;q=0.9', 'nonsense', 'application/json;q=0', ''])(
    'whoever accepts %j is given what there is',
    async (accept) => {
      const { status } = await contract.ask({ method: 'GET', path: '/api/v1/info', headers: { accept } });
      expect(status).toBe(200);
    },
  );

  it('a method that an address does not take is refused, and the others are named', async () => {
    for (const path of Object.keys(contract.site.description.document.paths)) {
      const own = contract.routes((each) => each.path === path);
      const taken = own.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      for (const method of methods.filter((each) => !taken.includes(each))) {
        const reply = await contract.ask({
          method,
          path: contract.first(own[0] as Described),
          ...(method === 'POST' ? { body: '{}' } : {}),
        });
        expect(reply.status, `${method} ${path}`).toBe(405);
        expect(reply.headers['allow']?.split(', ').sort()).toEqual([...taken].sort());
        if (method !== 'HEAD') expect(codeOf(reply)).toBe('method_not_allowed');
      }
    }
  });

  it.each([
    '/api',
    '/api/v1',
    '/api/v2/info',
    '//api/v1/info',
    '/api/v1/info/x',
    '/API/v1/info',
    '/favicon.ico',
    '/api/v1/matches/a/b/c',
    '/%61pi/v1/info',
    '/..%2f..%2fetc/passwd',
    '/health.json',
    '/constructor',
  ])('there is nothing at %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT']) {
      const reply = await contract.ask({ method, path });
      expect([reply.status, codeOf(reply)]).toEqual([404, 'not_found']);
    }
  });

  it.each(['/ws/fraudster', '/ws/nobody', '/ws/'])('%s without an upgrade speaks no HTTP', async (path) => {
    const reply = await contract.ask({ method: 'GET', path });
    expect([reply.status, codeOf(reply)]).toEqual([426, 'upgrade_required']);
    expect(reply.headers['upgrade']).toBe('websocket');
  });

  it('a match that is nowhere is not found, on every route of a match', async () => {
    for (const each of contract.routes(({ path }) => path.includes('{id}')))
      for (const id of [
        'no-such-match',
        'A',
        '0',
        'x'.repeat(128),
        'constructor',
        '__proto__',
        'summaries',
      ]) {
        const reply = await contract.ask({ method: each.method, path: each.path.replace('{id}', id) });
        expect([reply.status, codeOf(reply)], each.path).toEqual([404, 'unknown_match']);
      }
  });

  it.each([
    'x'.repeat(129),
    '%2e%2e',
    '.',
    '%2E',
    'a%2fb',
    'a%00b',
    '%',
    '%zz',
    '%ff%fe',
    '%ED%A0%80',
    'a%20b',
    'a+b',
    '%F0%9F%98%80',
    "'or'1'='1",
    'a,b',
    '~',
    '*',
    '{id}',
    '%7Bid%7D',
    'ä'.repeat(3).normalize('NFD').slice(1, 2),
  ])('what cannot be an id, such as %j, is refused before anything is looked up', async (id) => {
    for (const each of contract.routes(({ path }) => path.includes('{id}'))) {
      const path = each.path.replace('{id}', encodeOdd(id));
      const reply = await contract.ask({ method: each.method, path });
      expect([reply.status, codeOf(reply)], path).toEqual([422, 'validation_error']);
    }
  });

  it('an id may be written with escapes', async () => {
    const [id = ''] = contract.ids;
    const escaped = id.replaceAll(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    const reply = await contract.ask({ method: 'GET', path: `/api/v1/matches/${escaped}` });
    expect(JSON.parse(reply.body)).toMatchObject({ match_id: id });
  });

  it('a query that fits is taken, on every route that has one', async () => {
    for (const each of contract.routes(isRead))
      for (const { name } of queriesOf(each).filter((query) => !isCursor(query.name))) {
        const values = goodQueries[name] ?? [];
        expect(values, name).not.toEqual([]);
        for (const value of values) {
          const { status } = await contract.ask({
            method: 'GET',
            path: `${contract.first(each)}?${name}=${value}`,
          });
          expect(status, `${name}=${value}`).toBe(200);
        }
      }
  });

  it('a query that does not fit is refused, on every route', async () => {
    const unfit: Readonly<Record<string, readonly string[]>> = {
      integer: '|-1|1.5|1e2|0x10|%201|1%20|%2B1|%D9%A3|NaN|Infinity|null|true|99999999999999999999'.split(
        '|',
      ),
      enum: ['', 'task_9', 'TASK_1', 'null', '__proto__'],
      cursor: ['', 'x', 'null', 'W10', ...['[1]', '["a","b"]', '{"0":1,"1":"a"}', '[1e999,"a"]'].map(btoa)],
    };
    for (const each of contract.routes(isRead)) {
      const wrong = queriesOf(each).flatMap(({ name, schema }) => {
        const kind = isCursor(name) ? 'cursor' : 'enum' in schema ? 'enum' : String(schema['type']);
        const twice = `${name}=${goodQueries[name]?.[0] ?? 'a'}`;
        const maximum = schema['maximum'];
        const above = typeof maximum === 'number' && maximum < 1e15 ? [`${name}=${maximum + 1}`] : [];
        return [...(unfit[kind] ?? []).map((value) => `${name}=${value}`), ...above, `${twice}&${twice}`];
      });
      for (const query of [...wrong, 'unknown=1', '__proto__=1', 'constructor=', '=', '=1', 'a', '%zz=1'])
        for (const method of ['GET', 'HEAD']) {
          const reply = await contract.ask({ method, path: `${contract.first(each)}?${query}` });
          expect(reply.status, `${each.path}?${query}`).toBe(422);
          if (method === 'GET') expect(codeOf(reply)).toBe('validation_error');
        }
    }
  });

  it('an empty query is none', async () => {
    for (const each of contract.routes(isRead)) {
      const path = contract.first(each);
      const { status } = await contract.ask({ method: 'GET', path });
      for (const query of ['?', '?&', '?&&'])
        expect((await contract.ask({ method: 'GET', path: `${path}${query}` })).status, path + query).toBe(
          status,
        );
    }
  });

  it('says nothing of all this', () => {
    expect(contract.site.diagnostics).toEqual([]);
  });
});

/** As it stands where it is a path's own, else in escapes. */
const encodeOdd = (id: string): string => (/^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id));
