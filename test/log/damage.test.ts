import { appendFile, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { brokenPath, segmentPath } from '../../src/log/disk/data-folder.ts';
import { LinePrinter, frame, isCommitLine } from '../../src/log/line/line.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import {
  appendBatches,
  contentOf,
  differences,
  fieldsOf,
  imageOf,
  itemAt,
  linesIn,
  plain,
  withBytes,
  writeImage,
} from './commits.ts';
import { inFolder } from './temp-folder.ts';
import { expectDamage, flipped, lastBatch, lineWith, place, withLog } from './written.ts';
import type { Written } from './written.ts';
import { sizeOf } from '../support/sizes.ts';

/** Both ways of opening read the commits before `size`; writing cuts there and keeps the bytes. */
const byteStep = sizeOf({ small: 9, all: 1 });
const places = sizeOf({ small: 60, all: 300 });

async function expectCut(written: Written, bytes: Buffer, size: number): Promise<void> {
  const { folder, path, lines, commits } = written;
  const whole = lines.filter((line) => line.offset + line.bytes.length <= size && isCommitLine(line.bytes));
  const kept = commits.slice(0, whole.length);
  const changed = await place(written, bytes);
  const reader = await FileEventLog.open(folder, 'read', plain);
  expect(await contentOf(reader), `read up to ${size}`).toEqual(kept);
  await reader.close();
  expect(differences(await imageOf(folder), changed)).toEqual([]);

  const log = await FileEventLog.open(folder, 'write', plain);
  expect(await contentOf(log), `cut at ${size}`).toEqual(kept);
  const broken = brokenPath(folder, 1);
  const cut = bytes.subarray(size);
  const repair = { path: broken, offset: size, bytes: cut.length };
  expect(log.health.repair).toEqual(cut.length === 0 ? null : repair);
  if (cut.length > 0) expect((await readFile(broken)).equals(cut)).toBe(true);
  expect((await readFile(path)).equals(bytes.subarray(0, size))).toBe(true);
  await log.close();
}

/** The log that was just cut takes the rest again, and opens again. */
async function expectGoesOn({ folder, commits }: Written): Promise<void> {
  const stored = commits.map(({ stream, expectedVersion, commandId, at, events, version, position }) => ({
    stream,
    expectedVersion,
    commandId,
    at,
    events,
    version,
    position,
  }));
  const log = await FileEventLog.open(folder, 'write', plain);
  await appendBatches(log, stored.slice(log.health.position), []);
  expect(await contentOf(log)).toMatchObject(stored);
  await log.close();
  const reader = await FileEventLog.open(folder, 'read', plain);
  expect(await contentOf(reader)).toMatchObject(stored);
  await reader.close();
}

function markAt(offset: number): Buffer {
  return frame([new LinePrinter().control('mark', { ep: 1, at: 1, b: offset })]).bytes;
}

