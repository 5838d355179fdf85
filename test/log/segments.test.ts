import { describe, expect, it } from 'vitest';
import { lastValueFrom, toArray } from 'rxjs';
import type { Commit, StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { segmentName, segmentPath } from '../../src/log/disk/data-folder.ts';
import { streamVersion } from '../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import {
  appendBatches,
  contentOf,
  differences,
  imageOf,
  itemAt,
  linesIn,
  manyCommits,
  plain,
  resealed,
  writeImage,
} from './commits.ts';
import type { Image } from './commits.ts';
import { inFolder } from './temp-folder.ts';
import { flipped } from './written.ts';

interface Segmented {
  readonly folder: string;
  readonly image: Image;
  readonly commits: readonly StoredCommit[];
}

const options = { ...plain, segmentBytes: 2500 };

/** Runs with the closed log of several segments, all but the last of them with an index. */
function withSegments(
  use: (log: Segmented) => Promise<void>,
  commits: readonly Commit[] = manyCommits(30, 5),
): () => Promise<void> {
  return inFolder(async (folder) => use(await segmented(folder, commits)));
}

async function segmented(folder: string, commits: readonly Commit[]): Promise<Segmented> {
  const log = await FileEventLog.open(folder, 'write', options);
  await appendBatches(
    log,
    commits,
    commits.map(() => 1),
  );
  const stored = await contentOf(log);
  await log.close();
  return { folder, image: await imageOf(folder), commits: stored };
}

const segmentsOf = (image: Image) => [...image.keys()].filter((name) => name.endsWith('.ndjson'));
const withoutIndexes = (image: Image): Image =>
  new Map([...image].filter(([name]) => name.endsWith('.ndjson')));

function bytesOf(image: Image, number: number): Buffer {
  const bytes = image.get(segmentName(number));
  if (bytes === undefined) throw new Error(`There is no segment ${number}.`);
  return bytes;
}

/** The image with the segments of these numbers under these new numbers, indexes with them. */
function renumbered(image: Image, moves: ReadonlyMap<number, number | null>): Image {
  const moved = new Map<string, Buffer>();
  for (const [name, bytes] of image) {
    const number = Number(name.slice(0, 8));
    const to = moves.has(number) ? (moves.get(number) ?? null) : number;
    if (to !== null) moved.set(name.replace(/^\d{8}/, String(to).padStart(8, '0')), bytes);
  }
  return moved;
}

/** With and without indexes, both ways of opening refuse the files, name the segment, and change nothing. */
async function expectRefused(
  folder: string,
  image: Image,
  number: number,
  details: object = {},
  why = '',
): Promise<void> {
  for (const files of [image, withoutIndexes(image)]) {
    await writeImage(folder, files);
    for (const mode of ['read', 'write'] as const)
      await expect(
        FileEventLog.open(folder, mode, options),
        `${mode}, segment ${number}`,
      ).rejects.toMatchObject({
        code: 'log_damaged',
        message: expect.stringContaining(why) as string,
        details: { path: segmentPath(folder, number), ...details },
      });
    expect(differences(await imageOf(folder), files)).toEqual([]);
  }
}

const first = { line: 1, offset: 0 };

