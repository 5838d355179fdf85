import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Command, Role } from '../../../src/game/command.ts';
import type { Policies } from '../../../src/game/event.ts';
import { stateFor } from '../../../src/game/view/state.ts';
import { opened, play } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  abort,
  endTurn,
  exampleOpening,
  flag,
  judge,
  link,
  miss,
  propose,
  pull,
  report,
} from '../../../src/testing/examples.ts';

/** Source: protocol spec, 3.7 and 3.8. `episode_id`, `match_id` and `seq` are the server's to add. */
const fields = [
  'step_count',
  'task_id',
  'phase',
  'round_number',
  'max_rounds',
  'proposals_used',
  'max_proposals',
  'actions_this_turn',
  'max_actions_per_turn',
  'investigator_state',
  'fraudster_proposals',
  'investigator_action_log',
  'fraudster_committed',
  'audit_report',
  'fraudster_reward',
  'investigator_reward',
  'auditor_reward',
  'grader_score',
  'end_reason',
];
const innerFields = [
  'step_count',
  'task_id',
  'total_ads',
  'reviewed_count',
  'remaining_budget',
  'verdicts',
  'grader_score',
];
const beyondTheOriginal = ['accepted', 'reason_code'];
const fraudsterLogFields = [
  'ts',
  'phase',
  'round_number',
  'action_type',
  'ad_copy',
  'category',
  'landing_page_blurb',
  'targeting_summary',
  'slot_index',
  'new_ad_copy',
  'new_landing_page_blurb',
  'rationale',
  'reward',
  'ad_id',
  ...beyondTheOriginal,
];
const investigatorLogFields = [
  'ts',
  'phase',
  'round_number',
  'action_type',
  'ad_id',
  'investigation_target',
  'verdict',
  'confidence',
  'rationale',
  'linked_ad_id',
  'link_reason',
  'reward',
  'findings_excerpt',
  ...beyondTheOriginal,
];

const rulesets = ['classic', 'standard'] as const;
type RulesetName = (typeof rulesets)[number];

const knobs = { maxRounds: 1, maxInvestigatorActionsPerTurn: 5, actionBudget: 9 };
const turns: readonly Command[] = [
  propose('Hand-made candles from our own workshop.', { rationale: 'They like candles.' }),
  endTurn('fraudster'),
  pull('ad_001', 'landing_page'),
  pull('ad_001', 'payment_method'),
  judge('ad_001', 'reject', { confidence: 0.8, rationale: 'The page was made yesterday.' }),
  link('ad_001', 'ad_003'),
  judge('ad_999', 'reject'),
];
const commandsTo = {
  fraudster_turn: turns.slice(0, 1),
  investigator_turn: turns.slice(0, 6),
  audit_phase: [...turns, flag('A', 'missing_citation', { targetAdId: 'ad_001', note: 'Look.' })],
  done: [
    ...turns,
    flag('A', 'missing_citation', { targetAdId: 'ad_001', note: 'Look.' }),
    report({ notes: 'A faulty review.' }),
  ],
  aborted: [...turns.slice(0, 6), abort()],
} as const satisfies Readonly<Record<string, readonly Command[]>>;
type PhaseName = keyof typeof commandsTo;
const phases = Object.keys(commandsTo) as PhaseName[];

const sceneAt = (ruleset: RulesetName, phase: PhaseName, policies: Partial<Policies> = {}): Scene => {
  const quiet = { openState: false, revealAtEnd: false, stepRewards: 'shown', ...policies } as const;
  return play(opened(exampleOpening({ ruleset, knobs, policies: quiet })), ...commandsTo[phase]);
};

/** How many lines of each log and how many flags there are. */
const counts: Readonly<
  Record<PhaseName, readonly [fraudster: number, investigator: number, auditor: number]>
> = {
  fraudster_turn: [1, 0, 0],
  investigator_turn: [2, 4, 0],
  audit_phase: [2, 5, 1],
  done: [2, 5, 1],
  aborted: [2, 4, 0],
};

const turnActions = { fraudster_turn: 1, investigator_turn: 4, audit_phase: 0, done: 0, aborted: 0 } as const;
const endReasons = {
  fraudster_turn: null,
  investigator_turn: null,
  audit_phase: 'max_rounds',
  done: 'max_rounds',
  aborted: 'aborted',
} as const;

/**
 * What a role reads of a match that neither is open nor reveals itself: the fraudster's part (F), the investigator's
 * (I), the audit report (A), and why the review ended (E).
 */
