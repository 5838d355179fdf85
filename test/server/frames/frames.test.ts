import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { Deadlines, Policies } from '../../../src/game/event.ts';
import { targets } from '../../../src/game/ad.ts';
import { present } from '../../../src/shared/invariant.ts';
import { exampleOpening } from '../../../src/testing/examples.ts';
import { withServer } from './feed-kit.ts';
import type { Served } from './feed-kit.ts';
import type { RoleClient } from '../../support/role-client.ts';
import type { Frame } from '../../support/socket-client.ts';

const turnMs = 60_000;
const auditMs = 90_000;
const matchMs = 100_000;

/** One round of one ad, with three seats that all subscribe. */
async function scene(
  served: Served,
  { policies = {}, deadlines = {} }: { policies?: Partial<Policies>; deadlines?: Partial<Deadlines> } = {},
) {
  const opening = exampleOpening({ deadlines, policies, knobs: { maxRounds: 1 } });
  const id = await served.plantOpening('match', opening);
  const peers: Partial<Record<Role, RoleClient>> = {};
  for (const role of roles) {
    const { peer } = await served.seat(role, id);
    await peer.follow();
    peers[role] = peer;
  }
  return { id, opening, ...(peers as Record<Role, RoleClient>) };
}

const endTurn = { action_type: 'end_turn' };
const proposal = { action_type: 'propose_ad', ad_copy: 'Plain wooden bowls.', category: 'ecommerce' };
const report = { action_type: 'submit_audit_report', audit_report: { notes: 'All is well.' } };
const ofType = (peer: RoleClient, type: string): readonly Frame[] =>
  peer.pushed.filter((frame) => frame.type === type);
const dataOf = (frames: readonly Frame[]) => frames.map(({ data }) => data);

/** Resolves once all three have been told the end. */
const over = async (peers: Readonly<Record<Role, RoleClient>>) => {
  for (const role of roles) await peers[role].until(() => ofType(peers[role], 'match_over').length === 1);
};

