import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arena, groupLog } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
let data = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  data = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const play = (...args: string[]) => arena(['play', '--data-dir', data, ...args]);
const segment = () => join(data, 'log', '00000001.ndjson');
const stored = () => readFile(segment(), 'utf8');

describe('play, replay, verify', () => {
  it('plays a match, stores it, shows what each role saw, and proves it', async () => {
    const played = await play('--task', 'task_1', '--seed', '7');
    expect(played.code).toBe(0);
    expect(played.stderr).toBe(groupLog(data));
    expect(played.stdout).toContain('Match task_1-standard-7');
    expect(played.stdout).toContain('Verified: replayed from');

    const timeline = await arena(['replay', 'task_1-standard-7', '--data-dir', data]);
    expect(timeline.stdout).toContain('created: task_1');
    expect(timeline.stdout).toContain('graded');

    const view = await arena(
      ['replay', 'task_1-standard-7', '--at', '9', '--role', 'investigator', '--json'],
      {
        ARENA_DATA_DIR: data,
      },
    );
    expect(JSON.parse(view.stdout)).toMatchObject({
      match_id: 'task_1-standard-7',
      role: 'investigator',
      version: 9,
      seq: 10,
    });
    expect(view.stdout).not.toContain('ground_truth');

    const verified = await arena(['verify', 'task_1-standard-7', '--data-dir', data]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toMatch(/verified, \d+ events, done, digest [0-9a-f]{64}/);
  });

  itInAll('gives the same match for the same seed, under a name of its own', async () => {
    const rows = [];
    for (let run = 0; run < 2; run += 1) {
      const { stdout } = await play(
        '--seed',
        '3',
        '--json',
        '--investigator',
        'marker',
        '--ruleset',
        'classic',
      );
      rows.push(JSON.parse(stdout) as { match_id: string; digest: string });
    }
    expect(rows.map((row) => row.match_id)).toEqual(['task_1-classic-3', 'task_1-classic-3-2']);
    expect(rows[0]?.digest).toBe(rows[1]?.digest);
  });

  it('sums up many matches', async () => {
    const { code, stdout } = await play('--matches', '5', '--seed', '1', '--auditor', 'silent');
    expect(code).toBe(0);
    expect(stdout).toContain('5 matches of task_1');
    expect(stdout).toContain('Verified: 5 of 5');
  });

  itInAll('plays reviews of an investigator alone, with mishaps', async () => {
    const { code, stdout } = await play(
      '--machine',
      'review',
      '--seed',
      '1',
      '--matches',
      '8',
      '--mishaps',
      '0.1',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('aborted');
    expect(stdout).toContain('Verified: 8 of 8');
    const review = await arena(['verify', 'task_1-standard-review-1', '--data-dir', data]);
    expect(review).toMatchObject({ code: 0 });
  });

  itInAll('withholds step rewards where the match says so', async () => {
    await play('--seed', '5', '--step-rewards', 'withheld');
    const { stdout } = await arena([
      'replay',
      'task_1-standard-5',
      '--json',
      '--data-dir',
      data,
      '--role',
      'fraudster',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ reward: 0, done: true });
  });
});

describe('bad input', () => {
  it.each(
    someOf(
      [
        [['--task', 'task_9'], 'There is no task "task_9"'],
        [['--ruleset', 'chess'], 'There is no ruleset "chess"'],
        [['--fraudster', 'nobody'], 'There is no fraudster "nobody"'],
        [['--investigator', 'toString'], 'There is no investigator "toString"'],
        [['--knob', 'max_rounds=0'], 'max_rounds must be a whole number from 1 to 20'],
        [['--knob', 'max_rounds=two'], '--knob max_rounds=two'],
        [['--knob', 'speed=3'], '--knob speed=3'],
        [['--seed', '-1'], 'seed'],
        [['--seed', '4294967296'], 'seed'],
        [['--matches', '0'], 'matches'],
        [['--mishaps', '1.5'], 'It must be a share from 0 to 1'],
        [['--mishaps', '0.0001'], 'It must be a share from 0 to 1'],
        [['--mishaps', '0.1', '--server'], '--mishaps and --server do not go together'],
        [['--machine', 'review', '--server'], '--machine review and --server do not go together'],
        [['--machine', 'review', '--knob', 'max_rounds=2'], '--knob belongs to matches of three seats'],
        [['--episode', '/nowhere/episode.json'], '/nowhere/episode.json cannot be read'],
        [['--frobnicate'], 'unknown option'],
      ],
      3,
    ),
  )('play %j says what is wrong in one sentence and writes nothing', async (args, sentence) => {
    const { code, stdout, stderr } = await play(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    await expect(readdir(data)).rejects.toThrow('ENOENT');
  });

  it.each(
    someOf(
      [
        ['{"episodeVersion":1', 'is no JSON'],
        ['{"episodeVersion":2,"ads":[]}', '/episodeVersion'],
        ['{"episodeVersion":1,"ads":[]}', '/ads'],
        ['{"episodeVersion":1,"ads":[{"adId":"a"}]}', '/ads/0/'],
      ],
      2,
    ),
  )('an episode file %s is refused with its place', async (text, place) => {
    const file = join(folder, 'episode.json');
    await writeFile(file, text);
    const { code, stderr } = await play('--episode', file);
    expect(code).toBe(2);
    expect(stderr).toContain('episode.json');
    expect(stderr).toContain(place);
  });

  it.each(
    someOf(
      [
        [['replay', 'missing'], 'No match missing is stored'],
        [['replay', '../x'], 'is no match id'],
        [['replay', 'task_1-standard-1', '--role', 'referee'], 'There is no role "referee"'],
        [['replay', 'task_1-standard-1', '--at', '9999'], 'has'],
        [['verify', 'missing'], 'No match missing is stored'],
      ],
      2,
    ),
  )('%j is a wrong use', async (args, sentence) => {
    await play('--seed', '1');
    const { code, stderr } = await arena([...args, '--data-dir', data]);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  itInAll('a missing folder is named', async () => {
    const { code, stderr } = await arena(['verify', '--data-dir', join(folder, 'none')]);
    expect(code).toBe(2);
    expect(stderr).toContain(join(folder, 'none'));
  });

  it('tells programs the same as JSON', async () => {
    const { code, stderr } = await play('--task', 'task_9', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: 'unknown_task', details: { task: 'task_9' } });
  });
});

describe('a damaged log', () => {
  beforeEach(async () => {
    await play('--seed', '1', '--matches', '2');
  });

  it('with an edited line is refused by every verb, naming line and byte', async () => {
    const lines = (await stored()).split('\n');
    // Which line it is depends on the order of the two matches.
    const at = lines.findIndex((line) => line.includes('"reward":'));
    lines[at] = lines[at]?.replace('"reward":', '"reward":1') ?? '';
    const where = `00000001.ndjson is damaged at line ${at + 1} \\(byte \\d+, match task_1-standard-\\d\\)`;
    await writeFile(segment(), lines.join('\n'));
    for (const args of [['verify'], ['replay', 'task_1-standard-1'], ['play', '--seed', '9']]) {
      const { code, stderr } = await arena([...args, '--data-dir', data]);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`${where}: its checksum does not fit`));
    }
    expect(await stored()).toBe(lines.join('\n'));
  });

  itInAll('with a missing line is refused', async () => {
    const lines = (await stored()).split('\n');
    await writeFile(segment(), lines.toSpliced(6, 1).join('\n'));
    const { code, stderr } = await arena(['verify', '--data-dir', data]);
    expect(code).toBe(1);
    expect(stderr).toContain('is damaged at line 7');
  });

  itInAll('torn inside its last line loses that line only, keeps its bytes aside, and goes on', async () => {
    const whole = await stored();
    await writeFile(segment(), whole.slice(0, -20));
    const { code, stdout } = await arena(['verify', '--data-dir', data]);
    expect(code).toBe(0);
    expect(stdout).toContain('2 verified, 0 diverged');
    expect((await play('--seed', '50')).code).toBe(0);
    const torn = whole.trimEnd().split('\n').at(-1) ?? '';
    expect(await readFile(`${segment()}.broken`, 'utf8')).toBe(`${torn}\n`.slice(0, -20));
    expect((await arena(['verify', '--data-dir', data])).code).toBe(0);
  });
});
