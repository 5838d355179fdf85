import { describe, expect, it } from 'vitest';
import { standard } from '../../src/game/ruleset.ts';
import { taskIds } from '../../src/game/task.ts';
import type { InvestigatorObservation } from '../../src/game/view/view.ts';
import { constantInvestigator, randomInvestigator } from '../../src/players/controls.ts';
import { markerInvestigator } from '../../src/players/marker-investigator.ts';
import type { WireAction } from '../../src/players/player.ts';
import { FindingsReader, readFindings } from '../../src/players/reading.ts';
import { scriptedInvestigator } from '../../src/players/scripted-investigator.ts';
import { parseAction } from '../../src/protocol/action.ts';
import { ofType } from '../match/kit.ts';
import { actionOf, firstView, watched } from './kit.ts';

const base = await firstView('investigator');
const seen = (changes: Partial<InvestigatorObservation> = {}): InvestigatorObservation => ({
  ...base,
  ...changes,
});
const steps = (steps_remaining: number) => ({ queue_status: { ...base.queue_status, steps_remaining } });
const block = (adId: string, target: string, ...lines: string[]) =>
  [`[${adId} ${target}]`, ...lines].join('\n');
const typeOf = (action: WireAction | null) => action?.['action_type'];

describe('the marker investigator', () => {
  const empty = { investigation_findings: '', current_ad_info: 'Category: travel' };

  it('looks at the landing page of the first ad, then decides the same ad, then goes on', async () => {
    const player = markerInvestigator();
    const view = seen({ ...empty, available_ads: ['a', 'b'] });
    const told: unknown[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { action_type, ad_id, investigation_target } = await actionOf(player, view);
      told.push([action_type, ad_id, investigation_target]);
    }
    expect(told).toEqual([
      ['investigate', 'a', 'landing_page'],
      ['verdict', 'a', undefined],
      ['investigate', 'b', 'landing_page'],
      ['verdict', 'b', undefined],
      ['verdict', '__noop__', undefined],
    ]);
  });

  it('has nothing to decide: it escalates an ad that does not exist', async () => {
    expect(await actionOf(markerInvestigator(), seen({ ...empty, available_ads: [] }))).toEqual({
      action_type: 'verdict',
      ad_id: '__noop__',
      verdict: 'escalate',
      confidence: 0.3,
    });
  });

  it.each([
    ['a phrase of fraud in a finding', 'It is GUARANTEED.', 'Category: travel', 'reject', 0.85],
    ['a phrase of fraud in the focus', '', 'Category: travel\nCopy: "A miracle."', 'reject', 0.85],
    ['a fake category', '', 'Category: fake_crypto', 'reject', 0.85],
    ['a grey category', '', 'Category: gray_area_supplements', 'reject', 0.85],
    ['a phrase of honesty', 'We are insured.', 'Category: travel', 'approve', 0.8],
    ['both', 'Insured. Risk-free.', 'Category: travel', 'escalate', 0.5],
    ['neither', 'A page.', 'Category: travel', 'escalate', 0.5],
  ])('decides by %s', async (_, investigation_findings, current_ad_info, verdict, confidence) => {
    const player = markerInvestigator();
    const view = seen({ available_ads: ['a'], investigation_findings, current_ad_info });
    await player.act(view);
    const action = await actionOf(player, view);
    expect(action).toMatchObject({ action_type: 'verdict', ad_id: 'a', verdict, confidence });
    expect(action['rationale']).toContain(`${verdict} a with confidence ${confidence}`);
    expect(String(action['rationale']).includes('Policy')).toBe(verdict === 'reject');
  });

  it('lets the findings of one ad colour its verdict on another, as the original did', async () => {
    const player = markerInvestigator();
    const view = seen({
      available_ads: ['b'],
      current_ad_info: 'Category: travel',
      investigation_findings: block('a', 'landing_page', 'Copy: one weird trick'),
    });
    await player.act(view);
    expect(await actionOf(player, view)).toMatchObject({ ad_id: 'b', verdict: 'reject' });
  });

  it.each(['standard', 'classic'])('never links, and looks at landing pages only (%s)', async (ruleset) => {
    const { steps: all } = await watched(ruleset, { task: 'task_3', names: { investigator: 'marker' } });
    const actions = all.investigator.map(({ action }) => action);
    expect(new Set(actions.map(typeOf))).toEqual(new Set(['investigate', 'verdict']));
    const targets = actions
      .filter((action) => typeOf(action) === 'investigate')
      .map((action) => action?.['investigation_target']);
    expect(new Set(targets)).toEqual(new Set(['landing_page']));
    for (const [index, action] of actions.entries())
      if (typeOf(action) === 'investigate' && index + 1 < actions.length)
        expect(actions[index + 1]).toMatchObject({ action_type: 'verdict', ad_id: action?.['ad_id'] });
  });
});

