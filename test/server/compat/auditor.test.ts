import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';

// Source: protocol spec, 3.4 to 3.6: the auditor's observation, its flags and its report. That every field is there,
// with its type and none beside it, is checked with every observation (spec.ts).

const endTurn = '{"type":"step","data":{"action_type":"end_turn"}}';
const commit = '{"type":"step","data":{"action_type":"commit_final"}}';
const submit = (report = '{}', more = '') =>
  `{"type":"step","data":{"action_type":"submit_audit_report","audit_report":${report}${more}}}`;
const step = (action: string) => `{"type":"step","data":${action}}`;

overBothAdapters(({ table }) => {
  /** The auditor on turn after an immediate commit. */
  async function audit(reset = '{"type":"reset","data":{"seed":4}}') {
    const seats = await table(reset);
    await seats.fraudster.see(commit);
    return seats;
  }

  describe('the record', () => {
    it('is whole from the first moment of the match', async () => {
      const { auditor, opening } = await table('{"type":"reset","data":{"seed":4,"task_id":"task_2"}}');
      const seen = await auditor.obs();
      const { full_episode_record: record } = seen;
      expect(seen).toMatchObject({
        role: 'auditor',
        phase: 'fraudster_turn',
        round_number: 1,
        max_rounds: 4,
        rounds_remaining: 4,
        reward: 0,
        done: false,
        pending_flags: [],
        investigator_actions: [],
        fraudster_proposals: [],
      });
      expect(record).toMatchObject({
        task_id: 'task_2',
        round_number: 1,
        proposals_used: 0,
        end_reason: null,
        grader_score: null,
        verdicts: [],
        links: [],
        fraud_rings: [],
      });
      expect(record.ads.map(({ ad_id, ad_copy, category }) => ({ ad_id, ad_copy, category }))).toEqual(
        opening.current_queue.map(({ ad_id, ad_copy, category }) => ({ ad_id, ad_copy, category })),
      );
      expect(record.ads.map((ad) => ad.ground_truth).sort()).toEqual([
        ...Array<string>(2).fill('escalate'),
        ...Array<string>(5).fill('fraud'),
        ...Array<string>(5).fill('legit'),
      ]);
      for (const ad of record.ads.filter(({ ground_truth: truth }) => truth === 'legit'))
        expect(ad).toMatchObject({ severity: 0, fraud_type: '', is_fraudster_proposal: false });
      for (const ad of record.ads.filter(({ ground_truth: truth }) => truth === 'fraud')) {
        expect(ad.severity).toBeGreaterThan(0);
        expect(ad.fraud_type).not.toBe('');
      }
    });

    it('holds all six findings of every ad, pulled or not, and of every proposal', async () => {
      const { fraudster, auditor } = await table();
      const { current_queue: queue } = await fraudster.see(
        step('{"action_type":"propose_ad","ad_copy":"Cork mats.","category":"fitness"}'),
      );
      const { investigation_data_seen: seen } = await auditor.obs();
      expect(Object.keys(seen).sort()).toEqual(queue.map((row) => row.ad_id).sort());
      for (const findings of Object.values(seen)) {
        expect(Object.keys(findings).sort()).toEqual([
          'advertiser_history',
          'campaign_structure',
          'landing_page',
          'payment_method',
          'policy_classifier',
          'targeting_overlap',
        ]);
        for (const text of Object.values(findings)) expect(text).not.toBe('');
      }
    });

    it('marks the proposals, which are frauds of the severity of their category', async () => {
      const { fraudster, auditor } = await table();
      const seen = await fraudster.see(
        step('{"action_type":"propose_ad","ad_copy":"It cures all.","category":"miracle_cure"}'),
      );
      const { full_episode_record: record } = await auditor.obs();
      expect(record.proposals_used).toBe(1);
      expect(record.ads).toHaveLength(6);
      expect(record.ads.at(-1)).toMatchObject({
        ad_id: seen.current_queue.at(-1)?.ad_id,
        ad_copy: 'It cures all.',
        category: 'miracle_cure',
        ground_truth: 'fraud',
        severity: 0.95,
        is_fraudster_proposal: true,
      });
    });

    it('follows verdicts and links as they are given', async () => {
      const { fraudster, investigator, auditor } = await table(
        '{"type":"reset","data":{"task_id":"task_3"}}',
      );
      await fraudster.see(endTurn);
      const { ads, fraud_rings: rings } = (await auditor.obs()).full_episode_record;
      const [ring] = rings;
      const [one = '', two = ''] = ring?.member_ad_ids ?? [];
      const honest = ads.find((ad) => ad.ground_truth === 'legit')?.ad_id ?? '';
      await investigator.see(
        step(`{"action_type":"verdict","ad_id":"${one}","verdict":"reject","confidence":0.9}`),
      );
      await investigator.see(step(`{"action_type":"verdict","ad_id":"${honest}","verdict":"escalate"}`));
      await investigator.see(
        step(
          `{"action_type":"link_accounts","ad_id":"${one}","linked_ad_id":"${two}","link_reason":"One payer."}`,
        ),
      );
      await investigator.see(
        step(`{"action_type":"link_accounts","ad_id":"${honest}","linked_ad_id":"${two}"}`),
      );
      const { full_episode_record: record } = await auditor.obs();
      expect(record.verdicts).toEqual([
        { ad_id: one, verdict: 'reject', confidence: 0.9, ground_truth: 'fraud' },
        { ad_id: honest, verdict: 'escalate', confidence: 0.5, ground_truth: 'legit' },
      ]);
      expect(record.links).toMatchObject([
        { ad_id_1: one, ad_id_2: two, reason: 'One payer.', correct: true },
        { ad_id_1: honest, ad_id_2: two, correct: false },
      ]);
      expect(rings).toHaveLength(3);
      expect(new Set(rings.map(({ ring_id: id }) => id)).size).toBe(3);
      for (const adId of rings.flatMap(({ member_ad_ids: ids }) => ids))
        expect(ads.find((ad) => ad.ad_id === adId)?.ground_truth).toBe('fraud');
    });

    it('names why the review ended', async () => {
      const { auditor } = await audit();
      expect((await auditor.obs()).full_episode_record.end_reason).toBe('commit_final');
    });
  });

  describe('flags', () => {
    it('are kept as sent, with what is missing filled in, repeats and unknown types too', async () => {
      const { auditor } = await audit();
      const seen = await auditor.see(
        step(
          '{"action_type":"flag_investigator","flag_type":"bias","target_ad_id":"ad_x","severity":0.3,"note":"See."}',
        ),
      );
      expect(seen).toMatchObject({ reward: 0, phase: 'audit_phase', done: false });
      const bias = { track: 'A', target_ad_id: 'ad_x', flag_type: 'bias', severity: 0.3, note: 'See.' };
      expect(seen.pending_flags).toEqual([bias]);
      expect(seen.feedback).toContain('bias');
      await auditor.see(step('{"action_type":"flag_fraudster"}'));
      await auditor.see(step('{"action_type":"flag_fraudster","flag_type":"", "severity":null,"note":null}'));
      await auditor.see(step('{"action_type":"flag_fraudster","flag_type":"my own word","severity":0}'));
      await auditor.see(
        step(
          '{"action_type":"flag_investigator","flag_type":"bias","target_ad_id":"ad_x","severity":0.3,"note":"See."}',
        ),
      );
      const bare = { track: 'B', target_ad_id: null, flag_type: 'unspecified', severity: 0.5, note: '' };
      expect((await auditor.obs()).pending_flags).toEqual([
        bias,
        bare,
        bare,
        { ...bare, flag_type: 'my own word', severity: 0 },
        bias,
      ]);
    });

    it.each([
      'miscalibration',
      'missing_citation',
      'incoherent_rationale',
      'inconsistency',
      'bias',
      'gibberish',
      'parameter_mismatch',
      'template_repetition',
      'market_implausible',
      'branding_anomaly',
    ])('of the known type %s are taken on both tracks', async (type) => {
      const { auditor } = await audit();
      await auditor.see(step(`{"action_type":"flag_investigator","flag_type":"${type}"}`));
      const seen = await auditor.see(step(`{"action_type":"flag_fraudster","flag_type":"${type}"}`));
      expect(seen.pending_flags.map((flag) => [flag.track, flag.flag_type])).toEqual([
        ['A', type],
        ['B', type],
      ]);
    });
  });

  describe('the report', () => {
    it('ends the match, and its reward is the composite one from then on', async () => {
      const { auditor, fraudster } = await audit();
      await auditor.see(
        step('{"action_type":"flag_fraudster","flag_type":"gibberish","target_ad_id":"ad_x"}'),
      );
      const seen = await auditor.see(submit());
      // One flag that is not true costs 0.5 (grading spec, 10.3).
      expect(seen).toMatchObject({ phase: 'done', done: true, reward: -0.5 });
      expect(await auditor.obs()).toMatchObject({ phase: 'done', done: true, reward: -0.5 });
      expect((await fraudster.state()).auditor_reward).toBe(-0.5);
      expect(seen.full_episode_record.grader_score).toBe((await fraudster.state()).grader_score);
      expect(seen.pending_flags).toHaveLength(1);
    });

    it('holds the flags recorded earlier, whatever the submitted object says', async () => {
      const { auditor } = await audit();
      await auditor.see(step('{"action_type":"flag_investigator","flag_type":"bias"}'));
      await auditor.see(step('{"action_type":"flag_fraudster","flag_type":"gibberish"}'));
      await auditor.see(step('{"action_type":"flag_fraudster","flag_type":"market_implausible"}'));
      await auditor.see(
        submit(
          '{"track_a_flags":[],"track_b_flags":[{"flag_type":"invented"}],"anything":{"at":["all"]},' +
            '"investigator_audit_score":0.25,"fraudster_plausibility_score":0.75,"notes":"Fair."}',
        ),
      );
      const bare = { target_ad_id: null, severity: 0.5, note: '' };
      expect((await auditor.state()).audit_report).toEqual({
        track_a_flags: [{ track: 'A', flag_type: 'bias', ...bare }],
        track_b_flags: [
          { track: 'B', flag_type: 'gibberish', ...bare },
          { track: 'B', flag_type: 'market_implausible', ...bare },
        ],
        investigator_audit_score: 0.25,
        fraudster_plausibility_score: 0.75,
        notes: 'Fair.',
      });
    });

    it.each([
      ['numbers as text', '{"investigator_audit_score":"0.25"}', 0.25],
      ['numbers above 1', '{"investigator_audit_score":17}', 1],
      ['numbers below 0', '{"investigator_audit_score":-3}', 0],
      ['the whole numbers', '{"investigator_audit_score":1}', 1],
    ])('takes %s as scores, clamped to 0..1', async (_, report, score) => {
      const { auditor } = await audit();
      await auditor.see(submit(report));
      expect((await auditor.state()).audit_report?.investigator_audit_score).toBe(score);
    });

    it.each(['{}', 'null'])('computes the scores itself where %s leaves them out', async (report) => {
      const { auditor } = await audit();
      await auditor.see(submit(report));
      const { audit_report: filed } = await auditor.state();
      // Nobody did anything: a faultless review, and the plausibility of no proposal (match spec, 15, E9).
      expect(filed?.investigator_audit_score).toBe(1);
      expect(filed?.fraudster_plausibility_score).toBeCloseTo(0.62, 9);
      expect(filed?.notes).toBe('');
    });

    it('needs no object, and cuts its notes at 4000', async () => {
      const { auditor } = await audit();
      expect((await auditor.see(step('{"action_type":"submit_audit_report"}'))).done).toBe(true);
      const long = await audit();
      await long.auditor.see(submit(`{"notes":"${'n'.repeat(5000)}"}`));
      expect((await long.auditor.state()).audit_report?.notes).toBe('n'.repeat(4000));
      const noted = await audit();
      await noted.auditor.see(submit('{}', ',"note":"From the note."'));
      expect((await noted.auditor.state()).audit_report?.notes).toBe('From the note.');
    });
  });
});
