import { describe, expect, it } from 'vitest';
import type { FraudsterObservation } from '../../src/game/view/view.ts';
import { standard } from '../../src/game/ruleset.ts';
import { taskIds } from '../../src/game/task.ts';
import { chooseCategory } from '../../src/players/categories.ts';
import { constantFraudster, randomFraudster } from '../../src/players/controls.ts';
import { gibberishFraudster, reactiveFraudster, scriptedFraudster } from '../../src/players/fraudsters.ts';
import { camouflageAds, fraudAds, longActivityClaim, trustSignals } from '../../src/players/fraud-pool.ts';
import { parseAction } from '../../src/protocol/action.ts';
import { ofType } from '../match/kit.ts';
import { actionOf, firstView, watched } from './kit.ts';

const base = await firstView('fraudster');
const seen = (changes: Partial<FraudsterObservation> = {}): FraudsterObservation => ({ ...base, ...changes });
const seeds = Array.from({ length: 400 }, (_, seed) => seed);

const suspicious =
  /free iphone|guaranteed|one weird trick|miracle|lose 20 pounds|50x return|risk-free|giveaway ends|first 500 customers|doctors hate|mooncoin|pre-sale bonus/g;
const legit =
  /14-day free trial|free shipping|warranty|return policy|refurbished|certified|office hours|insured|verified/g;
const signsOf = (ad: { copy: string; blurb: string }, signs: RegExp): number =>
  new Set(`${ad.copy}\n${ad.blurb}`.toLowerCase().match(signs)).size;

const own = (verdict: 'approve' | 'reject', count = 1): Partial<FraudsterObservation> => ({
  prior_verdicts: Array.from({ length: count }, (_, index) => ({
    ad_id: `ad_${index}`,
    verdict,
    confidence: 0.5,
    rationale: null,
    was_my_proposal: true,
  })),
});
const others = (verdict: 'reject'): Partial<FraudsterObservation> => ({
  prior_verdicts: own(verdict, 3).prior_verdicts?.map((row) => ({ ...row, was_my_proposal: false })) ?? [],
});
const pulled = (...targets: ('landing_page' | 'advertiser_history' | 'payment_method')[][]) => ({
  investigation_targets_used: Object.fromEntries(targets.map((each, index) => [`ad_${index}`, each])),
});
const pendingSlot = (slot: number, status = 'pending') => ({
  ad_id: `own_${slot}`,
  ad_copy: 'x',
  category: 'saas',
  status,
  is_my_proposal: true,
  slot_index: slot,
});

const isCamouflage = (copy: unknown) => camouflageAds.some((ad) => ad.copy === copy);
const isBlatant = (copy: unknown) => fraudAds.some((ad) => ad.copy === copy);

describe('the pools', () => {
  it('camouflage in every honest category, with a sign of honesty and none of fraud', () => {
    expect(camouflageAds.map(({ category }) => category).sort()).toEqual([
      'ecommerce',
      'education',
      'fitness',
      'local_service',
      'saas',
    ]);
    for (const ad of camouflageAds) {
      expect(signsOf(ad, legit), ad.copy).toBeGreaterThanOrEqual(1);
      expect(signsOf(ad, suspicious), ad.copy).toBe(0);
    }
  });

  it('defraud with two signs or more', () => {
    for (const ad of fraudAds) expect(signsOf(ad, suspicious), ad.copy).toBeGreaterThanOrEqual(2);
  });

  it('stay within the limits of the wire, strengthened as they may be', () => {
    for (const { category, copy, blurb, targeting } of [...camouflageAds, ...fraudAds]) {
      const action = {
        action_type: 'propose_ad',
        ad_copy: copy,
        category,
        landing_page_blurb: `${trustSignals} ${blurb}`,
        targeting_summary: `${targeting}, ${longActivityClaim}`,
      };
      expect(parseAction('fraudster', action, standard).ok).toBe(true);
    }
  });
});

