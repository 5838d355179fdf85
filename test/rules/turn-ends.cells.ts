import { commit, endTurn, judge, link, pull } from '../../src/testing/examples.ts';
import { both } from './cells.ts';
import type { Cell } from './cells.ts';

/** The investigator's actions that end its turn or the review, and those that ask for the end. */

const phase = 'investigator_turn';
const given = [endTurn('fraudster')];
const capOne = { knobs: { maxInvestigatorActionsPerTurn: 1 } };
/** The last turn of the match, of one action, with steps to spare. */
const lastAction = { knobs: { maxRounds: 1, maxInvestigatorActionsPerTurn: 1, actionBudget: 9 } };
const lastStep = { knobs: { actionBudget: 1 } };
const capped = 'turn.ended action_cap';
const unknown = 'action.penalised unknown_ad';

export const cellsOfTurnEnds: readonly Cell[] = [
  {
    phase,
    case: 'fills the turn, rounds left',
    example: capOne,
    given,
    does: judge('ad_001', 'reject'),
    ...both('ok', 'fraudster_turn', 0.39, 'verdict.given', capped),
  },
  {
    phase,
    case: 'a refused pull fills the turn, rounds left',
    example: { knobs: { maxInvestigatorActionsPerTurn: 2 } },
    given: [...given, pull('ad_001', 'landing_page')],
    does: pull('ad_001', 'landing_page'),
    ...both('ok', 'fraudster_turn', -0.02, 'action.penalised target_already_pulled', capped),
  },
  {
    phase,
    case: 'unknown ad, fills the turn, rounds left',
    example: capOne,
    given,
    does: judge('ad_999', 'reject'),
    ...both('ok', 'fraudster_turn', -0.05, unknown, capped),
  },
  {
    phase,
    case: 'fills the turn, last round',
    example: lastAction,
    given,
    does: link('ad_001', 'ad_003'),
    ...both('ok', 'audit_phase', 0.4, 'accounts.linked', capped, 'review.closed max_rounds'),
  },
  {
    phase,
    case: 'unknown ad, fills the turn, last round',
    example: lastAction,
    given,
    does: judge('ad_999', 'reject'),
    ...both('ok', 'audit_phase', -0.05, unknown, capped, 'review.closed max_rounds'),
  },
  {
    phase,
    case: 'fills the turn, rounds left, after a commit',
    example: capOne,
    given: [commit()],
    does: judge('ad_001', 'reject'),
    standard: ['ok', phase, 0.39, 'verdict.given', capped],
  },
  {
    phase,
    case: 'takes the last step',
    example: lastStep,
    given,
    does: judge('ad_001', 'reject'),
    classic: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed investigator_done'],
    standard: ['ok', 'audit_phase', 0.39, 'verdict.given', 'review.closed steps_spent'],
  },
  {
    phase,
    case: 'takes the last step and fills the turn',
    example: { knobs: { actionBudget: 1, maxInvestigatorActionsPerTurn: 1 } },
    given,
    does: link('ad_001', 'ad_003'),
    classic: ['ok', 'audit_phase', 0.4, 'accounts.linked', 'review.closed investigator_done'],
    standard: ['ok', 'audit_phase', 0.4, 'accounts.linked', 'review.closed steps_spent'],
  },
  {
    phase,
    case: 'unknown ad, takes the last step',
    example: lastStep,
    given,
    does: pull('ad_999', 'landing_page'),
    classic: ['ok', phase, -0.05, unknown],
    standard: ['ok', 'audit_phase', -0.05, unknown, 'review.closed steps_spent'],
  },
  {
    phase,
    case: 'rounds left',
    given,
    does: endTurn('investigator'),
    classic: ['validation_error'],
    standard: ['ok', 'fraudster_turn', 0, 'turn.ended player'],
  },
  {
    phase,
    case: 'last round',
    example: { knobs: { maxRounds: 1 } },
    given,
    does: endTurn('investigator'),
    classic: ['validation_error'],
    standard: ['ok', 'audit_phase', 0, 'turn.ended player', 'review.closed max_rounds'],
  },
  {
    phase,
    case: 'rounds left, after a commit',
    given: [commit()],
    does: endTurn('investigator'),
    standard: ['ok', phase, 0, 'turn.ended player'],
  },
  {
    phase,
    case: 'naming an ad',
    given,
    does: { by: 'investigator', raw: { action_type: 'end_turn', ad_id: 'ad_001' } },
    ...both('validation_error'),
  },
];
