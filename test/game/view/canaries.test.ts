import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Command } from '../../../src/game/command.ts';
import { spectatorView } from '../../../src/game/view/spectator.ts';
import { viewFor } from '../../../src/game/view/view.ts';
import { opened, rewardOf, when } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  commit,
  endTurn,
  exampleOpening,
  flag,
  judge,
  link,
  miss,
  modify,
  propose,
  pull,
  report,
} from '../../../src/testing/examples.ts';
import { canariesIn, canaryAd, canaryProposals, canaryRing, number, sing } from './canaries.ts';
import { isAllowed, mayKnow } from './may-know.ts';
import type { Viewer } from './may-know.ts';

type RulesetName = keyof typeof mayKnow;

/** A match with every way to come by a secret: late ads, a change, pulls, refused actions, links, flags. */
function secretMatch(ruleset: RulesetName): Scene {
  const created = exampleOpening({
    ruleset,
    seed: number('seed', 'match'),
    ads: [
      canaryAd('ad_a1', 'fraud'),
      canaryAd('ad_b1', 'legit'),
      canaryAd('ad_c1', 'fraud'),
      canaryAd('ad_d1', 'escalate'),
      canaryAd('ad_e1', 'legit'),
    ],
    rings: [canaryRing('ad_a1', 'ad_c1')],
    arrivals: [
      { round: 1, ad: canaryAd('ad_m1', 'legit') },
      { round: 2, ad: canaryAd('ad_m2', 'legit') },
    ],
    knobs: { maxRounds: 3, maxInvestigatorActionsPerTurn: 9, actionBudget: 27 },
  });
  return opened(created, canaryProposals(idsOf(ruleset)));
}

const written = (adId: string) => ({
  landingPageBlurb: sing('pageSummary', adId),
  targetingSummary: sing('targetingSummary', adId),
  rationale: sing('fraudster.rationale', adId),
});
const reasoned = (adId: string) => ({
  rationale: sing('investigator.rationale', adId),
  confidence: number('investigator.confidence', adId, true),
});

/** In `classic` a proposal takes the next number of the queue, which five ads begin. */
const idsOf = (ruleset: RulesetName) => (ruleset === 'classic' ? ['ad_006', 'ad_007'] : ['ad_g1', 'ad_z1']);

function story(ruleset: RulesetName): readonly Command[] {
  const [first = '', second = ''] = idsOf(ruleset);
  // No genuine ad arrives in `classic`.
  const [late, judged] = ruleset === 'classic' ? ['ad_c1', 'ad_999'] : ['ad_m1', 'ad_m1'];
  return [
    propose(sing('adCopy', first), written(first)),
    endTurn('fraudster'),
    pull('ad_a1', 'landing_page'),
    pull('ad_a1', 'payment_method'),
    pull(first, 'landing_page'),
    pull(first, 'campaign_structure'),
    pull(late, 'advertiser_history'),
    judge('ad_a1', 'reject', reasoned('ad_a1')),
    judge('ad_a1', 'approve', reasoned('ad_a1')),
    link('ad_a1', 'ad_c1', sing('investigator.linkReason', 'ad_a1')),
    judge(judged, 'approve', reasoned(judged)),
    modify(0, {
      newAdCopy: sing('adCopy', first, 2),
      newLandingPageBlurb: sing('pageSummary', first, 2),
      rationale: sing('fraudster.rationale', first, 2),
    }),
    propose(' ', { landingPageBlurb: sing('fraudster.refused', 'none') }),
    propose(sing('adCopy', second), written(second)),
    pull(first, 'landing_page'),
    pull('ad_b1', 'targeting_overlap'),
    pull('ad_b1', 'policy_classifier'),
    pull(first, 'policy_classifier'),
    judge(first, 'escalate', reasoned(first)),
    judge('ad_b1', 'approve', reasoned('ad_b1')),
    judge('ad_999', 'reject', reasoned('ad_999')),
    judge('ad_d1', 'escalate', reasoned('ad_d1')),
    judge('ad_e1', 'approve', reasoned('ad_e1')),
    endTurn('fraudster'),
    judge(second, 'reject', reasoned(second)),
    ...Array<Command>(8).fill(judge('ad_999', 'reject')),
    flag('A', 'inconsistency', { targetAdId: 'ad_a1', note: sing('auditor.note', 'ad_a1') }),
    flag('A', 'inconsistency', { targetAdId: 'ad_a1', note: sing('auditor.repeated', 'ad_a1') }),
    flag('B', 'gibberish', { targetAdId: 'ad_b1' }),
    report({ notes: sing('auditor.notes', 'report'), investigator_audit_score: 0.123456789 }),
  ];
}

const viewers: readonly Viewer[] = [...roles, 'spectator'];

/** The view as it answers the role's own last action, or as it is polled. */
function viewOf(viewer: Viewer, scene: Scene, last: Command | null, stepReward: number): string {
  if (viewer === 'spectator') return JSON.stringify(spectatorView(scene));
  return JSON.stringify(viewFor(viewer, scene, last?.by === viewer ? stepReward : 0));
}

