import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { overBothAdapters } from './arena.ts';
import type { Table } from './arena.ts';
import type { State } from './spec.ts';

// Source: protocol spec, 3.7 and 3.8: `state`, the same for all roles, and the entries of the logs. Time stands still
// but for the test, so that time stamps are facts.

const step = (action: string) => `{"type":"step","data":${action}}`;
const endTurn = step('{"action_type":"end_turn"}');
const reset =
  '{"type":"reset","data":{"seed":6,"max_rounds":2,"max_investigator_actions_per_turn":4,' +
  '"max_fraudster_actions_per_turn":6}}';

const clock = new TestClock();
/** Unix seconds. */
const now = () => clock.now() / 1000;

/** The state, which has to be the same for everybody but for the added `seq`, a number of each role's own. */
async function stateOf({ fraudster, investigator, auditor }: Table): Promise<State> {
  const states = await Promise.all([fraudster.state(), investigator.state(), auditor.state()]);
  const plain = states.map((state) =>
    Object.fromEntries(Object.entries(state).filter(([key]) => key !== 'seq')),
  );
  expect(plain[1]).toEqual(plain[0]);
  expect(plain[2]).toEqual(plain[0]);
  return states[0];
}

const noFraudsterFields = {
  ad_copy: null,
  category: null,
  landing_page_blurb: null,
  targeting_summary: null,
  slot_index: null,
  new_ad_copy: null,
  new_landing_page_blurb: null,
  rationale: null,
  ad_id: null,
};
const noInvestigatorFields = {
  investigation_target: null,
  verdict: null,
  confidence: null,
  rationale: null,
  linked_ad_id: null,
  link_reason: null,
};

/** Entries without what our server adds to them. */
const listed = (log: readonly object[]): readonly object[] =>
  log.map((entry) =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !['accepted', 'reason_code'].includes(key))),
  );

