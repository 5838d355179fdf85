import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Table } from './arena.ts';
import type { Role } from './spec.ts';

// Source: protocol spec, 3.9: who may step when, what ends a phase, and what acting out of turn comes to.

const step = (action: string) => `{"type":"step","data":${action}}`;
const endTurn = step('{"action_type":"end_turn"}');
const commit = step('{"action_type":"commit_final"}');
const submit = step('{"action_type":"submit_audit_report"}');
const propose = step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}');
const modify = step('{"action_type":"modify_pending_ad"}');
const judge = (adId: string, verdict = 'approve') =>
  step(`{"action_type":"verdict","ad_id":"${adId}","verdict":"${verdict}"}`);

const actionsOf: Readonly<Record<Role, readonly string[]>> = {
  fraudster: [propose, modify, endTurn, commit],
  investigator: [
    judge('nobody'),
    step('{"action_type":"investigate","ad_id":"nobody","investigation_target":"landing_page"}'),
    step('{"action_type":"link_accounts","ad_id":"nobody","linked_ad_id":"nobody"}'),
  ],
  auditor: [
    step('{"action_type":"flag_investigator","flag_type":"bias"}'),
    step('{"action_type":"flag_fraudster","flag_type":"gibberish"}'),
    submit,
  ],
};
const roles: readonly Role[] = ['fraudster', 'investigator', 'auditor'];

const ways: readonly (readonly [
  phase: string,
  onTurn: Role | null,
  play: (seats: Table) => Promise<unknown>,
])[] = [
  ['fraudster_turn', 'fraudster', () => Promise.resolve()],
  ['investigator_turn', 'investigator', ({ fraudster }) => fraudster.see(endTurn)],
  ['audit_phase', 'auditor', ({ fraudster }) => fraudster.see(commit)],
  [
    'done',
    null,
    async ({ fraudster, auditor }) => {
      await fraudster.see(commit);
      await auditor.see(submit);
    },
  ],
];

