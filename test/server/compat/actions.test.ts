import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';

// Source: protocol spec, 3.5: the fields of actions, their limits, and what is refused before it costs anything.

const endTurn = '{"type":"step","data":{"action_type":"end_turn"}}';
const step = (action: string) => `{"type":"step","data":${action}}`;
const long = (length: number) => 'x'.repeat(length);

/** Actions of the fraudster that reach the match; what comes of them is another matter. */
const fittingFraudster: readonly string[] = [
  `{"action_type":"propose_ad","ad_copy":"${long(2000)}","category":"fitness"}`,
  `{"action_type":"propose_ad","ad_copy":"${'\u{1F6B2}'.repeat(2000)}","category":"fitness"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"${long(64)}"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"fitness","landing_page_blurb":"${long(2000)}"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"fitness","targeting_summary":"${long(512)}"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"fitness","rationale":"${long(2000)}"}`,
  '{"action_type":"propose_ad"}',
  '{"action_type":"propose_ad","ad_copy":null,"category":null,"slot_index":null,"rationale":null}',
  '{"action_type":"propose_ad","ad_copy":"M","category":"fitness","slot_index":3,"new_ad_copy":"stray"}',
  '{"action_type":"modify_pending_ad"}',
  '{"action_type":"modify_pending_ad","slot_index":0,"new_ad_copy":"New."}',
  `{"action_type":"modify_pending_ad","slot_index":0,"new_ad_copy":"${long(2000)}"}`,
  `{"action_type":"modify_pending_ad","slot_index":0,"new_landing_page_blurb":"${long(2000)}"}`,
];

const unfittingFraudster: readonly string[] = [
  '{}',
  '{"action_type":null}',
  '{"action_type":"investigate","ad_id":"ad_001","investigation_target":"landing_page"}',
  '{"action_type":"submit_audit_report"}',
  '{"action_type":["end_turn"]}',
  '{"action_type":"end_turn","action":"end_turn"}',
  '{"action_type":"end_turn","ad_id":"ad_001"}',
  '{"action_type":"end_turn","Rationale":"x"}',
  '{"action_type":"end_turn","__proto__":{"rationale":"x"}}',
  '{"action_type":"end_turn","match_id":"x"}',
  `{"action_type":"propose_ad","ad_copy":"${long(2001)}","category":"fitness"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"${long(65)}"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"fitness","landing_page_blurb":"${long(2001)}"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"fitness","targeting_summary":"${long(513)}"}`,
  `{"action_type":"propose_ad","ad_copy":"M","category":"fitness","rationale":"${long(2001)}"}`,
  '{"action_type":"propose_ad","ad_copy":7,"category":"fitness"}',
  '{"action_type":"propose_ad","ad_copy":["M"],"category":"fitness"}',
  '{"action_type":"modify_pending_ad","slot_index":-1}',
  '{"action_type":"modify_pending_ad","slot_index":0.5}',
  '{"action_type":"modify_pending_ad","slot_index":"0.5"}',
  '{"action_type":"modify_pending_ad","slot_index":"first"}',
  '{"action_type":"modify_pending_ad","slot_index":""}',
  `{"action_type":"modify_pending_ad","slot_index":0,"new_ad_copy":"${long(2001)}"}`,
  `{"action_type":"modify_pending_ad","slot_index":0,"new_landing_page_blurb":"${long(2001)}"}`,
  '{"action_type":"end_turn","metadata":"note"}',
  '{"action_type":"end_turn","metadata":[1]}',
];