overBothAdapters(
  ({ table }) => {
    describe('state', () => {
      it('of a new match holds its numbers and nothing else yet', async () => {
        const seats = await table(reset);
        expect(await stateOf(seats)).toMatchObject({
          episode_id: seats.id,
          match_id: seats.id,
          step_count: 0,
          task_id: 'task_1',
          phase: 'fraudster_turn',
          round_number: 1,
          max_rounds: 2,
          proposals_used: 0,
          max_proposals: 3,
          actions_this_turn: 0,
          max_actions_per_turn: 6,
          fraudster_committed: false,
          fraudster_proposals: [],
          investigator_action_log: [],
          audit_report: null,
          fraudster_reward: 0,
          investigator_reward: 0,
          auditor_reward: 0,
          grader_score: null,
          end_reason: null,
          investigator_state: {
            episode_id: seats.id,
            step_count: 0,
            task_id: 'task_1',
            total_ads: 5,
            reviewed_count: 0,
            remaining_budget: 25,
            verdicts: {},
            grader_score: null,
          },
        });
      });

      it('follows the match through every phase, for all roles alike', async () => {
        const seats = await table(reset);
        const { fraudster, investigator, auditor } = seats;
        const { current_queue: queue } = await fraudster.see(
          step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}'),
        );
        expect(await stateOf(seats)).toMatchObject({
          step_count: 1,
          proposals_used: 1,
          actions_this_turn: 1,
          fraudster_reward: 0.02,
          investigator_state: { total_ads: 6 },
        });
        await fraudster.see(endTurn);
        expect(await stateOf(seats)).toMatchObject({
          phase: 'investigator_turn',
          step_count: 2,
          actions_this_turn: 0,
          max_actions_per_turn: 4,
        });

        const own = queue[5]?.ad_id ?? '';
        const pulled = await investigator.see(
          step(`{"action_type":"investigate","ad_id":"${own}","investigation_target":"landing_page"}`),
        );
        const judged = await investigator.see(
          step(`{"action_type":"verdict","ad_id":"${own}","verdict":"reject"}`),
        );
        const running = await stateOf(seats);
        expect(running).toMatchObject({
          step_count: 4,
          actions_this_turn: 2,
          round_number: 1,
          grader_score: null,
          investigator_state: {
            step_count: 2,
            reviewed_count: 1,
            remaining_budget: 24,
            verdicts: { [own]: 'reject' },
            total_ads: 6,
          },
        });
        expect(running.investigator_reward).toBeCloseTo(pulled.reward + judged.reward, 9);

        await investigator.see(step(`{"action_type":"verdict","ad_id":"${own}","verdict":"reject"}`));
        await investigator.see(step(`{"action_type":"verdict","ad_id":"nobody","verdict":"reject"}`));
        expect(await stateOf(seats)).toMatchObject({
          phase: 'fraudster_turn',
          round_number: 2,
          actions_this_turn: 0,
          max_actions_per_turn: 6,
          step_count: 6,
          fraudster_committed: false,
          end_reason: null,
          investigator_state: { step_count: 4, remaining_budget: 24, reviewed_count: 1 },
        });

        await fraudster.see(step('{"action_type":"commit_final"}'));
        await auditor.see(step('{"action_type":"flag_investigator","flag_type":"bias"}'));
        expect(await stateOf(seats)).toMatchObject({
          phase: 'audit_phase',
          fraudster_committed: true,
          end_reason: 'commit_final',
          step_count: 8,
          actions_this_turn: 0,
          max_actions_per_turn: 4,
          audit_report: null,
          grader_score: null,
          auditor_reward: 0,
          investigator_state: { grader_score: null },
        });

        const { reward } = await auditor.see(step('{"action_type":"submit_audit_report"}'));
        const over = await stateOf(seats);
        // The report is no step, and the rewards are the composite ones now.
        expect(over).toMatchObject({ phase: 'done', step_count: 8, auditor_reward: reward, round_number: 2 });
        expect(over.audit_report?.track_a_flags).toHaveLength(1);
        expect(over.grader_score).toBeGreaterThan(0);
        expect(over.fraudster_reward).toBe(-1);
        expect(over.investigator_reward).not.toBeCloseTo(running.investigator_reward, 3);
        expect(over.investigator_state).toMatchObject({ verdicts: { [own]: 'reject' }, total_ads: 6 });
      });

      it('knows the grade of a review that ended by itself before the audit does', async () => {
        const seats = await table('{"type":"reset","data":{"seed":6}}');
        await seats.fraudster.see(endTurn);
        for (const adId of (await seats.investigator.obs()).available_ads)
          await seats.investigator.see(
            step(`{"action_type":"verdict","ad_id":"${adId}","verdict":"escalate"}`),
          );
        const audited = await stateOf(seats);
        expect(audited).toMatchObject({ end_reason: 'investigator_done', grader_score: null });
        expect(audited.investigator_state).toMatchObject({ reviewed_count: 5, total_ads: 5 });
        await seats.auditor.see(step('{"action_type":"submit_audit_report"}'));
        const over = await stateOf(seats);
        expect(over.grader_score).not.toBeNull();
        expect(over.investigator_state.grader_score).toBe(over.grader_score);
        expect(audited.investigator_state.grader_score).toBe(over.grader_score);
      });
    });

    describe('the fraudster’s log', () => {
      it('has every action with its time, its phase, its texts and its reward', async () => {
        const seats = await table(reset);
        const { fraudster } = seats;
        const start = now();
        const tick = async (frame: string) => {
          const seen = await fraudster.see(frame);
          await clock.advance(1500);
          return seen;
        };
        const { current_queue: queue } = await tick(
          step(
            '{"action_type":"propose_ad","ad_copy":" Mats. ","category":"fitness","landing_page_blurb":"A page.",' +
              '"targeting_summary":"Adults.","rationale":"Plain."}',
          ),
        );
        await tick(step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"gym","slot_index":7}'));
        await tick(
          step(
            '{"action_type":"modify_pending_ad","slot_index":0,"new_ad_copy":"New.","rationale":"Better."}',
          ),
        );
        await tick(step('{"action_type":"modify_pending_ad","slot_index":0}'));
        await tick(step('{"action_type":"modify_pending_ad","slot_index":3,"new_ad_copy":"New."}'));
        await tick(step('{"action_type":"end_turn","rationale":"Enough."}'));
        const adId = queue.at(-1)?.ad_id;
        const base = { ...noFraudsterFields, phase: 'fraudster_turn', round_number: 1 };
        const expected = [
          {
            ...base,
            ts: start,
            action_type: 'propose_ad',
            ad_copy: ' Mats. ',
            category: 'fitness',
            landing_page_blurb: 'A page.',
            targeting_summary: 'Adults.',
            rationale: 'Plain.',
            slot_index: 0,
            ad_id: adId,
            reward: 0.02,
          },
          {
            ...base,
            ts: start + 1.5,
            action_type: 'propose_ad',
            ad_copy: 'Mats.',
            category: 'gym',
            slot_index: 7,
            reward: -0.05,
          },
          {
            ...base,
            ts: start + 3,
            action_type: 'modify_pending_ad',
            slot_index: 0,
            ad_id: adId,
            new_ad_copy: 'New.',
            ad_copy: 'New.',
            landing_page_blurb: 'A page.',
            targeting_summary: 'Adults.',
            rationale: 'Better.',
            reward: 0.01,
          },
          {
            ...base,
            ts: start + 4.5,
            action_type: 'modify_pending_ad',
            slot_index: 0,
            ad_id: adId,
            ad_copy: 'New.',
            landing_page_blurb: 'A page.',
            targeting_summary: 'Adults.',
            reward: -0.02,
          },
          {
            ...base,
            ts: start + 6,
            action_type: 'modify_pending_ad',
            slot_index: 3,
            new_ad_copy: 'New.',
            reward: -0.05,
          },
          {
            ...base,
            ts: start + 7.5,
            action_type: 'end_turn',
            rationale: 'Enough.',
            reward: 0,
            phase: 'investigator_turn',
          },
        ];
        expect(listed((await stateOf(seats)).fraudster_proposals)).toEqual(expected);
        expect(listed((await seats.auditor.obs()).fraudster_proposals)).toEqual(expected);
      });

      it('has a commit under audit_phase, and the action that fills a turn under fraudster_turn', async () => {
        const seats = await table(
          '{"type":"reset","data":{"max_fraudster_actions_per_turn":1,"max_investigator_actions_per_turn":1}}',
        );
        const propose = step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}');
        expect((await seats.fraudster.see(propose)).phase).toBe('investigator_turn');
        await seats.investigator.see(step('{"action_type":"verdict","ad_id":"nobody","verdict":"approve"}'));
        await seats.fraudster.see(step('{"action_type":"commit_final"}'));
        const { fraudster_proposals: log } = await stateOf(seats);
        expect(log.map((entry) => [entry.action_type, entry.phase, entry.round_number])).toEqual([
          ['propose_ad', 'fraudster_turn', 1],
          ['commit_final', 'audit_phase', 2],
        ]);
      });
    });

    describe('the investigator’s log', () => {
      it('has every action, refused ones too, with its time and what it found', async () => {
        const seats = await table(reset);
        await seats.fraudster.see(endTurn);
        const { investigator, auditor } = seats;
        const [one = '', two = ''] = (await investigator.obs()).available_ads;
        const start = now();
        const frames = [
          `{"action_type":"investigate","ad_id":"${one}","investigation_target":"landing_page","rationale":"First."}`,
          `{"action_type":"link_accounts","ad_id":"${one}","linked_ad_id":"${two}","link_reason":"One payer."}`,
          `{"action_type":"verdict","ad_id":"nobody","verdict":"approve"}`,
          `{"action_type":"verdict","ad_id":"${two}","verdict":"reject","confidence":0.75,"rationale":"Second."}`,
        ];
        const rewards: number[] = [];
        for (const frame of frames) {
          rewards.push((await investigator.see(step(frame))).reward);
          await clock.advance(250);
        }
        const finding = (await auditor.obs()).investigation_data_seen[one]?.landing_page ?? '';
        const base = { ...noInvestigatorFields, phase: 'investigator_turn', round_number: 1 };
        const expected = [
          {
            ...base,
            ts: start,
            action_type: 'investigate',
            ad_id: one,
            reward: rewards[0],
            investigation_target: 'landing_page',
            rationale: 'First.',
          },
          {
            ...base,
            ts: start + 0.25,
            action_type: 'link_accounts',
            ad_id: one,
            reward: rewards[1],
            linked_ad_id: two,
            link_reason: 'One payer.',
          },
          {
            ...base,
            ts: start + 0.5,
            action_type: 'verdict',
            ad_id: 'nobody',
            reward: -0.05,
            verdict: 'approve',
          },
          {
            ...base,
            ts: start + 0.75,
            action_type: 'verdict',
            ad_id: two,
            reward: rewards[3],
            verdict: 'reject',
            confidence: 0.75,
            rationale: 'Second.',
          },
        ];
        const { investigator_action_log: log } = await stateOf(seats);
        expect(listed(log)).toMatchObject(expected);
        expect(log[0]?.findings_excerpt).toContain(finding.slice(0, 300));
        expect((await auditor.obs()).investigator_actions).toEqual(log);
      });
    });
  },
  () => clock,
);
