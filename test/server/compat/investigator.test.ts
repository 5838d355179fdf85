import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Table } from './arena.ts';
import type { Observation, Target } from './spec.ts';

// Source: protocol spec, 3.4 to 3.6: the investigator's observation. Its rewards are those of the match spec,
// section 6; what the ads really are is read from the auditor's record.

const endTurn = '{"type":"step","data":{"action_type":"end_turn"}}';
const judge = (adId: string, verdict: string, more = '') =>
  `{"type":"step","data":{"action_type":"verdict","ad_id":"${adId}","verdict":"${verdict}"${more}}}`;
const pull = (adId: string, target: Target) =>
  `{"type":"step","data":{"action_type":"investigate","ad_id":"${adId}","investigation_target":"${target}"}}`;
const link = (adId: string, other: string, more = '') =>
  `{"type":"step","data":{"action_type":"link_accounts","ad_id":"${adId}","linked_ad_id":"${other}"${more}}}`;

const targets: readonly Target[] = [
  ...(['advertiser_history', 'landing_page', 'payment_method'] as const),
  ...(['targeting_overlap', 'campaign_structure', 'policy_classifier'] as const),
];

const resetTo = (task: string) =>
  `{"type":"reset","data":{"seed":3,"task_id":"${task}","max_investigator_actions_per_turn":30}}`;

