import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSocket } from '../../src/client/node.ts';
import { RoleClient } from '../../src/client/role-client.ts';
import { arena, serving } from './arena.ts';
import type { RunningArena } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
let data = '';
const started: RunningArena[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  for (const server of started.splice(0)) {
    server.kill('SIGKILL');
    await server.ended();
  }
  await rm(folder, { recursive: true, force: true });
});

async function serve(...args: readonly string[]) {
  const running = await serving(['--data-dir', data, ...args]);
  started.push(running.server);
  return running;
}

async function stop(server: RunningArena, signal: NodeJS.Signals = 'SIGTERM') {
  server.kill(signal);
  return server.ended();
}

const connect = (url: string, role: 'fraudster' | 'investigator' | 'auditor') =>
  RoleClient.connect(url, role, { open: openSocket });

const segment = () => readFile(join(data, 'log', '00000001.ndjson'), 'utf8');

describe('serve', () => {
  it.each(
    someOf(
      [
        ['SIGINT', 'uws'],
        ['SIGTERM', 'ws'],
      ] as const,
      1,
    ),
  )('says where it listens and how to join; %s stops it in good order (%s)', async (signal, adapter) => {
    const { server, url } = await serve('--adapter', adapter);
    await server.lineWith('join --role');
    const told = server.seen.join('\n');
    expect(told).toContain(`FraudArena listens on ${url}`);
    expect(told).toContain(`log       ${data}, group: nothing acknowledged is lost, not even by a power cut`);
    expect(told).toContain(
      `${url.replace('http', 'ws')}/ws/fraudster, /ws/investigator, /ws/auditor, by ${adapter}`,
    );
    expect(told).toContain('seats     seats:');
    expect(told).toContain(`arena play --server ${url}`);
    expect(told).toContain(`arena join --role fraudster --server ${url}`);
    const client = await connect(url, 'fraudster');
    await client.reset({ seed: 1 });

    const { code, stdout, stderr } = await stop(server, signal);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Stopped\. Every match goes on with the next start\.$/);
    expect((await segment()).trimEnd().split('\n').at(-1)).toContain('"t":"seal"');
    expect(await arena(['log', 'verify', '--data-dir', data])).toMatchObject({ code: 0 });
    await expect(client.obs()).rejects.toMatchObject({
      code: 'connection_closed',
      details: { code: 1012 },
    });
  });

  it('tells programs the same as one JSON line', async () => {
    const { server, url } = await serve('--json', '--durability', 'interval:20', '--auth', 'open');
    expect(JSON.parse(server.seen[0] ?? '')).toMatchObject({
      url,
      data_dir: data,
      durability: 'interval',
      adapter: 'uws',
      uws_unavailable: null,
      auth: 'open',
      ruleset: 'standard',
      pid: expect.any(Number) as number,
    });
    const { code, stdout, stderr } = await stop(server);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(1);
  });

  itInAll('answers for its health where it says so', async () => {
    const { server } = await serve('--durability', 'os', '--adapter', 'ws');
    const line = await server.lineWith('/health');
    const answer = await fetch(/http\S+/.exec(line)?.[0] ?? '');
    expect(await answer.json()).toMatchObject({ status: 'healthy', adapter: 'ws', durability: 'os' });
  });

  it('uses ws where the native library does not load, and says why', async () => {
    const broken = join(folder, 'broken.cjs');
    await writeFile(
      broken,
      `const module_ = require('node:module'), load = module_._load;
       module_._load = (name, ...rest) => {
         if (name === 'uWebSockets.js') throw new Error('no binary for this machine');
         return load(name, ...rest);
       };`,
    );
    const env = { NODE_OPTIONS: `--require ${broken}` };
    const { server, url } = await serving(['--data-dir', data], env);
    started.push(server);
    await server.lineWith('by ws, since uWebSockets.js does not load: no binary for this machine');
    await (await connect(url, 'auditor')).reset({});
    expect(await stop(server)).toMatchObject({ code: 0 });

    const insisting = await arena(['serve', '--port', '0', '--adapter', 'uws', '--data-dir', data], env);
    expect(insisting).toMatchObject({ code: 1, stdout: '' });
    expect(insisting.stderr).toBe('error: uWebSockets.js cannot be loaded: no binary for this machine\n');
  });

  it('goes on with its matches after a restart, with seats and the options of their creation', async () => {
    const first = await serve('--policy', 'legal_hints=full', '--policy', 'spectator_delay=3');
    const before = await connect(first.url, 'fraudster');
    const { match_id: id, seat_token: token } = await before.reset({ seed: 3, episode_id: 'kept' });
    await before.step({ action_type: 'end_turn' });
    expect(await stop(first.server)).toMatchObject({ code: 0 });

    const second = await serve();
    const after = await connect(second.url, 'fraudster');
    await expect(after.join(id)).rejects.toMatchObject({ code: 'seat_taken' });
    expect(await after.join(id, token)).toMatchObject({ match_id: 'kept', phase: 'investigator_turn' });
    await after.subscribe(0);
    const frames = after.frames();
    const created = (await frames.next()).value;
    expect(created).toMatchObject({
      data: { event: 'match.created', policies: { legal_hints: 'full', spectator_delay: 3, auth: 'seats' } },
    });
    const investigator = await connect(second.url, 'investigator');
    await investigator.join(id);
    expect(await investigator.step({ action_type: 'end_turn' })).toMatchObject({ accepted: true });
    expect(await stop(second.server)).toMatchObject({ code: 0 });
    expect(await arena(['verify', 'kept', '--data-dir', data])).toMatchObject({ code: 0 });
  });

  itInAll('gives its ruleset to matches that name none', async () => {
    const { url } = await serve('--ruleset', 'classic');
    const client = await connect(url, 'fraudster');
    expect(await client.reset({})).toMatchObject({ ruleset: 'classic' });
    expect(await client.reset({ ruleset: 'standard' })).toMatchObject({ ruleset: 'standard' });
  });
});

