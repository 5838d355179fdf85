import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Command, Role } from '../../../src/game/command.ts';
import { stateFor } from '../../../src/game/view/state.ts';
import { viewFor } from '../../../src/game/view/view.ts';
import { opened, play } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  abort,
  commit,
  endTurn,
  exampleOpening,
  flag,
  judge,
  link,
  propose,
  pull,
  report,
} from '../../../src/testing/examples.ts';

/**
 * Source: protocol spec, 3.4 and 3.6. `match_id` and `role` are the server's to add. Where a role's own observation
 * lacks phase, round and rounds left, the server of the original added them; here every observation has them.
 */
const everyView = ['phase', 'round_number', 'max_rounds', 'rounds_remaining', 'done', 'reward', 'metadata'];
const fieldsOf: Readonly<Record<Role, readonly string[]>> = {
  fraudster: [
    ...everyView,
    'feedback',
    'task_id',
    'proposals_used',
    'proposals_remaining',
    'actions_left_this_turn',
    'current_queue',
    'prior_verdicts',
    'investigation_targets_used',
    'allowed_categories',
    'my_proposal_signals',
  ],
  investigator: [
    ...everyView,
    'queue_summary',
    'current_ad_info',
    'investigation_findings',
    'verdict_history_summary',
    'feedback',
    'available_ads',
    'queue_status',
    'queue_may_grow',
    'evidence_ledger',
    'queue_digest',
    'decided_ads',
  ],
  auditor: [
    ...everyView,
    'feedback',
    'full_episode_record',
    'investigator_actions',
    'fraudster_proposals',
    'investigation_data_seen',
    'pending_flags',
  ],
};
/** Beyond the original's fields. */
const additions = ['ruleset', 'episode_reward'];

const knobs = { maxRounds: 1, maxInvestigatorActionsPerTurn: 5, actionBudget: 9 };
const turns: readonly Command[] = [
  propose(),
  endTurn('fraudster'),
  pull('ad_001', 'landing_page'),
  pull('ad_001', 'payment_method'),
  judge('ad_001', 'reject', { confidence: 0.8, rationale: 'The page was made yesterday.' }),
  link('ad_001', 'ad_003'),
  judge('ad_999', 'reject'),
];
const phases: readonly (readonly [phase: string, commands: readonly Command[]])[] = [
  ['fraudster_turn', [propose()]],
  ['investigator_turn', turns.slice(0, 6)],
  ['audit_phase', [...turns, flag('A', 'missing_citation', { targetAdId: 'ad_001', note: 'Look.' })]],
  ['done', [...turns, report()]],
  ['aborted', [...turns.slice(0, 4), abort()]],
];

describe.each(['classic', 'standard'])('%s', (ruleset) => {
  const sceneAt = (commands: readonly Command[]): Scene =>
    play(opened(exampleOpening({ ruleset, knobs })), ...commands);

  describe.each(phases)('%s', (phase, commands) => {
    it.each(roles)('gives the %s every field of its observation', (role) => {
      const view = viewFor(role, sceneAt(commands), 0.25);
      expect(Object.keys(view).sort()).toEqual([...new Set([...fieldsOf[role], ...additions])].sort());
      expect(view).toMatchObject({
        phase,
        ruleset,
        done: phase === 'done' || phase === 'aborted',
        metadata: {},
        round_number: 1,
        max_rounds: 1,
        rounds_remaining: 1,
      });
    });

    it('gives fraudster and investigator the step reward, and the auditor its episode reward', () => {
      const scene = sceneAt(commands);
      expect(viewFor('fraudster', scene, 0.25).reward).toBe(0.25);
      expect(viewFor('investigator', scene, 0.25).reward).toBe(0.25);
      expect(viewFor('auditor', scene, 0.25).reward).toBe(scene.state.grades?.rewards.auditor ?? 0);
      const rewards = roles.map((role) => viewFor(role, scene, 0).episode_reward);
      expect(rewards).toEqual(roles.map((role) => scene.state.grades?.rewards[role] ?? null));
    });
  });
});

const inReview = (ruleset: string) => play(opened(exampleOpening({ ruleset, knobs })), ...turns.slice(0, 6));

