import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { adapters } from './frames/feed-kit.ts';
import { TestServer } from '../support/server.ts';

/** What a browser is told for the pages of other origins: those of the list may read answers, the others may not. */

const friend = 'https://play.example';
const stranger = 'https://stranger.example';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

type Ask = (method: string, path: string, headers: Readonly<Record<string, string>>) => Promise<Answer>;

/** A client that says of itself whatever it likes: `fetch` would not. */
const asking =
  (port: number): Ask =>
  (method, path, headers) =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, method, path, headers }, (res) => {
        resolve({ status: res.statusCode ?? 0, headers: res.headers });
        res.destroy();
      });
      asked.on('error', reject);
      asked.end(method === 'POST' ? '{}' : '');
    });

async function withOrigins(
  adapter: (typeof adapters)[number],
  origins: readonly string[],
  use: (ask: Ask) => Promise<void>,
): Promise<void> {
  const served = await TestServer.start({ adapter, edge: { origins, trustProxy: false } });
  try {
    await use(asking(served.port));
  } finally {
    await served.close();
  }
}

const preflight = (origin: string, method: string) => ({
  origin,
  'access-control-request-method': method,
  'access-control-request-headers': 'content-type',
});

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))('under %s', (_, adapter) => {
  it('a page of the list may ask and read, streams and refusals too', () =>
    withOrigins(adapter, [friend], async (ask) => {
      const asked = await ask('OPTIONS', '/api/v1/matches', preflight(friend, 'POST'));
      expect(asked).toMatchObject({
        status: 204,
        headers: {
          'access-control-allow-origin': friend,
          'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
          'access-control-allow-headers': 'authorization, content-type, last-event-id',
          vary: 'origin',
        },
      });
      expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
      const made = await ask('POST', '/api/v1/matches', { origin: friend });
      expect(made).toMatchObject({ status: 201, headers: { 'access-control-allow-origin': friend } });
      const { pathname } = new URL(made.headers.location ?? '');
      for (const [path, status] of [
        [`${pathname}/stream`, 200],
        [`${pathname}x`, 404],
        ['/health', 200],
      ] as const)
        expect(await ask('GET', path, { origin: friend })).toMatchObject({
          status,
          headers: { 'access-control-allow-origin': friend, vary: 'origin' },
        });
    }));

  it('a page of any other origin is refused what changes something, and may read nothing', () =>
    withOrigins(adapter, [friend], async (ask) => {
      const answers = [
        await ask('OPTIONS', '/api/v1/matches', preflight(stranger, 'POST')),
        await ask('POST', '/api/v1/matches', { origin: stranger }),
        await ask('GET', '/health', { origin: stranger }),
        await ask('GET', '/health', {}),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 200, 200]);
      for (const { headers } of answers) {
        expect(headers).not.toHaveProperty('access-control-allow-origin');
        // What is kept for one origin is not given to another.
        expect(headers.vary).toBe('origin');
      }
    }));

  it('every page may, where the list says so; none, where it is empty', async () => {
    await withOrigins(adapter, ['*'], async (ask) => {
      for (const origin of [friend, stranger, 'null'])
        expect(await ask('OPTIONS', '/api/v1/matches', preflight(origin, 'DELETE'))).toMatchObject({
          status: 204,
          headers: { 'access-control-allow-origin': '*' },
        });
    });
    await withOrigins(adapter, [], async (ask) => {
      expect(await ask('OPTIONS', '/health', preflight(friend, 'GET'))).toMatchObject({ status: 403 });
      const { headers } = await ask('GET', '/health', { origin: friend });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('vary');
    });
  });

  it('the method OPTIONS that no browser asks with is none of the server', () =>
    withOrigins(adapter, [friend], async (ask) => {
      expect(await ask('OPTIONS', '/health', {})).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    }));
});
