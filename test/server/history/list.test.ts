import { appendFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Documents } from '../../../src/log/disk/documents.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { SummaryFile } from '../../../src/history/summary-file.ts';
import type { FinishedSummary } from '../../../src/history/summary.ts';
import { FinishedMatches } from '../../../src/history/finished-matches.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { inFolder } from '../../log/temp-folder.ts';
import { writePast } from './past-matches.ts';

const count = 50;

/** A list of so many matches, read from its folder, and what it should say. */
const listed = (isListed: boolean, body: (world: World) => Promise<void>) =>
  inFolder(async (data) => {
    const past = writePast(data, { count, seed: 3, isListed });
    const folder = archiveFolder(data);
    const finishedMatches = new FinishedMatches(folder, new Documents(folder));
    expect(await finishedMatches.load()).toEqual({ damaged: [], fault: null });
    await body({ folder, file: join(folder, 'summaries.ndjson'), past, finishedMatches });
  });

interface World {
  readonly folder: string;
  readonly file: string;
  readonly past: readonly FinishedSummary[];
  readonly finishedMatches: FinishedMatches;
}

async function expectAll({ finishedMatches: history, past }: World): Promise<void> {
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
    listed(true, async ({ folder, file, past }) => {
      await appendFile(file, '{"match_id":"ha');
      const summaries = new SummaryFile(folder);
      const added = ['one', 'other'].map((name) => ({ ...past[0], match_id: name }) as FinishedSummary);
      const places = await summaries.append(added);
      const wanted = added.map(({ match_id: name }, index) => ({
        id: matchId(name),
        place: present(places[index], 'A place'),
      }));
      expect([...(await summaries.texts(wanted)).values()]).toEqual(
        added.map((each) => JSON.stringify(each)),
      );
      expect([...(await summaries.read()).keys()]).toEqual([
        ...past.map(({ match_id: id }) => id),
        'one',
        'other',
      ]);
    }),
  );

  it(
    'takes what comes while it is written, each where it is told',
    inFolder(async (folder) => {
      const summaries = new SummaryFile(folder);
      const names = Array.from({ length: 40 }, (_, index) => `match-${index}`);
      const places = await Promise.all(
        names.map(async (name, index) => {
          // Some come at once, some while others are on their way.
          for (let turn = 0; turn < index % 7; turn += 1)
            await new Promise((resolve) => setImmediate(resolve));
          const [place] = await summaries.append([{ match_id: name, archived_at: index } as FinishedSummary]);
          return { id: matchId(name), place: present(place, 'A place') };
        }),
      );
      const texts = await summaries.texts(places);
      expect(names.filter((name) => !texts.has(matchId(name)))).toEqual([]);
      expect((await summaries.read()).size).toBe(names.length);
    }),
  );

  it(
    'takes the last line of a match that stands in it twice',
    listed(true, async ({ folder, file, past, finishedMatches }) => {
      const changed = { ...past[3], end_reason: 'timeout', round_number: 9 };
      await appendFile(file, `${JSON.stringify(changed)}\n`);
      const again = new FinishedMatches(folder, new Documents(folder));
      expect(await again.load()).toEqual({ damaged: [], fault: null });
      expect(again.size).toBe(count);
      const id = matchId(present(past[3], 'A match').match_id);
      expect(await again.summary(id)).toBe(JSON.stringify(changed));
      expect(await finishedMatches.summary(id)).toBe(JSON.stringify(past[3]));
    }),
  );

  it(
    'is read from the archives where its file can be neither read nor written, which is told',
    listed(true, async (world) => {
      const { folder, file } = world;
      await rm(file);
      await mkdir(file);
      const finishedMatches = new FinishedMatches(folder, new Documents(folder));
      const { damaged, fault } = await finishedMatches.load();
      expect(damaged).toEqual([]);
      expect(fault).toMatchObject({ code: 'EISDIR' });
      await expectAll({ ...world, finishedMatches });
    }),
  );
});