describe('the scripted investigator', () => {
  const cases = ['standard', 'classic'].flatMap((ruleset) => taskIds.map((task) => [ruleset, task] as const));

  it.each(cases)(
    'plays without a fault: nothing refused, nothing penalised but burnt actions (%s, %s)',
    async (ruleset, task) => {
      const { commits } = await watched(ruleset, { task });
      expect(ofType(commits, 'action.refused')).toEqual([]);
      const codes = ofType(commits, 'action.penalised')
        .filter(({ data }) => data.by === 'investigator')
        .map(({ data }) => data.code);
      expect(codes.filter((code) => code !== 'unknown_ad' || ruleset === 'standard')).toEqual([]);
    },
  );

  it.each(cases)(
    'pulls before it decides, three targets of an ad at most, and says how sure it is (%s, %s)',
    async (ruleset, task) => {
      const { steps: all } = await watched(ruleset, { task });
      const pulls = new Map<unknown, Set<unknown>>();
      for (const { seen: view, action } of all.investigator.filter(
        (step) => typeOf(step.action) === 'investigate',
      )) {
        const { ad_id: adId, investigation_target: target } = action ?? {};
        const own = pulls.get(adId) ?? new Set();
        expect(view.available_ads).toContain(adId);
        expect(own).not.toContain(target);
        pulls.set(adId, own.add(target));
        expect(own.size).toBeLessThanOrEqual(3);
      }
      const verdicts = all.investigator.filter(
        ({ action }) => typeOf(action) === 'verdict' && action?.['ad_id'] !== '__noop__',
      );
      expect(verdicts.length).toBeGreaterThan(0);
      for (const { seen: view, action } of verdicts) {
        const { ad_id: adId, confidence, rationale } = action ?? {};
        expect(view.available_ads).toContain(adId);
        expect(view.investigation_findings).toContain(`[${String(adId)} `);
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
        // It cites what was found, word for word.
        const cited = /^Verdict (?:approve|reject|escalate): \w+ shows (.*?)(?:; |\.$)/s.exec(
          String(rationale),
        )?.[1];
        expect(view.investigation_findings).toContain(cited);
      }
    },
  );

  it('links two ads that show the same id, once', async () => {
    const player = scriptedInvestigator();
    const view = seen({
      available_ads: ['a', 'b', 'c'],
      investigation_findings: [
        block('a', 'payment_method', 'Method: card', 'Payment id: pmt_1'),
        block('b', 'payment_method', 'Method: card', 'Payment id: pmt_2'),
        block('c', 'payment_method', 'Method: card', 'Payment id: pmt_1'),
      ].join('\n\n'),
    });
    expect(await actionOf(player, view)).toEqual({
      action_type: 'link_accounts',
      ad_id: 'a',
      linked_ad_id: 'c',
      link_reason: 'Both show pmt_1.',
    });
    expect(typeOf(await actionOf(player, view))).not.toBe('link_accounts');
  });

  it('finds rings by their shared ids, and never links at random', async () => {
    const links = await Promise.all(
      [1, 2, 3, 4].map(async (seed) =>
        ofType((await watched('standard', { seed, task: 'task_3' })).commits, 'accounts.linked'),
      ),
    );
    const all = links.flat();
    expect(all.length).toBeGreaterThan(0);
    expect(all.every(({ data }) => data.correct)).toBe(true);
  });

  it('ends its turn where nothing is pending; in classic it burns an action', async () => {
    const nothing = { available_ads: [], investigation_findings: '' };
    expect(await actionOf(scriptedInvestigator(), seen(nothing))).toEqual({ action_type: 'end_turn' });
    const classic = seen({ ...nothing, ruleset: 'classic' });
    expect(await actionOf(scriptedInvestigator(), classic)).toMatchObject({ ad_id: '__noop__' });
  });

  it.each(['', 'x'])('cites texts of any length without cutting a sign in two (%j)', async (shift) => {
    const line = `Registrar: ${shift}${'😀'.repeat(900)}`;
    const view = seen({
      available_ads: ['a'],
      queue_may_grow: false,
      ...steps(1),
      investigation_findings: block('a', 'landing_page', 'Domain: a.example', line, line, line),
    });
    const action = await actionOf(scriptedInvestigator(), view);
    expect(typeOf(action)).toBe('verdict');
    expect(Array.from(String(action['rationale']))).toHaveLength(2000);
    expect(parseAction('investigator', action, standard)).toMatchObject({ ok: true });
  });
});

