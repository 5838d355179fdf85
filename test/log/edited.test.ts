import { describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { LinePrinter, frame } from '../../src/log/line/line.ts';
import { chainHash } from '../../src/log/payload.ts';
import type { Link } from '../../src/log/payload.ts';
import { commitOf } from '../../src/testing/event-log.contract.ts';
import {
  appendBatches,
  contentOf,
  differences,
  fieldsOf,
  imageOf,
  itemAt,
  linesIn,
  manyCommits,
  plain,
  resealed,
  writeImage,
} from './commits.ts';
import type { FileLine } from './commits.ts';
import { inFolder } from './temp-folder.ts';
import { expectDamage, lastBatch, place, withLine, withLog } from './written.ts';
import type { Written } from './written.ts';

const logs = [
  ['nobody closed', 'crashed'],
  ['was closed', 'closed'],
] as const;

/** The lines whose bytes a later line proves. */
function proven({ lines }: Written, end: 'crashed' | 'closed'): readonly FileLine[] {
  const upTo = end === 'closed' ? itemAt(lines, -1).offset : lastBatch(lines);
  return lines.filter(({ offset }) => offset < upTo);
}

describe.each(logs)('an edited log that %s', (_, end) => {
  it(
    'is refused when any proven line is missing',
    withLog([5, 3, 4, 1, 3], end, async (written) => {
      for (const [index, line] of proven(written, end).entries())
        await expectDamage(written, withLine(written, index), line);
    }),
  );

  it(
    'is refused when any two proven neighbours are swapped',
    withLog([5, 3, 4, 1, 3], end, async (written) => {
      for (const [index, line] of proven(written, end).slice(0, -1).entries()) {
        const all = written.lines.map(({ bytes }) => bytes);
        const swapped = [...all.slice(0, index), itemAt(all, index + 1), line.bytes, ...all.slice(index + 2)];
        await expectDamage(written, Buffer.concat(swapped), line);
      }
    }),
  );

  it(
    'is refused when any proven line is repeated',
    withLog([5, 3, 4, 1, 3], end, async (written) => {
      // Behind the last of them begins what no line proves.
      for (const [index, { number, offset, bytes }] of proven(written, end).slice(0, -1).entries()) {
        const repeated = { number: number + 1, offset: offset + bytes.length, bytes };
        await expectDamage(written, withLine(written, index, bytes, bytes), repeated);
      }
    }),
  );

  it(
    'is refused when several lines are missing',
    withLog([5, 3, 4, 1, 3], end, async (written) => {
      const { content, lines } = written;
      const known = proven(written, end);
      for (const [index, { offset }] of known.entries())
        for (const until of known.slice(index + 2)) {
          const line = itemAt(lines, index);
          await expectDamage(
            written,
            Buffer.concat([content.subarray(0, offset), content.subarray(until.offset)]),
            line,
          );
        }
    }),
  );

  it(
    'is refused with bytes put in or taken out of any proven line but the last',
    withLog([2, 3, 1, 1], end, async (written) => {
      for (const [index, line] of proven(written, end).entries()) {
        const { bytes } = line;
        for (const at of [0, 1, 9, bytes.length >> 1, bytes.length - 17, bytes.length - 2]) {
          const more = Buffer.concat([bytes.subarray(0, at), Buffer.from(' '), bytes.subarray(at)]);
          const less = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
          await expectDamage(written, withLine(written, index, more), line);
          await expectDamage(written, withLine(written, index, less), line);
        }
      }
    }),
  );

  it.each([
    ['an empty line', '\n'],
    ['null', 'null\n'],
    ['a list', '[]\n'],
    ['text', 'hello\n'],
    ['an object', '{}\n'],
    ['a carriage return', '\r\n'],
    ['a line of the first format', '{"v":1,"g":1}\n'],
  ])('is refused with %s before any proven line', (_what, inserted) =>
    withLog([2, 1, 2], end, async (written) => {
      for (const [index, line] of proven(written, end).entries())
        await expectDamage(written, withLine(written, index, Buffer.from(inserted), line.bytes), line);
    })(),
  );

  const edits: readonly (readonly [what: string, from: RegExp, to: string, why: string])[] = [
    ['another place in the log', /"g":\d+/, '"g":99', 'number'],
    ['another number of events', /"k":\d+/, '"k":9', ''],
    ['another match', /"s":"[^"]*"/, '"s":"m-9"', 'match m-9'],
    ['another command id', /"id":"[^"]*"/, '"id":"x"', 'its chain does not continue that of match'],
    ['another time', /"at":\d+/, '"at":5', 'its chain does not continue that of match'],
    [
      'more durable bytes than stand before it',
      /"b":\d+/,
      '"b":9999',
      'it says that 9999 bytes were durable',
    ],
    ['fewer durable bytes than the line before', /"b":\d+/, '"b":0', 'it says that 0 bytes were durable'],
    ['an older epoch', /"ep":\d+/, '"ep":0', '"ep"'],
    ['other events', /A note/, 'A vote', 'its events do not fit their digest'],
    ['no salt', /"salt":"[^"]*"/, '"salt":"00"', 'its events do not fit their digest'],
    ['a field that is not known', /"ep"/, '"x":1,"ep"', 'Unrecognized'],
    ['a field less', /"ep":\d+,/, '', '"ep"'],
    ['no version of the format', /"v":2,/, '', '"v"'],
    ['the version of the first format', /"v":2/, '"v":1', '"v"'],
  ];
  it.each(edits)('is refused with %s under a checksum that fits', (_what, from, to, why) =>
    withLog([1, 2, 2, 1, 1], end, async (written) => {
      // From the second batch on, so that fewer durable bytes than before are a fault.
      for (const [index, line] of proven(written, end).entries())
        if (index > 1)
          await expectDamage(written, withLine(written, index, resealed(line.bytes, from, to)), line, why);
    })(),
  );

  it(
    'is refused where a version is left out under a chain that fits',
    withLog([2, 3, 2, 1], end, async (written) => {
      const heads = new Map<unknown, string>();
      for (const [index, line] of proven(written, end).entries()) {
        const fields = fieldsOf(line.bytes) as unknown as Link & { readonly h?: string };
        const { s, n, h } = fields;
        if (h === undefined) continue;
        const other = chainHash(heads.get(s) ?? '', { ...fields, n: n + 1 });
        const moved = resealed(resealed(line.bytes, `"n":${n}`, `"n":${n + 1}`), h, other);
        heads.set(s, h);
        const why = `version ${n + 1} of match ${s} does not follow version ${n - 1}`;
        await expectDamage(written, withLine(written, index, moved), line, why);
      }
      expect(heads.size).toBeGreaterThan(1);
    }),
  );

  it(
    'is refused as newer with a line of a newer format',
    withLog([2, 1, 1], end, async (written) => {
      const { folder, lines } = written;
      for (const [index, { bytes }] of lines.entries()) {
        const newer = resealed(bytes, '"v":2', '"v":3');
        const changed = await place(written, withLine(written, index, newer));
        for (const mode of ['read', 'write'] as const)
          await expect(FileEventLog.open(folder, mode, plain)).rejects.toMatchObject({
            code: 'log_newer',
            details: { version: 3, known: 2 },
          });
        expect(differences(await imageOf(folder), changed)).toEqual([]);
      }
    }),
  );

  it(
    'names the match whose order is broken',
    withLog([6, 5, 1, 3], end, async (written) => {
      const { folder, lines } = written;
      for (const [index] of proven(written, end).entries()) {
        const match = fieldsOf(itemAt(lines, index + 1).bytes)['s'];
        if (index === 0 || typeof match !== 'string') continue;
        await place(written, withLine(written, index));
        await expect(FileEventLog.open(folder, 'read')).rejects.toMatchObject({
          code: 'log_damaged',
          details: { match },
          message: expect.stringContaining(`match ${match}`) as string,
        });
      }
    }),
  );
});

describe('the lines of a second writer', () => {
  /** A log that was opened twice: the second writer's first batch, and one behind it. */
  const twice = (use: (written: Written) => Promise<void>) =>
    inFolder(async (folder) => {
      const commits = manyCommits(8, 9);
      for (const part of [commits.slice(0, 4), commits.slice(4)]) {
        const log = await FileEventLog.open(folder, 'write', plain);
        await appendBatches(log, part, [1, 1, 1]);
        // The first writer is still there when the second comes.
        if (part[0] !== commits[0]) await log.close();
      }
      const image = await imageOf(folder);
      const [path, content] = ['00000001.ndjson', image.get('00000001.ndjson') ?? Buffer.alloc(0)];
      const reader = await FileEventLog.open(folder, 'read');
      const stored = await contentOf(reader);
      await use({ folder, image, path, content, lines: linesIn(content), commits: stored });
    });

  it(
    'have an epoch of their own',
    twice(async ({ lines, commits }) => {
      await Promise.resolve();
      const epochs = lines.map(({ bytes }) => fieldsOf(bytes)['ep']);
      expect(epochs).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
      expect(commits).toHaveLength(8);
    }),
  );

  it(
    'are refused where the epoch goes back',
    twice(async ({ folder, image, path, lines }) => {
      const content = lines.map(({ bytes }) => bytes);
      for (const index of [6, 7, 8]) {
        const late = resealed(itemAt(content, index), '"ep":2', '"ep":1');
        const changed = new Map(image).set(path, Buffer.concat(content.with(index, late)));
        await writeImage(folder, changed);
        for (const mode of ['read', 'write'] as const)
          await expect(FileEventLog.open(folder, mode, plain)).rejects.toMatchObject({
            code: 'log_damaged',
            message: expect.stringContaining("its writer's epoch 1 ended when 2 began") as string,
            details: { line: index + 1, offset: itemAt(lines, index).offset },
          });
        expect(differences(await imageOf(folder), changed)).toEqual([]);
      }
    }),
  );

  it(
    'are refused where both wrote behind the same line',
    inFolder(async (folder) => {
      const first = await FileEventLog.open(folder, 'write', plain);
      await first.append(commitOf('a', 0));
      const second = await FileEventLog.open(folder, 'write', plain);
      await second.append(commitOf('a', 1, { id: 'second' }));
      await first.append(commitOf('a', 1, { id: 'first' }));
      await second.append(commitOf('a', 2, { id: 'second-again' }));
      await second.append(commitOf('a', 3, { id: 'second-once-more' }));
      const changed = await imageOf(folder);
      const { offset } = itemAt(linesIn(itemAt([...changed.values()], 0)), 3);
      for (const mode of ['read', 'write'] as const)
        await expect(FileEventLog.open(folder, mode, plain)).rejects.toMatchObject({
          code: 'log_damaged',
          details: { line: 4, offset, match: 'a' },
        });
      expect(differences(await imageOf(folder), changed)).toEqual([]);
    }),
  );
});

describe('a mark', () => {
  it(
    'is refused when it is repeated before the last batch',
    withLog([2, 1], 'crashed', async (written) => {
      const { lines } = written;
      const begin = lastBatch(lines);
      const mark = frame([new LinePrinter().control('mark', { ep: 1, at: 1, b: begin })]).bytes;
      const last = itemAt(lines, -1);
      const b = begin + 2 * mark.length;
      const moved = resealed(last.bytes, `"b":${begin}`, `"b":${b}`);
      const all = lines.slice(0, -1).map(({ bytes }) => bytes);
      const line = { number: lines.length + 1, offset: begin + mark.length, bytes: mark };
      await expectDamage(written, Buffer.concat([...all, mark, mark, moved]), line);
    }),
  );
});
