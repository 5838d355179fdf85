import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Table } from './arena.ts';

// Source: protocol spec, 3.4 to 3.6: the fraudster's observation and rewards. That every field is there, with its
// type and none beside it, is checked with every observation (spec.ts).

const propose =
  '{"type":"step","data":{"action_type":"propose_ad","ad_copy":"Yoga mats made of cork.","category":"fitness"}}';
const endTurn = '{"type":"step","data":{"action_type":"end_turn"}}';
const commit = '{"type":"step","data":{"action_type":"commit_final"}}';

/** Long turns, so that a turn ends where the test says so. */
const longTurns =
  '{"type":"reset","data":{"seed":11,"task_id":"task_1","max_proposals":5,"max_fraudster_actions_per_turn":10,' +
  '"max_investigator_actions_per_turn":4}}';

const judge = (adId: string, verdict: string, more = '') =>
  `{"type":"step","data":{"action_type":"verdict","ad_id":"${adId}","verdict":"${verdict}"${more}}}`;
const pull = (adId: string, target: string) =>
  `{"type":"step","data":{"action_type":"investigate","ad_id":"${adId}","investigation_target":"${target}"}}`;

/** Two proposals, the first of them rejected after a pull, and the fraudster on turn again. */
async function secondRound({ fraudster, investigator }: Table) {
  await fraudster.see(propose);
  const { current_queue: queue } = await fraudster.see(propose);
  await fraudster.see(endTurn);
  const [base, first] = [queue[0]?.ad_id ?? '', queue[5]?.ad_id ?? ''];
  await investigator.see(pull(first, 'landing_page'));
  await investigator.see(judge(first, 'reject', ',"confidence":0.75,"rationale":"A page of yesterday."'));
  await investigator.see(judge(first, 'approve', ',"confidence":1'));
  await investigator.see(judge(base, 'escalate'));
  return { base, first, second: queue[6]?.ad_id ?? '' };
}

