import { appendFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Durability } from '../../src/log/durability.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import type { Files } from '../../src/log/disk/files.ts';
import { brokenPath, segmentPath } from '../../src/log/disk/data-folder.ts';
import { matchId } from '../../src/shared/ids.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import { appendAll, contentOf, fieldsOf, itemAt, linesOf, manyCommits } from './commits.ts';
import { inFolder } from './temp-folder.ts';

const modes: readonly (readonly [Durability, string])[] = [
  [{ mode: 'group' }, 'nothing acknowledged is lost, not even by a power cut'],
  [{ mode: 'interval', ms: 20 }, 'a power cut may lose the last 20 ms; a killed process loses nothing'],
  [{ mode: 'os' }, 'a power cut may lose the last half minute or more; a killed process loses nothing'],
];

describe('the health of a file log', () => {
  it.each(modes)('says of %j what a power cut may take', (durability, lossWindow) =>
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { durability, segmentBytes: 3000 });
      expect(log.health).toMatchObject({
        durability,
        lossWindow,
        state: 'good',
        position: 0,
        streams: 0,
        segments: 1,
      });
      expect(log.health).toMatchObject({
        lastFailure: null,
        repair: null,
        waiting: { commits: 0, bytes: 0 },
      });
      expect(log.health.disk.free).toBeGreaterThan(0);
      const commits = manyCommits(20, 8);
      const answers = appendAll(log, commits);
      expect(log.health.waiting.commits).toBe(20);
      expect(log.health.waiting.bytes).toBeGreaterThan(20 * 200);
      await answers;
      for (let version = 0; version < 10; version += 1) await log.append(commitOf('new', version));
      expect(log.health).toMatchObject({ position: 30, streams: 5, waiting: { commits: 0, bytes: 0 } });
      expect(log.health.segments).toBeGreaterThan(2);
      await log.close();
      expect(log.health).toMatchObject({ state: 'closed', lastFailure: null });
      const again = await FileEventLog.open(folder, 'write', { durability });
      expect(again.health).toMatchObject({
        position: 30,
        streams: 5,
        segments: log.health.segments,
        repair: null,
      });
      expect(await contentOf(again)).toHaveLength(30);
      await again.close();
    })(),
  );

  it(
    'is that of a group log by default',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      expect(log.health.durability).toEqual({ mode: 'group' });
      await log.close();
    }),
  );

  it(
    'tells what was cut off on opening',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      await log.append(commitOf('a', 0));
      await log.close();
      const lines = await linesOf(segmentPath(folder, 1));
      await appendFile(segmentPath(folder, 1), 'torn');
      const reader = await FileEventLog.open(folder, 'read');
      expect(reader.health).toMatchObject({ state: 'read_only', repair: null });
      const again = await FileEventLog.open(folder, 'write');
      const last = itemAt(lines, -1);
      const offset = last.offset + last.bytes.length;
      expect(again.health).toMatchObject({ repair: { path: brokenPath(folder, 1), offset, bytes: 4 } });
      await again.close();
    }),
  );
});