describe('the rows of the fraudster', () => {
  it.each(['classic', 'standard'])('have the fields of the protocol in %s', (ruleset) => {
    const view = viewFor('fraudster', inReview(ruleset), 0);
    const row = { ad_id: 'ad_001', ad_copy: expect.any(String) as string, category: 'ecommerce' };
    expect(view.current_queue).toHaveLength(5);
    expect(view.current_queue[0]).toEqual({ ...row, status: 'reject', is_my_proposal: false });
    expect(view.current_queue[4]).toMatchObject({ ad_id: 'ad_005', is_my_proposal: true, slot_index: 0 });
    expect(Object.keys(view.my_proposal_signals)).toEqual(['ad_005']);
    expect(Object.keys(view.my_proposal_signals['ad_005'] ?? {}).sort()).toEqual(
      [
        'category',
        'country',
        'account_age_days',
        'payment_id',
        'payment_type',
        'domain',
        'registrar',
        'domain_age_days',
        'targeting_fingerprint',
        'advertiser_id',
        'verified_business',
        'slot_index',
        'investigator_verdict',
      ].sort(),
    );
    expect(view).toMatchObject({ proposals_used: 1, proposals_remaining: 2, actions_left_this_turn: 0 });
  });

  it('counts the actions left in its own turn only', () => {
    const start = opened(exampleOpening({ knobs }));
    expect(viewFor('fraudster', start, 0).actions_left_this_turn).toBe(3);
    expect(viewFor('fraudster', play(start, propose()), 0).actions_left_this_turn).toBe(2);
  });
});

describe('the rows of the investigator', () => {
  const digestOf = (ruleset: string) => viewFor('investigator', inReview(ruleset), 0).queue_digest[0];
  const free = ['ad_id', 'category', 'country', 'account_age_days', 'payment_type'];

  it('show domain and registrar without a pull in classic only', () => {
    expect(Object.keys(digestOf('classic') ?? {})).toEqual([...free, 'domain', 'registrar']);
    expect(Object.keys(digestOf('standard') ?? {})).toEqual(free);
  });

  it('hold what was pulled in the ledger, and the bare facts of the ad in focus', () => {
    const { evidence_ledger: ledger, decided_ads: decided } = viewFor(
      'investigator',
      inReview('standard'),
      0,
    );
    const bare = { category: 'ecommerce', country: 'DE', account_age_days: 400 };
    const pulled = {
      ...bare,
      domain: 'ad-001.example',
      registrar: 'Portly',
      domain_age_days: 900,
      payment_id: 'pmt of ad_001',
      payment_type: 'card',
    };
    expect(ledger).toEqual({ ad_001: pulled, ad_002: bare });
    expect(decided).toEqual([{ ad_id: 'ad_001', verdict: 'reject', confidence: 0.8, ...pulled }]);
  });

  it('count the task in classic and the queue in standard', () => {
    const status = (ruleset: string) => viewFor('investigator', inReview(ruleset), 0).queue_status;
    const counted = { reviewed: 1, pending: 4, steps_remaining: 5, step: 4, task_id: 'task_1' };
    expect(status('classic')).toEqual({ ...counted, total_ads: 5, investigation_budget: 7 });
    expect(status('standard')).toEqual({ ...counted, total_ads: 5, investigation_budget: 5 });
    const bare = opened(exampleOpening({ ruleset: 'standard', knobs }));
    expect(viewFor('investigator', bare, 0).queue_status.total_ads).toBe(4);
    expect(
      viewFor('investigator', { ...bare, rules: inReview('classic').rules }, 0).queue_status.total_ads,
    ).toBe(5);
  });
});

