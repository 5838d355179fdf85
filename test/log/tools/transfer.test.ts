import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import { withChecksum } from '../../../src/log/disk/checksum.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { importLog } from '../../../src/log/tools/import-log.ts';
import { payloadDigest } from '../../../src/log/payload.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';
import { contentOf, fieldsOf, itemAt, linesIn, manyCommits, plain } from '../commits.ts';
import { inFolder } from '../temp-folder.ts';
import {
  exportFaults,
  exportOf,
  exportPath,
  importInto,
  importPart,
  linesFrom,
  refusalOf,
  small,
  storedIn,
  unhandledIn,
  withExport,
  withSoundLog,
  writeLog,
} from './kit.ts';

describe('an export', () => {
  it(
    'holds every commit in the order of the log, and what seals it',
    withSoundLog(async ({ folder, commits }) => {
      const lines = linesFrom(await exportOf(folder)).map(fieldsOf);
      expect(lines).toHaveLength(62);
      expect(lines.at(0)).toMatchObject({ v: 2, t: 'export' });
      expect(lines.at(-1)).toMatchObject({
        t: 'end',
        commits: 60,
        events: commits.reduce((sum, { events }) => sum + events.length, 0),
      });
      expect(lines.slice(1, -1)).toMatchObject(
        commits.map(({ stream, expectedVersion, commandId, at, events, hash }) => ({
          s: stream,
          n: expectedVersion + 1,
          k: events.length,
          id: commandId,
          at,
          d: events,
          h: hash,
        })),
      );
    }),
  );

  it(
    'of one match holds its commits only, and an unknown match is refused',
    withSoundLog(async ({ folder, commits }) => {
      const lines = linesFrom(await exportOf(folder, [matchId('m-3')]));
      const own = commits.filter(({ stream }) => stream === 'm-3');
      expect(lines.slice(1, -1).map((line) => fieldsOf(line)['h'])).toEqual(own.map(({ hash }) => hash));
      expect(await refusalOf(exportOf(folder, [matchId('m-3'), matchId('nobody')]))).toMatchObject({
        code: 'unknown_match',
        details: { match: 'nobody' },
      });
    }),
  );

  it(
    'of a damaged log is refused and names the file',
    withSoundLog(async ({ folder, image }) => {
      const path = join(folder, 'log', '00000002.ndjson');
      const bytes = Buffer.from(image.get('00000002.ndjson') ?? '');
      await writeFile(path, bytes.fill('x', 900, 910));
      expect(await refusalOf(exportOf(folder))).toMatchObject({ code: 'log_damaged', details: { path } });
    }),
  );
});

describe('export, import, export', () => {
  it(
    'gives the same bytes and the same chains',
    withExport(async (text, empty, source) => {
      expect(await importInto(empty, text)).toEqual({ matches: 4, commits: 60, events: 128, known: 0 });
      expect(await exportOf(empty)).toBe(text);
      expect(await storedIn(empty)).toEqual(await storedIn(source));
      expect(await checkLog(nodeFiles, empty)).toMatchObject({ commits: 60, findings: [], tornBytes: 0 });
    }),
  );

  it(
    'gives the same bytes for one match, in a log that holds others',
    withSoundLog(async ({ folder }) => {
      await inFolder(async (other) => {
        await writeLog(other, [commitOf('m-9', 0), commitOf('m-9', 1)]);
        for (const match of ['m-2', 'm-4', 'm-1'].map(matchId)) {
          const text = await exportOf(folder, [match]);
          expect(await importInto(other, text)).toMatchObject({ matches: 1, known: 0 });
          expect(await exportOf(other, [match])).toBe(text);
        }
        expect(await checkLog(nodeFiles, other)).toMatchObject({ matches: 4, findings: [] });
      })();
    }),
  );

  it(
    'changes nothing the second time',
    withExport(async (text, empty) => {
      await importInto(empty, text);
      const before = await storedIn(empty);
      expect(await importInto(empty, text)).toEqual({ matches: 4, commits: 60, events: 128, known: 60 });
      expect(await storedIn(empty)).toEqual(before);
    }),
  );

  it(
    'goes on where a match stood, and then takes what comes later',
    withSoundLog(async ({ folder }) => {
      const text = await exportOf(folder);
      await inFolder(async (other) => {
        await writeLog(other, manyCommits(25, 11));
        // Salts are drawn, so that two logs of the same commits have different chains.
        expect(await refusalOf(importInto(other, text))).toMatchObject({ code: 'import_conflict' });
      })();
      await inFolder(async (other) => {
        const log = await FileEventLog.open(folder, 'write', small);
        expect(await importInto(other, text)).toMatchObject({ commits: 60, known: 0 });
        await log.append(commitOf('m-1', (await log.read(matchId('m-1'))).at(-1)?.version ?? 0));
        await log.close();
        const longer = await exportOf(folder);
        expect(await importInto(other, longer)).toMatchObject({ commits: 61, known: 60 });
        expect(await exportOf(other)).toBe(longer);
      })();
    }),
  );
});

