import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { loadHoldout } from '../../src/game/episode/holdout/holdout.ts';
import { tasks } from '../../src/game/task.ts';
import { parseEpisode } from '../../src/protocol/episode-document.ts';
import { arena, groupLog } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const episode = (...args: string[]) => arena(['episode', ...args]);
const task2 = generateEpisode(tasks.task_2, 12);

async function fileOf(document: unknown): Promise<string> {
  const file = join(folder, 'episode.json');
  await writeFile(file, JSON.stringify(document));
  return file;
}

describe('episode check', () => {
  it('counts what a valid document holds', async () => {
    const { code, stdout, stderr } = await episode('check', await fileOf(task2));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('ads: 12');
    expect(lines[1]).toBe(`arrivals: ${task2.arrivals.length}`);
    expect(lines[2]).toMatch(/^labels: fraud 5, legit \d+, escalate \d+$/);
    expect(lines.slice(3)).toEqual(['rings: 0', 'valid']);
  });

  it.each(
    someOf(
      [
        ['a label nobody knows', { ...task2, ads: [{ ...task2.ads[0], truth: 'maybe' }] }, '/ads/0/truth'],
        ['a repeated id', { ...task2, ads: [task2.ads[0], task2.ads[0]] }, '/ads/1/adId'],
        [
          'a ring of strangers',
          { ...task2, rings: [{ ringId: 'r', memberAdIds: ['a', 'b'], edges: [] }] },
          '/rings/0/memberAdIds',
        ],
        ['a newer form', { ...task2, episodeVersion: 2 }, '/episodeVersion'],
      ],
      1,
    ),
  )('refuses %s with path and rule', async (_, document, path) => {
    const { code, stdout, stderr } = await episode('check', await fileOf(document));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .+ is no episode: at \/.+: .+\.\n$/);
    expect(stderr).toContain(` at ${path}:`);
  });

  itInAll('refuses a preview, which is no document', async () => {
    const file = join(folder, 'preview.json');
    expect(await episode('new', '--task', 'task_1', '--seed', '3', '-o', file)).toMatchObject({ code: 0 });
    const { code, stderr } = await episode('check', file);
    expect(code).toBe(2);
    expect(stderr).toContain('is no episode: at /');
  });

  itInAll('says which file cannot be read', async () => {
    const { code, stderr } = await episode('check', join(folder, 'none.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('none.json cannot be read');
  });
});

describe('episode new', () => {
  it('reveals the whole document, which checks and plays', async () => {
    const file = join(folder, 'new.json');
    const made = await episode('new', '--task', 'task_2', '--seed', '12', '--reveal', '-o', file);
    expect(made).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(parseEpisode(JSON.parse(await readFile(file, 'utf8')), file)).toEqual(task2);
    expect(await episode('check', file)).toMatchObject({ code: 0 });
    const played = await arena([
      'play',
      '--data-dir',
      join(folder, 'data'),
      '--seed',
      '1',
      '--episode',
      file,
    ]);
    expect(played).toMatchObject({ code: 0, stderr: groupLog(join(folder, 'data')) });
  });

  it('otherwise shows only what is free to know of the first queue', async () => {
    const { code, stdout } = await episode('new', '--task', 'task_2', '--seed', '12');
    expect(code).toBe(0);
    const preview = JSON.parse(stdout) as { preview: string; ads: readonly object[] };
    expect(Object.keys(preview)).toEqual(['preview', 'taskId', 'ads']);
    expect(preview.preview).toBe('not playable');
    expect(preview.ads).toHaveLength(12);
    for (const ad of preview.ads)
      expect(Object.keys(ad)).toEqual([
        'adId',
        'category',
        'adCopy',
        'targetingSummary',
        'riskSignals',
        'country',
        'accountAgeDays',
        'paymentType',
      ]);
    for (const hidden of ['truth', 'legit', 'severity', 'fraudType', 'ring', 'findings', 'difficulty'])
      expect(stdout).not.toContain(`"${hidden}`);
    for (const { ad } of task2.arrivals) expect(stdout).not.toContain(ad.adId);
  });

  it.each(
    someOf(
      [
        [['--task', 'task_9', '--seed', '1'], 'There is no task "task_9"'],
        [['--task', 'task_1', '--seed', 'x'], 'It must be a whole number'],
        [['--task', 'task_1'], "required option '--seed <n>' not specified"],
        [['--seed', '1'], "required option '--task <task>' not specified"],
        [['--task', 'task_1', '--seed', '1', '-o', '/nowhere/x.json'], '/nowhere/x.json cannot be written'],
      ],
      1,
    ),
  )('%j says what is wrong in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await episode('new', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  itInAll('tells in its help that a preview cannot be played', async () => {
    const { code, stdout } = await episode('new', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('cannot be played');
  });
});

describe('episode holdout', () => {
  it('lists the case studies and no text', async () => {
    const { code, stdout } = await episode('holdout');
    expect(code).toBe(0);
    for (const name of ['ferry_week', 'cold_snap', 'spring_term']) expect(stdout).toContain(name);
    expect(stdout).toContain('24 ads');
    for (const { adId } of loadHoldout(true).ads) expect(stdout).not.toContain(adId);
  });

  itInAll('writes the whole document once confirmed', async () => {
    const { code, stdout } = await episode('holdout', '--confirm-holdout');
    expect(code).toBe(0);
    expect(parseEpisode(JSON.parse(stdout), 'holdout')).toEqual(loadHoldout(true));
  });
});

describe('play --episode holdout', () => {
  let data = '';
  beforeEach(() => {
    data = join(folder, 'data');
  });
  const play = (...args: string[]) => arena(['play', '--data-dir', data, '--seed', '7', ...args]);

  it('plays and verifies the whole set, under a name of its own', async () => {
    const set = ['--task', 'task_3_unseen', '--episode', 'holdout', '--confirm-holdout'];
    const { code, stdout, stderr } = await play(...set);
    expect({ code, stderr }).toEqual({ code: 0, stderr: groupLog(data) });
    expect(stdout).toContain('Match task_3_unseen-standard-holdout-7');
    for (const { adId } of loadHoldout(true).ads) expect(stdout).toContain(adId);
    const verified = await arena(['verify', 'task_3_unseen-standard-holdout-7', '--data-dir', data]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(/verified, \d+ events, done, digest/);
  });

  itInAll('plays one case study', async () => {
    const { code, stdout } = await play('--episode', 'holdout:cold_snap', '--confirm-holdout', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      match_id: 'task_1-standard-holdout-cold_snap-7',
      verified: true,
    });
  });

  it.each(
    someOf(
      [
        [['--episode', 'holdout'], '--confirm-holdout'],
        [['--episode', 'holdout:ferry_week'], '--confirm-holdout'],
        [
          ['--episode', 'holdout:nowhere', '--confirm-holdout'],
          'Case studies: ferry_week, cold_snap, spring_term.',
        ],
        [['--episode', 'holdout:', '--confirm-holdout'], 'has no case study ""'],
        [['--episode', './holdout', '--confirm-holdout'], './holdout cannot be read'],
      ],
      1,
    ),
  )('%j is refused in one sentence and writes nothing', async (args, sentence) => {
    const { code, stdout, stderr } = await play(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await expect(readdir(data)).rejects.toThrow('ENOENT');
  });

  itInAll('tells programs the code', async () => {
    const { stderr } = await play('--episode', 'holdout', '--json');
    expect(JSON.parse(stderr)).toMatchObject({ error: 'confirmation_missing' });
  });
});
