import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Documents } from '../../../src/log/documents.ts';
import { archiveFolder } from '../../../src/log/folder.ts';
import { Summaries } from '../../../src/match/summaries.ts';
import type { FinishedSummary } from '../../../src/projection/summary.ts';
import { History } from '../../../src/server/history.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { inFolder } from '../../log/temp-folder.ts';
import { writePast } from './past-matches.ts';

const count = 50;

/** A list of so many matches, read from its folder, and what it should say. */
const listed = (isListed: boolean, body: (world: World) => Promise<void>) =>
  inFolder(async (data) => {
    const past = writePast(data, { count, seed: 3, isListed });
    const folder = archiveFolder(data);
    const history = new History(folder, new Documents(folder));
    expect(await history.load()).toEqual([]);
    try {
      await body({ folder, file: join(folder, 'summaries.ndjson'), past, history });
    } finally {
      await history.close();
    }
  });

interface World {
  readonly folder: string;
  readonly file: string;
  readonly past: readonly FinishedSummary[];
  readonly history: History;
}

async function expectAll({ history, past }: World): Promise<void> {
  const { rows, next } = await history.page({ limit: count, cursor: null });
  expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual([...past].reverse());
  expect(next).toBeNull();
  const one = past[7]?.match_id ?? '';
  expect(JSON.parse((await history.summary(matchId(one))) ?? '')).toEqual(past[7]);
}

describe('the list of finished matches', () => {
  it.each([true, false])(
    'says what their summaries and archives say (summaries are there: %s)',
    async (isListed) => {
      await listed(isListed, expectAll)();
    },
  );

  it(
    'says the same when its file is taken away, or replaced by others meanwhile',
    listed(true, async (world) => {
      await rm(world.file);
      await expectAll(world);
      await writeFile(world.file, '{}\n');
      await expectAll(world);
    }),
  );

  it.each([
    ['emptied', (file: string) => truncate(file)],
    ['cut', (file: string) => truncate(file, 9000)],
    [
      'turned round',
      async (file: string) => {
        const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
        await writeFile(file, `${lines.reverse().join('\n')}\n`);
      },
    ],
  ])('says the same when its file is %s meanwhile', async (_, change) => {
    await listed(true, async (world) => {
      await change(world.file);
      await expectAll(world);
    })();
  });

  it(
    'goes on after a line that a crash cut short',
    listed(true, async ({ folder, file, past, history }) => {
      await history.close();
      await appendFile(file, '{"match_id":"ha');
      const summaries = new Summaries(folder);
      const last = { ...past[0], match_id: 'last' } as FinishedSummary;
      const place = await summaries.append(last);
      const id = matchId('last');
      expect((await summaries.texts([{ id, place }])).get(id)).toBe(JSON.stringify(last));
      const names: string[] = [];
      for await (const portion of summaries.read())
        names.push(...portion.map(({ summary }) => summary.match_id));
      expect(names).toEqual([...past.map(({ match_id: each }) => each), 'last']);
      await summaries.close();
    }),
  );
});