describe('the segments of a log', () => {
  it(
    'are several, each but the last with its index',
    withSegments(async ({ folder, image, commits }) => {
      const names = segmentsOf(image);
      expect(names.length).toBeGreaterThan(4);
      expect([...image.keys()].filter((name) => name.endsWith('.idx'))).toHaveLength(names.length - 1);
      const log = await FileEventLog.open(folder, 'read');
      expect(await contentOf(log)).toEqual(commits);
      expect(log.health.segments).toBe(names.length);
    }),
  );

  it(
    'are refused when one is missing, the first too',
    withSegments(async ({ folder, image }) => {
      const count = segmentsOf(image).length;
      for (let number = 1; number < count; number += 1)
        await expectRefused(folder, renumbered(image, new Map([[number, null]])), number + 1, first);
    }),
  );

  it(
    'are refused when one is missing and those behind it took its number',
    withSegments(async ({ folder, image }) => {
      const count = segmentsOf(image).length;
      for (let missing = 1; missing < count; missing += 1) {
        const moves = new Map<number, number | null>([[missing, null]]);
        for (let number = missing + 1; number <= count; number += 1) moves.set(number, number - 1);
        await expectRefused(folder, renumbered(image, moves), missing, first);
      }
    }),
  );

  it(
    'are refused when any two are swapped',
    withSegments(async ({ folder, image }) => {
      const count = segmentsOf(image).length;
      for (let one = 1; one <= count; one += 1)
        for (let other = one + 1; other <= count; other += 1) {
          const swapped = new Map([
            [one, other],
            [other, one],
          ]);
          await expectRefused(folder, renumbered(image, swapped), one, first);
        }
    }),
  );

  it(
    'are refused when one is of another log of the same commits',
    withSegments(async ({ folder, image, commits }) => {
      const other = await withOther(commits);
      for (const number of segmentsOf(image).map((_, index) => index + 1)) {
        const mixed = new Map(image);
        for (const [name, bytes] of other) if (Number(name.slice(0, 8)) === number) mixed.set(name, bytes);
        // A first segment is as good as any: the second tells that they do not belong together.
        await expectRefused(folder, mixed, Math.max(number, 2), first);
      }
    }),
  );

  it(
    'are refused when a sealed one is shorter or longer',
    withSegments(async ({ folder, image }) => {
      for (let number = 1; number < segmentsOf(image).length; number += 1) {
        const bytes = bytesOf(image, number);
        const lines = linesIn(bytes);
        const put = (other: Buffer) => new Map(image).set(segmentName(number), other);
        for (const { offset, number: line } of lines) {
          const details = offset === 0 ? first : { offset };
          await expectRefused(folder, put(bytes.subarray(0, offset)), number, details);
          await expectRefused(folder, put(bytes.subarray(0, offset + 20)), number, { offset, line });
        }
        const longer = Buffer.concat([bytes, Buffer.from('more')]);
        const behind = { offset: bytes.length, line: lines.length + 1 };
        await expectRefused(folder, put(longer), number, behind);
        const last = itemAt(lines, -1);
        await expectRefused(folder, put(Buffer.concat([bytes, last.bytes])), number, behind);
      }
    }),
  );

  it(
    'are refused with the number of the missing line where the seal is missing',
    withSegments(async ({ folder, image }) => {
      const bytes = bytesOf(image, 2);
      const { offset, number: line } = itemAt(linesIn(bytes), -1);
      const unsealed = new Map(image).set(segmentName(2), bytes.subarray(0, offset));
      // The report says line 0.
      await expectRefused(folder, unsealed, 2, { offset, line });
    }),
  );

  const put = (image: Image, number: number, at: number, from: RegExp, to: string): Image => {
    const lines = linesIn(bytesOf(image, number)).map(({ bytes }) => bytes);
    const changed = lines.with(at, resealed(itemAt(lines, at), from, to));
    return new Map(image).set(segmentName(number), Buffer.concat(changed));
  };

  it.each([
    ['is of another log', /"log":"[^"]*"/, '"log":"another"', 'it belongs to log another'],
    ['has another number', /"seg":\d+/, '"seg":9', 'it is segment 9 of the log'],
    ['begins elsewhere in the log', /"g":\d+/, '"g":99', 'it begins with number 99 of the log'],
    ['follows other commits', /"heads":"[^"]*"/, '"heads":"00"', 'the commits before it are other ones'],
  ])('are refused when one %s by its first line, under a checksum that fits', (_, from, to, why) =>
    withSegments(async ({ folder, image }) => {
      // The last one too, where no seal proves the line.
      for (let number = 2; number <= segmentsOf(image).length; number += 1)
        await expectRefused(folder, put(image, number, 0, from, to), number, first, why);
    })(),
  );

  const digest = '0'.repeat(64);
  it.each([
    ['other bytes', 0, /"at":\d{13}/, '"at":1000000000000', 'it seals other bytes'],
    ['a digest of other bytes', -1, /"sha":"[^"]*"/, `"sha":"${digest}"`, 'it seals other bytes'],
    ['other commits', -1, /"heads":"[^"]*"/, `"heads":"${digest}"`, 'it seals other commits'],
    ['another number of commits', -1, /"commits":\d+/, '"commits":99', 'it seals 99 commits'],
    ['another number of events', -1, /"events":\d+/, '"events":99', 'commits of 99 events'],
  ])('are refused when one is sealed with %s, under a checksum that fits', (_, at, from, to, why) =>
    withSegments(async ({ folder, image }) => {
      for (let number = 1; number < segmentsOf(image).length; number += 1) {
        const { offset, number: line } = itemAt(linesIn(bytesOf(image, number)), -1);
        const changed = put(withoutIndexes(image), number, at, from, to);
        await expectRefused(folder, changed, number, { line, offset }, why);
      }
    })(),
  );

  it(
    'are refused when the last is empty or has half a first line',
    withSegments(async ({ folder, image }) => {
      const last = segmentsOf(image).length;
      const { length: whole } = itemAt(linesIn(bytesOf(image, last)), 0).bytes;
      for (const length of [0, 1, 30, whole - 1])
        await expectRefused(
          folder,
          new Map(image).set(segmentName(last), bytesOf(image, last).subarray(0, length)),
          last,
          first,
        );
    }),
  );

  // A last segment of its first line alone, as a crash after a rotation leaves it: its fault counts as a torn tail.
  // Writing cuts the file to nothing, goes on without the commits before, and makes a log that never opens again.
  const alone = (image: Image, number: number): Image => {
    const { bytes } = itemAt(linesIn(bytesOf(image, number)), 0);
    const rest = [...image].filter(([name]) => Number(name.slice(0, 8)) < number);
    return new Map(rest).set(segmentName(number), bytes);
  };
  it.each([
    ['the one before it is missing', 3, [2]],
    ['all before it are missing', 3, [1, 2]],
  ])('are refused when %s and the last holds no commit yet', (_, number, missing) =>
    withSegments(async ({ folder, image }) => {
      const moves = new Map(missing.map((one) => [one, null]));
      await expectRefused(folder, renumbered(alone(image, number), moves), number, first);
    })(),
  );

  it(
    'are good again once they are as they were',
    withSegments(async ({ folder, image, commits }) => {
      await expectRefused(folder, renumbered(image, new Map([[1, null]])), 2);
      await writeImage(folder, image);
      const log = await FileEventLog.open(folder, 'write', options);
      expect(await contentOf(log)).toEqual(commits);
      await log.close();
    }),
  );
});

