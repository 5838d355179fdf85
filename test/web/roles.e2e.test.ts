import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { needing } from '../support/outside-programs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { Planted, marksIn, sourceOf } from '../server/api/planted.ts';
import { Site } from '../server/api/site.ts';
import { tokenFor } from '../server/secrets/canary-match.ts';
import { faultsOf } from './axe.ts';
import { listenTo, openBrowser, places, visit } from './browser.ts';
import { openRelay } from './relay.ts';
import { Table, openHouse } from './table.ts';
import type { House } from './table.ts';
import { someOf } from '../support/sizes.ts';

const shots = process.env['WEB_SHOTS'] ?? (await mkdtemp(join(tmpdir(), 'fraudarena-shots-')));
const shot = (page: Page, name: string) =>
  page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });

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

const choose = (page: Page, viewer: string) => page.getByLabel('View as').selectOption(viewer);
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

async function show(page: Page, token: string): Promise<void> {
  await page.getByLabel('Seat token').fill(token);
  await page.getByRole('button', { name: 'Look' }).click();
}

async function framesOf({ url }: Pick<House, 'url'>, id: string, role: Role, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/v1/matches/${id}/moments?as=${role}`, { headers });
  return ((await answer.json()) as { readonly frames: readonly object[] }).frames.length;
}

const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['phone', phone],
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
];

inBrowser.describe('a match looked at as a role', () => {
  it('is shown for the seat’s token, followed live, and kept out of the address', async () => {
    const relay = await openRelay(house.port);
    const table = await Table.open(house.url, { task_id: 'task_2', policies: { step_rewards: 'shown' } });
    const { id, tokens } = table;
    await table.until('investigator_turn');
    const { page, asked, complaints } = await visit(browser, `${relay.url}/match/${id}`);
    await page.locator('.standing.live').waitFor();
    const heard = await listenTo(page);
    await choose(page, 'investigator');
    await page.waitForURL(`${relay.url}/match/${id}?as=investigator`);
    await page.getByText('What the investigator knows').waitFor();
    await show(page, tokens.auditor);
    await page.getByRole('alert').getByText('This is not the token of the investigator').waitFor();
    expect(await page.locator('.chart-panel, .ad-row').count()).toBe(0);
    expect(heard.filter((text) => text.includes('"frames"') || text.includes('event: '))).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await shot(page, 'role-refused');
    await show(page, tokens.investigator);
    await page.locator('.standing.live').waitFor();

    const shows = () => expect.poll(async () => (await places(page)).of, { timeout: 15_000 });
    const told = () => framesOf(house, id, 'investigator', tokens.investigator);
    await table.acts(2);
    await shows().toBe(await told());
    relay.cut();
    await page.locator('.standing.lost').waitFor();
    await table.until('fraudster_turn');
    await page.locator('.standing.live').waitFor();
    await shows().toBe(await told());
    // What only the investigator knows: the texts of findings, and what its steps have earned.
    await page.getByRole('button', { name: 'investigator', exact: true }).click();
    await page.locator('.log-row.is-finding .reward').first().waitFor();
    await page.locator('.log-row.is-finding').first().click();
    await page.locator('.finding p').first().waitFor();
    expect(await page.locator('.finding').first().textContent()).not.toContain('Spectators learn');
    await page.locator('.rewards .key.investigator').waitFor();
    expect(await page.locator('.rewards .key.fraudster, .truth:not(:empty)').count()).toBe(0);

    await page.keyboard.press('Escape');
    await page.reload();
    await page.locator('.standing').waitFor();
    await shows().toBe(await told());
    await table.finish();
    await page.getByText('over; as the investigator was told it').waitFor();
    expect(await page.getByText('replay verified').count()).toBe(0);
    await choose(page, 'everything');
    await page.getByText('replay verified').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await choose(page, 'spectator');
    await page.getByText('over; as the spectator was told it').waitFor();
    expect(await page.locator('.truth:not(:empty)').count()).toBe(0);
    expect(asked.filter((url) => Object.values(tokens).some((token) => url.includes(token)))).toEqual([]);
    expect(complaints.filter((text) => !/ERR_|status of 403/.test(text))).toEqual([]);
    table.leave();
    await page.context().close();
    await relay.close();
  });

  it('gives the auditor the review once its turn begins', async () => {
    const table = await Table.open(house.url, { task_id: 'task_2' });
    await table.until('investigator_turn');
    const { page } = await visit(browser, `${house.url}/match/${table.id}?as=auditor`);
    await show(page, table.tokens.auditor);
    await page.locator('.standing.live').waitFor();
    expect(await page.locator('.ad-row').count()).toBe(0);
    await table.until('audit_phase');
    await page.locator('.ad-row .truth', { hasText: 'fraud' }).first().waitFor();
    await page.locator('.ad-row .status.reject').first().click();
    await page.getByRole('heading', { name: 'Why this verdict' }).waitFor();
    await page.locator('.finding p').first().waitFor({ state: 'attached' });
    // It did not know before.
    await page.getByRole('button', { name: 'To the start (Home)' }).click();
    await page.locator('.ad-row').first().waitFor({ state: 'detached' });
    await table.finish();
    await page.getByText('over; as the auditor was told it').waitFor();
    table.leave();
    await page.context().close();
  });

  it('may be watched by its players where nobody else may', async () => {
    const table = await Table.open(house.url, { policies: { spectators: 'none' } });
    await table.until('investigator_turn');
    const { page } = await visit(browser, `${house.url}/match/${table.id}`);
    await page.getByText('This match is not to be watched while it runs.').waitFor();
    await choose(page, 'fraudster');
    await show(page, table.tokens.fraudster);
    await page.locator('.standing.live').waitFor();
    await page.locator('.ad-row .proposed').first().waitFor();
    table.leave();
    await page.context().close();
  });

  it.each(someOf(looks, 1))(
    'has no fault of accessibility, asked for a token and shown: %s',
    async (name, options) => {
      const table = await Table.open(house.url, { task_id: 'task_3', policies: { step_rewards: 'shown' } });
      await table.until('investigator_turn');
      await table.acts(9);
      const { page } = await visit(browser, `${house.url}/match/${table.id}?as=investigator`, options);
      const { fraudster, investigator } = table.tokens;
      await show(page, fraudster);
      await page.getByRole('alert').getByText('not the token').waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await shot(page, `role-asked-${name}`);
      await show(page, investigator);
      await page.locator('.chart-view .state.active').waitFor();
      await page.locator('.plot canvas').waitFor();
      expect(await faultsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await shot(page, `role-investigator-${name}`);
      await table.until('audit_phase');
      await choose(page, 'auditor');
      await show(page, table.tokens.auditor);
      await page.locator('.ad-row .truth', { hasText: 'fraud' }).first().waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await shot(page, `role-auditor-${name}`);
      table.leave();
      await page.context().close();
    },
  );
});

inBrowser.describe.each(someOf(['standard', 'classic'] as const, 1))(
  'the page of a %s match in which every hidden field is marked',
  (ruleset) => {
    it.each(roles)('gets as the %s nothing that this role may not know', async (role) => {
      const planted = new Planted({
        id: `seen-by-the-${role}`,
        ruleset,
        seed: 3,
        policies: { auth: 'invited', spectators: 'none', revealAtEnd: false },
      });
      const site = await Site.open('uws', { source: sourceOf([planted]) });
      const url = `http://127.0.0.1:${site.server.port}`;
      const { page } = await visit(browser, 'about:blank');
      try {
        await planted.store(site.server, site.clock.now());
        const lines = await planted.sit(site.server.port);
        const heard = await listenTo(page);
        await page.goto(`${url}/match/${planted.id}?as=${role}`);
        const token = tokenFor(planted.id, role);
        const marks = new Set<string>();
        const leaks: string[] = [];
        const search = () => {
          const text = heard.join('\n');
          for (const { kind } of marksIn(text)) marks.add(kind);
          leaks.push(...planted.leaksIn(text, role).map((what) => `in ${planted.phase}: ${what}`));
        };
        const wrong = roles.find((each) => each !== role) ?? role;
        await show(page, tokenFor(planted.id, wrong));
        await page.getByRole('alert').getByText('not the token').waitFor();
        search();
        expect([...marks]).toEqual([]);
        await show(page, token);
        await page.locator('.standing.live').waitFor();
        const caughtUp = async () => {
          const told = await framesOf({ url }, planted.id, role, token);
          await expect.poll(async () => (await places(page)).of, { timeout: 15_000 }).toBe(told);
          search();
        };
        for (let action = 0; action < 40 && !planted.isOver; action += 1) {
          await planted.act(lines);
          await caughtUp();
        }
        await planted.finish(lines);
        await page.locator('.standing', { hasText: 'over' }).waitFor();
        await caughtUp();
        expect([...new Set(leaks)]).toEqual([]);
        // Else a page that is told nothing would pass.
        expect(marks.size).toBeGreaterThan(role === 'auditor' ? 5 : 2);
        for (const line of lines.values()) await line.leave();
      } finally {
        await page.context().close();
        await site.close();
      }
    });
  },
);
