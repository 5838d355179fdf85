import type { Target, VerdictWord } from '../../src/game/ad.ts';
import { commit, endTurn, exampleAd, judge, link, pull } from '../../src/testing/examples.ts';
import { both } from './cells.ts';
import type { Cell } from './cells.ts';

const phase = 'investigator_turn';
const stay = ['ok', phase] as const;
const refusedAt = (code: string) => `action.penalised ${code}`;
const raw = (action: Readonly<Record<string, unknown>>) => ({ by: 'investigator' as const, raw: action });
const turn = [endTurn('fraudster')];
const oneAd = [exampleAd('ad_001', 'fraud')];
const roomy = { knobs: { maxInvestigatorActionsPerTurn: 10 } };

const pulls = (...targets: readonly Target[]) => [
  ...turn,
  ...targets.map((target) => pull('ad_001', target)),
];
const three = pulls('landing_page', 'payment_method', 'advertiser_history');

const investigates: readonly Cell[] = [
  {
    phase,
    case: 'pull 1',
    given: turn,
    does: pull('ad_001', 'landing_page'),
    classic: [...stay, -0.02, 'finding.revealed'],
    standard: [...stay, 0, 'finding.revealed'],
  },
  {
    phase,
    case: 'pull 2',
    given: pulls('landing_page'),
    does: pull('ad_001', 'payment_method'),
    classic: [...stay, -0.02, 'finding.revealed'],
    standard: [...stay, 0, 'finding.revealed'],
  },
  {
    phase,
    case: 'pull 3',
    given: pulls('landing_page', 'payment_method'),
    does: pull('ad_001', 'advertiser_history'),
    classic: [...stay, -0.05, 'finding.revealed'],
    standard: [...stay, 0, 'finding.revealed'],
  },
  {
    phase,
    case: 'target pulled already',
    given: pulls('landing_page'),
    does: pull('ad_001', 'landing_page'),
    ...both(...stay, -0.02, refusedAt('target_already_pulled')),
  },
  {
    phase,
    case: '3 targets pulled already',
    given: three,
    does: pull('ad_001', 'policy_classifier'),
    ...both(...stay, -0.05, refusedAt('pulls_spent')),
  },
  {
    phase,
    case: 'the sixth attempt',
    example: roomy,
    given: [...three, pull('ad_001', 'landing_page'), pull('ad_001', 'landing_page')],
    does: pull('ad_001', 'policy_classifier'),
    ...both(...stay, -0.1, refusedAt('attempts_spent')),
  },
  {
    phase,
    case: 'an ad with a verdict',
    given: [...turn, judge('ad_001', 'reject')],
    does: pull('ad_001', 'landing_page'),
    ...both(...stay, -0.02, refusedAt('ad_already_decided')),
  },
  {
    phase,
    case: 'unknown ad',
    given: turn,
    does: pull('ad_999', 'landing_page'),
    ...both(...stay, -0.05, refusedAt('unknown_ad')),
  },
  {
    phase,
    case: 'no target',
    given: turn,
    does: raw({ action_type: 'investigate', ad_id: 'ad_001' }),
    ...both('validation_error'),
  },
  {
    phase,
    case: 'with a verdict',
    given: turn,
    does: raw({
      action_type: 'investigate',
      ad_id: 'ad_001',
      investigation_target: 'landing_page',
      verdict: 'reject',
    }),
    ...both('validation_error'),
  },
  {
    phase,
    case: 'with a confidence',
    given: turn,
    does: raw({
      action_type: 'investigate',
      ad_id: 'ad_001',
      investigation_target: 'landing_page',
      confidence: 1,
    }),
    classic: [...stay, -0.02, 'finding.revealed'],
    standard: ['validation_error'],
  },
];

/** Severity 0.9 of the fraud ad_001. Source: match spec, table 6.2. */
const values: readonly (readonly [VerdictWord, adId: string, truth: string, reward: number])[] = [
  ['reject', 'ad_001', 'fraud', 0.39],
  ['approve', 'ad_001', 'fraud', -0.5],
  ['escalate', 'ad_001', 'fraud', -0.05],
  ['reject', 'ad_002', 'legit', -0.35],
  ['approve', 'ad_002', 'legit', 0.1],
  ['escalate', 'ad_002', 'legit', -0.05],
  ['reject', 'ad_004', 'escalate', -0.1],
  ['approve', 'ad_004', 'escalate', -0.15],
  ['escalate', 'ad_004', 'escalate', 0.15],
];

