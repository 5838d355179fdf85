import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { needing } from '../support/outside-programs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultsOf } from './axe.ts';
import { openBrowser, visit } from './browser.ts';
import { momentsAt } from './kit.ts';
import type { Revealed } from './kit.ts';
import { Table, openHouse } from './table.ts';
import type { House } from './table.ts';
import { someOf } from '../support/sizes.ts';

const shots = process.env['WEB_SHOTS'] ?? (await mkdtemp(join(tmpdir(), 'fraudarena-shots-')));

const inBrowser = needing('chromium');

let browser: Browser;
let house: House;
let address = '';
let record: Revealed;
beforeAll(async () => {
  [browser, house] = await Promise.all([openBrowser(), openHouse()]);
  const table = await Table.open(house.url, { task_id: 'task_2', seed: 5 });
  await table.finish();
  table.leave();
  address = `${house.url}/match/${table.id}`;
  record = await momentsAt<Revealed>(house.url, table.id);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await house.close();
});

const opened = async (page: Page) => {
  await page.getByText('replay verified').waitFor();
  await page.locator('.chart-view .state.active').waitFor();
};

/** The counts that a reader sees, by transition. */
const countsOn = (page: Page) =>
  page.evaluate<Record<string, string>>(`Object.fromEntries(
    [...document.querySelectorAll('.chart-view .count')]
      .filter((slot) => slot.checkVisibility() && slot.textContent !== '')
      .map((slot) => [slot.closest('[data-edge]').dataset.edge, slot.textContent]))`);

/** As one counts by hand, those of the ways in left out: they are lines without text. */
function countsUntil(version: number): Record<string, string> {
  const counts = new Map<string, number>();
  for (const { edges } of record.moments.filter((moment) => moment.version <= version))
    for (const edge of edges.filter((each) => !each.includes('@initial')))
      counts.set(edge, (counts.get(edge) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([edge, count]) => [edge, `×${count}`]));
}

inBrowser.describe('the counts on the chart', () => {
  it('are shown when asked for by keyboard, follow the cursor, move nothing, and stay for the next visit', async () => {
    const { page, complaints } = await visit(browser, address);
    await opened(page);
    expect(await countsOn(page)).toEqual({});
    await page.evaluate(`window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { node } of list.getEntries().flatMap(({ sources }) => sources))
          window.shifts.push(node?.parentElement?.closest('.chart-view, .chart-tools, .timeline') == null ? 'below' : 'chart');
      }).observe({ type: 'layout-shift' })`);
    await page.getByLabel('Counts').focus();
    await page.keyboard.press('Space');
    const last = record.moments.at(-1)?.version ?? 0;
    await expect.poll(() => countsOn(page)).toEqual(countsUntil(last));
    expect(await page.evaluate('window.shifts')).toEqual([]);
    const middle = Math.floor(last / 2);
    await page.evaluate('document.activeElement.blur()');
    for (const key of [
      'Home',
      'ArrowRight',
      'ArrowRight',
      'v',
      'p',
      'p',
      'm',
      'ArrowLeft',
      'End',
      'ArrowLeft',
    ]) {
      await page.keyboard.press(key);
      const at = Number(((await page.locator('.here .count').textContent()) ?? '').split(' / ')[0]);
      const shown = record.moments.filter(({ event }) => event !== 'state.digested')[at - 1];
      await expect.poll(() => countsOn(page)).toEqual(countsUntil(shown?.version ?? 0));
    }
    // Other panels show other things at other moments.
    expect(await page.evaluate('window.shifts')).not.toContain('chart');
    await page.goto(`${address}?at=${middle}`);
    await opened(page);
    await expect.poll(() => countsOn(page)).toEqual(countsUntil(middle));
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Counts').uncheck();
    expect(await countsOn(page)).toEqual({});
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

interface Shown {
  readonly scale: number;
  readonly isActiveInSight: boolean;
  /** How far the picture reaches beyond its panel. */
  readonly beyond: readonly [number, number];
}

const shownOn = (page: Page) =>
  page.evaluate<Shown>(`(() => {
    const view = document.querySelector('.chart-view');
    const svg = view.querySelector('svg');
    const [outer, state] = [view, view.querySelector('.state.active')].map((each) => each.getBoundingClientRect());
    return {
      scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,
      isActiveInSight: state.left >= outer.left && state.right <= outer.right &&
        state.top >= outer.top && state.bottom <= outer.bottom,
      beyond: [view.scrollWidth - view.clientWidth, view.scrollHeight - view.clientHeight],
    };
  })()`);

inBrowser.describe.each(
  someOf(
    [
      [390, 844],
      [1440, 900],
      [1024, 768],
    ] as const,
    1,
  ),
)('the chart on a page of %i x %i', (width, height) => {
  it.each(someOf(['light', 'dark'] as const, 1))(
    'is read, or seen whole, in %s colours',
    async (colorScheme) => {
      const { page } = await visit(browser, address, {
        colorScheme,
        viewport: { width, height },
        reducedMotion: 'reduce',
      });
      await opened(page);
      await page.keyboard.press('Home');
      for (let phase = 0; phase < 9; phase += 1) {
        await page.keyboard.press('p');
        await expect.poll(async () => (await shownOn(page)).isActiveInSight).toBe(true);
        expect(12.5 * (await shownOn(page)).scale).toBeGreaterThan(9.7);
      }
      await page.getByLabel('Counts').check();
      expect(await faultsOf(page)).toEqual([]);
      await page.screenshot({ path: join(shots, `chart-${width}-${colorScheme}.png`) });

      const heightOf = () => page.evaluate('document.querySelector(".chart-panel").offsetHeight');
      const before = await heightOf();
      await page.getByRole('button', { name: 'Whole', exact: true }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(async () => (await shownOn(page)).beyond).toEqual([0, 0]);
      expect((await shownOn(page)).isActiveInSight).toBe(true);
      expect(await heightOf()).toBe(before);
      expect(await faultsOf(page)).toEqual([]);
      await page.screenshot({ path: join(shots, `chart-whole-${width}-${colorScheme}.png`) });
      await page.reload();
      await opened(page);
      await expect.poll(async () => (await shownOn(page)).beyond).toEqual([0, 0]);
      await page.context().close();
    },
  );

  it('has all machines of the rules in letters that are read, and needs no scrolling sideways where it is wide', async () => {
    const { page } = await visit(browser, `${house.url}/rules`, { viewport: { width, height } });
    for (const machine of ['match', 'review', 'seat', 'node'])
      await page.locator(`.chart-view svg[data-machine=${machine}]`).waitFor();
    const charts = await page.evaluate<{ scale: number; beyond: number }[]>(`
      [...document.querySelectorAll('.chart-view')].map((view) => {
        const svg = view.querySelector('svg');
        return {
          scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,
          beyond: view.scrollWidth - view.clientWidth,
        };
      })`);
    for (const { scale, beyond } of charts) {
      expect(12.5 * scale).toBeGreaterThan(9.7);
      if (width >= 1024) expect(beyond).toBe(0);
    }
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });
});

inBrowser.it('the chart of a page that grows narrow is drawn anew to fit', async () => {
  const { page } = await visit(browser, `${house.url}/rules`, { viewport: { width: 1600, height: 900 } });
  const direction = () => page.locator('svg[data-machine=node]').getAttribute('data-direction');
  await expect.poll(direction).toBe('right');
  await page.setViewportSize({ width: 1200, height: 900 });
  await expect.poll(direction).toBe('down');
  await page.context().close();
});
