import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { replay } from '../../src/match/fold/replay.ts';
import { arena } from '../cli/arena.ts';
import { sizeOf, someOf } from '../support/sizes.ts';

const run = promisify(execFile);
const tasks = someOf(['task_1', 'task_2', 'task_3', 'task_3_unseen'], 2);
const matches = sizeOf({ small: 16, all: 64 });
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(someOf(['standard', 'classic'], 1))(
  '%s: another process, in 1999 and in 2040, replays to the same digests',
  async (ruleset) => {
    const data = join(folder, ruleset);
    for (const task of tasks)
      await arena([
        'play',
        '--task',
        task,
        '--ruleset',
        ruleset,
        '--seed',
        '11',
        '--matches',
        '3',
        '--data-dir',
        data,
      ]);
    const log = await FileEventLog.open(data, 'read');
    const here: string[] = [];
    for (const stream of log.streams()) {
      const { position } = replay(stream, await log.read(stream));
      here.push(`${stream} ${digestOf(position).digest}`);
    }
    await log.close();
    expect(here).toHaveLength(3 * tasks.length);
    for (const year of ['1999', '2040']) {
      const { stdout } = await run(process.execPath, [
        '--import',
        'tsx',
        'test/simulation/digests-child.ts',
        data,
        year,
      ]);
      expect(stdout.trim().split('\n')).toEqual(here);
    }
  },
);

it.each(someOf(['standard', 'classic'], 1))(
  '%s: one match at a time and 64 at once come to the same digests',
  async (ruleset) => {
    const digestsAt = async (concurrency: string): Promise<string[]> => {
      const data = join(folder, `${ruleset}-${concurrency}`);
      const options = [
        '--ruleset',
        ruleset,
        '--task',
        'task_2',
        '--seed',
        '1',
        '--matches',
        String(matches),
        '--json',
      ];
      const { stdout } = await arena(['play', ...options, '--concurrency', concurrency, '--data-dir', data]);
      const rows = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { match_id: string; digest: string });
      return rows.map((row) => `${row.match_id} ${row.digest}`).sort();
    };
    const alone = await digestsAt('1');
    expect(alone).toHaveLength(matches);
    expect(await digestsAt('64')).toEqual(alone);
  },
);
