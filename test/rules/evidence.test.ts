import { describe, expect, it } from 'vitest';
import { targets } from '../../src/game/ad.ts';
import type { Command } from '../../src/game/command.ts';
import { findAd } from '../../src/game/state.ts';
import { viewFor } from '../../src/game/view/view.ts';
import { opened, play, rewardOf, when } from '../../src/testing/decider.ts';
import type { Scene } from '../../src/testing/decider.ts';
import { endTurn, exampleOpening, judge, miss, modify, propose, pull } from '../../src/testing/examples.ts';

const other = { newAdCopy: 'Other words altogether, and other goods.' };
const turn = endTurn('fraudster');
const miniature = { maxRounds: 3, maxInvestigatorActionsPerTurn: 3, actionBudget: 9 };
const start = (ruleset: string) => opened(exampleOpening({ ruleset, knobs: miniature }));
const pulls = ['landing_page', 'policy_classifier', 'payment_method'] as const;

/** A proposal with three targets pulled; the fraudster is on turn again. */
const pulledOnce: readonly Command[] = [propose(), turn, ...pulls.map((target) => pull('ad_005', target))];

const findingsOf = (scene: Scene) => viewFor('investigator', scene, 0).investigation_findings;
const versionOf = (scene: Scene, target: (typeof targets)[number]) =>
  /version (\d)/.exec(findAd(scene.state, 'ad_005')?.ad.findings[target] ?? '')?.[1];

describe('a modification', () => {
  it('re-derives every finding that depends on the text in standard', () => {
    const scene = play(start('standard'), propose(), modify(0, other));
    expect(targets.map((target) => versionOf(scene, target))).toEqual(['1', '2', '1', '2', '1', '2']);
  });

  it('re-derives the landing page only in classic', () => {
    const scene = play(start('classic'), propose(), modify(0, other));
    expect(targets.map((target) => versionOf(scene, target))).toEqual(['1', '2', '1', '1', '1', '1']);
  });

  it('keeps every version of the texts', () => {
    const scene = play(
      start('standard'),
      propose('First words.'),
      modify(0, { newAdCopy: 'Second words.' }),
      modify(0, { newLandingPageBlurb: 'Third page.' }),
    );
    const { versions, ad } = findAd(scene.state, 'ad_005') ?? {};
    const page = 'A small shop for kitchen goods named after ad_005.';
    expect(versions).toEqual([
      { adCopy: 'First words.', pageSummary: page },
      { adCopy: 'Second words.', pageSummary: page },
      { adCopy: 'Second words.', pageSummary: 'Third page.' },
    ]);
    expect(ad).toMatchObject(versions?.at(-1) ?? {});
  });

  it('changes neither label nor records nor category', () => {
    const before = play(start('standard'), propose());
    const after = play(before, modify(0, other));
    const [one, two] = [before, after].map((scene) => findAd(scene.state, 'ad_005')?.ad);
    expect({ ...two, adCopy: one?.adCopy, findings: one?.findings }).toEqual(one);
  });

  it.each([
    ['the same copy', { newAdCopy: 'Plain goods.' }, 'nothing_to_change'],
    [
      'the same copy and page',
      { newAdCopy: 'Plain goods.', newLandingPageBlurb: 'Plain page.' },
      'nothing_to_change',
    ],
    ['the same copy and another page', { newAdCopy: 'Plain goods.', newLandingPageBlurb: 'New page.' }, null],
    ['the same letters in another case', { newAdCopy: 'PLAIN goods.' }, null],
  ])('to %s in standard', (_, change, code) => {
    const scene = play(start('standard'), propose('Plain goods.', { landingPageBlurb: 'Plain page.' }));
    const { scene: after } = when(scene, modify(0, change));
    expect(after.state.fraudsterLog.at(-1)).toMatchObject({ code, reward: code === null ? 0 : -0.02 });
    expect(findAd(after.state, 'ad_005')?.versions).toHaveLength(code === null ? 2 : 1);
  });

  it('earns nothing in standard and a hundredth in classic', () => {
    const rewards = ['standard', 'classic'].map((ruleset) => {
      const outcome = when(play(start(ruleset), propose()), modify(0, other));
      return outcome.ok ? rewardOf(outcome.events) : null;
    });
    expect(rewards).toEqual([0, 0.01]);
  });
});

describe('pulled evidence', () => {
  it('reads as it was pulled in standard, and is marked stale after a change', () => {
    const pulled = play(start('standard'), ...pulledOnce);
    expect(findingsOf(pulled)).not.toContain('STALE');
    const changed = findingsOf(play(pulled, modify(0, other)));
    for (const target of pulls) {
      expect(changed).toContain(`${target} of ad_005, version 1`);
      expect(changed).toContain(`[ad_005 ${target}, STALE: the ad has changed since]`);
    }
    expect(changed).not.toContain('version 2');
  });

  it('is looked up afresh in classic', () => {
    const changed = findingsOf(play(start('classic'), ...pulledOnce, modify(0, other)));
    expect(changed).toContain('landing_page of ad_005, version 2');
    expect(changed).toContain('policy_classifier of ad_005, version 1');
    expect(changed).not.toContain('STALE');
  });

  it('of the changed ad is of its new version', () => {
    const scene = play(start('standard'), propose(), modify(0, other), turn, pull('ad_005', 'landing_page'));
    expect(findAd(scene.state, 'ad_005')?.pulls).toEqual([
      { target: 'landing_page', text: 'landing_page of ad_005, version 2', adVersion: 2 },
    ]);
    expect(findingsOf(scene)).not.toContain('STALE');
  });

  it('reaches the auditor of standard as it was pulled', () => {
    const scene = play(start('standard'), ...pulledOnce, modify(0, other), miss('match'));
    const seen = viewFor('auditor', scene, 0).investigation_data_seen;
    expect(seen).toEqual({
      ad_005: Object.fromEntries(pulls.map((target) => [target, `${target} of ad_005, version 1`])),
    });
  });

  it('cannot be pulled again after a change', () => {
    const scene = play(start('standard'), ...pulledOnce, modify(0, other), turn);
    const outcome = when(scene, pull('ad_005', 'landing_page'));
    expect(outcome.scene.state.investigatorLog.at(-1)?.code).toBe('target_already_pulled');
  });
});

describe('the focus of the review', () => {
  const focusAfter = (...commands: readonly Command[]) =>
    play(opened(exampleOpening()), turn, ...commands).state.focus;
  const [page, payment, history] = (['landing_page', 'payment_method', 'advertiser_history'] as const).map(
    (target) => pull('ad_003', target),
  ) as [Command, Command, Command];

  it('follows the first two pulls and stays with the third', () => {
    expect(focusAfter(page)).toBe('ad_003');
    expect(focusAfter(page, payment, pull('ad_002', 'landing_page'), history)).toBe('ad_002');
  });

  it('goes to the first pending ad after a verdict', () => {
    expect(focusAfter(page, judge('ad_002', 'approve'))).toBe('ad_001');
    expect(focusAfter(judge('ad_001', 'reject'))).toBe('ad_002');
  });

  it('rotates off an ad that allows no more, to the first pending one', () => {
    expect(focusAfter(page, payment, history, pull('ad_003', 'policy_classifier'))).toBe('ad_001');
  });

  it('stays on a repeated pull, a link and an unknown ad', () => {
    expect(focusAfter(page, page)).toBe('ad_003');
    expect(focusAfter(page, judge('ad_999', 'reject'))).toBe('ad_003');
  });
});
