import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { firstFormatPath, logFolder, segmentPath } from '../../src/log/disk/data-folder.ts';
import { matchId } from '../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { appendAll, appendBatches, contentOf, differences, fieldsOf, imageOf, itemAt } from './commits.ts';
import { linesOf, manyCommits, plain } from './commits.ts';
import { inFolder } from './temp-folder.ts';
import type { Refusal } from './writer-child.ts';
import { flipped, lastBatch, place, withLog } from './written.ts';

const child = fileURLToPath(new URL('./writer-child.ts', import.meta.url));

describe('reading a file log', () => {
  it(
    'needs no lock and sees whole commits from the first on while a writer writes',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { segmentBytes: 30_000 });
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
      expect(await readdir(folder)).toEqual(['lock', 'log']);
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
          details: { path: missing },
        });
      expect(await readdir(folder)).toEqual([]);
    }),
  );

  it(
    'gives nothing from a log that holds nothing yet',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const reader = await FileEventLog.open(folder, 'read');
      expect(reader.streams()).toEqual([]);
      await reader.close();
      await log.close();
    }),
  );

  it(
    'does not append, and leaves the files as they were',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { segmentBytes: 1000 });
      await appendBatches(log, manyCommits(5, 2), [1, 1, 1, 1]);
      await log.close();
      const before = await imageOf(folder);
      const reader = await FileEventLog.open(folder, 'read');
      await expect(reader.append(commitOf('new', 0))).rejects.toMatchObject({ code: 'log_write_failed' });
      expect(reader.health).toMatchObject({ state: 'read_only', position: 5 });
      await reader.close();
      expect(differences(await imageOf(folder), before)).toEqual([]);
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
        const log = await FileEventLog.open(folder, 'write', { segmentBytes: 1 << 20 });
        const events = [noteOf('x'.repeat(300_000))];
        const commits = Array.from({ length: 12 }, (_, version) => commitOf('a', version, { events }));
        await appendAll(log, commits);
        const reading = read(log);
        await log.close();
        expect(await reading).toMatchObject(commits);
      })(),
  );

  // Found on a full disk: a batch whose write failed in its second line, read before the writer has mended the file.
  it.each([
    ['cut off', []],
    ['written over', [2]],
    ['written over by more', [2, 3, 4]],
  ])('looks again where what a failed write left was %s', (_, later) =>
    withLog(
      [2, 2],
      'crashed',
      async (written) => {
        const { lines, content, folder, commits } = written;
        const reader = await FileEventLog.open(folder, 'read');
        expect(await reader.read(matchId('a'))).toEqual(commits);
        await place(written, content.subarray(0, lastBatch(lines)));
        const log = await FileEventLog.open(folder, 'write', plain);
        for (const version of later) await log.append(commitOf('a', version, { id: `other-${version}` }));
        const now = await log.read(matchId('a'));
        expect(now).toHaveLength(2 + later.length);
        expect(await reader.read(matchId('a'))).toEqual(now);
        await log.close();
        // A line that rots where it stands is damage all the same.
        const image = await imageOf(folder);
        await writeFile(segmentPath(folder, 1), flipped(itemAt([...image.values()], 0), 200, 1));
        await expect(reader.read(matchId('a'))).rejects.toMatchObject({ code: 'log_damaged' });
        await reader.close();
      },
      [0, 1, 2, 3].map((version) => commitOf('a', version)),
    )(),
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

describe('the files of a log', () => {
  it(
    'stand in a folder that is made, one line per commit between the first line and the seal',
    inFolder(async (folder) => {
      const deep = join(folder, 'not', 'yet');
      const log = await FileEventLog.open(deep, 'write', plain);
      const commits = manyCommits(40, 3);
      await appendAll(log, commits);
      await log.close();
      const lines = (await linesOf(segmentPath(deep, 1))).map(({ bytes }) => fieldsOf(bytes));
      expect(lines.map(({ t, id }) => t ?? id)).toEqual([
        'seg',
        ...commits.map((one) => one.commandId),
        'seal',
      ]);
      const order = ['v', 'g', 's', 'n', 'k', 'id', 'ep', 'at', 'b', 'salt', 'd', 'ph', 'h', 'c'];
      for (const line of lines.slice(1, -1)) expect(Object.keys(line)).toEqual(order);
      expect(new Set(lines.slice(1, -1).map(({ salt }) => salt)).size).toBe(40);
    }),
  );

  it(
    'say of every batch where it began',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      await appendBatches(log, manyCommits(10, 4), [3, 1, 4]);
      await log.close();
      const lines = await linesOf(segmentPath(folder, 1));
      const begins = [0, 1, 1, 1, 4, 5, 5, 5, 5, 9, 9, 11].map((index) => itemAt(lines, index).offset);
      expect(lines.map(({ bytes }) => fieldsOf(bytes)['b'])).toEqual(begins);
    }),
  );

  it(
    'hold the same commits, however they are batched',
    inFolder(async (folder) => {
      const [at, once] = [join(folder, 'at-once'), join(folder, 'one-by-one')];
      const logs = [await FileEventLog.open(at, 'write'), await FileEventLog.open(once, 'write')] as const;
      const commits = manyCommits(30, 4);
      await appendAll(logs[0], commits);
      for (const commit of commits) await logs[1].append(commit);
      const [one, other] = (await Promise.all(logs.map(contentOf))).map((content) =>
        content.map(({ stream, version, position, events }) => ({ stream, version, position, events })),
      );
      expect(other).toEqual(one);
      for (const log of logs) await log.close();
    }),
  );

  it(
    'get a mark when nothing is written for a while, and only one',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { markAfterMs: 1 });
      await log.append(commitOf('a', 0));
      const kinds = async () =>
        (await linesOf(segmentPath(folder, 1))).map(({ bytes }) => fieldsOf(bytes)['t']);
      await vi.waitFor(async () => expect((await kinds()).at(-1)).toBe('mark'), { interval: 1 });
      await log.append(commitOf('a', 1));
      await vi.waitFor(async () => expect((await kinds()).at(-1)).toBe('mark'), { interval: 1 });
      await log.close();
      // One may stand before the first commit too.
      const all = (await kinds()).map((t) => (typeof t === 'string' ? t : 'commit')).join(' ');
      expect(all).toMatch(/^seg (mark )?commit mark commit mark seal$/);
    }),
  );

  it(
    'of the first format are not touched, and refused',
    inFolder(async (folder) => {
      const path = firstFormatPath(folder);
      await writeFile(path, '{"v":1}\n');
      for (const mode of ['read', 'write'] as const)
        await expect(FileEventLog.open(folder, mode)).rejects.toMatchObject({
          code: 'log_format_old',
          message: expect.stringContaining('arena log import') as string,
          details: { path },
        });
      expect(await readFile(path, 'utf8')).toBe('{"v":1}\n');
      expect(await readdir(logFolder(folder)).catch(() => [])).toEqual([]);
      // Once it is moved away, a log of this format begins; beside one, it is nobody's business.
      await writeFile(join(folder, 'moved'), await readFile(path));
      await promisify(execFile)('rm', [path]);
      const log = await FileEventLog.open(folder, 'write');
      await log.close();
      await writeFile(path, 'again');
      for (const mode of ['read', 'write'] as const) await (await FileEventLog.open(folder, mode)).close();
    }),
  );
});

