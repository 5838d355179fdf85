import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Commit } from '../../src/log/event-log.ts';
import { everyStream } from '../../src/log/every-stream.ts';
import type { WholeStream } from '../../src/log/every-stream.ts';
import { FileEventLog } from '../../src/log/file-event-log.ts';
import { nodeFiles } from '../../src/log/files.ts';
import { segmentName, segmentPath } from '../../src/log/folder.ts';
import { viewOf } from '../../src/log/log-view.ts';
import { openSegments } from '../../src/log/open-segments.ts';
import { pruneLog } from '../../src/log/prune.ts';
import { present } from '../../src/shared/invariant.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import { appendBatches, imageOf, manyCommits, plain } from './commits.ts';
import { inFolder } from './temp-folder.ts';
import { flipped, lastBatch, place, withLog } from './written.ts';

const options = { ...plain, segmentBytes: 2500 };

async function stored(folder: string, commits: readonly Commit[]): Promise<FileEventLog> {
  const log = await FileEventLog.open(folder, 'write', options);
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
    'comes whole where fewer commits may wait than are open',
    inFolder(async (folder) => {
      const commits = manyCommits(60, 4);
      const log = await stored(folder, commits);
      const opened = await openSegments(nodeFiles, folder);
      const { header, size } = present(opened.last, 'The last segment');
      const view = viewOf(nodeFiles, folder, opened, () => ({
        number: header.seg,
        firstPosition: header.g,
        size,
      }));
      for (const kept of [0, 1, 7]) {
        const streams = await all(everyStream(view.catalogue, view.reader, () => true, kept));
        expect(named(streams).toSorted()).toEqual(log.streams().toSorted());
        for (const { stream, commits: read } of streams) expect(read).toEqual(await log.read(stream));
      }
      await log.close();
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
      const commits = manyCommits(60, 6);
      await (await stored(folder, commits)).close();
      const image = await imageOf(folder);
      const reader = await FileEventLog.open(folder, 'read');
      const bytes = present(image.get(segmentName(2)), 'The second segment');
      await writeFile(segmentPath(folder, 2), flipped(bytes, 400, 1));
      await expect(all(reader.everyStream())).rejects.toMatchObject({
        code: 'log_damaged',
        details: { path: segmentPath(folder, 2) },
      });
      await reader.close();
    }),
  );

  it('is looked at again where a failed write was cut off meanwhile', () =>
    withLog(
      [2, 2],
      'crashed',
      async (written) => {
        const { lines, content, folder } = written;
        const reader = await FileEventLog.open(folder, 'read');
        await place(written, content.subarray(0, lastBatch(lines)));
        const log = await FileEventLog.open(folder, 'write', plain);
        expect(await all(reader.everyStream())).toEqual(await all(log.everyStream()));
        await log.close();
        await reader.close();
      },
      [0, 1, 2, 3].map((version) => commitOf('a', version)),
    )());
});
