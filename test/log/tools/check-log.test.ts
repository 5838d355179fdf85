import { appendFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { indexPath, logFolder, rowsPath, segmentPath } from '../../../src/log/disk/data-folder.ts';
import { isCommitLine } from '../../../src/log/line/line.ts';
import { payloadDigest } from '../../../src/log/payload.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';
import { appendBatches, fieldsOf, imageOf, itemAt, linesIn, linesOf } from '../commits.ts';
import { manyCommits, plain, resealed, writeImage } from '../commits.ts';
import type { FileLine } from '../commits.ts';
import { inFolder } from '../temp-folder.ts';
import { flipped, lineWith } from '../written.ts';
import {
  flipByte,
  indexIn,
  placesIn,
  refusalOf,
  removeIndex,
  restart,
  rewriteIndex,
  small,
  storedIn,
  withSoundLog,
} from './kit.ts';
import type { IndexJson } from './kit.ts';
import { sizeOf } from '../../support/sizes.ts';

const flips = sizeOf({ small: 40, all: 200 });
const check = (folder: string) => checkLog(nodeFiles, folder);
const kinds = async (folder: string) => (await check(folder)).findings.map(({ kind }) => kind);
const placesFound = async (folder: string) =>
  (await check(folder)).findings.map(({ details }) => basename(details['path'] as string));

describe('a sound log', () => {
  it(
    'has its counts and no findings, and every byte of it is read',
    withSoundLog(async ({ folder, commits, image, segments }) => {
      let bytes = 0;
      const found = await checkLog(nodeFiles, folder, (more) => (bytes += more));
      expect(segments.length).toBeGreaterThanOrEqual(6);
      expect(found).toEqual({
        logId: fieldsOf(itemAt(linesIn(image.get('00000001.ndjson') ?? Buffer.alloc(0)), 0).bytes)['log'],
        segments: segments.length,
        matches: 4,
        commits: 60,
        events: commits.reduce((sum, { events }) => sum + events.length, 0),
        findings: [],
        unchecked: 0,
        tornBytes: 0,
        erasures: [],
      });
      expect(bytes).toBe(segments.reduce((sum, name) => sum + (image.get(name)?.length ?? 0), 0));
    }),
  );

  it(
    'may be in use, and may have no commits',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', small);
      expect(await check(folder)).toMatchObject({ segments: 1, commits: 0, findings: [], tornBytes: 0 });
      await appendBatches(log, manyCommits(30, 1), [1, 7, 20]);
      expect(await check(folder)).toMatchObject({ commits: 30, findings: [], tornBytes: 0 });
      await log.close();
      expect(await check(folder)).toMatchObject({ commits: 30, findings: [], tornBytes: 0 });
    }),
  );

  it(
    'of nothing at all has no segments',
    inFolder(async (folder) => {
      expect(await check(folder)).toMatchObject({ logId: null, segments: 0, findings: [] });
    }),
  );
});

/** What a finding says of a line whose byte at `place` changed. */
function expectedPlace(path: string, line: FileLine, place: number): Record<string, unknown> {
  const located = { path, line: line.number, offset: line.offset };
  if (!isCommitLine(line.bytes)) return located;
  const named = line.bytes.indexOf('"s":"');
  const isNameHit = place >= line.offset + named && place < line.offset + named + 10;
  return isNameHit ? located : { ...located, match: fieldsOf(line.bytes)['s'] };
}

