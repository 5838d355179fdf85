import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { needing } from '../support/outside-programs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultsOf } from './axe.ts';
import { openBrowser, places, visit } from './browser.ts';
import { openRelay } from './relay.ts';
import { Table, openHouse } from './table.ts';
import type { House } from './table.ts';
import { someOf } from '../support/sizes.ts';

/** Where the pictures go; a folder of the system's temporary ones where none is named. */
const shots = process.env['WEB_SHOTS'] ?? (await mkdtemp(join(tmpdir(), 'fraudarena-shots-')));

const inBrowser = needing('chromium');

let browser: Browser;
let house: House;
beforeAll(async () => {
  [browser, house] = await Promise.all([openBrowser(), openHouse()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await house.close();
});

const shot = (page: Page, name: string, fullPage = false) =>
  page.screenshot({ path: join(shots, `${name}.png`), fullPage });

const stands = (page: Page) => expect.poll(() => places(page), { timeout: 15_000 });
const activeState = (page: Page) => page.locator('.chart-view .state.active').getAttribute('data-state');

/** Begins to write down what moves by itself: parts of the page that a new event pushes about. */
const watchShifts = (page: Page) =>
  page.evaluate(`window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries())
        window.shifts.push([value, ...sources.map(({ node }) => node?.className ?? '')].join(' '));
    }).observe({ type: 'layout-shift' })`);
const shiftsOf = (page: Page) => page.evaluate<string[]>('window.shifts');

inBrowser.describe('the page of a running match', () => {
  it('follows it live, goes on after a cut without a gap, and shows its verified record at the end', async () => {
    const relay = await openRelay(house.port);
    const table = await Table.open(house.url, { task_id: 'task_2' });
    await table.until('investigator_turn');
    const { page, complaints, asked } = await visit(browser, `${relay.url}/match/${table.id}`);
    await page.locator('.standing.live').waitFor();
    await page.locator('.chart-view .state.active').waitFor();
    expect(await activeState(page)).toBe('investigator_turn');
    const before = await places(page);
    expect(before.at).toBe(before.of);

    await watchShifts(page);
    const late: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const { of } = await places(page);
      const acted = Date.now();
      await table.act();
      await expect
        .poll(async () => (await places(page)).of, { timeout: 15_000, interval: 5 })
        .toBeGreaterThan(of);
      late.push(Date.now() - acted);
    }
    console.log(
      `An action is on the page after ${late.sort((a, b) => a - b)[2]} ms (median, the action's own time included).`,
    );
    expect(await shiftsOf(page)).toEqual([]);
    await shot(page, 'live-light');
    expect(await faultsOf(page)).toEqual([]);

    relay.cut();
    await page.locator('.standing.lost').waitFor();
    await table.until('fraudster_turn');
    await page.locator('.standing.live').waitFor();
    await expect.poll(() => activeState(page), { timeout: 15_000 }).toBe(table.phase);
    const frames = (await (await fetch(`${house.url}/api/v1/matches/${table.id}/events`)).json()) as {
      count: number;
    };
    await stands(page).toEqual({ at: frames.count, of: frames.count });

    // A viewer who looks back stays there while the match goes on.
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    // What the fraudster does is told at the end of its turn.
    await table.until('investigator_turn');
    await expect.poll(async () => (await places(page)).of, { timeout: 15_000 }).toBeGreaterThan(frames.count);
    expect((await places(page)).at).toBe(frames.count - 2);
    await page.getByRole('button', { name: 'Follow live' }).click();

    await table.finish();
    await page.getByText('replay verified').waitFor();
    expect(await activeState(page)).toBe('done');
    expect(asked.filter((url) => !url.startsWith(relay.url))).toEqual([]);
    expect(complaints.filter((text) => !text.includes('ERR_'))).toEqual([]);
    table.leave();
    await page.context().close();
    await relay.close();
  });
});

inBrowser.describe('the page of a finished match', () => {
  let id = '';
  let address = '';
  beforeAll(async () => {
    const table = await Table.open(house.url, { task_id: 'task_3', seed: 11 });
    await table.trespass();
    await table.finish();
    table.leave();
    id = table.id;
    address = `${house.url}/match/${id}`;
  });

  it('is scrubbed by pointer and keys, and says where it stands in its address', async () => {
    const { page, complaints } = await visit(browser, address);
    await page.getByText('replay verified').waitFor();
    const { of } = await places(page);
    const slider = page.getByRole('slider', { name: 'Moment of the match' });
    const box = (await slider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.click(box.x + box.width / 2, box.y + 30);
    await stands(page).toEqual({ at: Math.floor(of / 2) + 1, of });
    const { at } = await places(page);
    await page.keyboard.press('ArrowRight');
    await stands(page).toEqual({ at: at + 1, of });
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await stands(page).toEqual({ at: at - 1, of });
    await page.waitForURL(/\?at=\d+$/);
    await page.keyboard.press('Home');
    await stands(page).toEqual({ at: 1, of });
    await page.keyboard.press('v');
    expect(await page.locator('.here .what').textContent()).toMatch(/^(approves|rejects|escalates) /);
    await page.keyboard.press('p');
    await page.keyboard.press('m');
    await expect.poll(() => page.locator('.log-row.now.mistake').count()).toBe(1);
    await page.keyboard.press('End');
    await stands(page).toEqual({ at: of, of });
    await page.waitForURL(address);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('plays on by itself and stops when asked', async () => {
    const { page } = await visit(browser, `${address}?at=3`);
    await page.getByText('replay verified').waitFor();
    const { at } = await places(page);
    await page.getByLabel('Speed').selectOption('16');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Play (space)' }).click();
    await expect.poll(async () => (await places(page)).at, { timeout: 15_000 }).toBeGreaterThan(at + 3);
    await page.getByRole('button', { name: 'Pause (space)' }).click();
    const stopped = await places(page);
    await page.getByRole('button', { name: 'One step on (→)' }).click();
    await stands(page).toEqual({ at: stopped.at + 1, of: stopped.of });
    await page.context().close();
  });

  it('opens at the moment that its address names, and shows the queue of that moment', async () => {
    const record = (await (await fetch(`${house.url}/api/v1/matches/${id}/moments`)).json()) as {
      moments: readonly { version: number; event: string; data: Record<string, string> }[];
    };
    const verdict = record.moments.find(({ event }) => event === 'verdict.given');
    const { page } = await visit(browser, `${address}?at=${(verdict?.version ?? 0) - 1}`);
    const row = page.locator('.ad-row', { hasText: verdict?.data['ad_id'] ?? 'no verdict' });
    await row.locator('.status.pending').waitFor();
    await page.keyboard.press('ArrowRight');
    await row.locator(`.status.${verdict?.data['verdict'] ?? ''}`).waitFor();
    expect(await activeState(page)).toBe('investigator_turn');
    await page.context().close();
  });

  it('shows a refused attempt as such', async () => {
    const { page } = await visit(browser, address);
    await page.getByRole('button', { name: 'auditor', exact: true }).click();
    await page.locator('.log-row.is-refusal.mistake').first().waitFor();
    await page.context().close();
  });

  it.each(someOf(['light', 'dark'] as const, 1))(
    'has no fault of accessibility in %s colours',
    async (colorScheme) => {
      const { page } = await visit(browser, `${address}?at=40`, { colorScheme });
      await page.locator(`.chart-view svg[data-theme=${colorScheme}] .state.active`).waitFor();
      await page.locator('.plot canvas').waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await shot(page, `match-${colorScheme}`, true);
      await page.context().close();
    },
  );

  it('fits a phone', async () => {
    const { page } = await visit(browser, `${address}?at=40`, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    await page.locator('.chart-view svg[data-direction=down] .state.active').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await faultsOf(page)).toEqual([]);
    await shot(page, 'match-phone', true);
    await page.context().close();
  });

  it('says so where there is none', async () => {
    const { page } = await visit(browser, `${house.url}/match/nobody-played-it`);
    await page.getByText('There is no such match.').waitFor();
    await page.context().close();
  });
});

inBrowser.describe('the list of matches', () => {
  it('has the running ones first, is kept current, and is chosen from', async () => {
    const table = await Table.open(
      house.url,
      { task_id: 'task_1', ruleset: 'classic' },
      { investigator: 'marker' },
    );
    const { page, complaints } = await visit(browser, house.url);
    const row = page.locator('a.list-row', { hasText: table.id });
    await row.getByText('Fraudster’s turn').waitFor();
    await table.until('investigator_turn');
    await row.getByText('Investigator’s turn').waitFor();
    await shot(page, 'list-light');
    expect(await faultsOf(page)).toEqual([]);
    await table.finish();
    await row.getByText('Done').waitFor();
    await page.getByLabel('Task').selectOption('task_3');
    await row.waitFor({ state: 'detached' });
    await page.getByLabel('Task').selectOption('');
    await page.getByLabel('Player').fill('marker');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('a.list-row').count()).toBe(1);
    expect(new URL(page.url()).search).toBe('?player=marker');
    await row.click();
    await page.getByText('replay verified').waitFor();
    await page.goBack();
    await row.waitFor();
    expect(complaints).toEqual([]);
    table.leave();
    await page.context().close();
  });

  it.each(someOf(['dark', 'light'] as const, 1))('fits a phone in %s colours', async (colorScheme) => {
    const { page } = await visit(browser, house.url, { colorScheme, viewport: { width: 390, height: 844 } });
    await page.locator('a.list-row').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await faultsOf(page)).toEqual([]);
    await shot(page, `list-phone-${colorScheme}`);
    await page.context().close();
  });
});

inBrowser.describe('the page of the rules', () => {
  it.each(someOf(['light', 'dark'] as const, 1))(
    'draws every machine and lists the rewards, in %s colours',
    async (colorScheme) => {
      const { page, complaints } = await visit(browser, `${house.url}/rules`, { colorScheme });
      await page.getByRole('rowheader', { name: 'link correct' }).waitFor();
      for (const machine of ['match', 'review', 'seat', 'node'])
        await page.locator(`svg[data-machine=${machine}][data-theme=${colorScheme}]`).waitFor();
      expect(await page.getByRole('row', { name: 'link correct +0.40 +0.40' }).count()).toBe(1);
      expect(await faultsOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await shot(page, `rules-${colorScheme}`, true);
      await page.context().close();
    },
  );
});