const closed: Readonly<Record<RulesetName, Readonly<Record<Role, Readonly<Record<PhaseName, string>>>>>> = {
  classic: {
    fraudster: { fraudster_turn: 'F', investigator_turn: 'F', audit_phase: 'F', done: 'FE', aborted: 'FE' },
    investigator: {
      fraudster_turn: 'IE',
      investigator_turn: 'IE',
      audit_phase: 'IE',
      done: 'IE',
      aborted: 'IE',
    },
    auditor: {
      fraudster_turn: 'FIAE',
      investigator_turn: 'FIAE',
      audit_phase: 'FIAE',
      done: 'FIAE',
      aborted: 'FIAE',
    },
  },
  standard: {
    fraudster: { fraudster_turn: 'F', investigator_turn: 'F', audit_phase: 'F', done: 'FE', aborted: 'FE' },
    investigator: {
      fraudster_turn: 'IE',
      investigator_turn: 'IE',
      audit_phase: 'IE',
      done: 'IE',
      aborted: 'IE',
    },
    auditor: {
      fraudster_turn: 'A',
      investigator_turn: 'A',
      audit_phase: 'FIAE',
      done: 'FIAE',
      aborted: 'FIAE',
    },
  },
};

const rows = rulesets.flatMap((ruleset) =>
  phases.flatMap((phase) => roles.map((role) => [ruleset, phase, role] as const)),
);

describe.each(rows)('%s, %s: the state that the %s reads', (ruleset, phase, role) => {
  const isOver = phase === 'done' || phase === 'aborted';
  const stateWith = (policies: Partial<Policies>) => stateFor(role, sceneAt(ruleset, phase, policies));

  it.each([
    [closed[ruleset][role][phase], { openState: false, revealAtEnd: false }],
    [isOver ? 'FIAE' : closed[ruleset][role][phase], { openState: false, revealAtEnd: true }],
    ['FIAE', { openState: true, revealAtEnd: false }],
    ['FIAE', { openState: true, revealAtEnd: true }],
  ])('has the parts %s under %j', (parts, policies) => {
    const state = stateWith(policies);
    expect(Object.keys(state).sort()).toEqual([...fields].sort());
    expectParts(state, parts, phase, role);
    expectRows(state);
    expect(state).toMatchObject({
      task_id: 'task_1',
      phase,
      round_number: 1,
      max_rounds: 1,
      max_actions_per_turn: phase === 'fraudster_turn' ? 3 : 5,
    });
    if (phase !== 'done') expect(state.grader_score).toBeNull();
    else expect(state.grader_score).toBe(sceneAt(ruleset, phase).state.grades?.grade);
  });

  it.each([true, false])('tells rewards by the policy, with the whole of it open: %s', (openState) => {
    const { state } = sceneAt(ruleset, phase);
    const all = state.grades?.rewards ?? { ...state.stepRewards, auditor: 0 };
    const own = (told: boolean) => ({
      fraudster_reward: told && (openState || role === 'fraudster') ? all.fraudster : null,
      investigator_reward: told && (openState || role === 'investigator') ? all.investigator : null,
      auditor_reward: told && (openState || role === 'auditor') ? all.auditor : null,
    });
    const shown = stateWith({ openState, stepRewards: 'shown' });
    expect(shown).toMatchObject(own(true));
    const withheld = stateWith({ openState, stepRewards: 'withheld' });
    // An aborted match has no grade to come with, and this one reveals nothing at its end.
    const isTold = state.grades !== null;
    expect(withheld).toMatchObject(own(isTold));
    // Each line of a log would give its reward away as well.
    const inLogs = ({ fraudster_proposals, investigator_action_log }: typeof shown) =>
      [...fraudster_proposals, ...investigator_action_log].map(({ reward }) => reward);
    expect(inLogs(shown)).not.toContain(null);
    expect(inLogs(withheld)).toEqual(inLogs(shown).map((reward) => (isTold ? reward : null)));
  });
});

function expectParts(state: ReturnType<typeof stateFor>, parts: string, phase: PhaseName, role: Role) {
  const [proposed, reviewed, flagged] = counts[phase];
  const has = (part: string) => parts.includes(part);
  const isGraded = phase === 'done';
  expect({
    ...state,
    fraudster_proposals: state.fraudster_proposals.length,
    investigator_action_log: state.investigator_action_log.length,
    investigator_state: state.investigator_state !== null,
    audit_report: state.audit_report !== null,
  }).toMatchObject({
    fraudster_proposals: has('F') ? proposed : 0,
    fraudster_committed: has('F') ? false : null,
    proposals_used: has('F') ? 1 : null,
    max_proposals: has('F') ? 3 : null,
    investigator_action_log: has('I') ? reviewed : 0,
    investigator_state: has('I'),
    audit_report: has('A') && isGraded,
    end_reason: has('E') ? endReasons[phase] : null,
    step_count:
      has('F') && has('I')
        ? proposed + reviewed + flagged
        : { fraudster: proposed, investigator: reviewed, auditor: flagged }[role],
    actions_this_turn: has(phase === 'fraudster_turn' ? 'F' : 'I') ? turnActions[phase] : null,
  });
}