describe('one flipped byte', () => {
  it(
    `is located at ${flips} places: file, line, byte and match`,
    withSoundLog(async ({ folder, image, segments }) => {
      const seed = 20;
      const draws = drawsFor(seed, 'flips');
      const places = placesIn(image);
      for (let round = 0; round < flips; round += 1) {
        const name = draws.pick(segments);
        const bytes = image.get(name) ?? Buffer.alloc(0);
        const [lastOffset, lastLength] = itemAt(places.get(name) ?? [], -1);
        const isLast = name === itemAt(segments, -1);
        const place = draws.below(bytes.length);
        const mask = draws.between(1, 255);
        const context = `seed ${seed} round ${round}: ${name} byte ${place} mask ${mask}`;
        const path = join(logFolder(folder), name);
        await writeFile(path, flipped(bytes, place, mask));
        const found = await check(folder);
        if (isLast && place >= lastOffset) {
          // Nothing behind it proves the last line: it looks like one that was torn.
          expect(found, context).toMatchObject({ findings: [], tornBytes: lastLength });
        } else {
          expect(found.findings, context).toMatchObject([
            { kind: 'damage', details: expectedPlace(path, lineWith(linesIn(bytes), place), place) },
          ]);
          expect(found.unchecked, context).toBe(0);
        }
        await writeFile(path, bytes);
      }
      expect(await kinds(folder)).toEqual([]);
    }),
  );

  it(
    'is located in the line feed before the line that closes the log',
    withSoundLog(async ({ folder, segments }) => {
      const path = join(logFolder(folder), itemAt(segments, -1));
      const { offset } = itemAt(await linesOf(path), -1);
      await flipByte(path, offset - 1);
      expect(await kinds(folder)).toEqual(['damage']);
    }),
  );

  it(
    'in the seal of an older segment leaves no torn bytes',
    withSoundLog(async ({ folder }) => {
      const path = segmentPath(folder, 2);
      await flipByte(path, itemAt(await linesOf(path), -1).offset + 20);
      expect(await kinds(folder)).toEqual(['damage']);
      expect((await check(folder)).tornBytes).toBe(0);
    }),
  );
});

describe('several damaged segments', () => {
  const damage = async (folder: string, numbers: readonly number[]) => {
    for (const number of numbers) await flipByte(segmentPath(folder, number), 700);
  };
  const files = (numbers: readonly number[]) =>
    numbers.map((number) => `${String(number).padStart(8, '0')}.ndjson`);

  it(
    'are all reported when their indexes are there',
    withSoundLog(async ({ folder, segments }) => {
      await damage(folder, [1, 3, 4]);
      expect(await placesFound(folder)).toEqual(files([1, 3, 4]));
      expect(await check(folder)).toMatchObject({
        segments: segments.length - 3,
        unchecked: 0,
        tornBytes: 0,
        matches: 4,
      });
    }),
  );

  it(
    'hide those behind them when an index is missing, and these are counted',
    withSoundLog(async ({ folder, segments, image }) => {
      await damage(folder, [2, 3, 5]);
      await removeIndex(folder, 3);
      expect(await placesFound(folder)).toEqual(files([2, 3]));
      expect((await check(folder)).unchecked).toBe(segments.length - 3);
      // Segment 1 is sound, but its commits are known by the index only once segment 2 is damaged.
      await writeImage(folder, image);
      await damage(folder, [2, 3, 5]);
      await removeIndex(folder, 1);
      expect(await placesFound(folder)).toEqual(files([2]));
      expect((await check(folder)).unchecked).toBe(segments.length - 2);
    }),
  );

  it(
    'leave nothing unchecked where the last one is damaged alone',
    withSoundLog(async ({ folder, segments }) => {
      await damage(folder, [segments.length]);
      expect(await check(folder)).toMatchObject({ unchecked: 0, segments: segments.length - 1 });
      expect(await placesFound(folder)).toEqual(segments.slice(-1));
    }),
  );
});

