import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import type { Files } from '../../src/log/disk/files.ts';
import { brokenPath, logFolder, segmentPath } from '../../src/log/disk/data-folder.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import { contentOf, imageOf, plain } from './commits.ts';
import { inFolder } from './temp-folder.ts';

const gib = 1 << 30;
const mib = 1 << 20;

/** The disk, but that a test says how much room it has and of what kind it is. */
class Disk {
  space = { free: 50 * gib, total: 100 * gib, type: 0xef53 };
  /** Fails the next look, if set. */
  failure: Error | null = null;
  looks = 0;
  readonly files: Files = {
    ...(plain.files ?? nodeFiles),
    space: () => {
      this.looks += 1;
      return this.failure === null ? Promise.resolve({ ...this.space }) : Promise.reject(this.failure);
    },
  };

  set(free: number, total = 100 * gib): this {
    this.space = { ...this.space, free, total };
    return this;
  }

  open(
    folder: string,
    mode: 'read' | 'write' = 'write',
    options: FileLogOptions = {},
  ): Promise<FileEventLog> {
    return FileEventLog.open(folder, mode, { ...plain, files: this.files, ...options });
  }
}

const withDisk = (use: (folder: string, disk: Disk) => Promise<void>) =>
  inFolder((folder) => use(folder, new Disk()));

// The clock stands still: how old the last look is, a test decides.
const now = 1_000_000;
beforeEach(() => vi.spyOn(performance, 'now').mockReturnValue(now));
afterEach(() => vi.restoreAllMocks());

/** Makes the last look at the disk too old. */
function letTimePass(): void {
  vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
}

const a = matchId('a');
const full = { code: 'log_disk_full', details: { state: 'full' } };

