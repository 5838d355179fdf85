import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import { targets } from '../../../src/game/ad.ts';
import type { Role, RoleCommand } from '../../../src/game/command.ts';
import { generatedProposals } from '../../../src/game/episode/proposal.ts';
import type { Policies } from '../../../src/game/event.ts';
import { flagTypes } from '../../../src/game/grading/flag-types.ts';
import type { Knobs } from '../../../src/game/task.ts';
import { legalActions } from '../../../src/game/view/legal.ts';
import type { LegalAction } from '../../../src/game/view/legal.ts';
import { viewFor } from '../../../src/game/view/view.ts';
import { MemoryEventLog } from '../../../src/log/memory-event-log.ts';
import { limits } from '../../../src/shared/limits.ts';
import {
  endTurn,
  exampleAd,
  exampleOpening,
  flag,
  judge,
  link,
  propose,
  pull,
} from '../../../src/testing/examples.ts';
import { opened, play, when } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import { playRandomMatch } from '../../simulation/random-match.ts';
import { everyAction, fillings, nameOf, outcomeOf } from './concrete-actions.ts';
import type { Turn } from './concrete-actions.ts';
import { legalFromWhatIsSeen } from './legal-reading.ts';
import type { Deed } from './legal-reading.ts';
import { commandOf, someMoves } from './moves.ts';

const runs = { numRuns: sizeFrom('LEGAL_RUNS', { small: 5, all: 40 }) };
const matches = sizeFrom('LEGAL_MATCHES', { small: 1, all: 6 });

const knobs = { maxRounds: 3, maxProposals: 3, maxInvestigatorActionsPerTurn: 7, actionBudget: 16 };
const arrivals = [
  { round: 1, ad: exampleAd('ad_050', 'legit') },
  { round: 2, ad: exampleAd('ad_060', 'legit') },
];
const sights = ['none', 'verdict', 'verdict_and_targets', 'full'] as const;
type Sight = (typeof sights)[number];

const start = (ruleset: string, verdictsToFraudster: Sight, more: Partial<Policies> = {}): Scene =>
  opened(
    exampleOpening({
      ruleset,
      arrivals,
      knobs,
      policies: { legalHints: 'full', verdictsToFraudster, ...more },
    }),
  );

/** Every scene of the moves with somebody on turn, and what the role on turn has done and was answered before. */
function walk(
  from: Scene,
  moves: Parameters<typeof commandOf>[1][],
  look: (scene: Scene & { readonly onTurn: Role }, deeds: readonly Deed[]) => void,
) {
  const deeds: Record<Role, Deed[]> = { fraudster: [], investigator: [], auditor: [] };
  let scene = from;
  for (const move of moves) {
    const { onTurn } = scene;
    if (onTurn === null) return;
    look({ ...scene, onTurn }, deeds[onTurn]);
    const command = commandOf(scene, move);
    const outcome = when(scene, command);
    const [first] = outcome.ok ? outcome.events : [];
    const code = first?.type === 'action.penalised' ? first.data.code : null;
    if (outcome.ok) deeds[command.by].push({ action: command.action, code });
    scene = outcome.scene;
  }
}

const namesOf = (actions: readonly LegalAction[]) =>
  actions.flatMap((action) => [...fillings(action)].map(nameOf)).sort();

/** The codes of what is listed and would not simply be done, and what would be and is not listed. */
function faultsAt(position: Turn): readonly string[] {
  const listed = (legalActions(position.onTurn, position) ?? []).flatMap((action) => [...fillings(action)]);
  const names = new Set(listed.map(nameOf));
  return [
    ...listed.flatMap((action) => {
      const code = outcomeOf(position, action);
      return code === null ? [] : [`listed and ${code}: ${nameOf(action)}`];
    }),
    ...[...everyAction(position)]
      .filter((action) => outcomeOf(position, action) === null && !names.has(nameOf(action)))
      .map((action) => `not listed: ${nameOf(action)}`),
  ];
}