overBothAdapters(({ table }) => {
  /** The investigator on turn, and what the match really is. */
  async function onTurn(reset = resetTo('task_1')): Promise<Table & { readonly ads: readonly string[] }> {
    const seats = await table(reset);
    await seats.fraudster.see(endTurn);
    return { ...seats, ads: (await seats.investigator.obs()).available_ads };
  }

  describe('at the start', () => {
    it('sees the whole queue before its turn already', async () => {
      const { investigator, opening } = await table(resetTo('task_1'));
      const seen = await investigator.obs();
      const ids = opening.current_queue.map((row) => row.ad_id);
      expect(seen).toMatchObject({
        role: 'investigator',
        phase: 'fraudster_turn',
        round_number: 1,
        rounds_remaining: 4,
        max_rounds: 4,
        reward: 0,
        done: false,
        available_ads: ids,
        queue_may_grow: true,
        investigation_findings: '',
        decided_ads: [],
        queue_status: {
          total_ads: 5,
          reviewed: 0,
          pending: 5,
          investigation_budget: 25,
          steps_remaining: 25,
          step: 0,
          task_id: 'task_1',
        },
      });
      const first = ids[0] ?? '';
      expect(Object.keys(seen.evidence_ledger)).toEqual([first]);
      expect(seen.current_ad_info).toContain(first);
      expect(seen.queue_digest.map((row) => row.ad_id)).toEqual(ids);
    });

    it.each([
      ['task_1', 5],
      ['task_2', 12],
      ['task_3', 12],
      ['task_3_unseen', 12],
    ])('has of %s the first %i undecided ads in the digest', async (task, rows) => {
      const { investigator, ads } = await onTurn(resetTo(task));
      const digest = (await investigator.obs()).queue_digest;
      expect(digest.map((row) => row.ad_id)).toEqual(ads.slice(0, rows));
      for (const row of digest)
        expect(Object.keys(row).sort()).toEqual(
          ['account_age_days', 'ad_id', 'category', 'country', 'domain', 'payment_type', 'registrar'].sort(),
        );
      const after = await investigator.see(judge(ads[1] ?? '', 'approve'));
      expect(after.queue_digest.map((row) => row.ad_id)).toEqual(
        ads.filter((adId) => adId !== ads[1]).slice(0, rows),
      );
    });
  });

  describe('investigate', () => {
    it('costs 0.02, spends budget and step, and shows the finding', async () => {
      const { investigator, auditor, ads } = await onTurn();
      const [adId = ''] = ads;
      const { investigation_data_seen: truth } = await auditor.obs();
      const text = truth[adId]?.landing_page ?? '';
      expect(text.length).toBeGreaterThan(20);
      const seen = await investigator.see(pull(adId, 'landing_page'));
      expect(seen).toMatchObject({
        reward: -0.02,
        queue_status: { investigation_budget: 24, steps_remaining: 24, step: 1, pending: 5, reviewed: 0 },
      });
      expect(seen.feedback).toContain(text);
      expect(seen.investigation_findings).toContain(text);
      expect(seen.investigation_findings).toContain(adId);
      expect((await investigator.obs()).investigation_findings).toBe(seen.investigation_findings);
    });

    it.each<[Target, readonly string[]]>([
      ['advertiser_history', ['advertiser_id', 'verified_business']],
      ['landing_page', ['domain', 'domain_age_days', 'registrar']],
      ['payment_method', ['payment_id', 'payment_type']],
      ['targeting_overlap', ['targeting_fingerprint']],
      ['campaign_structure', []],
      ['policy_classifier', []],
    ])('of %s adds %j to the ledger, and to the decided ad', async (target, fields) => {
      const { investigator, ads } = await onTurn();
      const adId = ads[2] ?? '';
      const free = ['account_age_days', 'category', 'country'];
      const { evidence_ledger: ledger } = await investigator.see(pull(adId, target));
      const row = ledger[adId] ?? {};
      const own = Object.keys(row).filter((name) => name !== 'creative_fingerprint');
      expect(own.sort()).toEqual([...free, ...fields].sort());
      const { decided_ads: decided } = await investigator.see(judge(adId, 'escalate', ',"confidence":0.9'));
      expect(decided).toEqual([{ ad_id: adId, verdict: 'escalate', confidence: 0.9, ...row }]);
    });

    it('of six targets of one ad costs what the original takes', async () => {
      const { investigator, ads } = await onTurn();
      const rewards: number[] = [];
      for (const target of targets) rewards.push((await investigator.see(pull(ads[0] ?? '', target))).reward);
      expect(rewards).toEqual([-0.02, -0.02, -0.05, -0.05, -0.05, -0.1]);
      expect((await investigator.obs()).queue_status).toMatchObject({ investigation_budget: 22, step: 6 });
    });

    it('of a target pulled already costs 0.02 and no budget, of a decided ad too', async () => {
      const { investigator, ads } = await onTurn();
      const [first = '', second = ''] = ads;
      await investigator.see(pull(first, 'landing_page'));
      expect(await investigator.see(pull(first, 'landing_page'))).toMatchObject({
        reward: -0.02,
        queue_status: { investigation_budget: 24, step: 2 },
      });
      await investigator.see(judge(second, 'reject'));
      expect(await investigator.see(pull(second, 'landing_page'))).toMatchObject({
        reward: -0.02,
        queue_status: { investigation_budget: 24, step: 4 },
      });
    });
  });

  describe('verdict', () => {
    const table62 = {
      reject: { legit: -0.35, escalate: -0.1 },
      approve: { fraud: -0.5, legit: 0.1, escalate: -0.15 },
      escalate: { fraud: -0.05, legit: -0.05, escalate: 0.15 },
    } as const;

    it.each(['reject', 'approve', 'escalate'] as const)('%s earns by what the ad is', async (verdict) => {
      const { investigator, auditor, ads } = await onTurn(resetTo('task_2'));
      const { full_episode_record: record } = await auditor.obs();
      const met = new Set<string>();
      for (const adId of ads.slice(0, 11)) {
        const ad = record.ads.find(({ ad_id: id }) => id === adId);
        const truth = ad?.ground_truth ?? 'legit';
        const fixed: Partial<Record<string, number>> = table62[verdict];
        const { reward } = await investigator.see(judge(adId, verdict));
        expect(reward).toBeCloseTo(fixed[truth] ?? 0.3 + 0.1 * (ad?.severity ?? 0), 9);
        met.add(truth);
      }
      expect([...met].sort()).toEqual(['escalate', 'fraud', 'legit']);
    });

    it('takes the ad out of what is available, into what is decided', async () => {
      const { investigator, ads } = await onTurn();
      const adId = ads[3] ?? '';
      const seen = await investigator.see(judge(adId, 'reject', ',"rationale":"Too good."'));
      expect(seen.available_ads).toEqual(ads.filter((each) => each !== adId));
      expect(seen.queue_status).toMatchObject({ total_ads: 5, reviewed: 1, pending: 4, step: 1 });
      expect(seen.queue_status.investigation_budget).toBe(25);
      expect(seen.decided_ads).toHaveLength(1);
      expect(seen.decided_ads[0]).toMatchObject({ ad_id: adId, verdict: 'reject', confidence: 0.5 });
      expect(seen.verdict_history_summary).toContain(adId);
      expect(seen.feedback).toContain(adId);
    });

    it('lists decided ads in the order of their verdicts, and a repeat costs 0.02', async () => {
      const { investigator, ads } = await onTurn();
      const [one = '', two = '', three = ''] = ads;
      for (const adId of [three, one]) await investigator.see(judge(adId, 'approve'));
      const repeat = await investigator.see(judge(three, 'reject', ',"confidence":1'));
      expect(repeat.reward).toBe(-0.02);
      const { decided_ads: decided } = await investigator.see(judge(two, 'reject', ',"confidence":1'));
      expect(decided.map((row) => [row.ad_id, row.verdict, row.confidence])).toEqual([
        [three, 'approve', 0.5],
        [one, 'approve', 0.5],
        [two, 'reject', 1],
      ]);
    });
  });

  describe('an unknown ad', () => {
    it.each([
      ['investigate', pull('ad_nope', 'landing_page')],
      ['verdict', judge('', 'reject')],
      ['link_accounts', link('ad_nope', 'ad_nope')],
      ['a very long id', judge('x'.repeat(5000), 'reject')],
    ])('costs 0.05 and a step (%s), and is answered with the ids there are', async (_, frame) => {
      const { investigator, ads } = await onTurn();
      const seen = await investigator.see(frame);
      expect(seen.reward).toBe(-0.05);
      expect(seen.queue_status).toMatchObject({ step: 1, investigation_budget: 25, pending: 5 });
      for (const adId of ads) expect(seen.feedback).toContain(adId);
    });
  });

  describe('link_accounts', () => {
    it('earns 0.40 within a ring, costs 0.25 outside, 0.02 again and 0.05 where it makes no sense', async () => {
      const { investigator, auditor, ads } = await onTurn(resetTo('task_3'));
      const { fraud_rings: rings, ads: all } = (await auditor.obs()).full_episode_record;
      const [one = '', two = ''] = rings[0]?.member_ad_ids ?? [];
      const honest = all.find((ad) => ad.ground_truth === 'legit')?.ad_id ?? '';
      expect(rings).toHaveLength(3);
      for (const ring of rings) {
        expect(['clique', 'chain', 'hub_spoke']).toContain(ring.topology);
        expect(ads).toEqual(expect.arrayContaining(ring.member_ad_ids));
      }
      const rewards: number[] = [];
      for (const frame of [
        link(one, two, ',"link_reason":"The same payment id."'),
        link(two, one),
        link(one, honest),
        link(one, one),
        link(one, 'ad_nope'),
      ])
        rewards.push((await investigator.see(frame)).reward);
      expect(rewards).toEqual([0.4, -0.02, -0.25, -0.05, -0.05]);
      const seen = await investigator.obs();
      expect(seen.queue_status).toMatchObject({ step: 5, investigation_budget: 35, pending: 20 });
    });
  });

  describe('the rest of the match', () => {
    it('counts what the fraudster adds as pending, but not in total_ads', async () => {
      const { fraudster, investigator } = await table(resetTo('task_1'));
      const { current_queue: queue } = await fraudster.see(
        '{"type":"step","data":{"action_type":"propose_ad","ad_copy":"Cork mats.","category":"fitness"}}',
      );
      await fraudster.see(endTurn);
      const seen = await investigator.obs();
      expect(seen.queue_status).toMatchObject({ total_ads: 5, pending: 6, reviewed: 0 });
      expect(seen.available_ads.at(-1)).toBe(queue.at(-1)?.ad_id);
    });

    it('warns of the last round in an observation before that turn', async () => {
      const { fraudster, investigator } = await table(
        '{"type":"reset","data":{"max_rounds":2,"max_investigator_actions_per_turn":1}}',
      );
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      const plain = await investigator.see(judge(adId, 'approve'));
      const polled: Observation<'investigator'> = await investigator.obs();
      expect(polled).toMatchObject({
        phase: 'fraudster_turn',
        round_number: 2,
        rounds_remaining: 1,
        reward: 0,
      });
      expect(plain).toMatchObject({ phase: 'fraudster_turn', round_number: 2 });
      expect(polled.feedback).toMatch(/last round/i);
    });

    it('approves what is left when the steps are spent, and lists only its own verdicts as decided', async () => {
      const { fraudster, investigator, auditor, ads } = await onTurn();
      await investigator.see(judge(ads[0] ?? '', 'reject'));
      for (let step = 2; step < 25; step += 1) await investigator.see(link(ads[1] ?? '', ads[1] ?? ''));
      const last = await investigator.see(link(ads[1] ?? '', ads[1] ?? ''));
      expect(last).toMatchObject({
        phase: 'audit_phase',
        reward: -0.05,
        available_ads: [],
        queue_digest: [],
      });
      expect(last.queue_status).toMatchObject({ reviewed: 5, pending: 0, step: 25, steps_remaining: 0 });
      expect(last.decided_ads.map((row) => row.ad_id)).toEqual([ads[0]]);
      expect(last.current_ad_info).toBe('');
      const { verdicts } = (await auditor.obs()).full_episode_record;
      expect(verdicts.filter((row) => row.auto_approved === true)).toHaveLength(4);
      expect(verdicts.find((row) => row.ad_id === ads[0])).not.toHaveProperty('auto_approved');
      const { current_queue: queue } = await fraudster.obs();
      expect(queue.filter((row) => row.status === 'approve')).toHaveLength(4);
    });

    it('sees the same fields in the audit and after the end', async () => {
      const { fraudster, investigator, auditor } = await table();
      await fraudster.see('{"type":"step","data":{"action_type":"commit_final"}}');
      const audited = await investigator.obs();
      expect(audited).toMatchObject({ phase: 'audit_phase', done: false, reward: 0, queue_may_grow: true });
      expect(audited.available_ads).toHaveLength(5);
      await auditor.see('{"type":"step","data":{"action_type":"submit_audit_report"}}');
      expect(await investigator.obs()).toMatchObject({ phase: 'done', done: true, reward: 0 });
    });
  });
});
