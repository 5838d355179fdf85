import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';
import type { Commit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import type { Files } from '../../src/log/disk/files.ts';
import { indexPath, logFolder, rowsPath, segmentPath } from '../../src/log/disk/data-folder.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import {
  appendBatches,
  differences,
  fieldsOf,
  imageOf,
  itemAt,
  linesIn,
  manyCommits,
  plain,
  withBytes,
  writeImage,
} from './commits.ts';
import type { Image } from './commits.ts';
import { inFolder } from './temp-folder.ts';
import { flipped } from './written.ts';
import { sizeOf } from '../support/sizes.ts';

const options = { ...plain, segmentBytes: 2500 };
const disk: Files = plain.files ?? nodeFiles;
const commits = manyCommits(40, 11);

const ways = sizeOf({ small: 15, all: 100 });

async function written(folder: string, content: readonly Commit[]): Promise<Image> {
  const log = await FileEventLog.open(folder, 'write', options);
  await appendBatches(
    log,
    content,
    content.map(() => 2),
  );
  await log.close();
  return imageOf(folder);
}

async function imageWith(content: readonly Commit[]): Promise<Image> {
  const images: Image[] = [];
  await inFolder(async (folder) => {
    images.push(await written(folder, content));
  })();
  return itemAt(images, 0);
}

/** Runs with a folder that holds the log of these commits. */
const withLog = (use: (folder: string, image: Image) => Promise<void>, content = commits) =>
  inFolder(async (folder) => use(folder, await written(folder, content)));

/** Everything one can ask a log. */
async function answersOf(log: FileEventLog, content = commits): Promise<unknown> {
  const streams = log.streams();
  const [reads, later] = [0, 3].map((after) =>
    Promise.all(streams.map((stream) => log.read(stream, streamVersion(after)))),
  );
  const told = [0, 1, 17, 40].map((after) => lastValueFrom(log.subscribe(after).pipe(toArray())));
  return {
    streams,
    position: log.health.position,
    segments: log.health.segments,
    found: await Promise.all(content.map((commit) => log.find(commit.stream, commit.commandId))),
    missing: await Promise.all(streams.map((stream) => log.find(stream, commandId('missing')))),
    reads: await reads,
    later: await later,
    told: () => Promise.all(told),
  };
}

/** All answers of a log that is opened for them, and closed. */
async function answersIn(folder: string, mode: 'read' | 'write', content = commits): Promise<unknown> {
  const log = await FileEventLog.open(folder, mode, options);
  const { told, ...answers } = (await answersOf(log, content)) as { told: () => Promise<unknown> };
  // A command that is stored gives its first result again, also where its rows must be read.
  const repeated =
    mode === 'read' ? null : await Promise.all(content.toReversed().map((commit) => log.append(commit)));
  await log.close();
  return { ...answers, told: await told(), repeated };
}

const isIndex = (name: string): boolean => /\.(idx|rows)$/.test(name);

type Harm = (draws: Draws, bytes: Buffer, other: Buffer | undefined) => Buffer | null;
const harms: Readonly<Record<string, Harm>> = {
  deleted: () => null,
  emptied: () => Buffer.alloc(0),
  truncated: (draws, bytes) => bytes.subarray(0, draws.below(bytes.length)),
  'bit-flipped': (draws, bytes) => flipped(bytes, draws.below(bytes.length), 1 << draws.below(8)),
  'zeroed in part': (draws, bytes) => {
    const start = draws.below(bytes.length);
    return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + 200));
  },
  longer: (_, bytes) => Buffer.concat([bytes, Buffer.from('more')]),
  'of another log': (_, bytes, other) => other ?? bytes.subarray(1),
};