overBothAdapters(({ table }) => {
  describe('at the start', () => {
    it('sees the whole queue undecided, its allowances, and nothing of its own', async () => {
      const { opening, fraudster } = await table(longTurns);
      expect(opening).toMatchObject({
        role: 'fraudster',
        phase: 'fraudster_turn',
        task_id: 'task_1',
        reward: 0,
        done: false,
        round_number: 1,
        max_rounds: 4,
        rounds_remaining: 4,
        proposals_used: 0,
        proposals_remaining: 5,
        actions_left_this_turn: 10,
        prior_verdicts: [],
        my_proposal_signals: {},
        allowed_categories: [
          'ecommerce',
          'saas',
          'local_service',
          'education',
          'fitness',
          'fake_giveaway',
          'miracle_cure',
        ],
      });
      expect(opening.current_queue).toHaveLength(5);
      for (const row of opening.current_queue) {
        expect(row).toMatchObject({ status: 'pending', is_my_proposal: false });
        expect(row).not.toHaveProperty('slot_index');
      }
      expect(Object.values(opening.investigation_targets_used).flat()).toEqual([]);
      expect(await fraudster.obs()).toEqual(opening);
    });
  });

  describe('propose_ad', () => {
    it('earns 0.02 and adds the ad to the queue with its slot and its signals', async () => {
      const { fraudster } = await table(longTurns);
      for (const slot of [0, 1]) {
        const seen = await fraudster.see(propose);
        expect(seen).toMatchObject({
          reward: 0.02,
          phase: 'fraudster_turn',
          proposals_used: slot + 1,
          proposals_remaining: 4 - slot,
          actions_left_this_turn: 9 - slot,
        });
        const row = seen.current_queue.at(-1);
        expect(seen.current_queue).toHaveLength(6 + slot);
        expect(row).toMatchObject({
          ad_copy: 'Yoga mats made of cork.',
          category: 'fitness',
          status: 'pending',
          is_my_proposal: true,
          slot_index: slot,
        });
        expect(Object.keys(seen.my_proposal_signals)).toHaveLength(slot + 1);
        expect(seen.my_proposal_signals[row?.ad_id ?? '']).toMatchObject({
          category: 'fitness',
          slot_index: slot,
          investigator_verdict: 'pending',
        });
        expect(seen.feedback).toContain(row?.ad_id);
      }
    });

    it('shows in its signals what the investigator reads of the ad', async () => {
      const { fraudster, investigator } = await table(longTurns);
      const { my_proposal_signals: signals } = await fraudster.see(propose);
      const [[adId, own] = ['', undefined]] = Object.entries(signals);
      await fraudster.see(endTurn);
      const digest = (await investigator.obs()).queue_digest.find((row) => row.ad_id === adId);
      expect(digest).toEqual({
        ad_id: adId,
        category: own?.category,
        country: own?.country,
        account_age_days: own?.account_age_days,
        payment_type: own?.payment_type,
        domain: own?.domain,
        registrar: own?.registrar,
      });
      await investigator.see(pull(adId, 'payment_method'));
      await investigator.see(pull(adId, 'advertiser_history'));
      const { evidence_ledger: ledger } = await investigator.see(pull(adId, 'targeting_overlap'));
      expect(ledger[adId]).toMatchObject({
        payment_id: own?.payment_id,
        payment_type: own?.payment_type,
        advertiser_id: own?.advertiser_id,
        verified_business: own?.verified_business,
        targeting_fingerprint: own?.targeting_fingerprint,
      });
    });

    it.each([
      ['without copy', '{"action_type":"propose_ad","category":"fitness"}'],
      ['with a copy of blanks', '{"action_type":"propose_ad","ad_copy":" \\n\\t ","category":"fitness"}'],
      ['without category', '{"action_type":"propose_ad","ad_copy":"Mats."}'],
      ['with a category that is null', '{"action_type":"propose_ad","ad_copy":"Mats.","category":null}'],
      [
        'in a category of another task',
        '{"action_type":"propose_ad","ad_copy":"M","category":"fake_crypto"}',
      ],
      ['in other letters', '{"action_type":"propose_ad","ad_copy":"Mats.","category":"Fitness"}'],
    ])('%s costs 0.05 and an action, and adds nothing', async (_, action) => {
      const { fraudster } = await table(longTurns);
      const seen = await fraudster.see(`{"type":"step","data":${action}}`);
      expect(seen).toMatchObject({
        reward: -0.05,
        phase: 'fraudster_turn',
        proposals_used: 0,
        actions_left_this_turn: 9,
      });
      expect(seen.current_queue).toHaveLength(5);
    });

    it('names the allowed categories to who used another', async () => {
      const { fraudster, opening } = await table(longTurns);
      const { feedback } = await fraudster.see(
        '{"type":"step","data":{"action_type":"propose_ad","ad_copy":"Mats.","category":"gym"}}',
      );
      for (const category of opening.allowed_categories) expect(feedback).toContain(category);
    });

    it('takes the optional texts', async () => {
      const { fraudster } = await table(longTurns);
      const seen = await fraudster.see(
        '{"type":"step","data":{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness",' +
          '"landing_page_blurb":"A page.","targeting_summary":"Adults.","rationale":"It looks plain."}}',
      );
      expect(seen.reward).toBe(0.02);
    });
  });

  describe('modify_pending_ad', () => {
    const modify = (fields: string) => `{"type":"step","data":{"action_type":"modify_pending_ad"${fields}}}`;

    it('earns 0.01 for new words, and shows them', async () => {
      const { fraudster } = await table(longTurns);
      await fraudster.see(propose);
      const seen = await fraudster.see(modify(',"slot_index":0,"new_ad_copy":"Better mats."'));
      expect(seen).toMatchObject({ reward: 0.01, actions_left_this_turn: 8, proposals_used: 1 });
      expect(seen.current_queue.at(-1)).toMatchObject({ ad_copy: 'Better mats.', slot_index: 0 });
      const page = await fraudster.see(modify(',"slot_index":0,"new_landing_page_blurb":"A better page."'));
      expect(page).toMatchObject({ reward: 0.01, actions_left_this_turn: 7 });
    });

    it.each([
      ['nothing to change costs 0.02', ',"slot_index":0', -0.02],
      ['blank texts cost 0.02', ',"slot_index":0,"new_ad_copy":"  ","new_landing_page_blurb":""', -0.02],
      ['no slot costs 0.05', ',"new_ad_copy":"Better mats."', -0.05],
      ['an unknown slot costs 0.05', ',"slot_index":1,"new_ad_copy":"Better mats."', -0.05],
    ])('%s, and an action', async (_, fields, reward) => {
      const { fraudster } = await table(longTurns);
      const before = await fraudster.see(propose);
      const seen = await fraudster.see(modify(fields));
      expect(seen).toMatchObject({ reward, actions_left_this_turn: 8, phase: 'fraudster_turn' });
      expect(seen.current_queue).toEqual(before.current_queue);
    });

    it('costs 0.05 for an ad that has its verdict', async () => {
      const seats = await table(longTurns);
      const { first } = await secondRound(seats);
      const seen = await seats.fraudster.see(modify(',"slot_index":0,"new_ad_copy":"Better mats."'));
      expect(seen.reward).toBe(-0.05);
      expect(seen.feedback).toContain('reject');
      const row = seen.current_queue.find(({ ad_id: adId }) => adId === first);
      expect(row?.ad_copy).toBe('Yoga mats made of cork.');
    });
  });

  describe('after the investigator', () => {
    it('sees the verdicts as given, refused repeats too, in the order of the log', async () => {
      const seats = await table(longTurns);
      const { base, first } = await secondRound(seats);
      const seen = await seats.fraudster.obs();
      expect(seen).toMatchObject({
        phase: 'fraudster_turn',
        round_number: 2,
        rounds_remaining: 3,
        reward: 0,
      });
      const rationale = 'A page of yesterday.';
      expect(seen.prior_verdicts).toEqual([
        { ad_id: first, verdict: 'reject', confidence: 0.75, rationale, was_my_proposal: true },
        { ad_id: first, verdict: 'approve', confidence: 1, rationale: null, was_my_proposal: true },
        { ad_id: base, verdict: 'escalate', confidence: null, rationale: null, was_my_proposal: false },
      ]);
    });

    it('sees the verdict as status of the ad, the refused one nowhere', async () => {
      const seats = await table(longTurns);
      const { base, first, second } = await secondRound(seats);
      const { current_queue: queue, my_proposal_signals: signals } = await seats.fraudster.obs();
      const status = Object.fromEntries(queue.map((row) => [row.ad_id, row.status]));
      expect(status).toMatchObject({ [base]: 'escalate', [first]: 'reject', [second]: 'pending' });
      expect(Object.values(status).filter((word) => word === 'pending')).toHaveLength(5);
      expect(signals[first]?.investigator_verdict).toBe('reject');
      expect(signals[second]?.investigator_verdict).toBe('pending');
    });

    it('sees which targets were pulled, of any ad', async () => {
      const seats = await table(longTurns);
      const { base, first } = await secondRound(seats);
      const used = async () => (await seats.fraudster.obs()).investigation_targets_used;
      expect((await used())[first]).toEqual(['landing_page']);
      await seats.fraudster.see(endTurn);
      const other = (await seats.investigator.obs()).available_ads[0] ?? '';
      await seats.investigator.see(pull(other, 'policy_classifier'));
      await seats.investigator.see(pull(other, 'payment_method'));
      await seats.investigator.see(pull(other, 'payment_method'));
      const after = await used();
      expect(after[other]).toEqual(['policy_classifier', 'payment_method']);
      expect(after[base] ?? []).toEqual([]);
      const ids = (await seats.fraudster.obs()).current_queue.map((row) => row.ad_id);
      expect(ids).toEqual(expect.arrayContaining(Object.keys(after)));
    });
  });

  describe('outside its turn', () => {
    it('has no actions left, and sees the same fields to the end', async () => {
      const { fraudster, investigator, auditor } = await table(
        '{"type":"reset","data":{"max_investigator_actions_per_turn":1,"max_rounds":2}}',
      );
      await fraudster.see(propose);
      const passed = await fraudster.see(endTurn);
      const none = { actions_left_this_turn: 0, reward: 0 };
      expect(passed).toMatchObject({ ...none, phase: 'investigator_turn', proposals_used: 1 });
      const { available_ads: ads } = await investigator.obs();
      await investigator.see(judge(ads[0] ?? '', 'approve'));
      expect(await fraudster.obs()).toMatchObject({ round_number: 2, rounds_remaining: 1, reward: 0 });
      const committed = await fraudster.see(commit);
      expect(committed).toMatchObject({ ...none, phase: 'audit_phase', done: false });
      expect(committed.proposals_used + committed.proposals_remaining).toBe(3);
      await auditor.see('{"type":"step","data":{"action_type":"submit_audit_report"}}');
      expect(await fraudster.obs()).toMatchObject({ ...none, phase: 'done', done: true, round_number: 2 });
    });
  });
});