describe.each(['classic', 'standard'])('%s: what is said to be legal', (ruleset) => {
  it('is all that would be done without a penalty, and nothing else', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(someMoves, fc.constantFrom(...sights), (moves, sight) => {
        walk(start(ruleset, sight), moves, (scene) => {
          // Who sees no verdicts is not told by this list either.
          const unseen = /^listed and ad_already_decided: modify_pending_ad/;
          const faults = faultsAt(scene).filter((fault) => sight !== 'none' || !unseen.test(fault));
          expect(faults).toEqual([]);
          for (const { action_type: type } of legalActions(scene.onTurn, scene) ?? [])
            met.add(`${scene.onTurn} ${type}`);
        });
      }),
      runs,
    );
    // Else moves that lead nowhere would prove nothing.
    expect(met.size).toBe(ruleset === 'classic' ? 10 : 11);
  });

  it('is that in matches of generated episodes as well', async () => {
    const onTurns: Role[] = [];
    for (let seed = 1; seed <= matches; seed += 1) {
      const faults: string[] = [];
      const actor = await playRandomMatch(new MemoryEventLog(), ruleset, seed, ({ steps }) => {
        const step = steps.at(-1);
        const onTurn = step?.meta.onTurn ?? null;
        if (step === undefined || onTurn === null) return;
        const { state } = step.after;
        const policies = { ...state.policies, legalHints: 'full' } as const;
        const position = { ...step.after, state: { ...state, policies } };
        faults.push(...faultsAt({ ...position, onTurn, source: generatedProposals }));
        onTurns.push(onTurn);
      });
      expect(faults, actor.matchId).toEqual([]);
    }
    expect(new Set(onTurns).size).toBe(3);
  });

  it('follows from what the role is shown and has done', () => {
    fc.assert(
      fc.property(someMoves, fc.constantFrom(...sights), (moves, sight) => {
        walk(start(ruleset, sight), moves, (scene, deeds) => {
          const { onTurn } = scene;
          const shown = JSON.parse(JSON.stringify(viewFor(onTurn, scene, 0))) as Record<string, unknown>;
          const listed = legalActions(onTurn, scene) ?? [];
          expect(namesOf(listed)).toEqual(namesOf(legalFromWhatIsSeen(onTurn, shown, deeds)));
        });
      }),
      runs,
    );
  });

  it('has only its types under types, and is nothing under none', () => {
    fc.assert(
      fc.property(someMoves, (moves) => {
        walk(start(ruleset, 'verdict'), moves, (scene) => {
          const { onTurn, state } = scene;
          const under = (legalHints: Policies['legalHints']) =>
            legalActions(onTurn, {
              ...scene,
              state: { ...state, policies: { ...state.policies, legalHints } as Policies },
            });
          const types = under('full')?.map(({ action_type }) => ({ action_type }));
          expect(under('types')).toEqual(types);
          expect(under('none')).toBeUndefined();
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('the list', () => {
  const ads = ['ad_001', 'ad_002', 'ad_003', 'ad_004'];
  const opening = (ruleset: string, more: Partial<Knobs> = {}) =>
    opened(exampleOpening({ ruleset, policies: { legalHints: 'full' }, knobs: { ...knobs, ...more } }));
  const listed = (scene: Scene) => legalActions(scene.onTurn ?? 'auditor', scene);
  const fieldsIn = (scene: Scene, type: string) =>
    listed(scene)?.find((action) => action.action_type === type);

  it.each(['classic', 'standard'])('of the fraudster names categories and slots in %s', (ruleset) => {
    const start = opening(ruleset, { allowedCategories: ['ecommerce', 'saas'] });
    const ends = [{ action_type: 'end_turn' }, { action_type: 'commit_final' }];
    const first = { action_type: 'propose_ad', category: ['ecommerce', 'saas'] };
    expect(listed(start)).toEqual([first, ...ends]);
    const account = ruleset === 'standard' ? { fund_from_slot: [0] } : {};
    expect(listed(play(start, propose()))).toEqual([
      { ...first, ...account },
      { action_type: 'modify_pending_ad', slot_index: [0] },
      ...ends,
    ]);
  });

  it('of the investigator leaves out an ad that was tried five times, or pulled three', () => {
    const again = Array<RoleCommand>(4).fill(pull('ad_002', 'landing_page'));
    const scene = play(
      opening('standard', { maxInvestigatorActionsPerTurn: 9 }),
      endTurn('fraudster'),
      pull('ad_001', 'landing_page'),
      pull('ad_001', 'payment_method'),
      pull('ad_001', 'policy_classifier'),
      pull('ad_002', 'landing_page'),
      ...again,
    );
    const fresh = [...targets];
    expect(fieldsIn(scene, 'investigate')).toEqual({
      action_type: 'investigate',
      targets_by_ad: { ad_003: fresh, ad_004: fresh },
    });
    expect(fieldsIn(scene, 'verdict')).toEqual({
      action_type: 'verdict',
      ad_id: ads,
      verdict: ['approve', 'reject', 'escalate'],
    });
  });

  it('of the investigator has every two ads once, until they are linked', () => {
    const start = play(opening('standard'), endTurn('fraudster'), link('ad_003', 'ad_001'));
    expect(fieldsIn(start, 'link_accounts')).toEqual({
      action_type: 'link_accounts',
      linked_ads_by_ad: { ad_001: ['ad_002', 'ad_004'], ad_002: ['ad_003', 'ad_004'], ad_003: ['ad_004'] },
    });
  });

  it('of the auditor has null where a flag needs no ad, and no flag twice in standard', () => {
    const inAudit = (ruleset: string) =>
      play(
        opening(ruleset, { maxRounds: 1, maxInvestigatorActionsPerTurn: 1 }),
        endTurn('fraudster'),
        judge('ad_001', 'reject'),
        flag('A', 'bias'),
        flag('A', 'missing_citation', { targetAdId: 'ad_001' }),
      );
    const any = [null, ...ads];
    const standard = { miscalibration: any, missing_citation: ads.slice(1), incoherent_rationale: ads };
    expect(fieldsIn(inAudit('standard'), 'flag_investigator')).toEqual({
      action_type: 'flag_investigator',
      targets_by_flag_type: { ...standard, inconsistency: ads, bias: ads },
    });
    const classic = Object.fromEntries(flagTypes.A.map((type) => [type, any]));
    expect(fieldsIn(inAudit('classic'), 'flag_investigator')?.['targets_by_flag_type']).toEqual(classic);
  });

  it.each([
    ['classic', limits.flagsPerAudit],
    ['standard', 60],
  ])('of the auditor in %s holds no flags after %i', (ruleset, most) => {
    const scene = play(
      opening(ruleset, { maxRounds: 1, maxInvestigatorActionsPerTurn: 1 }),
      endTurn('fraudster'),
      judge('ad_001', 'reject'),
      flag('A', 'bias'),
    );
    const after = (count: number) => {
      const flags = Array.from({ length: count }, () => scene.state.flags).flat();
      return listed({ ...scene, state: { ...scene.state, flags } })?.map(({ action_type }) => action_type);
    };
    expect(after(most - 1)).toEqual(['flag_investigator', 'flag_fraudster', 'submit_audit_report']);
    expect(after(most)).toEqual(['submit_audit_report']);
  });

  it('has no end_turn in a solo review, which has no turns', () => {
    const solo = opened(exampleOpening({ machine: 'review', policies: { legalHints: 'types' } }));
    expect(listed(solo)?.map(({ action_type }) => action_type)).toEqual([
      'investigate',
      'verdict',
      'link_accounts',
    ]);
  });
});