describe('a segment', () => {
  it(
    'that is missing, cut, or another one is damage',
    withSoundLog(async ({ folder, image, segments }) => {
      const path = segmentPath(folder, 3);
      await rm(path);
      expect(await placesFound(folder)).toEqual([segments[3]]);

      await writeImage(folder, image);
      const { offset } = itemAt(await linesOf(path), -1);
      await truncate(path, offset);
      expect((await check(folder)).findings).toMatchObject([
        { kind: 'damage', message: expect.stringContaining('without its seal') as string, details: { path } },
      ]);

      await writeImage(folder, image);
      await truncate(path, 0);
      expect(await placesFound(folder)).toEqual([segments[2]]);

      await writeImage(folder, image);
      await rename(segmentPath(folder, 2), path);
      await writeFile(segmentPath(folder, 2), image.get('00000003.ndjson') ?? '');
      expect(await placesFound(folder)).toEqual(segments.slice(1, 3));
    }),
  );

  it(
    'of another log is damage',
    withSoundLog(async ({ folder, segments }) => {
      await withSoundLog(async ({ image }) => {
        await writeFile(segmentPath(folder, 2), image.get('00000002.ndjson') ?? '');
      })();
      expect(await placesFound(folder)).toEqual(segments.slice(1, 2));
    }),
  );
});

describe('an index', () => {
  it.each<[string, (index: IndexJson) => void]>([
    ['another version', ({ streams }) => (itemAt(streams, 0)[1] = 99)],
    ['another chain', ({ streams }) => (itemAt(streams, 0)[2] = '0'.repeat(64))],
    ['another first position', ({ streams }) => (itemAt(streams, 0)[3] = 99)],
    [
      'rows that are those of another match',
      ({ streams }) => (itemAt(streams, 0)[4] = itemAt(streams, 1)[4]),
    ],
    ['rows behind the end of its file', ({ streams }) => (itemAt(streams, 0)[4] = 1e9)],
    ['a match less', ({ streams }) => streams.splice(0, 1)],
    ['a match more', ({ streams }) => streams.push([...itemAt(streams, 0)])],
    ['another count', ({ segment }) => (segment['commits'] = 1)],
    ['another digest', ({ segment }) => (segment['sha'] = '0'.repeat(64))],
  ])('with %s is a finding until it is deleted and the log opened again', (_, change) =>
    withSoundLog(async ({ folder, image, segments, commits }) => {
      const path = indexPath(folder, 2);
      await rewriteIndex(path, change);
      const found = await check(folder);
      expect(found.findings).toMatchObject([{ kind: 'index', details: { path } }]);
      expect(found).toMatchObject({ segments: segments.length, commits: 60, unchecked: 0 });
      await removeIndex(folder, 2);
      expect(await kinds(folder)).toEqual([]);
      await restart(folder);
      expect(await kinds(folder)).toEqual([]);
      expect(indexIn(await imageOf(folder), 2)).toEqual(indexIn(image, 2));
      expect(await storedIn(folder)).toEqual(commits);
    })(),
  );

  it.each<[string, (path: string) => Promise<void>]>([
    ['one flipped byte', (path) => flipByte(path, 40)],
    ['a cut end', (path) => truncate(path, 100)],
    ['no rows at all', (path) => truncate(path, 0)],
    ['no file', (path) => rm(path)],
  ])('whose rows have %s is a finding until both are deleted', (_, change) =>
    withSoundLog(async ({ folder, image, commits }) => {
      await change(rowsPath(folder, 3));
      expect((await check(folder)).findings).toMatchObject([
        { kind: 'index', details: { path: indexPath(folder, 3) } },
      ]);
      expect(await storedIn(folder)).toEqual(commits);
      await removeIndex(folder, 3);
      await restart(folder);
      expect(await kinds(folder)).toEqual([]);
      expect((await imageOf(folder)).get('00000003.rows')).toEqual(image.get('00000003.rows'));
    })(),
  );

  it(
    'with a flipped byte is made anew by the next opening',
    withSoundLog(async ({ folder, image, commits }) => {
      await flipByte(indexPath(folder, 2), 200);
      expect(await storedIn(folder)).toEqual(commits);
      await restart(folder);
      expect(indexIn(await imageOf(folder), 2)).toEqual(indexIn(image, 2));
      expect(await kinds(folder)).toEqual([]);
    }),
  );

  it(
    'with a flipped byte is a finding',
    withSoundLog(async ({ folder }) => {
      await flipByte(indexPath(folder, 2), 200);
      expect(await kinds(folder)).toEqual(['index']);
    }),
  );

  it(
    'with a stream that is no row is a finding',
    withSoundLog(async ({ folder }) => {
      await rewriteIndex(indexPath(folder, 2), ({ streams }) => streams.splice(0, 1, null as never));
      expect(await kinds(folder)).toEqual(['index']);
    }),
  );
});