describe('an import that was interrupted', () => {
  it(
    'may be repeated until it is done',
    withExport(async (text, empty) => {
      const path = exportPath(empty);
      await writeFile(path, text);
      for (let stored = 0; stored < 45;) {
        // The promises that nobody waits for have a case of their own.
        await unhandledIn(() => importPart(empty, path, stored + 15));
        const before = stored;
        stored = (await storedIn(empty)).length;
        expect(stored).toBeGreaterThan(before);
        expect(stored).toBeLessThan(60);
      }
      expect((await importInto(empty, text)).known).toBeGreaterThanOrEqual(45);
      expect(await exportOf(empty)).toBe(text);
    }),
  );

  it(
    'leaves no rejected promise without a handler',
    withExport(async (text, empty) => {
      const path = exportPath(empty);
      await writeFile(path, text);
      expect(await unhandledIn(() => importPart(empty, path, 20))).toEqual([]);
    }),
  );
});

describe('a file that is not a whole export stores nothing and names its line', () => {
  const expectInvalid = async (empty: string, text: string | Buffer, line: unknown, context = '') => {
    expect(await refusalOf(importInto(empty, text)), context).toMatchObject({
      code: 'import_invalid',
      details: { path: exportPath(empty), line },
    });
    expect(await storedIn(empty), context).toEqual([]);
  };

  it(
    'with one byte changed at 150 seeded places',
    withExport(async (text, empty) => {
      const seed = 31;
      const draws = drawsFor(seed, 'changed bytes');
      const whole = Buffer.from(text);
      const lines = linesIn(whole);
      for (let round = 0; round < 150; round += 1) {
        const place = draws.below(whole.length);
        const mask = draws.between(1, 255);
        const changed = Buffer.from(whole);
        changed.writeUInt8(changed.readUInt8(place) ^ mask, place);
        const line = lines.findLast(({ offset }) => offset <= place)?.number;
        await expectInvalid(empty, changed, line, `seed ${seed} round ${round} byte ${place} mask ${mask}`);
      }
    }),
  );

  it.each(exportFaults)('%s', (_, change, line) =>
    withExport((text, empty) => expectInvalid(empty, Buffer.concat(change(linesFrom(text))), line))(),
  );

  it(
    'with two commits of one match swapped, or one left out, at every place',
    withSoundLog(async ({ folder }) => {
      const lines = linesFrom(await exportOf(folder, [matchId('m-1')]));
      await inFolder(async (empty) => {
        for (let at = 1; at < lines.length - 1; at += 1) {
          await expectInvalid(empty, Buffer.concat(lines.toSpliced(at, 1)), at + 1);
          const swapped = lines.with(at, itemAt(lines, at + 1)).with(at + 1, itemAt(lines, at));
          await expectInvalid(empty, Buffer.concat(swapped), at + 1);
        }
      })();
    }),
  );

  it(
    'with other events, versions, salts or chains under a checksum that fits',
    withExport(async (text, empty) => {
      const lines = linesFrom(text);
      const line = itemAt(lines, 10);
      const edit = (change: Record<string, unknown>) => {
        const fields = JSON.stringify({ ...fieldsOf(line), c: undefined, ...change });
        return Buffer.concat(lines.with(10, Buffer.from(withChecksum(fields))));
      };
      for (const change of [
        { n: 99 },
        { k: 9 },
        { at: 1 },
        { id: 'other' },
        { s: 'other' },
        { s: '../x' },
        { n: 0 },
        { d: [] },
        { d: [noteOf('other')] },
        { salt: 'ab'.repeat(16) },
        { extra: 1 },
        { ph: 'ab'.repeat(32) },
        { h: 'ab'.repeat(32) },
        { d: 'x' },
        { t: 'export' },
        { v: 1 },
      ])
        await expectInvalid(empty, edit(change), 11, JSON.stringify(change));
      // Without a salt nothing is left that its events must fit, but the seal.
      await expectInvalid(empty, edit({ salt: '' }), lines.length, 'no salt');
      await expect(importInto(empty, edit({ v: 3 }))).rejects.toMatchObject({ code: 'log_newer' });
    }),
  );

  it(
    'with a line that is no JSON under a checksum that fits',
    withExport(async (text, empty) => {
      const lines = linesFrom(text).with(5, Buffer.from(withChecksum('{nothing}')));
      await expectInvalid(empty, Buffer.concat(lines), 6);
    }),
  );

  it(
    'that is not there',
    inFolder(async (empty) => {
      const log = await FileEventLog.open(empty, 'write', plain);
      const error = await refusalOf(importLog(nodeFiles, join(empty, 'none'), log));
      expect(error).toMatchObject({ code: 'file_unreadable', details: { path: join(empty, 'none') } });
      await log.close();
    }),
  );

  it(
    'with an event of a newer schema, which is refused as newer',
    inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', plain);
      const salt = 'ab'.repeat(16);
      const events = JSON.stringify([{ ...noteOf('newer'), sv: 2 }]);
      await log.restore(commitOf('a', 0), { salt, events, ph: payloadDigest(salt, events) });
      await log.close();
      const text = await exportOf(folder);
      await inFolder(async (empty) => {
        expect(await refusalOf(importInto(empty, text))).toMatchObject({ code: 'log_newer' });
        expect(await storedIn(empty)).toEqual([]);
      })();
    }),
  );
});

