import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterNames } from '../../support/adapters.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { openSegments } from '../../../src/log/segments/open-segments.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import { BareSocket } from '../../../src/testing/socket-port/bare-socket.ts';
import { frame, opcodes } from '../../../src/testing/socket-port/wire.ts';
import { eventually } from '../hostile/hostile-kit.ts';
import { hang } from './trouble.ts';
import { TestServer } from '../../support/server.ts';
import { systemClock } from '../../../src/match/clock.ts';

const token = 'fraudster'.padEnd(30, '-');
const ad = { action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'ecommerce' };
/** As long as it takes. */
const patient = { drainMs: 600_000 };

function nothing(): void {
  return;
}

interface Reply {
  readonly type: string;
  readonly request_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const read = (text: string): Reply => JSON.parse(text) as Reply;

/** So many steps, which the server reads at once. */
const steps = (count: number, ...more: readonly object[]): Buffer => {
  const frames = Array.from({ length: count }, (_, index) => ({
    type: 'step',
    command_id: `c${index}`,
    request_id: `r${index}`,
    data: index === 0 ? ad : { action_type: 'dance' },
  }));
  return Buffer.concat([...frames, ...more].map((each) => frame(opcodes.text, JSON.stringify(each))));
};

describe.each(adapterNames)('a server over %s that is told to stop', (name) => {
  let dataDir: string;
  let release = nothing;
  const servers: TestServer[] = [];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fraudarena-drain-'));
  });
  afterEach(async () => {
    release();
    for (const server of servers.splice(0)) await server.close();
    await rm(dataDir, { recursive: true });
  });

  async function started(limits: Partial<Limits>): Promise<RunningServer> {
    const served = await TestServer.start({
      adapter: name,
      folder: dataDir,
      clock: systemClock,
      durability: { mode: 'group' },
      policies: { auth: 'seats' },
      limits,
    });
    servers.push(served);
    return served.server;
  }

  async function seated({ port }: RunningServer, type: 'reset' | 'join'): Promise<BareSocket> {
    const socket = await BareSocket.open({ port, path: '/ws/fraudster' });
    const place = type === 'reset' ? { episode_id: 'm', seed: 5 } : { match_id: 'm' };
    socket.send(JSON.stringify({ type, data: { ...place, seat_token: token } }));
    expect(read(await socket.next()).type).toBe('observation');
    return socket;
  }

  const isStoring = (server: RunningServer) => eventually(() => server.log.health.waiting.commits > 0);

  it('answers every frame that it has received, says why it goes, and seals its log', async () => {
    const server = await started(patient);
    const idle = await BareSocket.open({ port: server.port, path: '/ws/auditor' });
    const socket = await seated(server, 'reset');
    release = hang();
    socket.raw(steps(30, { type: 'reset', request_id: 'late', data: { episode_id: 'other' } }));
    await isStoring(server);
    const closed = server.close();
    // Who waits for nothing is told at once.
    expect(await idle.ended).toEqual({ code: 1012, reason: 'restart' });
    release();
    expect(await socket.ended).toEqual({ code: 1012, reason: 'restart' });
    const replies = (await socket.rest()).map(read);
    expect(replies.map(({ request_id: id }) => id)).toEqual([
      ...Array.from({ length: 30 }, (_, index) => `r${index}`),
      'late',
    ]);
    expect(replies.at(-1)).toMatchObject({ type: 'error', data: { code: 'draining', retryable: true } });
    await closed;
    expect((await openSegments(nodeFiles, dataDir)).last?.seal).not.toBeNull();
    expect(await checkLog(nodeFiles, dataDir)).toMatchObject({ findings: [], tornBytes: 0, matches: 1 });
    const next = await started({});
    const again = await seated(next, 'join');
    again.raw(steps(30));
    expect((await again.take(30)).map(read)).toEqual(replies.slice(0, 30));
  });

  it('finishes what was asked over HTTP', async () => {
    const server = await started(patient);
    release = hang();
    const making = fetch(`http://127.0.0.1:${server.port}/api/v1/matches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"episode_id":"made"}',
    });
    await isStoring(server);
    const closed = server.close();
    release();
    const made = await making;
    expect([made.status, await made.json()]).toMatchObject([201, { match_id: 'made' }]);
    await closed;
    const next = await started({});
    expect((await fetch(`http://127.0.0.1:${next.port}/api/v1/matches/made`)).status).toBe(200);
  });

  it('lets nobody wait longer than it may: what was not answered is asked again later', async () => {
    const server = await started({ drainMs: 1 });
    const socket = await seated(server, 'reset');
    release = hang();
    socket.raw(steps(2));
    await isStoring(server);
    const closed = server.close();
    expect(await socket.ended).toEqual({ code: 1012, reason: 'restart' });
    expect(await socket.rest()).toEqual([]);
    release();
    await closed;
    const next = await started({});
    const again = await seated(next, 'join');
    again.raw(steps(2));
    const [first, second] = (await again.take(2)).map(read);
    expect(first).toMatchObject({ request_id: 'r0', type: 'observation' });
    expect(second).toMatchObject({ request_id: 'r1', data: { code: 'validation_error' } });
  });
});
