import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Table } from './arena.ts';
import type { Player } from './player.ts';
import type { Observation } from './spec.ts';

// Source: protocol spec, 3.11: a coordinator resets through the fraudster, joins the other two, asks whose turn it is
// and plays each turn by hand, as clients of the original do. Every reply is held against section 3 (spec.ts).

const step = (action: string) => `{"type":"step","data":${action}}`;

/** How somebody without skill plays a task; enough to bring it to its end. */
interface Plan {
  readonly task: string;
  /** What the fraudster proposes in each round; it ends its turn when they are through. */
  readonly proposals: readonly (readonly (readonly [category: string, copy: string])[])[];
  /** Whether the fraudster commits in its turn after those. */
  readonly commits: boolean;
  /** Which ads are rejected, by what the digest says for free. */
  readonly rejects: (row: Observation<'investigator'>['queue_digest'][number]) => boolean;
  readonly pullsPerAd: number;
  readonly rounds: number;
  readonly endReason: string;
}

const mats = ['fitness', 'Yoga mats made of cork, rolled by hand.'] as const;
const tonic = ['miracle_cure', 'One spoon of tonic in the morning, and the back is straight.'] as const;
const coins = ['fake_crypto', 'Our coin pays twelve percent a month.'] as const;
const shop = ['network_ecommerce', 'Lamps at half the price, sent today.'] as const;

const plans: readonly Plan[] = [
  {
    task: 'task_1',
    proposals: [[mats], [tonic]],
    commits: false,
    rejects: ({ account_age_days: age = 0 }) => age < 200,
    pullsPerAd: 1,
    rounds: 3,
    endReason: 'investigator_done',
  },
  {
    task: 'task_2',
    proposals: [[tonic, coins], [mats], [coins]],
    commits: true,
    rejects: ({ payment_type: type }) => type === 'prepaid_card' || type === 'crypto',
    pullsPerAd: 1,
    rounds: 4,
    endReason: 'commit_final',
  },
  {
    task: 'task_3',
    proposals: [[shop, coins], [], [shop]],
    commits: false,
    rejects: ({ domain = '' }) => !/\.(com|org|net)$/.test(domain),
    pullsPerAd: 1,
    rounds: 5,
    endReason: 'investigator_done',
  },
  {
    task: 'task_3_unseen',
    proposals: [[mats], [tonic], [coins], [shop]],
    commits: false,
    rejects: () => true,
    pullsPerAd: 0,
    rounds: 5,
    endReason: 'investigator_done',
  },
];

async function fraudsterTurn(fraudster: Player<'fraudster'>, { proposals, commits }: Plan): Promise<void> {
  let seen = await fraudster.obs();
  const round = seen.round_number;
  if (commits && round > proposals.length) {
    await fraudster.see(step('{"action_type":"commit_final","rationale":"Enough."}'));
    return;
  }
  for (const [category, copy] of proposals[round - 1] ?? []) {
    const slot = seen.proposals_used;
    seen = await fraudster.see(
      step(
        `{"action_type":"propose_ad","ad_copy":"${copy}","category":"${category}","rationale":"Round ${round}."}`,
      ),
    );
    expect(seen).toMatchObject({ reward: 0.02, proposals_used: slot + 1 });
    if (seen.phase !== 'fraudster_turn') return;
  }
  await fraudster.see(step('{"action_type":"end_turn"}'));
}

async function investigatorTurn(investigator: Player<'investigator'>, plan: Plan): Promise<void> {
  let seen = await investigator.obs();
  const links = new Set<string>();
  while (seen.phase === 'investigator_turn') {
    const [row] = seen.queue_digest;
    if (row === undefined) expect.fail('It is the turn of an investigator who has nothing to decide.');
    const pulled = Object.keys(seen.evidence_ledger[row.ad_id] ?? {}).includes('payment_id');
    const twins = seen.decided_ads.filter(
      ({ domain, registrar }) => domain !== undefined && registrar === row.registrar,
    );
    const twin = twins.find(({ ad_id: adId }) => !links.has(adId));
    const before = seen.queue_status;
    if (plan.pullsPerAd > 0 && !pulled) {
      seen = await investigator.see(
        step(`{"action_type":"investigate","ad_id":"${row.ad_id}","investigation_target":"payment_method"}`),
      );
      expect(seen.reward).toBe(-0.02);
      if (seen.phase === 'investigator_turn')
        expect(seen.queue_status.investigation_budget).toBe(before.investigation_budget - 1);
    } else if (twin !== undefined) {
      links.add(twin.ad_id);
      seen = await investigator.see(
        step(`{"action_type":"link_accounts","ad_id":"${row.ad_id}","linked_ad_id":"${twin.ad_id}"}`),
      );
    } else {
      const verdict = plan.rejects(row) ? 'reject' : 'approve';
      seen = await investigator.see(
        step(
          `{"action_type":"verdict","ad_id":"${row.ad_id}","verdict":"${verdict}","confidence":"0.8",` +
            '"rationale":"By what the queue says for free."}',
        ),
      );
      expect(seen.decided_ads.at(-1)).toMatchObject({ ad_id: row.ad_id, verdict, confidence: 0.8 });
    }
    expect(seen.queue_status.step).toBe(before.step + 1);
  }
}