function expectRows(state: ReturnType<typeof stateFor>) {
  for (const row of state.fraudster_proposals)
    expect(Object.keys(row).sort()).toEqual([...fraudsterLogFields].sort());
  for (const row of state.investigator_action_log)
    expect(Object.keys(row).sort()).toEqual([...investigatorLogFields].sort());
  if (state.investigator_state !== null)
    expect(Object.keys(state.investigator_state).sort()).toEqual([...innerFields].sort());
}

describe.each(rulesets)('%s', (ruleset) => {
  it.each(phases)('gives every role the same open state in %s', (phase) => {
    for (const stepRewards of ['shown', 'withheld'] as const) {
      const scene = sceneAt(ruleset, phase, { openState: true, stepRewards });
      const [first, ...others] = roles.map((role) => JSON.stringify(stateFor(role, scene)));
      expect(others).toEqual([first, first]);
    }
  });

  it('tells the investigator no number of ads that are not announced, unless all is open', () => {
    const totalOf = (openState: boolean) =>
      stateFor('investigator', sceneAt(ruleset, 'fraudster_turn', { openState })).investigator_state
        ?.total_ads;
    expect(totalOf(true)).toBe(5);
    expect(totalOf(false)).toBe(ruleset === 'standard' ? 4 : 5);
  });

  it('has the logs, verdicts and report as the original had them', () => {
    const scene = sceneAt(ruleset, 'done', { openState: true });
    const logTimes = { fraudster: [1500, 2500], investigator: [3000, 4000, 5000, 6000, 7000] };
    const state = stateFor('fraudster', { ...scene, logTimes });
    expect(state.fraudster_proposals).toMatchObject([
      {
        ts: 1.5,
        phase: 'fraudster_turn',
        round_number: 1,
        action_type: 'propose_ad',
        category: 'ecommerce',
        slot_index: 0,
        ad_id: 'ad_005',
        reward: 0.02,
        rationale: 'They like candles.',
        accepted: true,
        reason_code: null,
      },
      { ts: 2.5, phase: 'investigator_turn', action_type: 'end_turn', reward: 0, ad_id: null },
    ]);
    expect(state.investigator_action_log[0]).toMatchObject({
      ts: 3,
      phase: 'investigator_turn',
      action_type: 'investigate',
      ad_id: 'ad_001',
      investigation_target: 'landing_page',
      findings_excerpt: 'landing_page of ad_001, version 1',
    });
    expect(state.investigator_action_log[2]).toMatchObject({
      verdict: 'reject',
      confidence: 0.8,
      rationale: 'The page was made yesterday.',
      reward: 0.39,
    });
    expect(state.investigator_action_log[3]).toMatchObject({
      action_type: 'link_accounts',
      linked_ad_id: 'ad_003',
      link_reason: 'same payment',
      reward: 0.4,
    });
    expect(state.investigator_action_log[4]).toMatchObject({
      ts: 7,
      ad_id: 'ad_999',
      accepted: false,
      reason_code: 'unknown_ad',
      findings_excerpt: '',
    });
    // `classic` leaves undecided ads undecided after the last round.
    const settled = { ad_002: 'approve', ad_003: 'approve', ad_004: 'approve', ad_005: 'approve' };
    expect(state.investigator_state).toEqual({
      step_count: 5,
      task_id: 'task_1',
      total_ads: 5,
      remaining_budget: ruleset === 'classic' ? 7 : 4,
      reviewed_count: ruleset === 'classic' ? 1 : 5,
      verdicts: { ad_001: 'reject', ...(ruleset === 'classic' ? {} : settled) },
      grader_score: scene.state.grades?.grade,
    });
    const flagged = { track: 'A', flag_type: 'missing_citation', target_ad_id: 'ad_001', severity: 0.5 };
    expect(state.audit_report).toEqual({
      track_a_flags: [{ ...flagged, note: 'Look.' }],
      track_b_flags: [],
      investigator_audit_score: scene.state.report?.investigatorAuditScore,
      fraudster_plausibility_score: scene.state.report?.fraudsterPlausibilityScore,
      notes: 'A faulty review.',
    });
  });

  it('says that proposals are committed, and what the clock closed', () => {
    const start = opened(exampleOpening({ ruleset, knobs, policies: { openState: true } }));
    const committed = play(start, { by: 'fraudster', action: { actionType: 'commit_final' } });
    expect(stateFor('auditor', committed)).toMatchObject({ fraudster_committed: true, proposals_used: 0 });
    const late = play(start, miss('match'));
    expect(stateFor('auditor', late)).toMatchObject({ phase: 'audit_phase', end_reason: 'timeout' });
  });
});