describe('a torn tail', () => {
  it.each([
    ['half a line', '{"v":2,"g":61'],
    ['zeros', '\0'.repeat(512)],
    ['text', 'no line\n'],
  ])('of %s is counted, and is no finding', (_, tail) =>
    withSoundLog(async ({ folder, segments }) => {
      await appendFile(join(logFolder(folder), itemAt(segments, -1)), tail);
      expect(await check(folder)).toMatchObject({ commits: 60, findings: [], tornBytes: tail.length });
      await restart(folder);
      expect(await check(folder)).toMatchObject({ commits: 60, findings: [], tornBytes: 0 });
    })(),
  );
});

describe('a newer log', () => {
  it(
    'is refused for an event of a newer schema',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      const commit = commitOf('a', 0);
      const events = JSON.stringify([{ ...noteOf('newer'), sv: 2 }]);
      const salt = 'ab'.repeat(16);
      await log.restore(commit, { salt, events, ph: payloadDigest(salt, events) });
      await log.close();
      expect(await refusalOf(check(folder))).toMatchObject({
        code: 'log_newer',
        details: { type: 'action.refused', version: 2, known: 1 },
      });
    }),
  );

  it(
    'is refused for a line of a newer format, in any segment',
    withSoundLog(async ({ folder, image, segments }) => {
      for (const name of segments) {
        const lines = linesIn(image.get(name) ?? Buffer.alloc(0)).map(({ bytes }) => bytes);
        const newer = lines.with(1, resealed(itemAt(lines, 1), '"v":2', '"v":3'));
        await writeFile(join(logFolder(folder), name), Buffer.concat(newer));
        expect(await refusalOf(check(folder)), name).toMatchObject({ code: 'log_newer' });
        await writeFile(join(logFolder(folder), name), Buffer.concat(lines));
      }
    }),
  );

  it.each([
    ['[{"type":', 'its events cannot be read'],
    ['[]', 'holds 0'],
    ['{}', 'holds undefined'],
    ['[null]', 'its events cannot be read'],
  ])('is damaged instead where its events are %s', (events, why) =>
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      const salt = 'ab'.repeat(16);
      await log.restore(commitOf('a', 0), { salt, events, ph: payloadDigest(salt, events) });
      await log.append(commitOf('b', 0));
      await log.close();
      expect((await check(folder)).findings).toMatchObject([
        {
          kind: 'damage',
          message: expect.stringContaining(why) as string,
          details: { path: segmentPath(folder, 1), line: 2, match: 'a' },
        },
      ]);
    })(),
  );
});

describe('erasures', () => {
  it(
    'are listed with match, who, why and when, in their order',
    withSoundLog(async ({ folder }) => {
      const log = await FileEventLog.open(folder, 'write', { ...small, now: () => 1_750_000_000_000 });
      await log.erase(matchId('m-2'), { by: 'Ada', reason: 'asked by letter' });
      await log.erase(matchId('m-1'), { by: 'Bob "B" \u2028', reason: '' });
      await log.close();
      const at = 1_750_000_000_000;
      expect(await check(folder)).toMatchObject({ commits: 60, findings: [], tornBytes: 0 });
      expect(await check(folder)).toMatchObject({
        erasures: [
          { match: 'm-2', by: 'Ada', reason: 'asked by letter', at },
          { match: 'm-1', by: 'Bob "B" \u2028', reason: '', at },
        ],
      });
    }),
  );
});
