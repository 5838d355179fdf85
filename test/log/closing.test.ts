import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { lockPath, segmentPath } from '../../src/log/disk/data-folder.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import { contentOf, differences, fieldsOf, imageOf, itemAt, linesOf, manyCommits, plain } from './commits.ts';
import { inFolder } from './temp-folder.ts';

describe('closing a file log', () => {
  it(
    'waits for what is under way, seals the log, and refuses the rest',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { segmentBytes: 5000 });
      const commits = manyCommits(100, 6);
      const answers = commits.map((commit) => log.append(commit));
      const closing = log.close();
      const late = log.append(commitOf('late', 0));
      await expect(late).rejects.toMatchObject({ code: 'log_closed' });
      expect(await Promise.all(answers)).toMatchObject(commits.map((_, at) => ({ position: at + 1 })));
      await closing;
      expect(log.health).toMatchObject({ state: 'closed', position: 100, lastFailure: null });
      expect(await readFile(lockPath(folder), 'utf8')).toBe('');
      const last = itemAt(await linesOf(segmentPath(folder, log.health.segments)), -1);
      expect(fieldsOf(last.bytes)).toMatchObject({ t: 'seal' });
      const reader = await FileEventLog.open(folder, 'read');
      expect(await contentOf(reader)).toMatchObject(commits);
    }),
  );

  it(
    'happens once, and adds nothing to a log that nobody wrote to',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      await log.append(commitOf('a', 0));
      await Promise.all([log.close(), log.close()]);
      const before = await imageOf(folder);
      for (let round = 0; round < 3; round += 1)
        await (await FileEventLog.open(folder, 'write', plain)).close();
      expect(differences(await imageOf(folder), before)).toEqual([]);
    }),
  );

  it(
    'answers or refuses commits that wait for the rows of their match',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { segmentBytes: 800 });
      for (let version = 0; version < 8; version += 1) await log.append(commitOf('a', version));
      await log.close();
      const again = await FileEventLog.open(folder, 'write');
      const answers = [8, 9].map((version) => again.append(commitOf('a', version)));
      const repeated = again.append(commitOf('a', 0));
      const closing = again.close();
      const settled = await Promise.allSettled([...answers, repeated]);
      await closing;
      const reader = await FileEventLog.open(folder, 'read');
      const stored = (await contentOf(reader)).length;
      expect(stored).toBe(8 + settled.slice(0, 2).filter(({ status }) => status === 'fulfilled').length);
      for (const one of settled)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'log_closed' });
    }),
  );
});
