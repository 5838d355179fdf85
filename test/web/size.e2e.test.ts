import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { needing } from '../support/outside-programs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, visit } from './browser.ts';
import { Table, openHouse } from './table.ts';
import { isAll } from '../support/sizes.ts';

const matches = 2_000;
/** More than fit on a screen, with the spare ones above and below. */
const rowsMax = 60;

const inBrowser = needing('chromium');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterAll(() => browser.close());

/** Does something at every frame, and gives the times between frames in milliseconds, shortest first. */
async function framesOf(page: Page, count: number, each: string): Promise<readonly number[]> {
  const times = await page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    let [index, last] = [0, performance.now()];
    const frame = (now) => {
      if (index > 0) times.push(now - last);
      last = now;
      if (index++ === ${count}) return resolve(times);
      (${each})(index);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
  return times.sort((a, b) => a - b);
}

const tell = (what: string, times: readonly number[]) => {
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
  console.log(`${what}: ${at(0.5)} ms a frame (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest)`);
};

/** A folder of finished matches that were never played: the history reads summaries, and archives by name only. */
async function manyMatches(): Promise<string> {
  const house = await openHouse();
  const table = await Table.open(house.url, { task_id: 'task_1' });
  await table.finish();
  table.leave();
  const listed = async () =>
    (await (await fetch(`${house.url}/api/v1/matches`)).json()) as { history: object[] };
  await expect.poll(async () => (await listed()).history.length).toBe(1);
  await house.stop();
  const summaries = join(house.folder, 'archive', 'summaries.ndjson');
  const [line = '{}'] = (await readFile(summaries, 'utf8')).split('\n');
  const one = JSON.parse(line) as { archived_at: number };
  const rows = Array.from({ length: matches - 1 }, (_, index) => ({
    ...one,
    match_id: `stored-${String(index).padStart(4, '0')}`,
    archived_at: one.archived_at - index - 1,
  }));
  for (const { match_id } of rows) await writeFile(join(house.folder, 'archive', `${match_id}.json`), '{}');
  await writeFile(summaries, [one, ...rows].map((row) => `${JSON.stringify(row)}\n`).join(''));
  return house.folder;
}

if (isAll)
  inBrowser.describe('2,000 matches', () => {
    it('are all in the list, of which only what is in sight stands in the page', async () => {
      const house = await openHouse({ folder: await manyMatches() });
      const { page } = await visit(browser, house.url);
      await page.locator('a.list-row').first().waitFor();
      await expect.poll(() => page.locator('.totals').textContent()).toContain('2000 finished');
      const last = page.locator('a.list-row', { hasText: 'stored-1998' });
      await expect
        .poll(
          async () => {
            await page.evaluate(`document.querySelector('.rows').scrollTo(0, 1e6)`);
            expect(await page.locator('a.list-row').count()).toBeLessThan(rowsMax);
            return last.count();
          },
          { timeout: 60_000, interval: 50 },
        )
        .toBe(1);
      expect(await last.locator('..').getAttribute('aria-posinset')).toBe(String(matches));
      const step = `(index) => document.querySelector('.rows').scrollTo(0, index * 311)`;
      tell(`scrolling through ${matches} matches`, await framesOf(page, 200, step));
      expect(await page.locator('a.list-row').count()).toBeLessThan(rowsMax);
      await page.context().close();
      await house.close();
    });
  });

inBrowser.describe('a match of 500 events', () => {
  it('is scrubbed through, each moment shown', async () => {
    const house = await openHouse();
    const table = await Table.open(house.url, { task_id: 'task_3' });
    // Refused attempts are events too.
    for (let index = 0; index < 220; index += 1) await table.trespass();
    await table.until('investigator_turn');
    for (let index = 0; index < 220; index += 1) await table.trespass();
    await table.finish();
    table.leave();
    const started = performance.now();
    const { page } = await visit(browser, `${house.url}/match/${table.id}`);
    await page.getByText('replay verified').waitFor();
    console.log(`The page is there ${Math.round(performance.now() - started)} ms after it was asked for.`);
    await page.locator('.chart-view .state.active').waitFor();
    const [paint] = await page.evaluate<number[]>(
      `performance.getEntriesByName('first-contentful-paint').map(({ startTime }) => startTime)`,
    );
    console.log(`First paint after ${Math.round(paint ?? 0)} ms.`);
    const count = (await page.locator('.here .count').textContent()) ?? '';
    console.log(`${count} moments`);
    await page.keyboard.press('Home');
    const key = `() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))`;
    tell('scrubbing', await framesOf(page, 300, key));
    expect(await page.locator('.here .count').textContent()).toMatch(/^301 /);
    await page.getByLabel('Counts').check();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Home');
    tell('scrubbing with counts', await framesOf(page, 300, key));
    expect(await page.locator('.here .count').textContent()).toMatch(/^301 /);
    await page.context().close();
    await house.close();
  });
});
