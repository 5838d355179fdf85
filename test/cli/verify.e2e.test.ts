import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { segmentPath } from '../../src/log/disk/data-folder.ts';
import { present } from '../../src/shared/invariant.ts';
import { matchId } from '../../src/shared/ids.ts';
import { flipped } from '../log/written.ts';
import { arena, main } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';

/** As many as are worth several threads, where there are so many CPUs. */
const matches = 210;
const forged = matchId('forged');

let folder = '';
let data = '';
let streams: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  data = join(folder, 'data');
  const played = await arena([
    'play',
    '--data-dir',
    data,
    '--task',
    'task_1',
    '--matches',
    String(matches),
    '--seed',
    '1',
  ]);
  expect(played, played.stderr).toMatchObject({ code: 0 });
  // All that was played goes into a sealed segment, which opening the log does not read.
  const log = await FileEventLog.open(data, 'write', { segmentBytes: 1 << 20 });
  const [first] = log.streams();
  for (const commit of await log.read(present(first, 'A match'))) {
    const events = commit.events.map((event) =>
      'reward' in event.data ? { ...event, data: { ...event.data, reward: 7 } } : event,
    ) as typeof commit.events;
    await log.append({ ...commit, stream: forged, events });
  }
  streams = log.streams();
  await log.close();
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const args = () => ['verify', '--data-dir', data, '--json'];

describe('verifying a log of many matches', () => {
  itInAll(
    'tells the same on every CPU as on one, in the order of their creation',
    async () => {
      const told = await arena(args());
      const onOne = await promisify(execFile)('taskset', ['-c', '0', process.execPath, main, ...args()], {
        maxBuffer: 1 << 24,
      }).catch((error: unknown) => error);
      expect(onOne).toMatchObject({ code: 1, stdout: told.stdout });
      expect(told).toMatchObject({ code: 1, stderr: '' });
      const results = told.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly match_id: string; readonly ok: boolean });
      expect(results.map(({ match_id: id }) => id)).toEqual(streams);
      expect(results.filter(({ ok }) => !ok).map(({ match_id: id }) => id)).toEqual([forged]);
    },
    60_000,
  );

  it('fails with the file and the place where a line was changed', async () => {
    const path = segmentPath(data, 1);
    const bytes = await readFile(path);
    await writeFile(path, flipped(bytes, Math.floor(bytes.length / 2), 1));
    const { code, stderr } = await arena(args());
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: 'log_damaged', details: { path } });
    await writeFile(path, bytes);
  }, 60_000);
});
