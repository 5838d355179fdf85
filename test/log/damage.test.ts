import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import { FileEventLog, logFileName } from '../../src/log/file-event-log.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { appendAll, contentOf, linesOf, manyCommits } from './commits.ts';
import type { FileLine } from './commits.ts';
import { inFolder } from './temp-folder.ts';

interface Written {
  readonly folder: string;
  readonly path: string;
  readonly content: Buffer;
  readonly lines: readonly FileLine[];
  readonly commits: readonly StoredCommit[];
}

/** Runs with the closed log of some commits of several matches. */
function withLog(count: number, use: (written: Written) => Promise<void>): () => Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, logFileName);
    const log = await FileEventLog.open(folder, 'write');
    await appendAll(log, manyCommits(count, 7));
    const commits = await contentOf(log);
    await log.close();
    await use({ folder, path, content: await readFile(path), lines: await linesOf(path), commits });
  });
}

/** Both ways of opening refuse the bytes, name the line, and change nothing. */
async function expectDamage(written: Written, bytes: Buffer, line: FileLine, why = ''): Promise<void> {
  const { folder, path } = written;
  const { number, offset } = line;
  await writeFile(path, bytes);
  for (const mode of ['read', 'write'] as const)
    await expect(FileEventLog.open(folder, mode), `${mode}, line ${number}`).rejects.toMatchObject({
      code: 'log_damaged',
      message: expect.stringContaining(why) as string,
      details: { path, line: number, offset },
    });
  expect(await readdir(folder)).toEqual([logFileName]);
  expect((await readFile(path)).equals(bytes)).toBe(true);
}

/** The file with other bytes in the place of the line of this index. */
function withLine({ lines }: Written, index: number, ...bytes: readonly Buffer[]): Buffer {
  return Buffer.concat(
    [...lines.slice(0, index), ...bytes.map((one) => ({ bytes: one })), ...lines.slice(index + 1)].map(
      (one) => one.bytes,
    ),
  );
}

function lineAt(lines: readonly FileLine[], index: number): FileLine {
  const line = lines.at(index);
  if (line === undefined) throw new Error(`There is no line ${index}.`);
  return line;
}

function flipped(content: Buffer, place: number, mask: number): Buffer {
  const bytes = Buffer.from(content);
  bytes.writeUInt8(bytes.readUInt8(place) ^ mask, place);
  return bytes;
}

describe('a torn last line', () => {
  it(
    'is left out by a reader at every byte, and stays in the file',
    withLog(6, async ({ folder, path, content, lines, commits }) => {
      for (let end = lineAt(lines, -1).offset; end < content.length; end += 1) {
        await writeFile(path, content.subarray(0, end));
        const log = await FileEventLog.open(folder, 'read');
        expect(await contentOf(log), `cut at ${end}`).toEqual(commits.slice(0, -1));
        await log.close();
        expect((await readFile(path)).length).toBe(end);
      }
      expect(await readdir(folder)).toEqual([logFileName]);
    }),
  );

  it(
    'is set aside by a writer at every byte, and the log goes on',
    withLog(6, async ({ folder, path, content, lines, commits }) => {
      const last = commits.at(-1);
      const { offset } = lineAt(lines, -1);
      const torn: Buffer[] = [];
      for (let end = offset; end < content.length; end += 1) {
        await writeFile(path, content.subarray(0, end));
        const log = await FileEventLog.open(folder, 'write');
        expect(await contentOf(log), `cut at ${end}`).toEqual(commits.slice(0, -1));
        expect(await log.append(last as StoredCommit)).toEqual({ version: last?.version, position: 6 });
        expect(await contentOf(log)).toEqual(commits);
        await log.close();
        expect((await readFile(path)).equals(content)).toBe(true);
        torn.push(content.subarray(offset, end));
      }
      expect((await readFile(`${path}.broken`)).equals(Buffer.concat(torn))).toBe(true);
    }),
  );

  it(
    'may be the only line',
    withLog(1, async ({ folder, path, content }) => {
      await writeFile(path, content.subarray(0, -1));
      const log = await FileEventLog.open(folder, 'write');
      expect(log.streams()).toEqual([]);
      expect(await log.append(commitOf('a', 0))).toEqual({ version: 1, position: 1 });
      await log.close();
      expect((await readFile(`${path}.broken`)).equals(content.subarray(0, -1))).toBe(true);
    }),
  );

  it(
    'may be longer than what is read at once',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      const events = [noteOf('€'.repeat(1_000_000))];
      await appendAll(
        log,
        [0, 1].map((version) => commitOf('a', version, { events })),
      );
      await log.close();
      const path = join(folder, logFileName);
      await writeFile(path, (await readFile(path)).subarray(0, -2));
      const again = await FileEventLog.open(folder, 'write');
      expect(await contentOf(again)).toMatchObject([{ version: 1, events }]);
      await again.close();
    }),
  );

  it(
    'cannot be told from a shorter log when it is cut at its start',
    withLog(6, async ({ folder, path, content, lines }) => {
      await writeFile(path, content.subarray(0, lineAt(lines, -1).offset));
      const log = await FileEventLog.open(folder, 'write');
      expect(await contentOf(log)).toHaveLength(5);
      await log.close();
      expect(await readdir(folder)).toEqual([logFileName]);
    }),
  );
});