describe('--auth', () => {
  itInAll('open lets anybody sit anywhere, without a token', async () => {
    const { url } = await serve('--auth', 'open');
    const [one, other] = [await connect(url, 'fraudster'), await connect(url, 'fraudster')];
    const { match_id: id, seat_token: token } = await one.reset({});
    expect(token).toBeUndefined();
    expect(await other.join(id)).toMatchObject({ match_id: id });
    expect(await one.obs()).toMatchObject({ match_id: id });
  });

  it('seats keeps a seat for the token of who came first', async () => {
    const { url } = await serve('--auth', 'seats');
    const [one, other] = [await connect(url, 'fraudster'), await connect(url, 'fraudster')];
    const { match_id: id, seat_token: token } = await one.reset({});
    await expect(other.join(id)).rejects.toMatchObject({ code: 'seat_taken' });
    expect(await other.join(id, token)).toMatchObject({ match_id: id });
    await expect(one.obs()).rejects.toMatchObject({ code: 'connection_closed', details: { code: 4001 } });
  });

  itInAll('invited makes no match whose seats nobody could take', async () => {
    const { server, url } = await serve('--auth', 'invited');
    await expect((await connect(url, 'fraudster')).reset({})).rejects.toMatchObject({ code: 'reset_error' });
    await stop(server);
    expect((await arena(['verify', '--data-dir', data])).stdout).toBe('0 verified, 0 diverged\n');
  });
});

describe('serve says in one sentence what is wrong', () => {
  it.each(someOf(['uws', 'ws'], 1))('a port that is taken (%s)', async (adapter) => {
    const { url } = await serve();
    const port = new URL(url).port;
    const other = ['--data-dir', join(folder, 'other'), '--adapter', adapter];
    const { code, stdout, stderr } = await arena(['serve', '--port', port, ...other]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `error: Cannot listen on 127.0.0.1:${port}: the address is taken or unusable. Choose another with --port.\n`,
    );
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('a folder that another process writes, to serve and to play', async () => {
    await serve();
    const again = await arena(['serve', '--port', '0', '--data-dir', data]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(
      /^error: Process \d+ writes this log \(.*\)\. Stop it, or choose another folder with --data-dir\.\n$/,
    );
    const playing = await arena(['play', '--data-dir', data]);
    expect(playing).toMatchObject({ code: 1, stdout: '' });
    expect(playing.stderr).toMatch(/writes this log .* Play on its server with arena play --server, or /);
  });

  it.each(
    someOf(
      [
        [['--policy', 'legal_hints'], 'legal_hints: Invalid option: expected one of "none"|"types"|"full"'],
        [
          ['--policy', 'legal_hints=ful'],
          'legal_hints: Invalid option: expected one of "none"|"types"|"full"',
        ],
        [
          ['--policy', 'speed=3'],
          'It must be name=value with the names step_rewards, verdicts_to_fraudster,',
        ],
        [['--policy', 'spectator_delay=-1'], 'spectator_delay: Too small'],
        [['--policy', 'legal_hints=full', '--policy', 'reveal_at_end=maybe'], 'reveal_at_end: Invalid input'],
        [['--policy', 'auth=open'], 'auth is set by itself'],
        [['--auth', 'nobody'], "option '--auth <who>' argument 'nobody' is invalid"],
        [['--port', '65536'], 'whole number from 0 to 65535'],
        [['now'], 'too many arguments'],
      ],
      2,
    ),
  )('%j, and writes nothing', async (args, sentence) => {
    const { code, stdout, stderr } = await arena(['serve', '--port', '0', '--data-dir', data, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    await expect(readdir(data)).rejects.toThrow('ENOENT');
  });
});
