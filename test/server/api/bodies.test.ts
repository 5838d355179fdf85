import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Contract, codeOf, goodBodies, hasBody, isRead } from './contract-kit.ts';
import { adapters } from './site.ts';

const KiB = 1024;
const bodyMax = 64 * KiB;
const json = { 'content-type': 'application/json' };

describe.each(adapters)('over %s', (adapter) => {
  let contract: Contract;
  beforeAll(async () => {
    contract = await Contract.open(adapter);
  }, 60_000);
  afterAll(() => contract.site.close());

  it('every route answers 200 or 201 to what fits its description', async () => {
    for (const each of contract.routes((route) => !isRead(route) && route.method !== 'DELETE'))
      for (const body of goodBodies[each.path] ?? []) {
        const asked = {
          method: each.method,
          path: contract.first(each),
          headers: json,
          body: JSON.stringify(body),
        };
        const { status } = await contract.ask(asked);
        expect([200, 201], `${each.path}: ${JSON.stringify(body)}`).toContain(status);
      }
    const described = contract.routes(hasBody).map(({ path }) => path);
    expect(Object.keys(goodBodies).sort()).toEqual([...described].sort());
  });

  const bad: readonly (readonly [string, string | Uint8Array, number, string])[] = [
    ['no JSON', '{"a":', 400, 'invalid_json'],
    ['two values', '{}{}', 400, 'invalid_json'],
    ['white space only', '   ', 400, 'invalid_json'],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'invalid_json'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 400, 'invalid_json'],
    ['brackets without end', '['.repeat(60_000), 400, 'invalid_json'],
    ['null', 'null', 422, 'validation_error'],
    ['an array', '[]', 422, 'validation_error'],
    ['nested arrays', '['.repeat(30_000) + ']'.repeat(30_000), 422, 'validation_error'],
    ['a text', '"{}"', 422, 'validation_error'],
    ['a number', '1', 422, 'validation_error'],
    ['an unknown field', '{"ad_id":"a","ad_copy":"b","ground_truth_label":"fraud"}', 422, 'validation_error'],
    ['the prototype', '{"__proto__":{"seed":1}}', 422, 'validation_error'],
    ['a constructor', '{"constructor":{"prototype":{}}}', 422, 'validation_error'],
    ['one byte too much', ' '.repeat(bodyMax - 1) + '{}', 413, 'body_too_large'],
    ['far too much', 'x'.repeat(400 * KiB), 413, 'body_too_large'],
  ];
  it.each(bad)('a body of %s is refused', async (_, body, status, code) => {
    for (const each of contract.routes(hasBody))
      for (const isChunked of [false, true]) {
        const asked = { method: each.method, path: each.path, headers: json, body, isChunked };
        const reply = await contract.ask(asked);
        expect([reply.status, codeOf(reply)], `${each.path}, chunked: ${isChunked}`).toEqual([status, code]);
      }
    expect((await contract.site.line.get('/health')).status).toBe(200);
  });

  it('the longest body there may be is read', async () => {
    for (const each of contract.routes(hasBody))
      for (const isChunked of [false, true]) {
        const body = JSON.stringify(goodBodies[each.path]?.[0]).padEnd(bodyMax);
        const { status } = await contract.ask({
          method: each.method,
          path: each.path,
          headers: json,
          body,
          isChunked,
        });
        expect([200, 201]).toContain(status);
      }
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    'x',
    'text/json',
  ])('a body of type %s is refused', async (type) => {
    for (const each of contract.routes(hasBody)) {
      const asked = { method: each.method, path: each.path, headers: { 'content-type': type }, body: '{}' };
      const reply = await contract.ask(asked);
      expect([reply.status, codeOf(reply)]).toEqual([415, 'unsupported_media_type']);
    }
  });

  it.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json;x'])(
    'a body of type %s is read',
    async (type) => {
      for (const each of contract.routes(hasBody)) {
        const body = JSON.stringify(goodBodies[each.path]?.[0]);
        const asked = { method: each.method, path: each.path, headers: { 'content-type': type }, body };
        expect([200, 201]).toContain((await contract.ask(asked)).status);
      }
    },
  );

  it('a body without which a route cannot do is missed by name', async () => {
    const asked = { method: 'POST', path: '/api/v1/tools/policy_classifier' };
    const { body } = await contract.ask(asked);
    const { details } = JSON.parse(body) as {
      readonly details: { readonly faults: readonly { path: string }[] };
    };
    expect(details.faults.map(({ path }) => path)).toEqual(['ad_id', 'ad_copy']);
  });

  it('a body where none belongs changes nothing, however long it is', async () => {
    for (const each of contract.routes((route) => !hasBody(route)))
      for (const body of ['{"a":1}', 'x'.repeat(3), 'x'.repeat(200 * KiB)])
        for (const isChunked of [false, true]) {
          const path = contract.first(each);
          const [plain, bodied] = [
            await contract.ask({ method: each.method, path }),
            await contract.ask({ method: each.method, path, body, isChunked }),
          ];
          expect(bodied.status, `${each.method} ${path}`).toBe(plain.status);
        }
  });

  it('says nothing of all this', () => {
    expect(contract.site.diagnostics).toEqual([]);
  });
});