describe('what is durable', () => {
  /** The disk, but that a test sees and may stop the syncs of segments and their drafts, and sees every other change. */
  const watched = (
    synced: string[],
    fails: (path: string) => boolean,
    changing = () => Promise.resolve(),
  ): Files => {
    const paths = new Map<number, string>();
    return {
      ...nodeFiles,
      open: async (path, flags) => {
        const fd = await nodeFiles.open(path, flags);
        paths.set(fd, path);
        return fd;
      },
      sync: (fd) => {
        const path = paths.get(fd) ?? '';
        if (!path.includes('.ndjson')) return nodeFiles.sync(fd);
        synced.push(path);
        return fails(path) ? Promise.reject(new Error('the disk says no')) : nodeFiles.sync(fd);
      },
      truncate: async (fd, size) => {
        await nodeFiles.truncate(fd, size);
        await changing();
      },
      rename: async (from, to) => {
        await changing();
        await nodeFiles.rename(from, to);
        await changing();
      },
    };
  };
  const durable = async (folder: string) =>
    (await linesOf(segmentPath(folder, 1))).map(({ bytes }) => fieldsOf(bytes)['b']);

  it(
    'in os mode is what stood there when the log was opened',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' } });
      for (const version of [0, 1, 2]) await log.append(commitOf('a', version));
      const begin = itemAt(await linesOf(segmentPath(folder, 1)), 1).offset;
      expect(await durable(folder)).toEqual([0, begin, begin, begin]);
      await log.close();
    }),
  );

  it(
    'in interval mode grows with every sync',
    inFolder(async (folder) => {
      const synced: string[] = [];
      const log = await FileEventLog.open(folder, 'write', {
        durability: { mode: 'interval', ms: 1 },
        markAfterMs: null,
        files: watched(synced, () => false),
      });
      await log.append(commitOf('a', 0));
      await vi.waitFor(() => expect(synced).not.toEqual([]), { interval: 1 });
      const last = itemAt(await linesOf(segmentPath(folder, 1)), -1);
      await vi.waitFor(
        async () => {
          await log.append(commitOf('a', log.health.position));
          expect((await durable(folder)).at(-1)).toBeGreaterThanOrEqual(last.offset + last.bytes.length);
        },
        { interval: 1 },
      );
      await log.close();
    }),
  );

  it(
    'is not what a failed sync left behind: the log is broken, mends itself, and keeps what it answered',
    inFolder(async (folder) => {
      const synced: string[] = [];
      let failing = false;
      const log = await FileEventLog.open(folder, 'write', {
        durability: { mode: 'interval', ms: 1 },
        markAfterMs: null,
        files: watched(synced, () => failing),
      });
      await log.append(commitOf('a', 0));
      failing = true;
      await log.append(commitOf('a', 1)).catch(() => undefined);
      await vi.waitFor(() => expect(log.health.lastFailure).toBe('the disk says no'), { interval: 1 });
      expect(log.health.state).toBe('broken');
      await expect(log.append(commitOf('b', 0))).rejects.toMatchObject({ code: 'log_write_failed' });
      failing = false;
      await vi.waitFor(() => expect(log.health.state).toBe('good'), { interval: 1 });
      const next = (await log.read(commitOf('a', 0).stream)).length;
      expect(await log.append(commitOf('a', next))).toEqual({ version: next + 1, position: next + 1 });
      expect(log.health.state).toBe('good');
      await log.close();
      const reader = await FileEventLog.open(folder, 'read');
      expect((await contentOf(reader)).map(({ version }) => version)).toEqual(
        Array.from({ length: next + 1 }, (_, at) => at + 1),
      );
    }),
  );

  /** What somebody finds at every step of a log that mends itself: one commit was answered, and its sync failed. */
  async function whileMending(
    folder: string,
    look: (log: FileEventLog) => Promise<readonly StoredCommit[]>,
  ): Promise<readonly unknown[]> {
    let failing = false;
    const found: unknown[] = [];
    const log = await FileEventLog.open(folder, 'write', {
      durability: { mode: 'interval', ms: 1 },
      markAfterMs: null,
      files: watched(
        [],
        // What the log writes anew may be synced.
        (path) => failing && path.endsWith('.ndjson'),
        async () => {
          if (failing) found.push(await look(log).catch((error: unknown) => error));
        },
      ),
    });
    failing = true;
    await log.append(commitOf('a', 0));
    await vi.waitFor(() => expect(found).not.toEqual([]), { interval: 1 });
    failing = false;
    await vi.waitFor(() => expect(log.health.state).toBe('good'), { interval: 1 });
    await log.close();
    return found;
  }

  it(
    'is read while the log mends itself',
    inFolder(async (folder) => {
      const found = await whileMending(folder, (log) => log.read(matchId('a')));
      expect(found).toMatchObject(found.map(() => [{ version: 1 }]));
    }),
  );

  it(
    'outlives a process that is killed while the log mends itself',
    inFolder(async (folder) => {
      const found = await whileMending(folder, async () => {
        const reader = await FileEventLog.open(folder, 'read');
        return contentOf(reader);
      });
      expect(found).toMatchObject(found.map(() => [{ version: 1 }]));
    }),
  );
});

describe('the interval mode', () => {
  it(
    'syncs while commits keep coming',
    inFolder(async (folder) => {
      let syncs = 0;
      const sync = (fd: number) => {
        syncs += 1;
        return nodeFiles.sync(fd);
      };
      const log = await FileEventLog.open(folder, 'write', {
        durability: { mode: 'interval', ms: 1 },
        markAfterMs: null,
        files: { ...nodeFiles, sync },
      });
      const before = syncs;
      // A crowd is halved, so that commits always wait.
      const chain = async (stream: string) => {
        for (let version = 0; version < 2000; version += 1) {
          await log.append(commitOf(stream, version));
          if (syncs > before) return version;
        }
        return Infinity;
      };
      const stopped = await Promise.all(Array.from({ length: 64 }, (_, index) => chain(`s-${index}`)));
      expect(Math.max(...stopped)).toBeLessThan(2000);
      await log.close();
    }),
  );
});