describe('a changed byte', () => {
  it(
    'is found at 300 random places',
    withLog(40, async (written) => {
      const { content, lines } = written;
      const draws = drawsFor(1, 'flips');
      for (let round = 0; round < 300; round += 1) {
        // Not the last line feed: without it the last line is a torn one.
        const place = draws.below(content.length - 1);
        const line = lines.findLast(({ offset }) => offset <= place);
        await expectDamage(written, flipped(content, place, draws.between(1, 255)), line as FileLine);
      }
    }),
  );

  it(
    'is found at every place of the last line that leaves it a line',
    withLog(5, async (written) => {
      const { content, lines } = written;
      const last = lineAt(lines, -1);
      for (let place = last.offset; place < content.length - 1; place += 1)
        await expectDamage(written, flipped(content, place, 1), last);
    }),
  );

  it(
    'is found at every line feed but the last',
    withLog(8, async (written) => {
      const { content, lines } = written;
      for (const line of lines.slice(0, -1))
        await expectDamage(written, flipped(content, line.offset + line.bytes.length - 1, 0x2a), line);
    }),
  );

  it(
    'is found where both bytes decode to the same text',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write');
      await log.append(commitOf('a', 0, { events: [noteOf('\uFFFD')] }));
      await log.close();
      const path = join(folder, logFileName);
      const content = await readFile(path);
      const written = { folder, path, content, lines: await linesOf(path), commits: [] };
      const changed = flipped(content, content.indexOf('\uFFFD'), 0xef ^ 0xf0);
      expect(changed.toString()).toBe(content.toString());
      await expectDamage(written, changed, lineAt(written.lines, 0), 'UTF-8');
    }),
  );
});

describe('an edited file', () => {
  it(
    'is refused when any line but the last is missing',
    withLog(20, async (written) => {
      for (const [index, line] of written.lines.slice(0, -1).entries())
        await expectDamage(written, withLine(written, index), line);
    }),
  );

  it(
    'is refused when any two neighbours are swapped',
    withLog(20, async (written) => {
      for (const [index, line] of written.lines.slice(0, -1).entries()) {
        const next = lineAt(written.lines, index + 1);
        const swapped = withLine(written, index, next.bytes, line.bytes);
        const end = line.offset + line.bytes.length + next.bytes.length;
        const bytes = Buffer.concat([swapped.subarray(0, end), swapped.subarray(end + next.bytes.length)]);
        await expectDamage(written, bytes, line);
      }
    }),
  );

  it(
    'is refused when any line is repeated',
    withLog(20, async (written) => {
      for (const [index, { number, offset, bytes }] of written.lines.entries()) {
        const repeated = { number: number + 1, offset: offset + bytes.length, bytes };
        await expectDamage(written, withLine(written, index, bytes, bytes), repeated);
      }
    }),
  );

  const tails: readonly (readonly [what: string, from: string, to: string])[] = [
    ['a space after a line', '"}\n', '"} \n'],
    ['a carriage return after a line', '"}\n', '"}\r\n'],
    ['a space before the hash', ',"h":', ', "h":'],
    ['a field after the hash', '"}\n', '","at":1}\n'],
    ['a field that is not known', '{"v":1', '{"x":1,"v":1'],
    ['a number written otherwise', '"v":1,', '"v":1.0,'],
    ['no hash', ',"h":', ',"i":'],
    ['no version of the format', '"v":1', '"w":1'],
    ['another count of events', '"k":', '"k":1'],
  ];
  it.each(tails)('is refused with %s', (_what, from, to) =>
    withLog(3, async (written) => {
      for (const [index, line] of written.lines.entries()) {
        const text = line.bytes.toString();
        const at = text.lastIndexOf(from);
        const edited = text.slice(0, at) + to + text.slice(at + from.length);
        await expectDamage(written, withLine(written, index, Buffer.from(edited)), line);
      }
    })(),
  );

  it.each([
    ['an empty line', '\n'],
    ['null', 'null\n'],
    ['a list', '[]\n'],
    ['text', 'hello\n'],
    ['an object', '{}\n'],
  ])('is refused with %s before any line', (_what, inserted) =>
    withLog(3, async (written) => {
      for (const [index, line] of written.lines.entries())
        await expectDamage(written, withLine(written, index, Buffer.from(inserted), line.bytes), line);
    })(),
  );

  it(
    'is refused with a line of a newer format, and says so',
    withLog(3, async (written) => {
      for (const [index, line] of written.lines.entries()) {
        const newer = line.bytes.toString().replace('"v":1', '"v":2');
        const why = 'its format 2 is newer than 1, the newest this version reads';
        await expectDamage(written, withLine(written, index, Buffer.from(newer)), line, why);
      }
    }),
  );

  it(
    'names the match whose order is broken',
    withLog(20, async ({ folder, path, commits, lines }) => {
      // The next line of the same match is chained to the missing one; that of another match has a wrong number.
      const index = commits.findIndex(({ stream }, at) => at > 0 && stream !== commits[at + 1]?.stream);
      await writeFile(path, Buffer.concat(lines.filter((_, at) => at !== index).map(({ bytes }) => bytes)));
      await expect(FileEventLog.open(folder, 'read')).rejects.toMatchObject({
        code: 'log_damaged',
        details: { match: commits[index + 1]?.stream },
      });
    }),
  );

  it(
    'is accepted again once it is as it was',
    withLog(5, async (written) => {
      await expectDamage(written, withLine(written, 2), lineAt(written.lines, 2));
      await writeFile(written.path, written.content);
      const log = await FileEventLog.open(written.folder, 'write');
      expect(await contentOf(log)).toEqual(written.commits);
      await log.close();
    }),
  );
});
