import { commit, endTurn, judge, modify, propose } from '../../src/testing/examples.ts';
import { both } from './cells.ts';
import type { Cell } from './cells.ts';

const phase = 'fraudster_turn';
const stay = ['ok', phase] as const;
const passes = ['ok', 'investigator_turn'] as const;
const refusedAt = (code: string) => `action.penalised ${code}`;
const raw = (action: Readonly<Record<string, unknown>>) => ({ by: 'fraudster' as const, raw: action });

const proposes: readonly Cell[] = [
  {
    phase,
    case: 'accepted',
    does: propose(),
    ...both(...stay, 0.02, 'ad.proposed'),
  },
  {
    phase,
    case: 'accepted, fills the turn',
    example: { knobs: { maxFraudsterActionsPerTurn: 1 } },
    does: propose(),
    ...both(...passes, 0.02, 'ad.proposed', 'turn.ended action_cap'),
  },
  {
    phase,
    case: 'accepted, the last one',
    example: { knobs: { maxProposals: 1 } },
    does: propose(),
    classic: [...passes, 0.02, 'ad.proposed', 'turn.ended proposals_spent'],
    standard: [...stay, 0.02, 'ad.proposed'],
  },
  {
    phase,
    case: 'none left',
    example: { knobs: { maxProposals: 0 } },
    does: propose(),
    classic: [...passes, -0.05, refusedAt('proposals_spent'), 'turn.ended proposals_spent'],
    standard: [...stay, -0.05, refusedAt('proposals_spent')],
  },
  {
    phase,
    case: 'none left, fills the turn',
    example: { knobs: { maxProposals: 0, maxFraudsterActionsPerTurn: 1 } },
    does: propose(),
    ...both(...passes, -0.05, refusedAt('proposals_spent'), 'turn.ended action_cap'),
  },
  {
    phase,
    case: 'blank copy',
    does: propose(' \n '),
    ...both(...stay, -0.05, refusedAt('ad_copy_missing')),
  },
  {
    phase,
    case: 'blank copy, fills the turn',
    example: { knobs: { maxFraudsterActionsPerTurn: 1 } },
    does: propose(' '),
    ...both(...passes, -0.05, refusedAt('ad_copy_missing'), 'turn.ended action_cap'),
  },
  {
    phase,
    case: 'no copy',
    does: raw({ action_type: 'propose_ad', category: 'ecommerce' }),
    classic: [...stay, -0.05, refusedAt('ad_copy_missing')],
    standard: ['validation_error'],
  },
  {
    phase,
    case: 'empty category',
    does: propose('Plain wooden bowls.', { category: '' }),
    ...both(...stay, -0.05, refusedAt('category_missing')),
  },
  {
    phase,
    case: 'no category',
    does: raw({ action_type: 'propose_ad', ad_copy: 'Plain wooden bowls.' }),
    classic: [...stay, -0.05, refusedAt('category_missing')],
    standard: ['validation_error'],
  },
  {
    phase,
    case: 'category not allowed',
    does: propose('Plain wooden bowls.', { category: 'Ecommerce' }),
    ...both(...stay, -0.05, refusedAt('category_not_allowed')),
  },
  {
    phase,
    case: 'stray field',
    does: propose('Plain wooden bowls.', { slotIndex: 0 }),
    classic: [...stay, 0.02, 'ad.proposed'],
    standard: ['validation_error'],
  },
];

/** A proposal decided in round 1; round 2 begins. */
const decided = {
  example: { knobs: { maxInvestigatorActionsPerTurn: 1 } },
  given: [propose(), endTurn('fraudster'), judge('ad_005', 'approve')],
};

