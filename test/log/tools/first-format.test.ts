import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { verify } from '../../../src/match/proof/verify.ts';
import { archiveOf } from '../../../src/history/archive.ts';
import { commitOf } from '../../../src/testing/event-log.contract.ts';
import { fieldsOf, itemAt } from '../commits.ts';
import { inFolder } from '../temp-folder.ts';
import { importInto, linesFrom, refusalOf, storedIn, writeLog } from './kit.ts';

describe('logs of format 1', async () => {
  const golden = join(import.meta.dirname, '../../golden');
  const names = (await readdir(golden)).filter((name) => /^format-1-.*ndjson$/.test(name));
  const textOf = (name: string) => readFile(join(golden, name), 'utf8');

  it.each(names)('%s is taken in: it verifies and has its archive', async (name) => {
    await inFolder(async (folder) => {
      const imported = await importInto(folder, await textOf(name));
      const commits = await storedIn(folder);
      expect(imported).toMatchObject({ matches: 1, commits: commits.length, known: 0 });
      const { stream } = itemAt(commits, 0);
      expect(verify(stream, commits)).toMatchObject({ ok: true, phase: 'done' });
      expect(verify(stream, commits)).not.toHaveProperty('erased');
      const archive = await textOf(name.replace('format-1-', '').replace('.ndjson', '.archive.json'));
      expect(`${JSON.stringify(archiveOf(commits), null, 1)}\n`).toBe(archive);
      expect(await importInto(folder, await textOf(name))).toMatchObject({ known: commits.length });
      expect(await storedIn(folder)).toEqual(commits);
      expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [], commits: commits.length });
    })();
  });

  it('that are not whole are refused with the line, and nothing is stored', async () => {
    const lines = linesFrom(await textOf(itemAt(names, 0)));
    const changed = Buffer.from(itemAt(lines, 4).map((byte, at) => (at === 200 ? byte ^ 1 : byte)));
    await inFolder(async (folder) => {
      for (const [text, line] of [
        [lines.toSpliced(6, 1), 7],
        [lines.slice(1), 1],
        [lines.with(4, changed), 5],
        [lines.with(8, itemAt(lines, 9)).with(9, itemAt(lines, 8)), 9],
      ] as const) {
        const refusal = await refusalOf(importInto(folder, Buffer.concat(text)));
        expect(refusal).toMatchObject({ code: 'import_invalid', details: { line } });
        expect(await storedIn(folder)).toEqual([]);
      }
    })();
  });

  it('torn inside the last line lose that line', async () => {
    const text = await textOf(itemAt(names, 0));
    await inFolder(async (folder) => {
      const { commits } = await importInto(folder, text.slice(0, -5));
      expect(commits).toBe(linesFrom(text).length - 1);
    })();
  });

  // Nothing is compared: the rest of the file is stored behind another match's beginning.
  it('that hold another history of a match are refused', async () => {
    const text = await textOf(itemAt(names, 0));
    const { s } = fieldsOf(itemAt(linesFrom(text), 0));
    await inFolder(async (folder) => {
      await writeLog(folder, [commitOf(s as string, 0)]);
      expect(await refusalOf(importInto(folder, text))).toMatchObject({ code: 'import_conflict' });
    })();
  });
});