describe('the choice of a category', () => {
  it.each([
    ['fake_crypto', [], 'fake_crypto'],
    ['fake_crypto', ['saas', 'fake_crypto'], 'fake_crypto'],
    ['fake_crypto', ['saas', 'fitness', 'ecommerce'], 'ecommerce'],
    ['fake_crypto', ['fitness', 'education', 'saas'], 'saas'],
    ['fake_crypto', ['fitness', 'education', 'local_service'], 'local_service'],
    ['fake_crypto', ['fitness', 'education'], 'education'],
    ['fake_crypto', ['travel', 'fitness'], 'fitness'],
    ['fake_crypto', ['travel', 'pets'], 'travel'],
  ])('of %s among %j is %s', (preferred, allowed, chosen) => {
    expect(chooseCategory(preferred, allowed)).toBe(chosen);
  });

  it.each(['scripted', 'reactive', 'gibberish', 'constant'])(
    'by the %s fraudster is one the match allows, on every task',
    async (fraudster) => {
      for (const ruleset of ['standard', 'classic'])
        for (const task of taskIds) {
          const { steps } = await watched(ruleset, {
            task,
            names: { fraudster, investigator: 'approve-all' },
          });
          const proposals = steps.fraudster.filter(({ action }) => action?.['action_type'] === 'propose_ad');
          expect(proposals.length).toBeGreaterThan(0);
          for (const { seen: view, action } of proposals)
            expect(view.allowed_categories).toContain(action?.['category']);
        }
    },
  );
});

describe('every scripted fraudster', () => {
  const makers = { scriptedFraudster, reactiveFraudster, gibberishFraudster, constantFraudster };

  it.each(Object.entries(makers))('commits when no proposal is left (%s)', async (_, make) => {
    for (const left of [0, -1]) {
      const action = await actionOf(make(1), seen({ proposals_remaining: left, ...own('approve', 3) }));
      expect(action['action_type']).toBe('commit_final');
    }
    expect((await actionOf(make(1), seen({ proposals_remaining: 1 })))['action_type']).toBe('propose_ad');
  });

  it.each(['scripted', 'reactive', 'gibberish', 'constant'])(
    'never ends its turn by itself, and commits once (%s)',
    async (fraudster) => {
      const { steps, commits } = await watched('standard', { task: 'task_2', names: { fraudster } });
      expect(steps.fraudster.map(({ action }) => action?.['action_type'])).not.toContain('end_turn');
      expect(ofType(commits, 'proposals.committed').length).toBeLessThanOrEqual(1);
      expect(ofType(commits, 'action.refused')).toEqual([]);
    },
  );
});

describe('the scripted fraudster', () => {
  it('is blatant in the first round and camouflaged afterwards', async () => {
    for (const seed of seeds.slice(0, 30)) {
      const player = scriptedFraudster(seed);
      expect(isBlatant((await actionOf(player, seen({ round_number: 1 })))['ad_copy'])).toBe(true);
      for (const round_number of [2, 3])
        expect(isCamouflage((await actionOf(player, seen({ round_number })))['ad_copy'])).toBe(true);
    }
  });

  it('proposes no ad again before it has proposed all', async () => {
    for (const seed of seeds.slice(0, 10)) {
      const player = scriptedFraudster(seed);
      const copies: unknown[] = [];
      for (let count = 0; count < 10; count += 1)
        copies.push((await actionOf(player, seen({ round_number: 2 })))['ad_copy']);
      expect(new Set(copies.slice(0, 5)).size).toBe(5);
      expect(new Set(copies.slice(5)).size).toBe(5);
    }
  });
});