async function audit(auditor: Player<'auditor'>): Promise<void> {
  const { full_episode_record: record, fraudster_proposals: proposed } = await auditor.obs();
  const wrong = record.verdicts.find((row) => row.ground_truth === 'fraud' && row.verdict === 'approve');
  if (wrong !== undefined)
    await auditor.see(
      step(
        `{"action_type":"flag_investigator","flag_type":"miscalibration","target_ad_id":"${wrong.ad_id}","severity":0.6}`,
      ),
    );
  const own = proposed.find((entry) => entry.action_type === 'propose_ad')?.ad_id ?? '';
  await auditor.see(
    step(`{"action_type":"flag_fraudster","flag_type":"market_implausible","target_ad_id":"${own}"}`),
  );
  await auditor.see(
    step('{"action_type":"submit_audit_report","audit_report":{"notes":"Read and signed."}}'),
  );
}

/** Asks for the phase, and lets the role on turn play, until the match is over. */
async function playOut({ fraudster, investigator, auditor }: Table, plan: Plan): Promise<readonly string[]> {
  const turns: string[] = [];
  for (;;) {
    const { phase, round_number: round } = await auditor.state();
    turns.push(`${phase} ${round}`);
    // Everybody may look at any time, and sees its own fields in every phase.
    for (const seen of await Promise.all([fraudster.obs(), investigator.obs(), auditor.obs()]))
      expect(seen).toMatchObject({ phase, round_number: round });
    if (phase === 'done') return turns;
    if (phase === 'fraudster_turn') await fraudsterTurn(fraudster, plan);
    else if (phase === 'investigator_turn') await investigatorTurn(investigator, plan);
    else await audit(auditor);
  }
}

/** After the end all roles are told one and the same outcome, each by its own fields. */
async function agreeOnTheEnd({ fraudster, investigator, auditor }: Table, plan: Plan): Promise<void> {
  const over = await fraudster.state();
  for (const player of [investigator, auditor])
    expect({ ...(await player.state()), seq: null }).toEqual({ ...over, seq: null });
  expect(over).toMatchObject({ phase: 'done', task_id: plan.task, end_reason: plan.endReason });
  expect(over.grader_score).toBeGreaterThanOrEqual(0);
  expect(over.grader_score).toBeLessThanOrEqual(1);
  expect(over.audit_report?.notes).toBe('Read and signed.');
  expect(over.audit_report?.track_b_flags).toHaveLength(1);

  const [f, i, a] = [await fraudster.obs(), await investigator.obs(), await auditor.obs()];
  for (const seen of [f, i, a]) expect(seen).toMatchObject({ done: true, phase: 'done' });
  expect([f.reward, i.reward, a.reward]).toEqual([0, 0, over.auditor_reward]);
  expect(f.proposals_used).toBe(over.proposals_used);
  expect(f.current_queue).toHaveLength(over.investigator_state.total_ads);
  const { full_episode_record: record } = a;
  expect(record).toMatchObject({ grader_score: over.grader_score, end_reason: plan.endReason });
  expect(a.investigator_actions).toEqual(over.investigator_action_log);
  expect(a.fraudster_proposals).toEqual(over.fraudster_proposals);
  const verdicts = Object.fromEntries(record.verdicts.map((row) => [row.ad_id, row.verdict]));
  expect(over.investigator_state.verdicts).toEqual(verdicts);
  for (const player of [fraudster, investigator, auditor]) expect(player.unread).toBe(0);
}

overBothAdapters(({ table }) => {
  describe('a coordinator', () => {
    it.each(plans.map((plan) => [plan.task, plan] as const))('plays %s to its end', async (task, plan) => {
      const seats = await table(`{"type":"reset","data":{"task_id":"${task}","seed":21}}`);
      const turns = await playOut(seats, plan);
      expect(turns.filter((turn) => turn.startsWith('fraudster_turn'))).toHaveLength(plan.rounds);
      expect(turns.at(-2)).toBe(`audit_phase ${plan.rounds}`);

      await agreeOnTheEnd(seats, plan);
    });

    it('plays the same match twice where seed and play are the same', async () => {
      const [plan] = plans;
      if (plan === undefined) expect.fail('There is no plan.');
      const results = [];
      for (let time = 0; time < 2; time += 1) {
        const seats = await table('{"type":"reset","data":{"task_id":"task_1","seed":33}}');
        const turns = await playOut(seats, plan);
        const {
          grader_score: grade,
          fraudster_reward: f,
          investigator_reward: i,
        } = await seats.auditor.state();
        results.push({ turns, grade, f, i });
      }
      expect(results[1]).toEqual(results[0]);
    });

    it('closes all three', async () => {
      const { fraudster, investigator, auditor } = await table();
      for (const player of [fraudster, investigator, auditor]) player.send('{"type":"close"}');
      const endings = await Promise.all([fraudster.closed, investigator.closed, auditor.closed]);
      expect(endings.map(({ code }) => code)).toEqual([1000, 1000, 1000]);
    });
  });
});
