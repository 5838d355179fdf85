import type { Browser } from 'playwright-core';
import { needing } from '../support/outside-programs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSocket } from '../../src/client/node.ts';
import { RoleClient } from '../../src/client/role-client.ts';
import { roles } from '../../src/game/command.ts';
import type { Created } from '../../src/game/event.ts';
import { drawsFor } from '../../src/game/random.ts';
import { rulesetOf } from '../../src/game/ruleset.ts';
import { present } from '../../src/shared/invariant.ts';
import { canariesIn, number, sing } from '../game/view/canaries.ts';
import { canaryMatch } from '../server/secrets/canary-match.ts';
import { World } from '../server/secrets/world.ts';
import { listenTo, openBrowser, visit } from './browser.ts';

/** What anybody may read of a running match: the words of announced ads, and who plays. */
const open = new Set(['adCopy', 'category', 'players.fraudster', 'players.auditor']);

const inBrowser = needing('chromium');

let browser: Browser;
let world: World;
beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), World.open()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.close();
});

const categoryFor = ({ ruleset, taskId }: Created): string =>
  present(rulesetOf(ruleset)?.queue.categories[taskId][0], 'A category');

async function seat(id: string) {
  const url = `http://127.0.0.1:${world.port}`;
  const [fraudster, investigator, auditor] = await Promise.all(
    roles.map(async (role) => {
      const client = await RoleClient.connect(url, role, { open: openSocket });
      await client.join(id);
      return client;
    }),
  );
  return {
    fraudster: present(fraudster, 'The fraudster'),
    investigator: present(investigator, 'The investigator'),
    auditor: present(auditor, 'The auditor'),
  };
}

inBrowser.describe.each(['standard', 'classic'] as const)(
  'the page of a running %s match in which every hidden field is marked',
  (ruleset) => {
    it('gets nothing that a spectator may not know, and still shows the match', async () => {
      const id = `watched-${ruleset}`;
      const { created, source } = canaryMatch(id, ruleset, drawsFor(1, 'pages', ruleset), {
        stepRewards: 'shown',
        verdictsToFraudster: 'full',
        spectators: 'public',
        spectatorDelay: 0,
        revealAtEnd: true,
        openState: false,
        auth: 'open',
      });
      await world.host(id, created, source);
      const { fraudster, investigator, auditor } = await seat(id);
      const { page } = await visit(browser, 'about:blank');
      const heard = await listenTo(page);
      await page.goto(`http://127.0.0.1:${world.port}/match/${id}`);
      await page.locator('.standing.live').waitFor();
      const category = categoryFor(created);
      const propose = (slot: string) =>
        fraudster.step({
          action_type: 'propose_ad',
          category,
          ad_copy: sing('adCopy', slot),
          landing_page_blurb: sing('pageSummary', slot),
          targeting_summary: sing('targetingSummary', slot),
          rationale: sing('fraudster.rationale', slot),
        });
      await propose('ad_g1');
      await fraudster.step({ action_type: 'end_turn', rationale: sing('fraudster.rationale', 'none') });
      // Out of turn: what was tried is nobody's to know either.
      await fraudster
        .step({ action_type: 'end_turn', rationale: sing('fraudster.rationale', 'late') })
        .catch(() => null);
      for (const ad_id of ['ad_a1', 'ad_b1']) {
        await investigator.step({
          action_type: 'investigate',
          ad_id,
          investigation_target: 'landing_page',
          rationale: sing('investigator.rationale', ad_id),
        });
        await investigator.step({
          action_type: 'verdict',
          ad_id,
          verdict: 'reject',
          confidence: number('investigator.confidence', ad_id, true),
          rationale: sing('investigator.rationale', ad_id),
        });
      }
      await page.locator('.ad-row', { hasText: 'ad_b1' }).locator('.status.reject').waitFor();
      // A look back, and the list, ask for nothing more.
      await page.keyboard.press('Home');
      await page.keyboard.press('End');
      await page.getByRole('link', { name: 'Matches' }).click();
      await page.locator('a.list-row', { hasText: id }).waitFor();

      const text = heard.join('\n');
      const found = canariesIn(text);
      expect(found.filter(({ kind }) => !open.has(kind))).toEqual([]);
      expect(found.filter(({ kind }) => kind === 'adCopy').length).toBeGreaterThan(5);
      expect(text).toContain('"verdict":"reject"');
      const hidden = [
        'ground_truth',
        'severity',
        'is_proposal',
        'correct',
        'rationale',
        'seed":',
        'token',
        'attempt',
      ];
      const isOfMatch = (each: string) => each.includes('event: ') || /^\{(?!"format")/.test(each);
      const data = heard.filter(isOfMatch).join('\n');
      expect(data).toContain('event: event');
      expect(hidden.filter((name) => data.replaceAll('"seed":null', '').includes(name))).toEqual([]);
      for (const client of [fraudster, investigator, auditor]) client.close();
      await page.context().close();
    });
  },
);

inBrowser.describe('the words of players', () => {
  it('stand in the page as text, whatever they are', async () => {
    const url = `http://127.0.0.1:${world.port}`;
    const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>&lt;b&gt;';
    const fraudster = await RoleClient.connect(url, 'fraudster', { open: openSocket });
    const { created, source } = canaryMatch('hostile', 'classic', drawsFor(1, 'hostile'), {
      stepRewards: 'shown',
      verdictsToFraudster: 'none',
      spectators: 'public',
      auth: 'open',
    });
    await world.host('hostile', { ...created, seed: created.seed + 1 }, source);
    await fraudster.join('hostile');
    await fraudster.step({ action_type: 'propose_ad', category: categoryFor(created), ad_copy: attack });

    const { page, complaints } = await visit(browser, `${url}/match/hostile`);
    await page.locator('.ad-row', { hasText: attack }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toContain('hostile');
    expect(complaints).toEqual([]);
    fraudster.close();
    await page.context().close();
  });
});