describe('the reactive fraudster', () => {
  /** The actions of 400 fraudsters that see the same. */
  const crowd = (view: FraudsterObservation) =>
    Promise.all(seeds.map((seed) => actionOf(reactiveFraudster(seed), view)));
  const shareOf = (actions: readonly Readonly<Record<string, unknown>>[], type: string) =>
    actions.filter((action) => action['action_type'] === type).length / actions.length;

  it('is blatant until one of its own ads is rejected, whatever becomes of others', async () => {
    for (const view of [seen(), seen(own('approve')), seen(others('reject'))])
      expect((await crowd(view)).every((action) => isBlatant(action['ad_copy']))).toBe(true);
    expect((await crowd(seen(own('reject')))).every((action) => isCamouflage(action['ad_copy']))).toBe(true);
  });

  it('answers looks at landing pages with a better page, after a rejection in an honest category', async () => {
    const view = seen({
      ...own('reject'),
      ...pulled(['payment_method'], ['landing_page'], ['landing_page']),
    });
    for (const action of await crowd(view)) {
      expect(action['action_type']).toBe('propose_ad');
      expect(camouflageAds.map(({ category }) => category)).toContain(action['category']);
      expect(action['landing_page_blurb']).toMatch(new RegExp(`^${trustSignals}.+`));
    }
  });

  it('answers looks at accounts with a claim of long activity', async () => {
    for (const action of await crowd(seen(pulled(['advertiser_history'])))) {
      expect(action['targeting_summary']).toMatch(new RegExp(`.+${longActivityClaim}$`));
      expect(action['landing_page_blurb']).not.toContain(trustSignals);
    }
  });

  it('goes by the target reached first where several are pulled equally often', async () => {
    const pages = await crowd(seen(pulled(['landing_page', 'advertiser_history'])));
    expect(pages.every((action) => String(action['landing_page_blurb']).startsWith(trustSignals))).toBe(true);
    const accounts = await crowd(seen(pulled(['advertiser_history'], ['landing_page'])));
    expect(accounts.every((action) => !String(action['landing_page_blurb']).startsWith(trustSignals))).toBe(
      true,
    );
  });

  it('commits after two approvals in about 35 of 100 cases, and not after one', async () => {
    expect(shareOf(await crowd(seen(own('approve', 2))), 'commit_final')).toBeCloseTo(0.35, 1);
    expect(shareOf(await crowd(seen(own('approve', 1))), 'commit_final')).toBe(0);
  });

  it('improves each pending ad of its own in about 25 of 100 cases, once it knows what is looked at', async () => {
    const current_queue = [
      { ...pendingSlot(5), slot_index: undefined, is_my_proposal: false } as never,
      pendingSlot(0, 'reject'),
      pendingSlot(1),
      pendingSlot(2),
    ];
    const actions = await crowd(seen({ current_queue, ...pulled(['payment_method']) }));
    const changes = actions.filter((action) => action['action_type'] === 'modify_pending_ad');
    expect(changes.length / actions.length).toBeCloseTo(0.25 + 0.75 * 0.25, 1);
    expect(new Set(changes.map((action) => action['slot_index']))).toEqual(new Set([1, 2]));
    for (const { new_landing_page_blurb, new_ad_copy } of changes)
      expect([new_landing_page_blurb, new_ad_copy]).toEqual([trustSignals, undefined]);
    expect(shareOf(await crowd(seen({ current_queue })), 'modify_pending_ad')).toBe(0);
  });
});

describe('the gibberish fraudster', () => {
  it('writes letters and blanks of the right length, in many categories', async () => {
    const categories = new Set<unknown>();
    for (const seed of seeds) {
      const action = await actionOf(gibberishFraudster(seed), seen({ allowed_categories: [] }));
      expect(action['ad_copy']).toMatch(/^[a-z ]{20,120}$/);
      expect(action['landing_page_blurb']).toMatch(/^[a-z ]{20,80}$/);
      expect(action['targeting_summary']).toBe('Adults, online');
      categories.add(action['category']);
    }
    expect(categories.size).toBe(10);
  });

  it.each([
    ['classic', 0.55],
    ['standard', 0.75],
  ])('is far less plausible than the others (%s)', async (ruleset, share) => {
    const mean = async (fraudster: string) => {
      const runs = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((seed) => watched(ruleset, { seed, task: 'task_2', names: { fraudster } })),
      );
      const scores = runs.map(({ actor }) => actor.position.state.report?.fraudsterPlausibilityScore ?? 1);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    };
    const gibberish = await mean('gibberish');
    for (const fraudster of ['scripted', 'reactive'])
      expect(gibberish).toBeLessThan(share * (await mean(fraudster)));
  });
});

describe('the controls', () => {
  it('constant proposes one and the same ad; random draws from all four types', async () => {
    const constant = constantFraudster();
    expect(await actionOf(constant, seen())).toEqual(await actionOf(constant, seen()));
    const types = await Promise.all(
      seeds.map(async (seed) => (await actionOf(randomFraudster(seed), seen()))['action_type']),
    );
    expect(new Set(types).size).toBe(4);
  });
});
