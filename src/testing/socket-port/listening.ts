import { isAppError } from '../../shared/errors.ts';
import type { ListenOptions } from '../../server/net/socket-port.ts';
import { BareSocket, ask, askAndStay, knockAndBreak, upgradeOn } from './bare-socket.ts';
import { echo, serve } from './kit.ts';
import type { Kit } from './kit.ts';

export function declareListening({ adapter, other, it, expect, holds }: Kit): void {
  holds('takes a free port where 0 is asked for', {}, async ({ port, meet }) => {
    expect(port).toBeGreaterThan(0);
    await meet();
  });

  it('takes the port asked for, once it is free', async () => {
    const first = await serve(adapter);
    await first.listening.close(1012, 'restart');
    const second = await adapter.listen({ ...quiet, port: first.port });
    expect(second.port).toBe(first.port);
    await second.close(1012, 'restart');
  });

  for (const [who, second] of [
    ['another server of its own', adapter],
    ['the other adapter', other],
  ] as const)
    holds(`refuses a port that it took to ${who}`, {}, async ({ port, meet }) => {
      const refusal: unknown = await second.listen({ ...quiet, port }).catch((error: unknown) => error);
      expect(isAppError(refusal, 'address_in_use')).toBe(true);
      await meet();
    });

  it('is refused an address that is none of this machine', async () => {
    const refusal: unknown = await adapter
      .listen({ ...quiet, host: '203.0.113.7' })
      .catch((error: unknown) => error);
    expect(isAppError(refusal, 'address_in_use')).toBe(true);
  });

  holds(
    'takes no more connections once told so, and keeps those it has',
    { told: echo },
    async ({ port, listening, meet }) => {
      const { client } = await meet();
      listening.stopAccepting();
      listening.stopAccepting();
      await expect(BareSocket.dial({ port })).rejects.toThrow();
      client.send('still there');
      expect(await client.next()).toBe('still there');
    },
  );

  holds('upgrades no connection that spoke HTTP before it was told so', {}, async (served) => {
    const { port, listening, asked, conversations } = served;
    const { tcp, answer } = await askAndStay(port, 'GET', '/');
    expect(answer.status).toBe(200);
    listening.stopAccepting();
    await upgradeOn(tcp, { port });
    expect({ asked, conversations }).toEqual({ asked: [], conversations: [] });
  });
}

const quiet: ListenOptions = {
  host: '127.0.0.1',
  port: 0,
  frameBytesMax: 1000,
  waitingBytesMax: 1000,
  silentMs: 60_000,
  bodyBytesMax: 1000,
  upgrade: () => ({ ok: false, answer: { status: 404, headers: {}, body: '' } }),
  http: () => ({ status: 404, headers: {}, body: '' }),
};

export function declareUpgrades({ expect, holds }: Kit): void {
  holds('is asked with the path, the query and the address', {}, async ({ asked, meet, conversations }) => {
    await meet({ path: '/ws/auditor?match_id=a%20b&x=%00&x=2' });
    await meet({ path: '/ws/%C3%A9/' });
    await meet({ path: '/?' });
    const address = '127.0.0.1';
    expect(asked.map(({ path, query, address: from }) => ({ path, query, address: from }))).toEqual([
      { path: '/ws/auditor', query: 'match_id=a%20b&x=%00&x=2', address },
      { path: '/ws/%C3%A9/', query: '', address },
      { path: '/', query: '', address },
    ]);
    expect(conversations.map(({ socket }) => socket.address)).toEqual([address, address, address]);
  });

  holds('is asked with the headers, by their lower-case names', {}, async ({ asked, meet }) => {
    await meet({ headers: { 'X-Own': 'yes, it is', Origin: 'http://a.example' } });
    const { header } = asked[0] ?? { header: () => undefined };
    expect([header('x-own'), header('origin'), header('x-none'), header('constructor')]).toEqual([
      'yes, it is',
      'http://a.example',
      '',
      '',
    ]);
  });

  holds(
    'is refused with the status, the headers and the body of the answer',
    {
      upgrade: () => ({
        ok: false,
        answer: { status: 429, headers: { 'retry-after': '5', 'content-type': 'a/b' }, body: 'too many: é' },
      }),
    },
    async ({ port, conversations }) => {
      const dialled = await BareSocket.dial({ port });
      expect(dialled).toMatchObject({
        ok: false,
        answer: {
          status: 429,
          headers: { 'retry-after': '5', 'content-type': 'a/b' },
          body: 'too many: é',
        },
      });
      expect(conversations).toEqual([]);
    },
  );

  holds(
    'may be given up by a client that is refused, at any moment',
    { upgrade: () => ({ ok: false, answer: { status: 503, headers: {}, body: 'x'.repeat(10_000) } }) },
    async ({ port }) => {
      for (let count = 0; count < 300; count += 1) await knockAndBreak({ port });
      expect((await ask(port, 'GET', '/')).status).toBe(200);
    },
  );

  holds(
    'may be given up by a client that is accepted, at any moment',
    {},
    async ({ port, conversations }) => {
      for (let count = 0; count < 300; count += 1) await knockAndBreak({ port });
      expect((await ask(port, 'GET', '/')).status).toBe(200);
      await Promise.all(conversations.map(({ over }) => over));
    },
  );

  holds('opens nothing for an upgrade that lacks its key', {}, async ({ port, conversations }) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    await ask(port, 'GET', '/ws', { ...headers, 'Sec-WebSocket-Key': 'short' });
    expect(conversations).toEqual([]);
  });
}