/** The files of another log that stored the same commits. */
async function withOther(commits: readonly Commit[]): Promise<Image> {
  let image: Image = new Map();
  await inFolder(async (folder) => {
    ({ image } = await segmented(folder, commits));
  })();
  return image;
}

describe('damage in the middle of a sealed segment', () => {
  const put = (image: Image, number: number, bytes: Buffer) => new Map(image).set(segmentName(number), bytes);

  it(
    'is not looked for when the log is opened by its index, and found when the line is read',
    withSegments(async ({ folder, image, commits }) => {
      for (let number = 1; number < segmentsOf(image).length; number += 1) {
        const bytes = bytesOf(image, number);
        for (const line of linesIn(bytes).slice(1, -1)) {
          const changed = flipped(bytes, line.offset + line.bytes.length - 30, 4);
          await writeImage(folder, put(image, number, changed));
          const log = await FileEventLog.open(folder, 'read', options);
          const { s, g } = JSON.parse(line.bytes.toString()) as { s: Commit['stream']; g: number };
          const details = { path: segmentPath(folder, number), offset: line.offset };
          await expect(log.read(s)).rejects.toMatchObject({ code: 'log_damaged', details });
          for (const other of log.streams().filter((stream) => stream !== s))
            expect(await log.read(other)).toEqual(commits.filter(({ stream }) => stream === other));
          const told: StoredCommit[] = [];
          const telling = new Promise((resolve, reject) => {
            log
              .subscribe(0)
              .subscribe({ next: (one) => told.push(one), error: reject, complete: () => resolve(0) });
          });
          await expect(telling).rejects.toMatchObject({ code: 'log_damaged', details });
          expect(told).toEqual(commits.slice(0, told.length));
          expect(told.length).toBeLessThan(g);
          await log.close();
        }
      }
    }),
  );

  it(
    'is found by opening once the index is gone, however that came',
    withSegments(async ({ folder, image }) => {
      for (let number = 1; number < segmentsOf(image).length; number += 1) {
        const bytes = bytesOf(image, number);
        const { offset, number: line } = itemAt(linesIn(bytes), 2);
        const changed = put(image, number, flipped(bytes, offset + 40, 4));
        const index = segmentName(number).replace('.ndjson', '.idx');
        const without = new Map(changed);
        without.delete(index);
        const half = new Map(changed).set(index, (changed.get(index) ?? Buffer.alloc(0)).subarray(0, 50));
        for (const files of [without, half]) await expectRefused(folder, files, number, { offset, line });
      }
    }),
  );

  /** Commits whose lines are of one length, so that indexes point at any of them. */
  const even = Array.from({ length: 12 }, (_, at) =>
    commitOf('a', at, { id: `id-${String(at).padStart(2, '0')}`, events: [noteOf('x'.repeat(300))] }),
  );

  it(
    'is found by reading all where lines were swapped',
    withSegments(async ({ folder, image, commits }) => {
      const bytes = bytesOf(image, 2);
      const [one, two] = linesIn(bytes).slice(1, 3);
      if (one?.bytes.length !== two?.bytes.length) throw new Error('The lines differ in length.');
      const swapped = Buffer.concat([
        bytes.subarray(0, one?.offset),
        ...[two, one].map((line) => line?.bytes ?? Buffer.alloc(0)),
        bytes.subarray((two?.offset ?? 0) + (two?.bytes.length ?? 0)),
      ]);
      await writeImage(folder, put(image, 2, swapped));
      const log = await FileEventLog.open(folder, 'read', options);
      await expect(lastValueFrom(log.subscribe(0).pipe(toArray()))).rejects.toMatchObject({
        code: 'log_damaged',
        details: { path: segmentPath(folder, 2) },
      });
      await expect(log.read(itemAt(commits, 0).stream)).rejects.toMatchObject({ code: 'log_damaged' });
    }, even),
  );

  it(
    'is found by reading a part where lines were swapped',
    withSegments(async ({ folder, image, commits }) => {
      const bytes = bytesOf(image, 2);
      const lines = linesIn(bytes).filter(({ bytes }) => bytes.includes('"d":'));
      const [one, two] = [itemAt(lines, -2), itemAt(lines, -1)];
      expect(one.bytes.length).toBe(two.bytes.length);
      const swapped = Buffer.from(bytes);
      two.bytes.copy(swapped, one.offset);
      one.bytes.copy(swapped, two.offset);
      const after = (JSON.parse(two.bytes.toString()) as { n: number }).n - 1;
      // Nothing behind this segment, so that the last commit stands alone.
      const files = new Map([...put(image, 2, swapped)].filter(([name]) => name < '00000003'));
      const last = linesIn(bytesOf(image, 3));
      files.set(segmentName(3), itemAt(last, 0).bytes);
      await writeImage(folder, files);
      const log = await FileEventLog.open(folder, 'read', options);
      await expect(log.read(itemAt(commits, 0).stream, streamVersion(after))).rejects.toMatchObject({
        code: 'log_damaged',
      });
    }, even),
  );
});