describe('a frame', () => {
  it(
    'has its type, number, time and data, and nothing else',
    withServer({}, async (served) => {
      const peers = await scene(served);
      const began = served.clock.now();
      await served.clock.advance(1234);
      await peers.fraudster.step(endTurn);
      await peers.investigator.step(endTurn);
      await peers.auditor.step(report);
      await over(peers);
      for (const role of roles) {
        const { pushed } = peers[role];
        for (const frame of pushed) expect(Object.keys(frame)).toEqual(['type', 'seq', 'at', 'data']);
        expect(pushed.map(({ seq }) => seq)).toEqual(pushed.map((_, index) => index + 1));
        // The time of the commit, not that of the push.
        expect(new Set(pushed.map(({ at }) => at))).toEqual(new Set([began, began + 1234]));
      }
    }),
  );

  it(
    'of type event tells the opening alike to all, with the policies and limits of the match',
    withServer({}, async (served) => {
      const policies = { legalHints: 'none', spectatorDelay: 3, revealAtEnd: false } as const;
      const { opening, ...peers } = await scene(served, { policies, deadlines: { turnMs, matchMs } });
      for (const role of roles) {
        const [first] = dataOf(ofType(peers[role], 'event'));
        expect(first).toEqual({
          event: 'match.created',
          machine: 'match',
          task_id: 'task_1',
          ruleset: 'standard',
          ruleset_version: opening.ruleset.version,
          ruleset_hash: opening.ruleset.hash,
          max_rounds: 1,
          seed_commitment: opening.seedCommitment,
          turn_ms: turnMs,
          audit_ms: null,
          match_ms: matchMs,
          policies: {
            step_rewards: opening.policies.stepRewards,
            verdicts_to_fraudster: opening.policies.verdictsToFraudster,
            legal_hints: 'none',
            spectators: 'public',
            spectator_delay: 3,
            reveal_at_end: false,
            open_state: false,
            auth: 'seats',
          },
        });
      }
    }),
  );

  it(
    'of type event has the fields of what happened, as far as its reader may know of it',
    withServer({}, async (served) => {
      const peers = await scene(served, { policies: { stepRewards: 'shown', verdictsToFraudster: 'full' } });
      await peers.fraudster.step(proposal);
      await peers.fraudster.step({
        action_type: 'modify_pending_ad',
        slot_index: 9,
        new_ad_copy: 'Other words.',
      });
      await peers.fraudster.step(endTurn);
      await peers.investigator.step({
        action_type: 'investigate',
        ad_id: 'ad_001',
        investigation_target: 'landing_page',
      });
      const verdict = { ad_id: 'ad_001', verdict: 'reject', confidence: 0.9 };
      const rationale = 'It reads like it.';
      await peers.investigator.step({ action_type: 'verdict', ...verdict, rationale });
      await peers.investigator.step({
        action_type: 'link_accounts',
        ad_id: 'ad_001',
        linked_ad_id: 'ad_003',
        link_reason: 'alike',
      });
      await peers.investigator.step(endTurn);
      const flag = { flag_type: 'missing_citation', target_ad_id: 'ad_001', severity: 0.5 };
      await peers.auditor.step({ action_type: 'flag_investigator', ...flag });
      await peers.auditor.step(report);
      await over(peers);
      const told = (role: Role) => dataOf(ofType(peers[role], 'event')).slice(1);
      const { ad_id: late } = told('fraudster')[0] as { ad_id: string };
      const { category, ad_copy: copy } = proposal;
      // An ad that is not in focus shows its words to the fraudster alone.
      const joined = { event: 'ad.joined', ad_id: late, category };
      const settled = ['ad_002', 'ad_003', 'ad_004', late];
      const pulled = { event: 'finding.revealed', ad_id: 'ad_001', target: 'landing_page' };
      const [fraudsterEnds, investigatorEnds] = ['fraudster', 'investigator'].map((by) => ({
        event: 'turn.ended',
        by,
      }));
      expect(told('fraudster')).toEqual([
        { ...joined, ad_copy: copy, slot_index: 0, reward: 0.02 },
        {
          event: 'action.penalised',
          action_type: 'modify_pending_ad',
          reason_code: 'slot_unknown',
          reward: -0.05,
        },
        fraudsterEnds,
        pulled,
        { event: 'verdict.given', ...verdict, rationale },
        investigatorEnds,
        { event: 'review.closed', settled },
      ]);
      expect(told('investigator')).toEqual([
        joined,
        fraudsterEnds,
        { ...pulled, text: 'landing_page of ad_001, version 1', reward: 0 },
        { event: 'verdict.given', ...verdict, reward: 0.39 },
        { event: 'accounts.linked', ad_id_1: 'ad_001', ad_id_2: 'ad_003', reason: 'alike', reward: 0.4 },
        investigatorEnds,
        { event: 'review.closed', end_reason: 'max_rounds', settled },
      ]);
      expect(told('auditor')).toEqual([
        fraudsterEnds,
        investigatorEnds,
        { event: 'review.closed', end_reason: 'max_rounds', settled },
        { event: 'flag.raised', track: 'A', ...flag },
        { event: 'audit.submitted', missed: false },
      ]);
    }),
  );

  it(
    'of type presence tells of the others, by role and status, and never of oneself',
    withServer({}, async (served) => {
      const peers = await scene(served);
      await peers.auditor.leave();
      await peers.fraudster.obs();
      expect(dataOf(ofType(peers.fraudster, 'presence'))).toEqual([
        { role: 'investigator', status: 'held' },
        { role: 'auditor', status: 'held' },
        { role: 'auditor', status: 'released' },
      ]);
      expect(dataOf(ofType(peers.investigator, 'presence'))).toEqual([
        { role: 'fraudster', status: 'held' },
        { role: 'auditor', status: 'held' },
        { role: 'auditor', status: 'released' },
      ]);
    }),
  );
});