const verdicts: readonly Cell[] = [
  ...values.map(([verdict, adId, truth, reward]): Cell => ({
    phase,
    case: `${verdict} of an ad that is ${truth}`,
    given: turn,
    does: judge(adId, verdict),
    ...both(...stay, reward, 'verdict.given'),
  })),
  {
    phase,
    case: 'of the last undecided ad, rounds left',
    example: { ads: oneAd },
    given: turn,
    does: judge('ad_001', 'reject'),
    classic: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed investigator_done'],
    standard: [...stay, 0.39, 'verdict.given'],
  },
  {
    phase,
    case: 'of the last undecided ad, last round',
    example: { ads: oneAd, knobs: { maxRounds: 1 } },
    given: turn,
    does: judge('ad_001', 'reject'),
    classic: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed investigator_done'],
    standard: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed all_decided'],
  },
  {
    phase,
    case: 'of the last undecided ad, no proposals left',
    example: { ads: oneAd, knobs: { maxProposals: 0 } },
    given: turn,
    does: judge('ad_001', 'reject'),
    classic: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed investigator_done'],
    standard: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed all_decided'],
  },
  {
    phase,
    case: 'of the last undecided ad, after a commit',
    example: { ads: oneAd },
    given: [commit()],
    does: judge('ad_001', 'reject'),
    standard: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed all_decided'],
  },
  {
    phase,
    case: 'of the last undecided ad, a genuine ad still to come',
    example: {
      ads: oneAd,
      arrivals: [{ round: 2, ad: exampleAd('ad_002', 'legit') }],
      knobs: { maxProposals: 0 },
    },
    given: turn,
    does: judge('ad_001', 'reject'),
    standard: [...stay, 0.39, 'verdict.given'],
  },
  {
    phase,
    case: 'a second one',
    given: [...turn, judge('ad_001', 'reject')],
    does: judge('ad_001', 'approve'),
    ...both(...stay, -0.02, refusedAt('verdict_already_given')),
  },
  {
    phase,
    case: 'unknown ad',
    given: turn,
    does: judge('ad_999', 'reject'),
    ...both(...stay, -0.05, refusedAt('unknown_ad')),
  },
  {
    phase,
    case: 'no verdict',
    given: turn,
    does: raw({ action_type: 'verdict', ad_id: 'ad_001' }),
    ...both('validation_error'),
  },
  {
    phase,
    case: 'with a target',
    given: turn,
    does: raw({
      action_type: 'verdict',
      ad_id: 'ad_001',
      verdict: 'reject',
      investigation_target: 'landing_page',
    }),
    ...both('validation_error'),
  },
  {
    phase,
    case: 'with a link reason',
    given: turn,
    does: raw({ action_type: 'verdict', ad_id: 'ad_001', verdict: 'reject', link_reason: 'same card' }),
    classic: [...stay, 0.39, 'verdict.given'],
    standard: ['validation_error'],
  },
  {
    phase,
    case: 'no ad',
    given: turn,
    does: raw({ action_type: 'verdict', verdict: 'reject' }),
    ...both('validation_error'),
  },
];

const links: readonly Cell[] = [
  {
    phase,
    case: 'two ads of a ring',
    given: turn,
    does: link('ad_001', 'ad_003'),
    ...both(...stay, 0.4, 'accounts.linked'),
  },
  {
    phase,
    case: 'two ads of no ring',
    given: turn,
    does: link('ad_001', 'ad_002'),
    ...both(...stay, -0.25, 'accounts.linked'),
  },
  {
    phase,
    case: 'recorded already',
    given: [...turn, link('ad_001', 'ad_003')],
    does: link('ad_001', 'ad_003'),
    ...both(...stay, -0.02, refusedAt('link_already_recorded')),
  },
  {
    phase,
    case: 'recorded already, the other way round',
    given: [...turn, link('ad_001', 'ad_003')],
    does: link('ad_003', 'ad_001'),
    ...both(...stay, -0.02, refusedAt('link_already_recorded')),
  },
  {
    phase,
    case: 'unknown other ad',
    given: turn,
    does: link('ad_001', 'ad_999'),
    ...both(...stay, -0.05, refusedAt('linked_ad_unknown')),
  },
  {
    phase,
    case: 'with itself',
    given: turn,
    does: link('ad_001', 'ad_001'),
    ...both(...stay, -0.05, refusedAt('linked_to_itself')),
  },
  {
    phase,
    case: 'unknown ad',
    given: turn,
    does: link('ad_999', 'ad_001'),
    ...both(...stay, -0.05, refusedAt('unknown_ad')),
  },
  {
    phase,
    case: 'no other ad',
    given: turn,
    does: raw({ action_type: 'link_accounts', ad_id: 'ad_001' }),
    ...both('validation_error'),
  },
  {
    phase,
    case: 'with a verdict',
    given: turn,
    does: raw({
      action_type: 'link_accounts',
      ad_id: 'ad_001',
      linked_ad_id: 'ad_003',
      verdict: 'reject',
    }),
    classic: [...stay, 0.4, 'accounts.linked'],
    standard: ['validation_error'],
  },
];

export const cellsOfInvestigator: readonly Cell[] = [...investigates, ...verdicts, ...links];