describe('appending to a file log', () => {
  it(
    'lets nobody find or list what is not on disk yet',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const commit = commitOf('a', 0);
      const answer = log.append(commit);
      const early = [log.find(commit.stream, commit.commandId), log.read(commit.stream)];
      expect(log.streams()).toEqual([]);
      expect(await Promise.all(early)).toEqual([null, []]);
      const appended = await answer;
      expect(await log.find(commit.stream, commit.commandId)).toEqual(appended);
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
      expect(await log.find(commit.stream, commit.commandId)).toEqual(repeated);
      expect(await answer).toEqual(repeated);
      expect(log.health.position).toBe(1);
      await log.close();
    }),
  );

  it(
    'refuses more than 10,000 waiting commits and goes on',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const answers = Array.from({ length: 10_001 }, (_, version) => log.append(commitOf('a', version)));
      expect(log.health.waiting.commits).toBe(10_000);
      await expect(answers.at(-1)).rejects.toMatchObject({
        code: 'log_overloaded',
        details: { waiting: 10_000 },
      });
      await Promise.all(answers.slice(0, -1));
      expect(log.health.waiting).toEqual({ commits: 0, bytes: 0 });
      expect(await log.append(commitOf('a', 10_000))).toEqual({ version: 10_001, position: 10_001 });
      await log.close();
    }),
  );

  it(
    'refuses more than 64 MiB that wait and goes on',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' } });
      const events = [noteOf('x'.repeat(1_000_000))];
      const answers = Array.from({ length: 68 }, (_, at) => log.append(commitOf(`m-${at}`, 0, { events })));
      await expect(answers.at(-1)).rejects.toMatchObject({
        code: 'log_overloaded',
        details: { waiting: 67 },
      });
      await Promise.all(answers.slice(0, -1));
      expect(await log.append(commitOf('m-67', 0))).toEqual({ version: 1, position: 68 });
      await log.close();
    }),
  );

  it(
    'refuses a commit too long for a line, and only that',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const long = commitOf('a', 0, { events: [noteOf('€'.repeat(350_000))] });
      await expect(log.append(long)).rejects.toMatchObject({
        code: 'event_too_large',
        details: { most: (1 << 20) - 1024 },
      });
      const name = 'n'.repeat(128);
      const most = commitOf(name, 0, {
        id: name,
        at: 1.2345678901234567e-300,
        events: [noteOf('€'.repeat(349_000))],
      });
      await log.append(most);
      await log.close();
      expect(itemAt(await linesOf(segmentPath(folder, 1)), 1).bytes.length).toBeLessThanOrEqual(1 << 20);
      const again = await FileEventLog.open(folder, 'write');
      expect(await contentOf(again)).toMatchObject([most]);
      await again.close();
    }),
  );

  it(
    'loses nothing it answered when its process is killed',
    inFolder(async (folder) => {
      const writer = spawn(process.execPath, ['--import', 'tsx', child, 'endless', folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = once(writer, 'close');
      let acknowledged = 0;
      for await (const line of createInterface({ input: writer.stdout })) {
        acknowledged = Number(line);
        if (acknowledged === 60) writer.kill('SIGKILL');
      }
      await closed;
      const log = await FileEventLog.open(folder, 'write');
      const content = await contentOf(log);
      expect(acknowledged).toBeGreaterThanOrEqual(60);
      expect(content.length).toBeGreaterThanOrEqual(acknowledged);
      expect(content.map(({ position }) => position)).toEqual(content.map((_, index) => index + 1));
      await log.append(commitOf('d', 0));
      await log.close();
    }),
  );

  it.skipIf(process.platform !== 'linux')(
    'tells of a failed write, mends the file with the next commit, and goes on once it can',
    inFolder(async (folder) => {
      // The shell lets no file grow beyond a megabyte: the write that crosses it fails half done.
      const limited = 'ulimit -S -f 1024 && exec "$@"';
      const command = [process.execPath, '--import', 'tsx', child, 'until-refused', folder];
      const { stdout } = await promisify(execFile)('bash', ['-c', limited, 'limited', ...command]);
      const { acknowledged, told, health, found, streams, ...after } = JSON.parse(stdout) as Refusal;
      expect(acknowledged).toBeGreaterThan(5);
      const failed = {
        code: 'log_write_failed',
        message: expect.stringMatching(/EFBIG.*retry with the same command id/) as string,
      };
      expect(told).toEqual([failed, failed]);
      expect(found).toBe(false);
      expect(streams).not.toContain(`b-${acknowledged}`);
      const position = 2 * acknowledged;
      expect(health).toMatchObject({ state: 'broken', position, waiting: { commits: 0, bytes: 0 } });
      expect(health.lastFailure).toContain('EFBIG');

      expect(after.small).toEqual({ version: 1, position: position + 1 });
      expect(after.again).toEqual(failed);
      expect(after.lifted).toEqual({ version: acknowledged + 1, position: position + 2 });
      expect(after.mended).toMatchObject({ state: 'good', position: position + 2 });

      const log = await FileEventLog.open(folder, 'write');
      expect(log.health.repair).toBeNull();
      expect((await contentOf(log)).map((commit) => commit.position)).toEqual(
        Array.from({ length: position + 2 }, (_, index) => index + 1),
      );
      expect(await log.append(commitOf('a', acknowledged + 1))).toMatchObject({ position: position + 3 });
      await log.close();
    }),
  );
});