const modifies: readonly Cell[] = [
  {
    phase,
    case: 'applied',
    given: [propose()],
    does: modify(0, { newAdCopy: 'Other words altogether.' }),
    classic: [...stay, 0.01, 'ad.modified'],
    standard: [...stay, 0, 'ad.modified'],
  },
  {
    phase,
    case: 'applied, fills the turn',
    example: { knobs: { maxFraudsterActionsPerTurn: 2 } },
    given: [propose()],
    does: modify(0, { newLandingPageBlurb: 'Another page altogether.' }),
    classic: [...passes, 0.01, 'ad.modified', 'turn.ended action_cap'],
    standard: [...passes, 0, 'ad.modified', 'turn.ended action_cap'],
  },
  {
    phase,
    case: 'applied, no proposals left',
    example: { knobs: { maxProposals: 1, maxFraudsterActionsPerTurn: 2, maxInvestigatorActionsPerTurn: 1 } },
    given: [propose(' '), propose(), judge('ad_001', 'reject')],
    does: modify(0, { newAdCopy: 'Other words altogether.' }),
    classic: [...stay, 0.01, 'ad.modified'],
    standard: [...stay, 0, 'ad.modified'],
  },
  {
    phase,
    case: 'the same text again',
    given: [propose('Plain wooden bowls.')],
    does: modify(0, { newAdCopy: ' Plain wooden bowls. ' }),
    classic: [...stay, 0.01, 'ad.modified'],
    standard: [...stay, -0.02, refusedAt('nothing_to_change')],
  },
  {
    phase,
    case: 'nothing to change',
    given: [propose()],
    does: modify(0, { newAdCopy: ' ', newLandingPageBlurb: '' }),
    ...both(...stay, -0.02, refusedAt('nothing_to_change')),
  },
  {
    phase,
    case: 'no slot',
    given: [propose()],
    does: raw({ action_type: 'modify_pending_ad', new_ad_copy: 'Other words.' }),
    classic: [...stay, -0.05, refusedAt('slot_missing')],
    standard: ['validation_error'],
  },
  {
    phase,
    case: 'unknown slot',
    given: [propose()],
    does: modify(1, { newAdCopy: 'Other words.' }),
    ...both(...stay, -0.05, refusedAt('slot_unknown')),
  },
  {
    phase,
    case: 'unknown slot, fills the turn',
    example: { knobs: { maxFraudsterActionsPerTurn: 1 } },
    does: modify(0, { newAdCopy: 'Other words.' }),
    ...both(...passes, -0.05, refusedAt('slot_unknown'), 'turn.ended action_cap'),
  },
  {
    phase,
    case: 'already decided',
    ...decided,
    does: modify(0, { newAdCopy: 'Other words.' }),
    ...both(...stay, -0.05, refusedAt('ad_already_decided')),
  },
];

const ends: readonly Cell[] = [
  {
    phase,
    case: 'without proposals',
    does: endTurn('fraudster'),
    ...both(...passes, 0, 'turn.ended player'),
  },
  {
    phase,
    case: 'after a proposal',
    given: [propose()],
    does: endTurn('fraudster'),
    ...both(...passes, 0, 'turn.ended player'),
  },
  {
    phase,
    case: 'stray field',
    does: raw({ action_type: 'end_turn', ad_copy: 'Plain wooden bowls.' }),
    classic: [...passes, 0, 'turn.ended player'],
    standard: ['validation_error'],
  },
  {
    phase,
    case: 'in the first turn',
    does: commit(),
    classic: ['ok', 'audit_phase', 0, 'proposals.committed', 'review.closed commit_final'],
    standard: [...passes, 0, 'proposals.committed', 'turn.ended committed'],
  },
  {
    phase,
    case: 'after a proposal',
    given: [propose()],
    does: commit(),
    classic: ['ok', 'audit_phase', 0, 'proposals.committed', 'review.closed commit_final'],
    standard: [...passes, 0, 'proposals.committed', 'turn.ended committed'],
  },
  {
    phase,
    case: 'in the last round with every ad decided',
    example: { knobs: { maxRounds: 2, maxInvestigatorActionsPerTurn: 4 } },
    given: [
      endTurn('fraudster'),
      judge('ad_001', 'reject'),
      judge('ad_002', 'approve'),
      judge('ad_003', 'reject'),
      judge('ad_004', 'escalate'),
    ],
    does: commit(),
    standard: [
      'ok',
      'audit_phase',
      0,
      'proposals.committed',
      'turn.ended committed',
      'review.closed all_decided',
    ],
  },
];

export const cellsOfFraudster: readonly Cell[] = [...proposes, ...modifies, ...ends];
