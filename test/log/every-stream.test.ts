import { writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Commit } from '../../src/log/event-log.ts';
import { everyStream } from '../../src/log/segments/every-stream.ts';
import type { WholeStream } from '../../src/log/segments/every-stream.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import { segmentName, segmentPath } from '../../src/log/disk/data-folder.ts';
import { viewOf } from '../../src/log/segments/log-view.ts';
import { openSegments } from '../../src/log/segments/open-segments.ts';
import { pruneLog } from '../../src/log/tools/prune.ts';
import { present } from '../../src/shared/invariant.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import {
  appendBatches,
  fieldsOf,
  imageOf,
  itemAt,
  linesIn,
  manyCommits,
  plain,
  resealed,
} from './commits.ts';
import { inFolder } from './temp-folder.ts';
import { flipped, lastBatch, place, withLog } from './written.ts';

/** Bytes after which a segment holds nine of the plainest commits. */
const segmentOfNine = 4000;

async function stored(
  folder: string,
  commits: readonly Commit[],
  segmentBytes = 2500,
): Promise<FileEventLog> {
  const log = await FileEventLog.open(folder, 'write', { ...plain, segmentBytes });
  await appendBatches(
    log,
    commits,
    commits.map(() => 1),
  );
  await log.close();
  return FileEventLog.open(folder, 'read');
}

async function all(streams: AsyncIterable<WholeStream>): Promise<readonly WholeStream[]> {
  const list: WholeStream[] = [];
  for await (const stream of streams) list.push(stream);
  return list;
}

const named = (streams: readonly WholeStream[]) => streams.map(({ stream }) => stream);

/** Of commits in the order of the log: the streams in the order of their last ones. */
const byEnd = (commits: readonly Commit[]) =>
  [...new Set(commits.toReversed().map(({ stream }) => stream))].reverse();