describe('the indexes of sealed segments', () => {
  it(
    'stand beside every sealed segment, and give the same answers as none',
    withLog(async (folder, image) => {
      const sealed = [...image.keys()].filter((name) => name.endsWith('.ndjson')).slice(0, -1);
      expect(sealed.length).toBeGreaterThan(4);
      expect([...image.keys()].filter(isIndex)).toEqual(
        sealed.flatMap((name) => ['.idx', '.rows'].map((end) => name.replace('.ndjson', end))),
      );
      for (const mode of ['read', 'write'] as const) {
        const answers = await answersIn(folder, mode);
        await writeImage(folder, new Map([...image].filter(([name]) => !isIndex(name))));
        expect(await answersIn(folder, mode)).toEqual(answers);
      }
      // The writer made them again.
      expect([...(await imageOf(folder)).keys()]).toEqual([...image.keys()]);
    }),
  );

  it(
    `may be lost or spoiled in ${ways} ways: the answers are the same, and the writer makes them again`,
    withLog(async (folder, image) => {
      const other = await imageWith(manyCommits(40, 12));
      const answers = { read: await answersIn(folder, 'read'), write: await answersIn(folder, 'write') };
      const names = [...image.keys()].filter(isIndex);
      for (let round = 0; round < ways; round += 1) {
        const draws = drawsFor(4, 'indexes', round);
        const harmed = new Map(image);
        const done: string[] = [];
        for (let more = draws.between(1, 4); more > 0; more -= 1) {
          const name = draws.pick(names);
          const [what, harm] = draws.pick(Object.entries(harms));
          const bytes = harm(draws, image.get(name) ?? Buffer.alloc(0), other.get(name));
          done.push(`${name} ${what}`);
          if (bytes === null) harmed.delete(name);
          else harmed.set(name, bytes);
        }
        const what = `round ${round}: ${done.join(', ')}`;
        await writeImage(folder, harmed);
        expect(await answersIn(folder, 'read'), what).toEqual(answers.read);
        expect(differences(await imageOf(folder), harmed), what).toEqual([]);
        expect(await answersIn(folder, 'write'), what).toEqual(answers.write);
        await expectWhole(folder, image, what);
      }
    }),
  );

  /** Every index says what it said at first. Rows of the right size are only looked at when they are asked for. */
  async function expectWhole(folder: string, image: Image, what: string): Promise<void> {
    const now = await imageOf(folder);
    expect([...now.keys()], what).toEqual([...image.keys()]);
    for (const [name, bytes] of image)
      if (name.endsWith('.idx')) {
        const index = fieldsOf(now.get(name) ?? Buffer.from('{}'));
        expect({ ...index, c: 0 }, `${what}: ${name}`).toEqual({ ...fieldsOf(bytes), c: 0 });
        const rows = name.replace('.idx', '.rows');
        expect(now.get(rows)?.length, `${what}: ${rows}`).toBe(image.get(rows)?.length);
      }
  }

  it(
    'are not taken from another segment',
    withLog(async (folder, image) => {
      const answers = await answersIn(folder, 'read');
      const swapped = new Map(image);
      for (const end of ['idx', 'rows']) {
        const [one, two] = [`00000001.${end}`, `00000002.${end}`];
        swapped.set(one, image.get(two) ?? Buffer.alloc(0)).set(two, image.get(one) ?? Buffer.alloc(0));
      }
      await writeImage(folder, swapped);
      expect(await answersIn(folder, 'read')).toEqual(answers);
    }),
  );

  it(
    'may have their rows deleted while the log is open',
    withLog(async (folder, image) => {
      const answers = await answersIn(folder, 'write');
      await writeImage(folder, image);
      const log = await FileEventLog.open(folder, 'write', options);
      for (const number of sealedIn(image)) await rm(rowsPath(folder, number));
      const { told, ...rest } = (await answersOf(log)) as { told: () => Promise<unknown> };
      const repeated = await Promise.all(commits.toReversed().map((commit) => log.append(commit)));
      await log.close();
      expect({ ...rest, told: await told(), repeated }).toEqual(answers);
      expect(await answersIn(folder, 'write')).toEqual(answers);
      await expectWhole(folder, image, 'rows deleted');
    }),
  );

  it(
    'may be deleted while the log is open and written on',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', options);
      for (const [at, commit] of commits.entries()) {
        await log.append(commit);
        if (at % 7 !== 6) continue;
        for (const name of (await readdir(logFolder(folder))).filter(isIndex))
          await rm(join(logFolder(folder), name), { force: true });
        for (const { stream, commandId: id } of commits.slice(0, at + 1))
          expect(await log.find(stream, id)).not.toBeNull();
      }
      expect(await Promise.all(commits.map((commit) => log.append(commit)))).toMatchObject(
        commits.map((_, at) => ({ position: at + 1 })),
      );
      await log.close();
      expect(await answersIn(folder, 'read')).toMatchObject({ position: 40 });
    }),
  );

  it(
    'that cannot be written leave the log as it is, and are written by the next',
    inFolder(async (folder) => {
      const files: Files = {
        ...disk,
        open: (path, flags) =>
          path.startsWith(indexPath(folder, 2))
            ? Promise.reject(new Error('no index today'))
            : disk.open(path, flags),
      };
      const first = await FileEventLog.open(folder, 'write', { ...options, files });
      await appendBatches(
        first,
        commits,
        commits.map(() => 1),
      );
      expect(first.health).toMatchObject({ state: 'good', position: 40 });
      await first.close();
      expect(first.health.lastFailure).toBe('no index today');
      const before = await imageOf(folder);
      expect(before.has('00000002.idx')).toBe(false);
      const answers = await answersIn(folder, 'read');
      await (await FileEventLog.open(folder, 'write', options)).close();
      expect((await imageOf(folder)).has('00000002.idx')).toBe(true);
      expect(await answersIn(folder, 'read')).toEqual(answers);
    }),
  );
});