const unfittingInvestigator: readonly string[] = [
  '{"ad_id":"AD"}',
  '{"action_type":"end_turn"}',
  '{"action_type":"propose_ad","ad_copy":"M","category":"fitness"}',
  '{"action_type":"investigate","investigation_target":"landing_page"}',
  '{"action_type":"investigate","ad_id":"AD"}',
  '{"action_type":"investigate","ad_id":"AD","investigation_target":null}',
  '{"action_type":"investigate","ad_id":"AD","investigation_target":"horoscope"}',
  '{"action_type":"investigate","ad_id":"AD","investigation_target":"landing_page","verdict":"reject"}',
  '{"action_type":"investigate","ad_id":7,"investigation_target":"landing_page"}',
  '{"action_type":"verdict","ad_id":"AD"}',
  '{"action_type":"verdict","verdict":"reject"}',
  '{"action_type":"verdict","ad_id":"AD","verdict":null}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"ban"}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"Reject"}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","investigation_target":"landing_page"}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","confidence":1.01}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","confidence":-0.01}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","confidence":"1.01"}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","confidence":"high"}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","confidence":""}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","confidence":[0.5]}',
  '{"action_type":"verdict","ad_id":"AD","verdict":"reject","reason":"x"}',
  `{"action_type":"verdict","ad_id":"AD","verdict":"reject","rationale":"${long(2001)}"}`,
  '{"action_type":"link_accounts","ad_id":"AD"}',
  '{"action_type":"link_accounts","ad_id":"AD","linked_ad_id":null}',
  '{"action_type":"link_accounts","linked_ad_id":"AD"}',
];

const unfittingAuditor: readonly string[] = [
  '{"flag_type":"bias"}',
  '{"action_type":"flag"}',
  `{"action_type":"flag_investigator","flag_type":"${long(65)}"}`,
  '{"action_type":"flag_investigator","flag_type":7}',
  '{"action_type":"flag_investigator","flag_type":"bias","severity":1.5}',
  '{"action_type":"flag_investigator","flag_type":"bias","severity":-1}',
  '{"action_type":"flag_investigator","flag_type":"bias","severity":"bad"}',
  `{"action_type":"flag_investigator","flag_type":"bias","note":"${long(2001)}"}`,
  '{"action_type":"flag_investigator","flag_type":"bias","target_ad_id":7}',
  '{"action_type":"flag_investigator","flag_type":"bias","ad_id":"x"}',
  '{"action_type":"submit_audit_report","audit_report":"fine"}',
  '{"action_type":"submit_audit_report","audit_report":[]}',
  '{"action_type":"submit_audit_report","report":{}}',
];

const shown = (action: string): readonly [string, string] => [action.slice(0, 110), action];