describe('findings as they are read back', () => {
  it('have ad, target, fields and ids; lines of an unknown label say nothing', async () => {
    const { steps: all } = await watched('standard', { task: 'task_2' });
    const text = all.investigator.at(-1)?.seen.investigation_findings ?? '';
    const findings = readFindings(text);
    expect(findings.length).toBeGreaterThan(5);
    for (const { target, reading, ids } of findings) {
      const idTargets = [
        'payment_method',
        'targeting_overlap',
        'campaign_structure',
        'landing_page',
        'advertiser_history',
      ];
      expect(Object.keys(reading).length).toBeGreaterThan(0);
      expect(ids).toHaveLength(idTargets.includes(target) ? 1 : 0);
    }
    expect(readFindings(block('a', 'landing_page', 'Weather: fine', 'no colon'))).toEqual([
      { adId: 'a', target: 'landing_page', lines: ['Weather: fine', 'no colon'], reading: {}, ids: [] },
    ]);
    expect(readFindings('')).toEqual([]);
  });

  it('read piece by piece as they come are those read at once, when old ones go stale as well', async () => {
    const { steps: all } = await watched('standard', { task: 'task_3' });
    const reader = new FindingsReader();
    const texts = all.investigator.map(({ seen }) => seen.investigation_findings);
    const stale = (texts.at(-1) ?? '').replace(']', ', STALE: the ad has changed since]');
    for (const text of [...texts, stale, ...texts.slice(0, 3), ''])
      expect(reader.read(text)).toEqual(readFindings(text));
    expect(readFindings(texts.at(-1) ?? '').length).toBeGreaterThan(5);
  });

  it('may be stale', () => {
    const [finding] = readFindings('[a landing_page, STALE: the ad has changed since]\nRedirects: 2');
    expect(finding).toMatchObject({ adId: 'a', target: 'landing_page', reading: { redirects: 2 } });
  });
});

describe('the controls', () => {
  it.each(['approve', 'reject', 'escalate'] as const)('%s every ad, in order', async (verdict) => {
    const player = constantInvestigator(verdict);
    expect(await actionOf(player, seen({ available_ads: ['a', 'b'] }))).toMatchObject({
      ad_id: 'a',
      verdict,
    });
    expect(await actionOf(player, seen({ available_ads: [] }))).toEqual({ action_type: 'end_turn' });
    expect(await actionOf(player, seen({ available_ads: [], ruleset: 'classic' }))).toMatchObject({
      ad_id: '__noop__',
    });
  });

  it('draw from all three types', async () => {
    const player = randomInvestigator(1);
    const types = new Set<unknown>();
    for (let count = 0; count < 100; count += 1) {
      const action = await actionOf(player, seen());
      types.add(action['action_type']);
      expect(parseAction('investigator', action, standard).ok).toBe(true);
    }
    expect(types).toEqual(new Set(['investigate', 'verdict', 'link_accounts']));
  });
});