function sealedIn(image: Image): readonly number[] {
  return [...image.keys()].filter((name) => name.endsWith('.idx')).map((name) => Number(name.slice(0, 8)));
}

describe('an index beside other damage', () => {
  /** Two logs whose rows are of one size, with other command ids. */
  const namedBy = (letter: string) =>
    Array.from({ length: 12 }, (_, at) =>
      commitOf('a', at, {
        id: `${letter}-${String(at).padStart(2, '0')}`,
        events: [noteOf('x'.repeat(300))],
      }),
    );

  it(
    'gives the same answers with rows of another log of the same size',
    withLog(async (folder, image) => {
      const other = await imageWith(namedBy('y'));
      const answers = await answersIn(folder, 'read', namedBy('x'));
      await writeImage(
        folder,
        withBytes(image, '00000001.rows', other.get('00000001.rows') ?? Buffer.alloc(0)),
      );
      expect(await answersIn(folder, 'read', namedBy('x'))).toEqual(answers);
    }, namedBy('x')),
  );

  /** Runs with an open log whose rows are lost, and one of whose lines is damaged. */
  const withDamagedLine = (index: number, use: (log: FileEventLog, path: string) => Promise<void>) =>
    withLog(async (folder, image) => {
      const bytes = image.get('00000001.ndjson') ?? Buffer.alloc(0);
      const line = itemAt(linesIn(bytes), index);
      const damaged = flipped(bytes, line.offset + 30, 1);
      await writeImage(folder, withBytes(image, '00000001.ndjson', damaged));
      // Of the right size, so that the index is trusted.
      const lost = new Map(await imageOf(folder));
      for (const [name, rows] of image) if (name.endsWith('.rows')) lost.set(name, Buffer.alloc(rows.length));
      await writeImage(folder, lost);
      const log = await FileEventLog.open(folder, 'read', options);
      await use(log, segmentPath(folder, 1)).finally(() => log.close());
    }, namedBy('x'));

  it(
    'finds a damaged line in the middle of a match without rows',
    withDamagedLine(2, async (log, path) => {
      await expect(log.read(matchId('a'))).rejects.toMatchObject({ code: 'log_damaged', details: { path } });
    }),
  );

  it(
    'finds a damaged first line of a match without rows',
    withDamagedLine(1, async (log, path) => {
      await expect(log.read(matchId('a'))).rejects.toMatchObject({ code: 'log_damaged', details: { path } });
    }),
  );

  it(
    'does not call a stored command unknown because its line is damaged and its row lost',
    withDamagedLine(1, async (log) => {
      await expect(log.find(matchId('a'), commandId('x-00'))).rejects.toMatchObject({ code: 'log_damaged' });
    }),
  );
});
