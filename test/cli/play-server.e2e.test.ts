import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningArena, arena, serving } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
let data = '';
let url = '';
let server: RunningArena;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  data = join(folder, 'data');
  ({ server, url } = await serving(['--data-dir', data]));
});
afterAll(async () => {
  server.kill('SIGINT');
  expect(await server.ended()).toMatchObject({ code: 0, stderr: '' });
  await rm(folder, { recursive: true, force: true });
});

const play = (...args: readonly string[]) =>
  arena(['play', ...args], { ARENA_DATA_DIR: join(folder, 'none') });
const onServer = (...args: readonly string[]) => play('--server', url, ...args);

interface Row {
  readonly match_id: string;
  readonly seed: number;
  readonly grader_score: number;
  readonly rewards: object;
}
const rowsOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('play --server', () => {
  it('plays one match over its sockets, and says which', async () => {
    const { code, stdout, stderr } = await onServer('--seed', '7');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('1 match of task_1, ruleset standard');
    const id =
      new RegExp(`Played on ${url}, as match (\\S+)\\. The server's log is verified by: arena verify`).exec(
        stdout,
      )?.[1] ?? '';
    expect(await arena(['verify', id, '--data-dir', data])).toMatchObject({ code: 0 });
  });

  it('plays many at a time, each as in this process', async () => {
    const options = [
      '--task',
      'task_2',
      '--seed',
      '40',
      '--matches',
      '6',
      '--json',
      '--knob',
      'max_rounds=3',
    ];
    const there = await onServer(...options, '--concurrency', '3');
    expect(there).toMatchObject({ code: 0, stderr: '' });
    const here = await arena(['play', ...options, '--data-dir', join(folder, 'here')]);
    const bySeed = (stdout: string) =>
      rowsOf(stdout)
        .sort((one, other) => one.seed - other.seed)
        .map(({ seed, grader_score, rewards }) => ({ seed, grader_score, rewards }));
    expect(bySeed(there.stdout)).toEqual(bySeed(here.stdout));
    expect(rowsOf(there.stdout)).toHaveLength(6);
    const verified = await arena([
      'verify',
      ...rowsOf(there.stdout).map(({ match_id: id }) => id),
      '--data-dir',
      data,
    ]);
    expect(verified.stdout).toContain('6 verified, 0 diverged');
  });

  itInAll('sums many up', async () => {
    const { stdout } = await onServer(
      '--matches',
      '3',
      '--seed',
      '1',
      '--ruleset',
      'classic',
      '--investigator',
      'marker',
    );
    expect(stdout).toContain('3 matches of task_1, ruleset classic');
    expect(stdout).toMatch(/Endings: .+ \d/);
  });

  itInAll('takes its server from ARENA_SERVER where the option names none', async () => {
    const played = await arena(['play', '--server', '--json', '--step-rewards', 'withheld'], {
      ARENA_SERVER: url,
    });
    expect(played).toMatchObject({ code: 0 });
    expect(rowsOf(played.stdout)).toHaveLength(1);
    const wrong = await arena(['play', '--server'], { ARENA_SERVER: 'nonsense' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('It must be an address such as');
  });

  itInAll('ends in good order when its reader has enough', async () => {
    const playing = new RunningArena(['play', '--server', url, '--matches', '100000', '--json']);
    await playing.line();
    playing.closeOutput();
    expect(await playing.ended()).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('play --server says in one sentence what is wrong', () => {
  itInAll('an episode, which a server makes itself', async () => {
    const { code, stdout, stderr } = await onServer('--episode', 'holdout');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('error: --episode and --server do not go together: a server makes its own.\n');
  });

  it.each(
    someOf(
      [
        [
          ['--server', 'http://127.0.0.1:9'],
          1,
          'No role socket opens at http://127.0.0.1:9: connect ECONNREFUSED',
        ],
        [['--server', 'ftp://127.0.0.1'], 2, 'It must be an address such as http://127.0.0.1:8000.'],
        [['--server', 'http://'], 2, 'It must be an address such as http://127.0.0.1:8000.'],
        [['--server', 'http://127.0.0.1:9', '--task', 'task_9'], 2, 'There is no task "task_9"'],
        [['--server', 'http://127.0.0.1:9', '--fraudster', 'nobody'], 2, 'There is no fraudster "nobody"'],
      ],
      2,
    ),
  )('%j', async (args, exitCode, sentence) => {
    const { code, stdout, stderr } = await play(...args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  itInAll('no server, to programs as JSON', async () => {
    const { code, stderr } = await play('--server', 'http://127.0.0.1:9', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: 'server_unreachable' });
  });

  it('a server that goes away in the middle', async () => {
    const other = await serving(['--data-dir', join(folder, 'gone')]);
    const playing = new RunningArena(['play', '--server', other.url, '--matches', '100000', '--json']);
    await playing.line();
    other.server.kill('SIGTERM');
    expect(await other.server.ended()).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await playing.ended();
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: 'server_unreachable' });
    const verified = await arena(['verify', '--data-dir', join(folder, 'gone')]);
    expect(verified.stdout).toMatch(/^[1-9]\d* verified, 0 diverged\n$/);
  });
});