overBothAdapters(({ table }) => {
  describe.each(ways)('in %s', (phase, onTurn, play) => {
    it(`nobody but ${onTurn ?? 'nobody'} may step; others get phase_violation, at no cost`, async () => {
      const seats = await table();
      await play(seats);
      const before = await seats.auditor.state();
      expect(before.phase).toBe(phase);
      for (const role of roles.filter((each) => each !== onTurn)) {
        for (const frame of actionsOf[role])
          expect([role, frame, await seats[role].refused(frame)]).toEqual([role, frame, 'phase_violation']);
        expect(await seats[role].obs()).toMatchObject({ phase, done: phase === 'done' });
      }
      expect(await seats.auditor.state()).toEqual(before);
    });

    it('an action that does not fit is a validation_error for everybody', async () => {
      const seats = await table();
      await play(seats);
      for (const role of roles) {
        expect(await seats[role].refused(step('{"action_type":"dance"}'))).toBe('validation_error');
        const [frame = ''] = actionsOf[role];
        const strange = frame.replace('"action_type"', '"strange":1,"action_type"');
        expect(await seats[role].refused(strange)).toBe('validation_error');
      }
    });
  });

  describe('the fraudster’s turn', () => {
    it('ends with end_turn', async () => {
      const { fraudster } = await table();
      expect(await fraudster.see(endTurn)).toMatchObject({ phase: 'investigator_turn', round_number: 1 });
    });

    it('ends when propositions and changes fill it, refused ones too', async () => {
      const { fraudster } = await table('{"type":"reset","data":{"max_fraudster_actions_per_turn":3}}');
      expect((await fraudster.see(propose)).phase).toBe('fraudster_turn');
      expect((await fraudster.see(modify)).phase).toBe('fraudster_turn');
      const last = await fraudster.see(
        step('{"action_type":"propose_ad","ad_copy":"","category":"fitness"}'),
      );
      expect(last).toMatchObject({ phase: 'investigator_turn', reward: -0.05, actions_left_this_turn: 0 });
    });

    it('ends with the proposal that spends the last one', async () => {
      const { fraudster } = await table(
        '{"type":"reset","data":{"max_proposals":2,"max_fraudster_actions_per_turn":9}}',
      );
      expect((await fraudster.see(propose)).phase).toBe('fraudster_turn');
      expect(await fraudster.see(propose)).toMatchObject({
        phase: 'investigator_turn',
        reward: 0.02,
        proposals_used: 2,
        proposals_remaining: 0,
      });
    });

    it('ends with a proposal that is refused because none is left, and with no change', async () => {
      const { fraudster } = await table(
        '{"type":"reset","data":{"max_proposals":0,"max_fraudster_actions_per_turn":9}}',
      );
      expect((await fraudster.see(modify)).phase).toBe('fraudster_turn');
      expect(await fraudster.see(propose)).toMatchObject({ phase: 'investigator_turn', reward: -0.05 });
    });

    it('and the review end with commit_final, which auto-approves nothing', async () => {
      const { fraudster, auditor } = await table();
      expect((await fraudster.see(propose)).phase).toBe('fraudster_turn');
      expect((await fraudster.see(commit)).phase).toBe('audit_phase');
      const { end_reason: reason, verdicts } = (await auditor.obs()).full_episode_record;
      expect([reason, verdicts]).toEqual(['commit_final', []]);
      expect((await auditor.state()).investigator_state.reviewed_count).toBe(0);
    });
  });

  describe('the investigator’s turn', () => {
    it('ends by its cap with rounds left: the next round begins', async () => {
      const { fraudster, investigator } = await table(
        '{"type":"reset","data":{"max_investigator_actions_per_turn":2,"max_rounds":3}}',
      );
      for (const round of [1, 2]) {
        expect((await fraudster.see(endTurn)).round_number).toBe(round);
        expect((await investigator.see(judge('nobody'))).phase).toBe('investigator_turn');
        expect(await investigator.see(judge('nobody'))).toMatchObject({
          phase: 'fraudster_turn',
          round_number: round + 1,
          rounds_remaining: 3 - round,
        });
      }
    });

    it('ends by its cap in the last round: the audit begins, and what is undecided stays so', async () => {
      const { fraudster, investigator, auditor } = await table(
        '{"type":"reset","data":{"max_investigator_actions_per_turn":2,"max_rounds":1}}',
      );
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      await investigator.see(judge(adId));
      expect(await investigator.see(judge('nobody'))).toMatchObject({
        phase: 'audit_phase',
        round_number: 1,
      });
      const state = await auditor.state();
      expect(state).toMatchObject({ end_reason: 'max_rounds', investigator_state: { reviewed_count: 1 } });
      expect((await auditor.obs()).full_episode_record.verdicts).toHaveLength(1);
      expect((await investigator.obs()).available_ads).toHaveLength(4);
    });

    it('ends when every ad is decided, whatever is left', async () => {
      const { fraudster, investigator, auditor } = await table();
      await fraudster.see(propose);
      await fraudster.see(endTurn);
      const { available_ads: ads } = await investigator.obs();
      expect(ads).toHaveLength(6);
      for (const [index, adId] of ads.entries())
        expect((await investigator.see(judge(adId))).phase).toBe(
          index < 5 ? 'investigator_turn' : 'audit_phase',
        );
      expect(await auditor.state()).toMatchObject({ end_reason: 'investigator_done', round_number: 1 });
    });

    it('ends when the steps are spent; the rest is approved with confidence 0', async () => {
      const { fraudster, investigator, auditor } = await table(
        '{"type":"reset","data":{"max_investigator_actions_per_turn":30}}',
      );
      await fraudster.see(endTurn);
      const { available_ads: ads } = await investigator.obs();
      const link = step(`{"action_type":"link_accounts","ad_id":"${ads[0] ?? ''}","linked_ad_id":"nobody"}`);
      for (let spent = 1; spent < 25; spent += 1)
        expect((await investigator.see(link)).phase).toBe('investigator_turn');
      expect((await investigator.see(link)).phase).toBe('audit_phase');
      expect(await auditor.state()).toMatchObject({
        end_reason: 'investigator_done',
        investigator_state: { reviewed_count: 5, step_count: 25 },
      });
      const { verdicts } = (await auditor.obs()).full_episode_record;
      expect(verdicts.map(({ ad_id: adId }) => adId)).toEqual(ads);
      for (const row of verdicts)
        expect(row).toMatchObject({ verdict: 'approve', confidence: 0, auto_approved: true });
    });

    it('goes on past the steps with actions on unknown ads, until the next valid one', async () => {
      const { fraudster, investigator } = await table(
        '{"type":"reset","data":{"max_investigator_actions_per_turn":30}}',
      );
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      for (let spent = 1; spent <= 27; spent += 1) {
        const seen = await investigator.see(judge('nobody'));
        expect(seen).toMatchObject({ phase: 'investigator_turn', reward: -0.05 });
        expect(seen.queue_status).toMatchObject({ step: spent, steps_remaining: Math.max(0, 25 - spent) });
      }
      expect((await investigator.see(judge(adId))).phase).toBe('audit_phase');
    });
  });

  describe('the audit', () => {
    it('takes any number of flags, and ends with the report', async () => {
      const { fraudster, auditor } = await table();
      await fraudster.see(commit);
      for (let raised = 1; raised <= 40; raised += 1) {
        const seen = await auditor.see(step('{"action_type":"flag_investigator","flag_type":"bias"}'));
        expect([seen.phase, seen.pending_flags.length]).toEqual(['audit_phase', raised]);
      }
      expect((await auditor.see(submit)).phase).toBe('done');
    });
  });
});
