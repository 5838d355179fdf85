import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { overBothAdapters, seatedTable, startArena } from './arena.ts';
import type { Frame } from './player.ts';
import { Player } from './player.ts';
import type { Role } from './spec.ts';

// Source: protocol spec, 3.1 and 2.2: one reply per request, in order, nothing unasked; two sockets of one role.

const roles: readonly Role[] = ['fraudster', 'investigator', 'auditor'];
const step = (action: string) => `{"type":"step","data":${action}}`;
const endTurn = step('{"action_type":"end_turn"}');

overBothAdapters(({ connect, table }) => {
  describe('request and reply', () => {
    it('answers 50 requests of one kind that were sent without waiting, each once', async () => {
      const { investigator } = await table();
      for (const type of ['obs', 'state']) {
        for (let sent = 0; sent < 50; sent += 1) investigator.send(`{"type":"${type}"}`);
        const replies: Frame[] = [];
        for (let read = 0; read < 50; read += 1) replies.push(await investigator.hear());
        expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
        expect(replies[0]?.type).toBe(type === 'obs' ? 'observation' : 'state');
        expect(investigator.unread).toBe(0);
      }
    });

    it('answers 50 mixed requests in their order, errors in their places', async () => {
      const { fraudster } = await table('{"type":"reset","data":{"max_proposals":50}}');
      const kinds: readonly (readonly [frame: string, type: string, code?: string])[] = [
        ['{"type":"obs"}', 'observation'],
        ['{"type":"state"}', 'state'],
        ['not json', 'error', 'invalid_json'],
        [step('{"action_type":"modify_pending_ad"}'), 'observation'],
        ['{"type":"what"}', 'error', 'unknown_type'],
        ['[]', 'error', 'validation_error'],
        ['{"type":"join","data":{"match_id":"nowhere"}}', 'error', 'unknown_match'],
        ['{"type":"join"}', 'error', 'missing_match_id'],
        [step('{"action_type":"end_turn","x":1}'), 'error', 'validation_error'],
        ['{"type":"reset","data":{"max_rounds":-3}}', 'error', 'reset_error'],
      ];
      const sent = Array.from({ length: 50 }, (_, index) => kinds[(index * 7) % kinds.length] ?? kinds[0]);
      for (const [frame = ''] of sent.map((kind) => kind ?? [])) fraudster.send(frame);
      for (const [index, kind] of sent.entries()) {
        const { type, data } = await fraudster.hear();
        // The third refused change fills the turn; from then on the role is out of turn.
        const isLate = type === 'error' && data['code'] === 'phase_violation';
        if (isLate && kind?.[0].includes('modify')) continue;
        expect([index, type, type === 'error' ? data['code'] : undefined]).toEqual([
          index,
          kind?.[1],
          kind?.[2],
        ]);
      }
      expect((await fraudster.obs()).phase).toBe('investigator_turn');
      expect(fraudster.unread).toBe(0);
    });

    it('carries out what comes together one after another', async () => {
      const { fraudster } = await table(
        '{"type":"reset","data":{"max_proposals":10,"max_fraudster_actions_per_turn":10}}',
      );
      for (let slot = 0; slot < 10; slot += 1)
        fraudster.send(step(`{"action_type":"propose_ad","ad_copy":"Mat ${slot}.","category":"fitness"}`));
      for (let slot = 0; slot < 10; slot += 1) {
        const seen = fraudster.observation(await fraudster.hear());
        expect(seen.proposals_used).toBe(slot + 1);
        expect(seen.current_queue.at(-1)?.ad_copy).toBe(`Mat ${slot}.`);
      }
    });

    it('answers a whole conversation that was sent at once, from reset to close', async () => {
      const fraudster = await connect('fraudster');
      for (const frame of [
        '{"type":"obs"}',
        '{"type":"reset","data":{"episode_id":"all-at-once"}}',
        step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}'),
        '{"type":"state"}',
        '{"type":"close"}',
      ])
        fraudster.send(frame);
      expect((await fraudster.closed).code).toBe(1000);
      expect(fraudster.unread).toBe(4);
      expect(fraudster.refusal(await fraudster.hear())).toBe('no_match');
      expect(fraudster.observation(await fraudster.hear()).match_id).toBe('all-at-once');
      expect(fraudster.observation(await fraudster.hear()).reward).toBe(0.02);
      expect((await fraudster.hear()).type).toBe('state');
    });

    it('says nothing unasked, whatever happens in the match', async () => {
      const seats = await table('{"type":"reset","data":{"max_investigator_actions_per_turn":1}}');
      const { fraudster, investigator, auditor } = seats;
      const watcher = await connect('investigator');
      await watcher.see(`{"type":"join","data":{"match_id":"${seats.id}"}}`);
      await fraudster.see(step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}'));
      await fraudster.see(endTurn);
      const [adId = ''] = (await investigator.obs()).available_ads;
      await investigator.see(step(`{"action_type":"verdict","ad_id":"${adId}","verdict":"approve"}`));
      const passing = await connect('auditor');
      await passing.see(`{"type":"join","data":{"match_id":"${seats.id}"}}`);
      void passing.terminate();
      await passing.closed;
      await fraudster.see(step('{"action_type":"commit_final"}'));
      await auditor.see(step('{"action_type":"submit_audit_report"}'));
      // What had been pushed would stand before the answer.
      for (const player of [fraudster, investigator, auditor, watcher]) {
        const { type, data } = await player.ask('{"type":"state"}');
        expect([type, data['phase'], player.unread]).toEqual(['state', 'done', 0]);
      }
    });

    it('says nothing to a socket that says nothing', async () => {
      const [silent, busy] = [await connect('fraudster'), await connect('fraudster')];
      await busy.see('{"type":"reset"}');
      expect(silent.unread).toBe(0);
      silent.send('{"type":"close"}');
      expect((await silent.closed).code).toBe(1000);
      expect(silent.unread).toBe(0);
    });
  });

  describe('two sockets of one role', () => {
    it.each(roles)('both hold the seat of the %s, see the same and get their own answers', async (role) => {
      const seats = await table();
      const second = await connect(role);
      await second.see(`{"type":"join","data":{"match_id":"${seats.id}"}}`);
      const first = seats[role];
      first.send('{"type":"obs"}');
      second.send('{"type":"state"}');
      expect([(await first.hear()).type, (await second.hear()).type]).toEqual(['observation', 'state']);
      expect(await second.obs()).toEqual(await first.obs());
      expect([first.unread, second.unread]).toEqual([0, 0]);
    });

    it('may both act, and each action counts once', async () => {
      const seats = await table(
        '{"type":"reset","data":{"max_fraudster_actions_per_turn":10,"max_proposals":10}}',
      );
      const second = await connect('fraudster');
      await second.see(`{"type":"join","data":{"match_id":"${seats.id}"}}`);
      const propose = step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}');
      for (let each = 0; each < 4; each += 1) {
        seats.fraudster.send(propose);
        second.send(propose);
      }
      const used: number[] = [];
      for (let each = 0; each < 4; each += 1)
        for (const player of [seats.fraudster, second])
          used.push(player.observation(await player.hear()).proposals_used);
      expect(used.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it('do not end each other: the one that stays plays on, whether the other closes or is cut', async () => {
      const seats = await table();
      const join = `{"type":"join","data":{"match_id":"${seats.id}"}}`;
      const [closing, cut] = [await connect('fraudster'), await connect('fraudster')];
      await closing.see(join);
      await cut.see(join);
      closing.send('{"type":"close"}');
      expect((await closing.closed).code).toBe(1000);
      void cut.terminate();
      await cut.closed;
      expect((await seats.fraudster.see(endTurn)).phase).toBe('investigator_turn');
      const back = await connect('fraudster');
      expect((await back.see(join)).phase).toBe('investigator_turn');
    });
  });

  describe('matches', () => {
    it('of one server do not disturb each other', async () => {
      const [one, other] = [await table(), await table()];
      const before = [await other.fraudster.obs(), await other.investigator.obs(), await other.auditor.obs()];
      const state = await other.fraudster.state();
      await one.fraudster.see(step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}'));
      await one.fraudster.see(step('{"action_type":"commit_final"}'));
      await one.fraudster.refused('nonsense');
      await one.auditor.see(step('{"action_type":"submit_audit_report"}'));
      void one.fraudster.terminate();
      expect([
        await other.fraudster.obs(),
        await other.investigator.obs(),
        await other.auditor.obs(),
      ]).toEqual(before);
      expect(await other.fraudster.state()).toEqual(state);
    });

    it('run side by side, each with its own turns', async () => {
      const tables = await Promise.all(Array.from({ length: 8 }, () => table()));
      await Promise.all(
        tables.map(async ({ fraudster }, index) => {
          for (let proposed = 0; proposed < index % 3; proposed += 1)
            await fraudster.see(step('{"action_type":"propose_ad","ad_copy":"Mats.","category":"fitness"}'));
          await fraudster.see(endTurn);
        }),
      );
      for (const [index, { id, investigator }] of tables.entries()) {
        const seen = await investigator.obs();
        expect([seen.match_id, seen.queue_status.pending]).toEqual([id, 5 + (index % 3)]);
      }
    });
  });
});

it('two servers know nothing of each other’s matches', async () => {
  const [one, other] = [await startArena(adapterNames[0] ?? 'ws'), await startArena('ws')];
  try {
    const frame = '{"type":"reset","data":{"episode_id":"same-name"}}';
    const here = await seatedTable((role, query) => Player.connect(one.address, role, query), frame);
    const stranger = await Player.connect(other.address, 'investigator');
    expect(await stranger.refused('{"type":"join","data":{"match_id":"same-name"}}')).toBe('unknown_match');
    await seatedTable((role, query) => Player.connect(other.address, role, query), frame);
    await here.fraudster.see(endTurn);
    await stranger.see('{"type":"join","data":{"match_id":"same-name"}}');
    expect((await stranger.obs()).phase).toBe('fraudster_turn');
  } finally {
    await one.close();
    await other.close();
  }
});
