import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FileEventLog, logFileName } from '../../src/log/file-event-log.ts';
import { matchId } from '../../src/shared/ids.ts';
import { commitOf, eventLogContract, noteOf } from '../../src/testing/event-log.contract.ts';
import { appendAll, contentOf, manyCommits } from './commits.ts';
import { inFolder, makeFolder } from './temp-folder.ts';
import type { Refusal } from './writer-child.ts';

const child = fileURLToPath(new URL('./writer-child.ts', import.meta.url));

eventLogContract(
  'a file log',
  async () => {
    const folder = await makeFolder();
    let log = await FileEventLog.open(folder, 'write');
    return {
      log,
      reopen: async () => {
        await log.close();
        log = await FileEventLog.open(folder, 'write');
        return log;
      },
      close: () => log.close().finally(() => rm(folder, { recursive: true })),
    };
  },
  { describe, it, expect },
);

describe('the lock of a file log', () => {
  it(
    'refuses a second writer of the same process and names it',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      await expect(FileEventLog.open(folder, 'write')).rejects.toMatchObject({
        code: 'log_locked',
        message: expect.stringContaining(`${process.pid}`) as string,
        details: { pid: process.pid, path: join(folder, 'lock') },
      });
      await log.append(commitOf('a', 0));
      await log.close();
    }),
  );

  it(
    'lets one of eight writers that open at once have it',
    inFolder(async (folder) => {
      const opened = await Promise.allSettled(
        Array.from({ length: 8 }, () => FileEventLog.open(folder, 'write')),
      );
      const [log, ...more] = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(more).toEqual([]);
      await log?.append(commitOf('a', 0));
      await log?.close();
    }),
  );

  it(
    'is given up on closing, once',
    inFolder(async (folder) => {
      const before = await FileEventLog.open(folder, 'write');
      await before.close();
      const log = await FileEventLog.open(folder, 'write');
      await before.close();
      await expect(FileEventLog.open(folder, 'write')).rejects.toMatchObject({ code: 'log_locked' });
      await log.close();
      expect(await readdir(folder)).toEqual([logFileName]);
    }),
  );

  it.each(['', 'no number\n', '-1\n', '1.5\n'])(
    'is taken over from a file that names no process: %j',
    (content) =>
      inFolder(async (folder) => {
        await writeFile(join(folder, 'lock'), content);
        const log = await FileEventLog.open(folder, 'write');
        expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
        await log.close();
      })(),
  );

  it(
    'refuses a second process while the first lives, and is taken over from it with all it acknowledged',
    inFolder(async (folder) => {
      const writer = spawn(process.execPath, ['--import', 'tsx', child, 'endless', folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = once(writer, 'close');
      let acknowledged = 0;
      for await (const line of createInterface({ input: writer.stdout })) {
        acknowledged = Number(line);
        if (acknowledged === 30)
          await expect(FileEventLog.open(folder, 'write')).rejects.toMatchObject({
            code: 'log_locked',
            message: expect.stringContaining(`Process ${writer.pid}`) as string,
            details: { pid: writer.pid },
          });
        if (acknowledged === 60) writer.kill('SIGKILL');
      }
      await closed;
      const log = await FileEventLog.open(folder, 'write');
      const content = await contentOf(log);
      expect(content.length).toBeGreaterThanOrEqual(acknowledged);
      expect(content.map(({ position }) => position)).toEqual(content.map((_, index) => index + 1));
      await log.append(commitOf('d', 0));
      await log.close();
    }),
  );
});

describe('reading a file log', () => {
  it(
    'needs no lock and sees whole commits from the first on while a writer writes',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const commits = manyCommits(200, 1);
      const written = commits.map((commit) => log.append(commit));
      const seen: number[] = [];
      for (const answer of [...written.filter((_, index) => index % 20 === 0), written.at(-1)]) {
        const reader = await FileEventLog.open(folder, 'read');
        const content = await contentOf(reader);
        expect(content).toMatchObject(commits.slice(0, content.length));
        seen.push(content.length);
        await reader.close();
        await answer;
      }
      const reader = await FileEventLog.open(folder, 'read');
      expect(await contentOf(reader)).toEqual(await contentOf(log));
      expect(await readdir(folder)).toEqual([logFileName, 'lock']);
      expect(seen).toEqual(seen.toSorted((one, other) => one - other));
      await reader.close();
      await log.close();
    }),
  );

  it(
    'is refused where no log is, and makes nothing',
    inFolder(async (folder) => {
      for (const missing of [folder, join(folder, 'missing')])
        await expect(FileEventLog.open(missing, 'read')).rejects.toMatchObject({
          code: 'file_unreadable',
          details: { path: join(missing, logFileName) },
        });
      expect(await readdir(folder)).toEqual([]);
    }),
  );

  it(
    'gives nothing from an empty file',
    inFolder(async (folder) => {
      await writeFile(join(folder, logFileName), '');
      const log = await FileEventLog.open(folder, 'read');
      expect(log.streams()).toEqual([]);
      await log.close();
    }),
  );

  it(
    'does not append, and leaves the file as it was',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      await appendAll(log, manyCommits(5, 2));
      await log.close();
      const before = await readFile(join(folder, logFileName));
      const reader = await FileEventLog.open(folder, 'read');
      await expect(reader.append(commitOf('new', 0))).rejects.toMatchObject({ code: 'log_write_failed' });
      await reader.close();
      expect(await readFile(join(folder, logFileName))).toEqual(before);
    }),
  );

  const readers: Readonly<Record<string, (log: FileEventLog) => Promise<readonly unknown[]>>> = {
    'of a stream': (log) => log.read(matchId('a')),
    'by a subscription': (log) => lastValueFrom(log.subscribe(0).pipe(toArray())),
  };
  it.each(Object.entries(readers))(
    '%s is finished before the log closes, over several megabytes',
    (_, read) =>
      inFolder(async (folder) => {
        const log = await FileEventLog.open(folder, 'write');
        const events = [noteOf('x'.repeat(300_000))];
        const commits = Array.from({ length: 12 }, (_, version) => commitOf('a', version, { events }));
        await appendAll(log, commits);
        const reading = read(log);
        await log.close();
        expect(await reading).toMatchObject(commits);
      })(),
  );

  it(
    'is refused after the log closed',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      await log.append(commitOf('a', 0));
      await log.close();
      await expect(contentOf(log)).rejects.toMatchObject({ code: 'log_closed' });
      await expect(lastValueFrom(log.subscribe(0))).rejects.toMatchObject({ code: 'log_closed' });
    }),
  );
});

