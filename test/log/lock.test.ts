import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { lockPath, logFolder } from '../../src/log/disk/data-folder.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import { contentOf } from './commits.ts';
import { inFolder } from './temp-folder.ts';
import type { Held } from './writer-child.ts';
import { someOf } from '../support/sizes.ts';

const child = fileURLToPath(new URL('./writer-child.ts', import.meta.url));

interface Writer {
  readonly pid: number | undefined;
  /** What it said first. */
  readonly held: Held;
  /** Lets it close the log and waits for its end. */
  readonly leave: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

/** Another process that opens the log to write it; with an empty folder as PATH it has no flock(1). */
async function writerOf(folder: string, path = process.env['PATH']): Promise<Writer> {
  const writer = spawn(process.execPath, ['--import', 'tsx', child, 'hold', folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATH: path },
  });
  const closed = once(writer, 'close');
  const [line] = (await once(createInterface({ input: writer.stdout }), 'line')) as [string];
  return {
    pid: writer.pid,
    held: JSON.parse(line) as Held,
    leave: async () => {
      writer.stdin.end();
      await closed;
    },
    kill: async () => {
      writer.kill('SIGKILL');
      await closed;
    },
  };
}

/** A folder for the log beside one that is empty. */
const withEmptyPath = (use: (folder: string, path: string) => Promise<void>) =>
  inFolder((folder) => inFolder((path) => use(folder, path))());

const opens = (folder: string) => FileEventLog.open(folder, 'write');

async function expectFree(folder: string): Promise<void> {
  const log = await opens(folder);
  await log.append(commitOf('free', 0));
  await log.close();
}

describe('the lock of a file log', () => {
  it(
    'refuses a second writer of the same process and names it',
    inFolder(async (folder) => {
      const log = await opens(folder);
      await expect(opens(folder)).rejects.toMatchObject({
        code: 'log_locked',
        message: expect.stringContaining(`${process.pid}`) as string,
        details: { pid: process.pid, path: lockPath(folder) },
      });
      await log.append(commitOf('a', 0));
      await log.close();
    }),
  );

  it(
    'lets one of eight writers that open at once have it',
    inFolder(async (folder) => {
      const opened = await Promise.allSettled(Array.from({ length: 8 }, () => opens(folder)));
      const [log, ...more] = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(more).toEqual([]);
      for (const one of opened)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'log_locked' });
      await log?.append(commitOf('a', 0));
      await log?.close();
      await expectFree(folder);
    }),
  );

  it(
    'lets one of four processes that open at once have it',
    inFolder(async (folder) => {
      const writers = await Promise.all(Array.from({ length: 4 }, () => writerOf(folder)));
      expect(writers.filter(({ held }) => 'open' in held)).toHaveLength(1);
      for (const { held } of writers) if ('code' in held) expect(held.code).toBe('log_locked');
      for (const { leave } of writers) await leave();
      await expectFree(folder);
    }),
  );

  it(
    'is given up on closing, once',
    inFolder(async (folder) => {
      const before = await opens(folder);
      await before.close();
      const log = await opens(folder);
      await before.close();
      await expect(opens(folder)).rejects.toMatchObject({
        code: 'log_locked',
        details: { pid: process.pid },
      });
      await log.close();
      expect(await readFile(lockPath(folder), 'utf8')).toBe('');
      await expectFree(folder);
    }),
  );

  it(
    'is given up when opening fails',
    inFolder(async (folder) => {
      const log = await opens(folder);
      await log.append(commitOf('a', 0));
      await log.close();
      const path = join(logFolder(folder), '00000001.ndjson');
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(5));
      for (let round = 0; round < 2; round += 1)
        await expect(opens(folder)).rejects.toMatchObject({ code: 'log_damaged' });
      await writeFile(path, bytes);
      await expectFree(folder);
    }),
  );

  it.each(['', 'no number\n', '-1\n', '1.5\n', '999999999\n'])(
    'is taken over from a file that names no living process: %j',
    (content) =>
      inFolder(async (folder) => {
        await writeFile(lockPath(folder), content);
        const log = await opens(folder);
        expect(await readFile(lockPath(folder), 'utf8')).toBe(`${process.pid}\n`);
        await log.close();
      })(),
  );

  it(
    'is not needed to read',
    inFolder(async (folder) => {
      const log = await opens(folder);
      await log.append(commitOf('a', 0));
      const reader = await FileEventLog.open(folder, 'read');
      expect(await contentOf(reader)).toEqual(await contentOf(log));
      await reader.close();
      await expect(opens(folder)).rejects.toMatchObject({ code: 'log_locked' });
      await log.close();
    }),
  );
});

const paths = [
  ['with flock(1)', true],
  ['without flock(1)', false],
] as const;

describe.each(someOf(paths, 1))('the lock of another process %s', (_, hasFlock) => {
  const writer = (folder: string, path: string) => writerOf(folder, hasFlock ? undefined : path);

  it(
    'refuses a second process and names the first, until that closes the log',
    withEmptyPath(async (folder, path) => {
      const first = await writer(folder, path);
      expect(first.held).toEqual({ open: true });
      const second = await writer(folder, path);
      expect(second.held).toEqual({ code: 'log_locked', pid: first.pid });
      await second.leave();
      await first.leave();
      const third = await writer(folder, path);
      expect(third.held).toEqual({ open: true });
      await third.leave();
    }),
  );

  it(
    'is free once that is killed',
    withEmptyPath(async (folder, path) => {
      const first = await writer(folder, path);
      await first.kill();
      expect(await readFile(lockPath(folder), 'utf8')).toBe(`${first.pid}\n`);
      const second = await writer(folder, path);
      expect(second.held).toEqual({ open: true });
      await second.leave();
      await expectFree(folder);
    }),
  );

  it(
    'lets a reader read',
    withEmptyPath(async (folder, path) => {
      const first = await writer(folder, path);
      const reader = await FileEventLog.open(folder, 'read');
      expect(reader.streams()).toEqual([`by-${first.pid}`]);
      await reader.close();
      await first.leave();
    }),
  );
});

describe('the lock of a process with flock(1)', () => {
  it(
    'refuses this process, and names the other',
    inFolder(async (folder) => {
      const other = await writerOf(folder);
      await expect(opens(folder)).rejects.toMatchObject({
        code: 'log_locked',
        message: expect.stringContaining(`Process ${other.pid}`) as string,
        details: { pid: other.pid },
      });
      await other.leave();
      await expectFree(folder);
    }),
  );

  it(
    'refuses a process without it',
    withEmptyPath(async (folder, path) => {
      const first = await writerOf(folder);
      const second = await writerOf(folder, path);
      await second.leave();
      await first.leave();
      expect(second.held).toEqual({ code: 'log_locked', pid: first.pid });
    }),
  );
});