describe('a disk with little room', () => {
  it.each([
    ['good', 50 * gib, 100 * gib],
    ['good', 10 * gib, 100 * gib],
    ['low', 10 * gib - 1, 100 * gib],
    ['low', 5 * gib, 100 * gib],
    ['no_new_matches', 5 * gib - 1, 100 * gib],
    ['no_new_matches', 2 * gib, 100 * gib],
    ['full', 2 * gib - 1, 100 * gib],
    ['full', 0, 100 * gib],
    ['good', 64 * mib, 128 * mib],
    ['full', 64 * mib - 1, 128 * mib],
  ])('is %s with %d of %d bytes free', (state, free, total) =>
    withDisk(async (folder, disk) => {
      const log = await disk.set(free, total).open(folder);
      expect(log.health.disk).toEqual({ state, free });
      await log.close();
    })(),
  );

  it(
    'takes everything while it is only low',
    withDisk(async (folder, disk) => {
      const log = await disk.set(9 * gib).open(folder);
      for (const version of [0, 1])
        expect(await log.append(commitOf('a', version))).toMatchObject({ version: version + 1 });
      expect(log.health.disk.state).toBe('low');
      await log.close();
    }),
  );

  it(
    'refuses new matches first, and lets those that run go on',
    withDisk(async (folder, disk) => {
      const log = await disk.open(folder);
      await log.append(commitOf('a', 0));
      await log.close();
      const again = await disk.set(4 * gib).open(folder);
      await expect(again.append(commitOf('b', 0))).rejects.toMatchObject({
        code: 'log_disk_full',
        message: expect.stringContaining('Retry later') as string,
        details: { state: 'no_new_matches', free: 4 * gib, total: 100 * gib },
      });
      expect(await again.append(commitOf('a', 1))).toEqual({ version: 2, position: 2 });
      disk.set(50 * gib);
      expect(await again.append(commitOf('b', 0))).toEqual({ version: 1, position: 3 });
      await again.close();
    }),
  );

  it(
    'refuses every command once it is full, writes nothing, and goes on when room returns',
    withDisk(async (folder, disk) => {
      const log = await disk.open(folder);
      const first = commitOf('a', 0);
      await log.append(first);
      await log.close();
      const again = await disk.set(gib).open(folder);
      const before = await readFile(segmentPath(folder, 1));
      const refused = [commitOf('a', 1), commitOf('b', 0), commitOf('a', 1, { id: 'other' })];
      for (const commit of refused) await expect(again.append(commit)).rejects.toMatchObject(full);
      await expect(Promise.all(refused.map((commit) => again.append(commit)))).rejects.toMatchObject(full);
      expect((await readFile(segmentPath(folder, 1))).equals(before)).toBe(true);
      expect(again.health).toMatchObject({ state: 'good', position: 1, lastFailure: null });

      disk.set(50 * gib);
      expect(await again.append(commitOf('a', 1))).toEqual({ version: 2, position: 2 });
      expect(again.health.disk).toEqual({ state: 'good', free: 50 * gib });
      await again.close();
    }),
  );

  it(
    'is read from, and answers what is stored already, while it is full',
    withDisk(async (folder, disk) => {
      const log = await disk.open(folder, 'write', { segmentBytes: 1000 });
      for (let version = 0; version < 6; version += 1) await log.append(commitOf('a', version));
      const content = await contentOf(log);
      await log.close();
      for (const mode of ['read', 'write'] as const) {
        const again = await disk.set(0).open(folder, mode);
        expect(await contentOf(again)).toEqual(content);
        expect(await again.find(a, commandId('a-at-1'))).toEqual({ version: 2, position: 2 });
        if (mode === 'write')
          expect(await again.append(commitOf('a', 1))).toEqual({ version: 2, position: 2 });
        const told = lastValueFrom(again.subscribe(2).pipe(toArray()));
        await again.close();
        expect(await told).toEqual(content.slice(2));
      }
    }),
  );

  it(
    'is noticed by a running log, and so is the room that returns',
    withDisk(async (folder, disk) => {
      const log = await disk.open(folder);
      await log.append(commitOf('a', 0));
      disk.set(gib);
      expect(await log.append(commitOf('a', 1))).toMatchObject({ version: 2 });
      letTimePass();
      expect(await log.append(commitOf('a', 2))).toMatchObject({ version: 3 });
      await vi.waitFor(() => expect(log.health.disk.state).toBe('full'));
      await expect(log.append(commitOf('a', 3))).rejects.toMatchObject(full);
      disk.set(50 * gib);
      expect(await log.append(commitOf('a', 3))).toMatchObject({ version: 4 });
      await log.close();
    }),
  );

  it(
    'is looked at once, however many commits come',
    withDisk(async (folder, disk) => {
      const log = await disk.open(folder);
      const { looks } = disk;
      await Promise.all(Array.from({ length: 100 }, (_, version) => log.append(commitOf('a', version))));
      expect(disk.looks).toBe(looks);
      await log.close();
    }),
  );

  it(
    'stays full while nobody can look, and the log says why',
    withDisk(async (folder, disk) => {
      const log = await disk.set(0).open(folder);
      disk.set(50 * gib).failure = new Error('nobody can look');
      await expect(log.append(commitOf('a', 0))).rejects.toMatchObject(full);
      expect(log.health.lastFailure).toBe('nobody can look');
      disk.failure = null;
      expect(await log.append(commitOf('a', 0))).toMatchObject({ version: 1 });
      await log.close();
    }),
  );

  it(
    'has the marks it is given',
    withDisk(async (folder, disk) => {
      const watermarks = { warn: 0.9, newMatches: 0.8, commands: 0.7, commandBytes: 0 };
      for (const [state, free] of [
        ['good', 90],
        ['low', 80],
        ['no_new_matches', 70],
        ['full', 60],
      ] as const) {
        const log = await disk.set(free * gib).open(folder, 'write', { watermarks });
        expect(log.health.disk.state).toBe(state);
        await log.close();
      }
    }),
  );
});

describe('a network file system', () => {
  it.each([
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    ['SMB', 0xfe534d42],
    ['SMB', 0x517b],
    ['9P', 0x01021997],
    ['AFS', 0x5346414f],
    ['Ceph', 0x00c36400],
  ])('such as %s is refused to a writer, and gives the lock back', (name, type) =>
    withDisk(async (folder, disk) => {
      const files = { ...disk.files, lock: (path: string) => nodeFiles.lock(path) };
      disk.space = { ...disk.space, type };
      for (let round = 0; round < 2; round += 1)
        await expect(disk.open(folder, 'write', { files })).rejects.toMatchObject({
          code: 'log_disk_unsuitable',
          message: expect.stringContaining(name) as string,
          details: { path: folder, type: name },
        });
      expect(await readdir(logFolder(folder))).toEqual([]);
      disk.space = { ...disk.space, type: 0xef53 };
      const log = await disk.open(folder, 'write', { files });
      await log.append(commitOf('a', 0));
      await log.close();
      disk.space = { ...disk.space, type };
      const reader = await disk.open(folder, 'read');
      expect(reader.streams()).toEqual(['a']);
      await reader.close();
    })(),
  );
});