describe('a turn', () => {
  it.each(['none', 'types', 'full'] as const)(
    'tells whose it is, and its own role what it may do where hints are %s',
    async (legalHints) =>
      withServer({}, async (served) => {
        const peers = await scene(served, { policies: { legalHints } });
        await peers.fraudster.step(endTurn);
        const ids = ['ad_001', 'ad_002', 'ad_003', 'ad_004'];
        const wanted = {
          none: {},
          types: {
            legal_actions: ['investigate', 'verdict', 'link_accounts', 'end_turn'].map((each) => ({
              action_type: each,
            })),
          },
          full: {
            legal_actions: [
              {
                action_type: 'investigate',
                targets_by_ad: Object.fromEntries(ids.map((adId) => [adId, [...targets]])),
              },
              { action_type: 'verdict', ad_id: ids, verdict: ['approve', 'reject', 'escalate'] },
              {
                action_type: 'link_accounts',
                linked_ads_by_ad: Object.fromEntries(
                  ids.slice(0, -1).map((adId, index) => [adId, ids.slice(index + 1)]),
                ),
              },
              { action_type: 'end_turn' },
            ],
          },
        }[legalHints];
        await peers.auditor.obs();
        await peers.investigator.obs();
        const place = { round_number: 1, rounds_remaining: 1, deadline_at: null };
        for (const role of roles) {
          const isOwn = role === 'investigator';
          expect(ofType(peers[role], 'turn').at(-1)?.data).toEqual({
            phase: 'investigator_turn',
            on_turn: 'investigator',
            your_turn: isOwn,
            ...place,
            ...(isOwn ? wanted : {}),
          });
        }
        expect(dataOf(ofType(peers.fraudster, 'turn'))[0]).toMatchObject({
          phase: 'fraudster_turn',
          on_turn: 'fraudster',
          your_turn: true,
        });
      })(),
  );

  it(
    'tells when its time is up: the turn’s own limit, that of the audit, or that of the match, whichever is first',
    withServer({}, async (served) => {
      const began = served.clock.now();
      const peers = await scene(served, { deadlines: { turnMs, auditMs, matchMs } });
      await served.clock.advance(20_000);
      await peers.fraudster.step(endTurn);
      await served.clock.advance(10_000);
      await peers.investigator.step(endTurn);
      await peers.auditor.obs();
      expect(dataOf(ofType(peers.auditor, 'turn')).map((data) => data['deadline_at'])).toEqual([
        began + turnMs,
        began + 20_000 + turnMs,
        began + matchMs,
      ]);
      // And that is when it is up.
      await served.clock.advance(matchMs - 30_000 - 1);
      expect((await peers.auditor.obs()).data['phase']).toBe('audit_phase');
      await served.clock.advance(1);
      await over(peers);
    }),
  );

  it(
    'of the audit has the audit’s limit where the match has none',
    withServer({}, async (served) => {
      const began = served.clock.now();
      const peers = await scene(served, { deadlines: { auditMs } });
      await peers.fraudster.step(endTurn);
      await peers.investigator.step(endTurn);
      await peers.auditor.obs();
      const deadlines = dataOf(ofType(peers.auditor, 'turn')).map((data) => data['deadline_at']);
      expect(deadlines).toEqual([null, null, began + auditMs]);
    }),
  );
});

describe('the end of a match', () => {
  it.each([true, false])('tells the rewards of all only where it reveals itself (%s)', async (revealAtEnd) =>
    withServer({}, async (served) => {
      const { id, ...peers } = await scene(served, { policies: { revealAtEnd } });
      await peers.fraudster.step(endTurn);
      await peers.investigator.step(endTurn);
      await peers.auditor.step(report);
      await over(peers);
      const graded = (await served.events(id)).find((event) => event.type === 'match.graded');
      const { grade, rewards } = present(graded, 'The grades').data;
      for (const role of roles) {
        expect(peers[role].pushed.at(-1)).toMatchObject({ type: 'match_over' });
        expect(peers[role].pushed.at(-1)?.data).toEqual({
          phase: 'done',
          end_reason: 'max_rounds',
          grader_score: grade,
          reward: rewards[role],
          ...(revealAtEnd ? { rewards } : {}),
        });
      }
    })(),
  );

  it.each([true, false])(
    'tells of an aborted one that it has neither grade nor rewards (%s)',
    async (revealAtEnd) =>
      withServer({ limits: { matchIdleMs: 60_000, unseatedMs: 600_000 } }, async (served) => {
        const peers = await scene(served, { policies: { revealAtEnd } });
        await served.clock.advance(120_000);
        await over(peers);
        for (const role of roles)
          expect(peers[role].pushed.at(-1)?.data).toEqual({
            phase: 'aborted',
            end_reason: 'aborted',
            grader_score: null,
            reward: null,
            ...(revealAtEnd ? { rewards: null } : {}),
          });
      })(),
  );
});