describe('writing a file log', () => {
  it(
    'makes the folder, and one line per commit',
    inFolder(async (folder) => {
      const deep = join(folder, 'not', 'yet');
      const log = await FileEventLog.open(deep, 'write');
      await appendAll(log, manyCommits(40, 3));
      await log.close();
      const text = await readFile(join(deep, logFileName), 'utf8');
      expect(text.split('\n')).toHaveLength(41);
      expect(text.endsWith('\n')).toBe(true);
    }),
  );

  it(
    'gives the same bytes for the same commits, however they are batched',
    inFolder(async (folder) => {
      const [at, once] = [join(folder, 'at-once'), join(folder, 'one-by-one')];
      const logs = [await FileEventLog.open(at, 'write'), await FileEventLog.open(once, 'write')] as const;
      const commits = manyCommits(30, 4);
      await appendAll(logs[0], commits);
      for (const commit of commits) await logs[1].append(commit);
      for (const log of logs) await log.close();
      expect(await readFile(join(at, logFileName))).toEqual(await readFile(join(once, logFileName)));
    }),
  );

  it(
    'finds and lists nothing that is not on disk yet',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const commit = commitOf('a', 0);
      const answer = log.append(commit);
      expect([
        log.find(commit.stream, commit.commandId),
        log.streams(),
        await log.read(commit.stream),
      ]).toEqual([null, [], []]);
      const appended = await answer;
      expect(log.find(commit.stream, commit.commandId)).toEqual(appended);
      expect(log.streams()).toEqual(['a']);
      await log.close();
    }),
  );

  it(
    'answers a repeated command no earlier than the first is on disk',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const commit = commitOf('a', 0);
      const [answer, again] = [log.append(commit), log.append(commit)];
      const repeated = await again;
      expect(log.find(commit.stream, commit.commandId)).toEqual(repeated);
      expect(await answer).toEqual(repeated);
      await log.close();
    }),
  );

  it(
    'refuses more than 10,000 waiting commits and goes on',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const answers = Array.from({ length: 10_001 }, (_, version) => log.append(commitOf('a', version)));
      await expect(answers.at(-1)).rejects.toMatchObject({ code: 'log_overloaded' });
      await Promise.all(answers.slice(0, -1));
      expect(await log.append(commitOf('a', 10_000))).toEqual({ version: 10_001, position: 10_001 });
      await log.close();
    }),
  );

  it.skipIf(process.platform === 'win32')(
    'refuses everything after a failed write, and opens again with what was acknowledged',
    inFolder(async (folder) => {
      // The shell lets no file grow beyond a megabyte: the write that crosses it fails half done.
      const limited = 'ulimit -f 1024 && exec "$@"';
      const command = [process.execPath, '--import', 'tsx', child, 'until-refused', folder];
      const { stdout } = await promisify(execFile)('bash', ['-c', limited, 'limited', ...command]);
      const { acknowledged, told, found, streams } = JSON.parse(stdout) as Refusal;
      expect(acknowledged).toBeGreaterThan(5);
      expect(told.map(({ code }) => code)).toEqual(Array(3).fill('log_write_failed'));
      for (const { message } of told) expect(message).toMatch(/EFBIG.*retry with the same command id/);
      expect(found).toBe(false);
      expect(streams).not.toContain(`b-${acknowledged}`);

      const log = await FileEventLog.open(folder, 'write');
      expect(await contentOf(log)).toHaveLength(2 * acknowledged);
      expect(await log.append(commitOf('a', acknowledged))).toMatchObject({ version: acknowledged + 1 });
      await log.close();
      expect(await readdir(folder)).toContain(`${logFileName}.broken`);
    }),
  );
});