describe('a torn tail', () => {
  it(
    `is ignored by a reader and set aside by a writer at every ${byteStep === 1 ? '' : `${byteStep}th `}byte of the last batch`,
    withLog(
      [2, 1, 2],
      'crashed',
      async (written) => {
        const { content, lines } = written;
        for (
          let end = lastBatch(lines);
          end <= content.length;
          end += end < content.length - 60 ? byteStep : 1
        ) {
          const size = end === content.length ? end : lineWith(lines, end).offset;
          await expectCut(written, content.subarray(0, end), size);
          if (end % 40 === 0 || end === size) await expectGoesOn(written);
        }
      },
      ['a', 'b', 'a', 'a', 'b'].map((stream, at) => commitOf(stream, [0, 0, 1, 2, 1][at] ?? 0)),
    ),
  );

  it(
    'is cut at its first bad line, whatever stands behind',
    withLog([2, 6], 'crashed', async (written) => {
      const { content, lines } = written;
      const draws = drawsFor(3, 'tails');
      const begin = lastBatch(lines);
      for (let round = 0; round < 60; round += 1) {
        const bytes = Buffer.from(content);
        const at = draws.between(begin, content.length - 1);
        const end = Math.min(content.length, at + draws.pick([1, 64, 512]));
        for (let place = at; place < end; place += 1)
          bytes[place] = (bytes[place] ?? 0) ^ draws.between(1, 255);
        await expectCut(written, bytes, lineWith(lines, at).offset);
        await expectGoesOn(written);
      }
    }),
  );

  it.each([
    ['zeros', Buffer.alloc(700)],
    ['text', Buffer.from('a line nobody wrote\n')],
    ['half a line', Buffer.from('{"v":2,"g":')],
    ['empty lines', Buffer.from('\n\n\n')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a, 0xc3])],
  ])('may be %s', (_, tail) =>
    withLog([2, 2], 'crashed', async (written) => {
      await expectCut(written, Buffer.concat([written.content, tail]), written.content.length);
      await expectGoesOn(written);
    })(),
  );

  it(
    'is kept behind those that were kept before',
    withLog([2, 1], 'crashed', async (written) => {
      const { folder, content, path } = written;
      await place(written, content.subarray(0, -1));
      for (const tail of ['', 'once more', '\0\0']) {
        await appendFile(path, tail);
        const log = await FileEventLog.open(folder, 'write', plain);
        expect(await contentOf(log)).toEqual(written.commits.slice(0, 2));
        await log.close();
      }
      const last = itemAt(written.lines, -1).bytes.subarray(0, -1);
      const kept = Buffer.concat([last, Buffer.from('once more\0\0')]);
      expect((await readFile(brokenPath(folder, 1))).equals(kept)).toBe(true);
    }),
  );

  it(
    'may be the only batch',
    withLog([1], 'crashed', async (written) => {
      await expectCut(written, written.content.subarray(0, -1), itemAt(written.lines, 1).offset);
      await expectGoesOn(written);
    }),
  );

  it(
    'may be longer than what is read at once',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      const events = [noteOf('€'.repeat(345_000))];
      await appendBatches(
        log,
        [0, 1, 2].map((version) => commitOf('a', version, { events })),
        [1, 1],
      );
      const image = await imageOf(folder);
      await log.close();
      const content = itemAt([...image.values()], 0);
      await writeImage(folder, withBytes(image, '00000001.ndjson', content.subarray(0, -2)));
      const again = await FileEventLog.open(folder, 'write', plain);
      expect(await contentOf(again)).toMatchObject([
        { version: 1, events },
        { version: 2, events },
      ]);
      await again.close();
    }),
  );

  it(
    'cannot be told from a shorter log when it is cut at its start',
    withLog([3, 1], 'crashed', async (written) => {
      const { content, lines } = written;
      await expectCut(written, content.subarray(0, lastBatch(lines)), lastBatch(lines));
    }),
  );
});

describe('the line that closes a log, or a mark', () => {
  it(
    'is cut alone when it is torn at any byte',
    withLog([2, 2], 'closed', async (written) => {
      const { content, lines } = written;
      const { offset } = itemAt(lines, -1);
      for (let end = offset; end < content.length; end += byteStep)
        await expectCut(written, content.subarray(0, end), offset);
      await expectGoesOn(written);
    }),
  );

  it(
    'proves every byte before it',
    withLog([2, 3], 'closed', async (written) => {
      const { content, lines } = written;
      const begin = Number(fieldsOf(itemAt(lines, -2).bytes)['b']);
      for (let place = begin; place < itemAt(lines, -1).offset; place += 7 * byteStep)
        await expectDamage(written, flipped(content, place, 0x11), lineWith(lines, place));
    }),
  );

  it(
    'proves every byte before it as a mark',
    withLog([2, 3], 'crashed', async (written) => {
      const { content, lines } = written;
      const marked = Buffer.concat([content, markAt(content.length)]);
      const log = await place(written, marked).then(() => FileEventLog.open(written.folder, 'read', plain));
      expect(await contentOf(log)).toEqual(written.commits);
      await log.close();
      for (let place = lastBatch(lines); place < content.length; place += 7 * byteStep)
        await expectDamage(written, flipped(marked, place, 0x11), lineWith(lines, place));
      await expectCut(written, marked.subarray(0, -1), content.length);
    }),
  );

  it(
    'is no proof of what it was not written after',
    withLog([2, 3], 'crashed', async (written) => {
      const { content, lines } = written;
      const torn = flipped(content, lastBatch(lines) + 5, 1);
      await expectCut(written, Buffer.concat([torn, markAt(lastBatch(lines))]), lastBatch(lines));
    }),
  );
});