/** Step rewards carry the severity; they are in the log of whoever may read it. */
function registerRewards(scene: Scene): readonly string[] {
  return scene.state.investigatorLog
    .map((entry) => String(Math.abs(entry.reward)))
    .filter((text) => text.length > 8);
}

describe.each(['standard', 'classic'] as const)('%s', (ruleset) => {
  const seen = new Map<Viewer, Set<string>>(viewers.map((viewer) => [viewer, new Set()]));
  const leaks: string[] = [];
  const phases = new Set<string>();
  let scene = secretMatch(ruleset);

  const look = (last: Command | null, stepReward: number) => {
    phases.add(scene.phase);
    const rewards = registerRewards(scene);
    for (const viewer of viewers) {
      const json = viewOf(viewer, scene, last, stepReward);
      const ownReward = last?.by === viewer ? `"reward":${stepReward}` : '';
      const shown = ownReward === '' ? json : json.replace(ownReward, '');
      const found = [
        ...canariesIn(json),
        ...rewards
          .filter((text) => shown.includes(text))
          .map((text) => ({ kind: 'investigator.reward', adId: '', text })),
      ];
      for (const canary of found) {
        seen.get(viewer)?.add(canary.kind);
        if (!isAllowed(ruleset, viewer, canary, scene))
          leaks.push(`${viewer} in ${scene.phase}: ${canary.kind} of ${canary.adId}`);
      }
    }
  };

  look(null, 0);
  for (const command of story(ruleset)) {
    const outcome = when(scene, command);
    if (!outcome.ok) throw new Error(`${JSON.stringify(command)}: ${outcome.rejection.message}`);
    scene = outcome.scene;
    look(command, rewardOf(outcome.events));
  }

  it('plays through every phase', () => {
    expect([...phases]).toEqual(['fraudster_turn', 'investigator_turn', 'audit_phase', 'done']);
  });

  it('shows nobody at any version what it may not know', () => {
    expect(leaks).toEqual([]);
  });

  // Else a view that shows nothing at all would pass.
  it.each(viewers)('shows the %s all that it may know', (viewer) => {
    expect([...(seen.get(viewer) ?? [])].sort()).toEqual(Object.keys(mayKnow[ruleset][viewer]).sort());
  });

  it('shows no step reward where the policy withholds them', () => {
    const policies = { stepRewards: 'withheld', verdictsToFraudster: 'none' } as const;
    const created = { ...scene.created, policies };
    const withheld = { ...scene, created, state: { ...scene.state, policies } };
    expect(viewFor('investigator', withheld, 0.5).reward).toBe(0);
    expect(viewFor('fraudster', withheld, 0.5).reward).toBe(0);
    expect(viewFor('investigator', scene, 0.5).reward).toBe(0.5);
  });
});

describe('what a fraudster learns of verdicts', () => {
  const decided = (verdictsToFraudster: 'none' | 'verdict' | 'full') => {
    const created = exampleOpening({ policies: { verdictsToFraudster } });
    const commands = [
      endTurn('fraudster'),
      pull('ad_001', 'landing_page'),
      judge('ad_001', 'reject', { rationale: 'No such shop.', confidence: 0.9 }),
      judge('ad_001', 'approve'),
      endTurn('investigator'),
    ];
    const scene = commands.reduce((now, command) => when(now, command).scene, opened(created));
    return viewFor('fraudster', scene, 0);
  };
  const row = { ad_id: 'ad_001', verdict: 'reject', was_my_proposal: false };

  it('is nothing by the policy none', () => {
    const view = decided('none');
    expect(view.prior_verdicts).toEqual([]);
    expect(view.current_queue.map((ad) => ad.status)).toEqual(['pending', 'pending', 'pending', 'pending']);
    expect(view.investigation_targets_used).toEqual({});
  });

  it('is the word alone by the policy verdict', () => {
    const view = decided('verdict');
    expect(view.prior_verdicts).toEqual([{ ...row, confidence: null, rationale: null }]);
    expect(view.current_queue[0]?.status).toBe('reject');
    expect(view.investigation_targets_used).toEqual({});
  });

  it('is everything by the policy full, refused repeats included', () => {
    const view = decided('full');
    expect(view.prior_verdicts).toEqual([
      { ...row, confidence: 0.9, rationale: 'No such shop.' },
      { ...row, verdict: 'approve', confidence: null, rationale: null },
    ]);
    expect(view.investigation_targets_used).toEqual({ ad_001: ['landing_page'] });
  });
});

describe('a match that ends early', () => {
  it.each([
    ['a commit', commit()],
    ['the clock', miss('match')],
  ] as const)('keeps its secrets from all but the auditor when %s ends the review', (_, command) => {
    const scene = when(secretMatch('classic'), command).scene;
    expect(scene.phase).toBe('audit_phase');
    const kinds = new Set(canariesIn(viewOf('spectator', scene, null, 0)).map((canary) => canary.kind));
    expect([...kinds].sort()).toEqual(['adCopy', 'category']);
  });
});