describe('every stream', () => {
  it.each([1, 2, 3])(
    'comes whole and once, in the order in which they end, from several segments (seed %i)',
    (seed) =>
      inFolder(async (folder) => {
        const commits = manyCommits(60, seed);
        const log = await stored(folder, commits);
        const streams = await all(log.everyStream());
        expect(log.health.segments).toBeGreaterThan(3);
        expect(named(streams)).toEqual(byEnd(commits));
        for (const { stream, commits: read } of streams) expect(read).toEqual(await log.read(stream));
        const some = await all(log.everyStream((stream) => stream !== 'm-2'));
        expect(some).toEqual(streams.filter(({ stream }) => stream !== 'm-2'));
        await log.close();
        await expect(all(log.everyStream())).rejects.toMatchObject({ code: 'log_closed' });
      })(),
  );

  it(
    'waits in no more room than it is given, and is else read by itself',
    inFolder(async (folder) => {
      const log = await stored(folder, manyCommits(60, 4));
      const { view, alone } = await viewed(folder);
      for (const [room, isRead] of [
        [0, true],
        [1000, true],
        [1 << 20, false],
      ] as const) {
        alone.mockClear();
        const streams = await all(everyStream(view.streamIndex, view.reader, () => true, room));
        expect(named(streams).toSorted()).toEqual(log.streams().toSorted());
        for (const { stream, commits: read } of streams) expect(read).toEqual(await log.read(stream));
        expect(alone.mock.calls.length > 0).toBe(isRead);
      }
      await log.close();
    }),
  );

  it(
    'is read by itself where it ends last, not because it began first',
    inFolder(async (folder) => {
      const short = ['s-1', 's-2', 's-3'];
      // The long one takes the most of the first segment, the others end in the second, and it in the third.
      const half = (version: number) => [
        ...Array.from({ length: 6 }, (_, index) => commitOf('long', 6 * version + index)),
        ...short.map((stream) => commitOf(stream, version)),
      ];
      const last = Array.from({ length: 6 }, (_, index) => commitOf('long', 12 + index));
      await (await stored(folder, [...half(0), ...half(1), ...last], segmentOfNine)).close();
      const { view, alone } = await viewed(folder);
      expect(view.sealed.map(({ commits }) => commits)).toEqual([9, 9]);
      const room = present(view.sealed[0], 'The first segment').bytes * 0.8;
      const streams = await all(everyStream(view.streamIndex, view.reader, () => true, room));
      expect(named(streams)).toEqual([...short, 'long']);
      expect(alone.mock.calls.map(([stream]) => stream)).toEqual(['long']);
    }),
  );

  it(
    'is null where its events were pruned, and whole behind them',
    inFolder(async (folder) => {
      const old = Array.from({ length: 20 }, (_, version) => commitOf('old', version));
      const log = await stored(folder, [...old, ...manyCommits(30, 5)]);
      await log.close();
      const { segments } = await pruneLog(nodeFiles, folder, (stream) => Promise.resolve(stream === 'old'));
      expect(segments.length).toBeGreaterThan(0);
      const pruned = await FileEventLog.open(folder, 'read');
      const streams = await all(pruned.everyStream());
      expect(streams[0]).toEqual({ stream: 'old', commits: null });
      expect(streams).toHaveLength(5);
      for (const { stream, commits } of streams.slice(1)) expect(commits).toEqual(await pruned.read(stream));
      await pruned.close();
    }),
  );

  it(
    'ends with an error that names the file where a line was changed',
    inFolder(async (folder) => {
      const { reader, bytes, path } = await second(folder);
      await writeFile(path, flipped(bytes, 400, 1));
      await expect(all(reader.everyStream())).rejects.toMatchObject({
        code: 'log_damaged',
        details: { path },
      });
      await reader.close();
    }),
  );

  it(
    'ends with an error that names the match where a good line is of another version',
    inFolder(async (folder) => {
      const { reader, bytes, path } = await second(folder);
      const lines = linesIn(bytes).map((line) => line.bytes);
      const at = lines.findIndex((line) => line.includes('"g":'), 1);
      const line = itemAt(lines, at + 1);
      const { s: match } = fieldsOf(line);
      await writeFile(path, Buffer.concat(lines.with(at + 1, resealed(line, /"n":\d+/, '"n":900'))));
      await expect(all(reader.everyStream())).rejects.toMatchObject({
        code: 'log_damaged',
        details: { match, found: 899 },
      });
      await reader.close();
    }),
  );

  it('is looked at again where a failed write was cut off meanwhile, and told once', () =>
    withLog(
      [2, 2],
      'crashed',
      async (written) => {
        const { lines, content, folder } = written;
        const reader = await FileEventLog.open(folder, 'read');
        await place(written, content.subarray(0, lastBatch(lines)));
        const log = await FileEventLog.open(folder, 'write', plain);
        const streams = await all(reader.everyStream());
        expect(named(streams)).toEqual(['b', 'a']);
        expect(streams).toEqual(await all(log.everyStream()));
        await log.close();
        await reader.close();
      },
      [commitOf('b', 0), commitOf('a', 0), commitOf('a', 1), commitOf('a', 2)],
    )());
});

/** The log of a folder as its reader sees it, and what is read of single streams. */
async function viewed(folder: string) {
  const opened = await openSegments(nodeFiles, folder);
  const { header, size } = present(opened.last, 'The last segment');
  const { seg: number, g: firstPosition } = header;
  const view = viewOf(nodeFiles, folder, opened, () => ({ number, firstPosition, size }));
  return { view, alone: vi.spyOn(view.reader, 'read') };
}

/** A reader of a log of several segments, and the second of them, which it does not read on opening. */
async function second(folder: string) {
  const reader = await stored(folder, manyCommits(60, 6));
  const bytes = present((await imageOf(folder)).get(segmentName(2)), 'The second segment');
  return { reader, bytes, path: segmentPath(folder, 2) };
}