const logs = [
  ['before the last batch of a log nobody closed', 'crashed'],
  ['of a log that was closed', 'closed'],
] as const;

describe.each(logs)('a changed byte %s', (_, end) => {
  const last = (written: Written) =>
    end === 'closed' ? itemAt(written.lines, -1).offset : lastBatch(written.lines);

  it(
    `is found at ${places} random places`,
    withLog([5, 1, 8, 3, 3], end, async (written) => {
      const { content, lines } = written;
      const draws = drawsFor(1, 'flips', end);
      for (let round = 0; round < places; round += 1) {
        const place = draws.below(last(written));
        await expectDamage(written, flipped(content, place, draws.between(1, 255)), lineWith(lines, place));
      }
    }),
  );

  it(
    'is found at every first byte, and at every line feed but the last before the proof',
    withLog([2, 2, 2], end, async (written) => {
      const { content, lines } = written;
      const proven = lines.filter(({ offset }) => offset < last(written));
      for (const { offset } of proven)
        await expectDamage(written, flipped(content, offset, 0x2a), lineWith(lines, offset));
      for (const line of proven.slice(0, -1))
        await expectDamage(written, flipped(content, line.offset + line.bytes.length - 1, 0x2a), line);
    }),
  );

  it(
    'is found at the line feed before the only line that proves it',
    withLog([2, 2, 1], end, async (written) => {
      const { content, lines } = written;
      const line = itemAt(
        lines.filter(({ offset }) => offset < last(written)),
        -1,
      );
      await expectDamage(written, flipped(content, line.offset + line.bytes.length - 1, 0x2a), line);
    }),
  );

  it(
    'is reported with the match of its line',
    withLog([2, 2, 2, 1], end, async (written) => {
      const { folder, content, lines } = written;
      for (const { offset, bytes } of lines.filter(({ offset }) => offset < last(written))) {
        await place(written, flipped(content, offset + bytes.indexOf('"at"'), 1));
        const match = fieldsOf(bytes)['s'];
        const details: unknown = await FileEventLog.open(folder, 'read').catch(
          (error: unknown) => (error as { details: unknown }).details,
        );
        if (match === undefined) expect(details).not.toHaveProperty('match');
        else expect(details).toMatchObject({ match });
      }
    }),
  );

  it(
    'no longer counts once the byte is as it was',
    withLog([2, 2, 1], end, async (written) => {
      const { folder, content, lines, image } = written;
      await expectDamage(written, flipped(content, itemAt(lines, 2).offset + 9, 1), itemAt(lines, 2));
      await writeImage(folder, image);
      const log = await FileEventLog.open(folder, 'write', plain);
      expect(log.health.repair).toBeNull();
      expect(await contentOf(log)).toEqual(written.commits);
      await log.close();
    }),
  );
});

describe('a changed byte that decodes to the same text', () => {
  it(
    'is found',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      await log.append(commitOf('a', 0, { events: [noteOf('\uFFFD')] }));
      await log.close();
      const image = await imageOf(folder);
      const path = segmentPath(folder, 1);
      const content = await readFile(path);
      const written = { folder, image, path, content, lines: linesIn(content), commits: [] };
      const changed = flipped(content, content.indexOf('\uFFFD'), 0xef ^ 0xf0);
      expect(changed.toString()).toBe(content.toString());
      await expectDamage(written, changed, itemAt(written.lines, 1), 'its checksum does not fit its bytes');
    }),
  );
});