describe('the reserve', () => {
  const reserve = (folder: string) => join(logFolder(folder), 'reserve');

  it.each([
    ['two mebibytes', 50 * gib, 2 * mib],
    ['a little of a small disk', 640 * 1024, 10 * 1024],
  ])('is %s', (_, free, bytes) =>
    withDisk(async (folder, disk) => {
      const log = await disk.set(free).open(folder);
      expect((await readFile(reserve(folder))).length).toBe(bytes);
      await log.close();
      expect((await readFile(reserve(folder))).length).toBe(bytes);
    })(),
  );

  it(
    'is left out where there is no room, and by a reader; one that was made in need grows',
    withDisk(async (folder, disk) => {
      await (await disk.set(0).open(folder)).close();
      await (await disk.set(50 * gib).open(folder, 'read')).close();
      expect(await readdir(logFolder(folder))).not.toContain('reserve');
      await writeFile(reserve(folder), 'small');
      await (await disk.open(folder)).close();
      expect((await readFile(reserve(folder))).length).toBe(2 * mib);
    }),
  );

  /** Files whose disk has no room for a torn tail until the reserve is gone; it takes `partly` bytes all the same. */
  function withoutRoom(disk: Disk, folder: string, partly: number): Files {
    const kept = new Set<number>();
    let isGone = false;
    return {
      ...disk.files,
      open: async (path, flags) => {
        const fd = await disk.files.open(path, flags);
        if (path === brokenPath(folder, 1)) kept.add(fd);
        return fd;
      },
      close: (fd) => {
        kept.delete(fd);
        return disk.files.close(fd);
      },
      remove: async (path) => {
        await disk.files.remove(path);
        if (path === reserve(folder)) isGone = true;
      },
      write: async (fd, bytes) => {
        if (!kept.has(fd) || isGone) return disk.files.write(fd, bytes);
        const written = (await readFile(brokenPath(folder, 1))).length;
        if (written < partly) return disk.files.write(fd, bytes.subarray(0, partly - written));
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
  }

  async function tear(folder: string, disk: Disk): Promise<Buffer> {
    const log = await disk.open(folder);
    await log.append(commitOf('a', 0));
    await log.append(commitOf('a', 1));
    const bytes = (await imageOf(folder)).get('00000001.ndjson') ?? Buffer.alloc(0);
    await log.close();
    await writeFile(segmentPath(folder, 1), bytes.subarray(0, -5));
    return bytes.subarray(bytes.lastIndexOf('\n', bytes.length - 2) + 1, -5);
  }

  async function expectKept(folder: string, disk: Disk, partly: number): Promise<void> {
    const torn = await tear(folder, disk);
    const log = await disk.open(folder, 'write', { files: withoutRoom(disk, folder, partly) });
    expect((await contentOf(log)).map(({ version }) => version)).toEqual([1]);
    expect((await readFile(brokenPath(folder, 1))).equals(torn)).toBe(true);
    expect(log.health.repair).toMatchObject({ bytes: torn.length });
    expect(await readdir(logFolder(folder))).toContain('reserve');
    await log.close();
  }

  it(
    'is given up for a torn tail that must be set aside, and made again',
    withDisk((folder, disk) => expectKept(folder, disk, 0)),
  );

  it(
    'is given up for a torn tail that was set aside in part',
    withDisk((folder, disk) => expectKept(folder, disk, 100)),
  );

  it(
    'is missed only when the disk is full',
    withDisk(async (folder, disk) => {
      const files: Files = {
        ...disk.files,
        open: (path, flags) =>
          path === reserve(folder) ? Promise.reject(new Error('no reserve')) : disk.files.open(path, flags),
      };
      const log = await disk.open(folder, 'write', { files });
      expect(await log.append(commitOf('a', 0))).toMatchObject({ version: 1 });
      expect(log.health.lastFailure).toBeNull();
      await log.close();
    }),
  );
});