describe('another history of the same match', () => {
  const one = (text: string, version = 0, id = `m-${version}`) =>
    commitOf('m', version, { id, events: [noteOf(text)] });
  type Commits = readonly ReturnType<typeof one>[];

  /** Takes an export of `theirs` into a log that holds `ours`. */
  const conflict = async (ours: Commits, theirs: Commits) => {
    const found: unknown[] = [];
    await inFolder(async (folder) => {
      await writeLog(join(folder, 'theirs'), theirs);
      const before = await writeLog(join(folder, 'ours'), ours);
      const text = await exportOf(join(folder, 'theirs'));
      await unhandledIn(async () => {
        found.push(await importInto(join(folder, 'ours'), text).catch((error: unknown) => error));
      });
      expect(await storedIn(join(folder, 'ours'))).toEqual(before);
    })();
    return found[0];
  };

  it('is refused, names match and version, and changes nothing', async () => {
    expect(await conflict([one('ours')], [one('theirs')])).toMatchObject({
      code: 'import_conflict',
      details: { match: 'm', version: 1 },
    });
    const longer = [one('ours'), one('b', 1)];
    expect(await conflict(longer, [one('theirs')])).toMatchObject({ code: 'import_conflict' });
  });

  it('is refused where its commits end elsewhere', async () => {
    const two = { ...one('', 0, 'two'), events: [noteOf(1), noteOf(2)] };
    expect(await conflict([two], [one('x')])).toMatchObject({ code: 'import_conflict' });
    expect(await conflict([one('x')], [two])).toMatchObject({ code: 'import_conflict' });
  });

  // The log answers the command with its first result, and the import calls that stored.
  it('is refused where its commits end elsewhere and have the same command ids', async () => {
    const two = { ...one('', 0, 'same'), events: [noteOf(1), noteOf(2)] };
    expect(await conflict([two], [one('x', 0, 'same')])).toMatchObject({ code: 'import_conflict' });
  });
});

describe('an erased match', () => {
  it(
    'keeps its chain through export and import',
    withSoundLog(async ({ folder, commits }) => {
      const log = await FileEventLog.open(folder, 'write', small);
      await log.erase(matchId('m-2'), { by: 'Ada', reason: '' });
      const erased = await contentOf(log);
      await log.close();
      const text = await exportOf(folder);
      await inFolder(async (empty) => {
        expect(await importInto(empty, text)).toMatchObject({ commits: 60, known: 0 });
        const stored = await storedIn(empty);
        expect(stored).toEqual(erased);
        expect(stored.map(({ hash }) => hash)).toEqual(commits.map(({ hash }) => hash));
        for (const { stream, erased: is } of stored) expect(is).toBe(stream === 'm-2' || undefined);
        expect(await exportOf(empty)).toBe(text);
        expect(await checkLog(nodeFiles, empty)).toMatchObject({ commits: 60, findings: [] });
      })();
    }),
  );

  it(
    'is known in a log that still has its texts, and keeps them there',
    withSoundLog(async ({ folder, commits }) => {
      await inFolder(async (other) => {
        await importInto(other, await exportOf(folder));
        const log = await FileEventLog.open(folder, 'write', small);
        await log.erase(matchId('m-2'), { by: 'Ada', reason: '' });
        await log.close();
        expect(await importInto(other, await exportOf(folder))).toMatchObject({ known: 60 });
        expect(await storedIn(other)).toEqual(commits);
      })();
    }),
  );
});
