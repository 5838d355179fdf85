import type { RejectionCode } from '../../src/game/decide/decision.ts';
import { endTurn, flag, judge, report } from '../../src/testing/examples.ts';
import { both } from './cells.ts';
import type { Cell } from './cells.ts';

const phase = 'audit_phase';
const stay = ['ok', phase] as const;
const raised = [...stay, 0, 'flag.raised'] as const;
const refused = (code: RejectionCode) => ({ classic: raised, standard: [code] as const });

/** One round of one action: the audit of a single verdict, which has no rationale. */
const audit = {
  phase,
  example: { knobs: { maxRounds: 1, maxInvestigatorActionsPerTurn: 1 } },
  given: [endTurn('fraudster'), judge('ad_001', 'reject')],
} as const;

const graded = ['audit.submitted', 'match.graded'] as const;

export const cellsOfAuditor: readonly Cell[] = [
  {
    ...audit,
    case: 'an ad of the match',
    does: flag('A', 'missing_citation', { targetAdId: 'ad_001' }),
    ...both(...raised),
  },
  {
    ...audit,
    case: 'an ad of the match',
    does: flag('B', 'gibberish', { targetAdId: 'ad_001' }),
    ...both(...raised),
  },
  { ...audit, case: 'the whole review', does: flag('A', 'miscalibration'), ...both(...raised) },
  { ...audit, case: 'the whole review, by ad types', does: flag('A', 'bias'), ...both(...raised) },
  {
    ...audit,
    case: 'no target where one is needed',
    does: flag('A', 'missing_citation'),
    ...refused('flag_target_missing'),
  },
  {
    ...audit,
    case: 'no target where one is needed',
    does: flag('B', 'gibberish'),
    ...refused('flag_target_missing'),
  },
  {
    ...audit,
    case: 'unknown target',
    does: flag('B', 'gibberish', { targetAdId: 'ad_999' }),
    ...refused('flag_target_unknown'),
  },
  {
    ...audit,
    case: 'unknown type',
    does: flag('A', 'too_slow', { targetAdId: 'ad_001' }),
    ...refused('flag_type_unknown'),
  },
  {
    ...audit,
    case: "the other track's type",
    does: flag('A', 'gibberish', { targetAdId: 'ad_001' }),
    ...refused('flag_type_unknown'),
  },
  {
    ...audit,
    case: 'no type',
    does: { by: 'auditor', raw: { action_type: 'flag_investigator', target_ad_id: 'ad_001' } },
    ...refused('flag_type_unknown'),
  },
  {
    ...audit,
    case: 'raised before',
    given: [...audit.given, flag('A', 'missing_citation', { targetAdId: 'ad_001', severity: 0.2 })],
    does: flag('A', 'missing_citation', { targetAdId: 'ad_001', severity: 0.7 }),
    classic: raised,
    standard: [...stay, 0, 'action.penalised flag_repeated'],
  },
  {
    ...audit,
    case: 'raised before on another ad',
    given: [...audit.given, flag('A', 'missing_citation', { targetAdId: 'ad_001' })],
    does: flag('A', 'missing_citation', { targetAdId: 'ad_002' }),
    ...both(...raised),
  },
  // A clean track called clean is worth 1; the missing rationale was missed.
  {
    ...audit,
    case: 'no flags',
    does: report(),
    classic: ['ok', 'done', 0, ...graded],
    standard: ['ok', 'done', 0.5, ...graded],
  },
  {
    ...audit,
    case: 'a true flag',
    given: [...audit.given, flag('A', 'missing_citation', { targetAdId: 'ad_001' })],
    does: report({ notes: 'One verdict without a reason.' }),
    classic: ['ok', 'done', 0.5, ...graded],
    standard: ['ok', 'done', 1, ...graded],
  },
  {
    ...audit,
    case: 'scores of its own',
    does: report({ investigator_audit_score: '0.25', fraudster_plausibility_score: true }),
    classic: ['ok', 'done', 0, ...graded],
    standard: ['ok', 'done', 0.5, ...graded],
  },
  ...[null, 'high', [], {}].map((score): Cell => ({
    ...audit,
    case: `a score of ${JSON.stringify(score)}`,
    does: report({ investigator_audit_score: score }),
    ...both('execution_error'),
  })),
];