describe('the record of the auditor', () => {
  it.each(['classic', 'standard'])('has the fields of the protocol in the audit in %s', (ruleset) => {
    const scene = play(opened(exampleOpening({ ruleset, knobs })), ...turns);
    const view = viewFor('auditor', play(scene, flag('A', 'bias', { severity: 0.3, note: 'Look.' })), 0);
    const record = view.full_episode_record;
    expect(record).toMatchObject({ task_id: 'task_1', round_number: 1, proposals_used: 1 });
    expect(record).toMatchObject({ end_reason: 'max_rounds', grader_score: null });
    expect(record.ads?.[0]).toMatchObject({
      ad_id: 'ad_001',
      ad_copy: expect.any(String) as string,
      category: 'ecommerce',
      ground_truth: 'fraud',
      severity: 0.9,
      fraud_type: 'phantom_goods',
      difficulty: 'easy',
      is_fraudster_proposal: false,
    });
    expect(record.ads?.map((ad) => ad.is_fraudster_proposal)).toEqual([false, false, false, false, true]);
    const manual = { ad_id: 'ad_001', verdict: 'reject', confidence: 0.8, ground_truth: 'fraud' };
    expect(record.verdicts?.[0]).toEqual(manual);
    const settled = record.verdicts?.slice(1).map((verdict) => verdict.auto_approved);
    expect(settled).toEqual(ruleset === 'standard' ? [true, true, true, true] : []);
    const link = { ad_id_1: 'ad_001', ad_id_2: 'ad_003', reason: 'same payment', correct: true };
    expect(record.links).toEqual([link]);
    expect(record.fraud_rings).toEqual([
      {
        ring_id: 'grp_1',
        topology: ruleset === 'standard' ? null : 'clique',
        case_name: null,
        provenance: null,
        member_ad_ids: ['ad_001', 'ad_003'],
        shared_signal_types: [],
      },
    ]);
    const raised = { track: 'A', target_ad_id: null, flag_type: 'bias', severity: 0.3, note: 'Look.' };
    expect(view.pending_flags).toEqual([raised]);
    expect(view.investigator_actions).toHaveLength(5);
    expect(view.investigator_actions[4]).toMatchObject({ accepted: false, reason_code: 'unknown_ad' });
    expect(view.fraudster_proposals.map((row) => row.action_type)).toEqual(['propose_ad', 'end_turn']);
    const seen = Object.entries(view.investigation_data_seen).map(([adId, texts]) => [
      adId,
      Object.keys(texts).length,
    ]);
    expect(seen).toEqual(
      ruleset === 'standard'
        ? [['ad_001', 2]]
        : ['ad_001', 'ad_002', 'ad_003', 'ad_004', 'ad_005'].map((adId) => [adId, 6]),
    );
  });

  it('is empty before the audit in standard, and whole from the start in classic', () => {
    const before = (ruleset: string) => viewFor('auditor', inReview(ruleset), 0);
    expect(before('standard')).toMatchObject({
      full_episode_record: {},
      investigator_actions: [],
      fraudster_proposals: [],
      investigation_data_seen: {},
      pending_flags: [],
    });
    expect(before('classic').full_episode_record.ads).toHaveLength(5);
  });

  it('holds the grade once the match is done', () => {
    const scene = play(opened(exampleOpening({ knobs })), ...turns, report());
    const record = viewFor('auditor', scene, 0).full_episode_record;
    expect(record.grader_score).toBe(scene.state.grades?.grade);
  });
});

describe('the numbers of a match', () => {
  it('count pulls in the classic state, as in the investigator’s observation, and actions in the standard one', () => {
    const budgets = (ruleset: string) => {
      const scene = inReview(ruleset);
      const { investigator_state: inner } = stateFor('investigator', scene);
      return [inner?.remaining_budget, viewFor('investigator', scene, 0).queue_status.investigation_budget];
    };
    expect(budgets('classic')).toEqual([7, 7]);
    expect(budgets('standard')).toEqual([5, 5]);
  });

  it('leave the unused proposals of a classic commit unused, and close those of a standard one', () => {
    const left = (ruleset: string) =>
      viewFor('fraudster', play(opened(exampleOpening({ ruleset })), propose(), commit()), 0)
        .proposals_remaining;
    expect(left('classic')).toBe(2);
    expect(left('standard')).toBe(0);
  });

  it('hold the grade of a classic review in the open state as soon as the review ended by itself', () => {
    const ads = ['ad_001', 'ad_002', 'ad_003', 'ad_004'].map((adId) => judge(adId, 'reject'));
    const gradesOf = (ruleset: string, openState: boolean, commands: readonly Command[]) => {
      const policies = { openState };
      const scene = play(opened(exampleOpening({ ruleset, policies })), ...commands);
      const { grader_score: whole, investigator_state: inner } = stateFor('investigator', scene);
      return [inner?.grader_score, whole];
    };
    const review = [endTurn('fraudster'), ...ads];
    const [grade] = gradesOf('classic', true, [...review, report()]);
    expect(grade).toBeGreaterThan(0);
    expect(gradesOf('classic', true, [...review, report()])).toEqual([grade, grade]);
    expect(gradesOf('classic', true, review)).toEqual([grade, null]);
    expect(gradesOf('classic', true, review.slice(0, 4))).toEqual([null, null]);
    expect(gradesOf('classic', true, [commit()])).toEqual([null, null]);
    expect(gradesOf('classic', false, review)).toEqual([null, null]);
  });
});