overBothAdapters(({ table }) => {
  describe('the fraudster', () => {
    it.each(fittingFraudster.map(shown))('may send %s', async (_, action) => {
      const { fraudster } = await table('{"type":"reset","data":{"max_fraudster_actions_per_turn":10}}');
      await fraudster.see(step('{"action_type":"propose_ad","ad_copy":"M","category":"fitness"}'));
      const seen = await fraudster.see(step(action));
      expect(seen.reward).not.toBe(0);
      expect((await fraudster.state()).actions_this_turn).toBe(2);
    });

    it.each(unfittingFraudster.map(shown))('may not send %s, which costs nothing', async (_, action) => {
      const { fraudster } = await table();
      const before = await fraudster.state();
      expect(await fraudster.refused(step(action))).toBe('validation_error');
      expect(await fraudster.state()).toEqual(before);
    });
  });

  describe('the investigator', () => {
    it.each(unfittingInvestigator.map(shown))('may not send %s, which costs nothing', async (_, action) => {
      const { fraudster, investigator } = await table();
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      const before = await investigator.state();
      expect(await investigator.refused(step(action.replace('"AD"', `"${adId}"`)))).toBe('validation_error');
      expect(await investigator.state()).toEqual(before);
    });

    it.each(
      [
        '{"action_type":"investigate","ad_id":"AD","investigation_target":"landing_page","verdict":null}',
        '{"action_type":"investigate","ad_id":"AD","investigation_target":"landing_page","confidence":0.5}',
        '{"action_type":"verdict","ad_id":"AD","verdict":"approve","investigation_target":null}',
        '{"action_type":"verdict","ad_id":"AD","verdict":"approve","confidence":null,"rationale":null}',
        '{"action_type":"verdict","ad_id":"AD","verdict":"approve","linked_ad_id":"AD","link_reason":"stray"}',
        '{"action_type":"link_accounts","ad_id":"AD","linked_ad_id":""}',
        `{"action_type":"link_accounts","ad_id":"AD","linked_ad_id":"AD","link_reason":"${long(9000)}"}`,
        `{"action_type":"verdict","ad_id":"AD","verdict":"approve","rationale":"${long(2000)}"}`,
      ].map(shown),
    )('may send %s', async (_, action) => {
      const { fraudster, investigator } = await table();
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      const seen = await investigator.see(step(action.replaceAll('"AD"', `"${adId}"`)));
      expect(seen.queue_status.step).toBe(1);
    });

    it.each([
      ['"0.9"', 0.9],
      ['"1"', 1],
      ['"0"', 0],
      ['"1e-1"', 0.1],
      ['0', 0],
      ['1', 1],
      ['1.0', 1],
    ])('is as confident with %s as with a number', async (confidence, value) => {
      const { fraudster, investigator } = await table();
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      const { decided_ads: decided } = await investigator.see(
        step(`{"action_type":"verdict","ad_id":"${adId}","verdict":"approve","confidence":${confidence}}`),
      );
      expect(decided[0]?.confidence).toBe(value);
      expect((await investigator.state()).investigator_action_log[0]?.confidence).toBe(value);
    });
  });

  describe('the auditor', () => {
    it.each(unfittingAuditor.map(shown))('may not send %s, which changes nothing', async (_, action) => {
      const { fraudster, auditor } = await table();
      await fraudster.see(step('{"action_type":"commit_final"}'));
      const before = await auditor.obs();
      expect(await auditor.refused(step(action))).toBe('validation_error');
      expect(await auditor.obs()).toEqual(before);
    });

    it('is as severe with a text as with a number', async () => {
      const { fraudster, auditor } = await table();
      await fraudster.see(step('{"action_type":"commit_final"}'));
      const seen = await auditor.see(
        step(
          `{"action_type":"flag_fraudster","flag_type":"${long(64)}","severity":"0.25","note":"${long(2000)}"}`,
        ),
      );
      expect(seen.pending_flags[0]).toMatchObject({ severity: 0.25, flag_type: long(64) });
    });
  });

  describe('a slot', () => {
    it.each(['0', '"0"', '0.0', '"0.0"'])('may be written %s', async (slot) => {
      const { fraudster } = await table();
      await fraudster.see(step('{"action_type":"propose_ad","ad_copy":"M","category":"fitness"}'));
      const seen = await fraudster.see(
        step(`{"action_type":"modify_pending_ad","slot_index":${slot},"new_ad_copy":"N"}`),
      );
      expect(seen.reward).toBe(0.01);
    });
  });

  describe('metadata', () => {
    const metadata = `{"run":7,"deep":{"er":[1,{"and":null}]},"text":"${long(20_000)}","action_type":"commit_final"}`;

    it('may come with every action of every role, and is ignored', async () => {
      const { fraudster, investigator, auditor } = await table();
      const plus = (fields: string) => step(`{${fields},"metadata":${metadata}}`);
      const proposed = await fraudster.see(
        plus('"action_type":"propose_ad","ad_copy":"M","category":"fitness"'),
      );
      expect(proposed).toMatchObject({ reward: 0.02, metadata: {} });
      await fraudster.see(plus('"action_type":"modify_pending_ad","slot_index":0,"new_ad_copy":"N"'));
      expect(await fraudster.see(plus('"action_type":"end_turn"'))).toMatchObject({ metadata: {} });
      const [one = '', two = ''] = (await investigator.obs()).available_ads;
      for (const fields of [
        `"action_type":"investigate","ad_id":"${one}","investigation_target":"payment_method"`,
        `"action_type":"link_accounts","ad_id":"${one}","linked_ad_id":"${two}"`,
        `"action_type":"verdict","ad_id":"${one}","verdict":"approve"`,
      ])
        expect(await investigator.see(plus(fields))).toMatchObject({ metadata: {} });
      for (let left = 3; left > 0; left -= 1)
        await investigator.see(
          plus(`"action_type":"link_accounts","ad_id":"${one}","linked_ad_id":"${one}"`),
        );
      expect((await fraudster.see(plus('"action_type":"commit_final"'))).phase).toBe('audit_phase');
      await auditor.see(plus('"action_type":"flag_fraudster","flag_type":"gibberish"'));
      expect((await auditor.see(plus('"action_type":"submit_audit_report"'))).done).toBe(true);
      expect(JSON.stringify(await auditor.state())).not.toContain('xxxxxxxxxx');
    });
  });
});
