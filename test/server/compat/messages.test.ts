import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Role } from './spec.ts';

// Source: protocol spec, 3.1 to 3.3. `data` may be missing or null, which is an empty object.

const roles: readonly Role[] = ['fraudster', 'investigator', 'auditor'];
const withoutData = (type: string): readonly string[] => [
  `{"type":"${type}"}`,
  `{"type":"${type}","data":null}`,
  `{"type":"${type}","data":{}}`,
  `{"data":{},"type":"${type}"}`,
];

overBothAdapters(({ connect, table }) => {
  describe('reset', () => {
    it.each(roles)('makes a match for the %s, with data and without', async (role) => {
      const player = await connect(role);
      const ids = new Set<string>();
      for (const frame of withoutData('reset')) {
        const seen = await player.see(frame);
        expect(seen).toMatchObject({ phase: 'fraudster_turn', round_number: 1, reward: 0, done: false });
        ids.add(seen.match_id);
      }
      expect(ids.size).toBe(4);
    });

    it('names the match by a version 4 UUID where the caller names none', async () => {
      const { id } = await table();
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });

    it('takes every argument', async () => {
      const fraudster = await connect('fraudster');
      const seen = await fraudster.see(
        '{"type":"reset","data":{"seed":42,"episode_id":"every-argument","task_id":"task_2","max_rounds":2,' +
          '"max_proposals":1,"max_fraudster_actions_per_turn":9,"max_investigator_actions_per_turn":8,' +
          '"allowed_categories":["fitness","my own"]}}',
      );
      expect(seen).toMatchObject({
        match_id: 'every-argument',
        task_id: 'task_2',
        max_rounds: 2,
        rounds_remaining: 2,
        proposals_used: 0,
        proposals_remaining: 1,
        actions_left_this_turn: 9,
        allowed_categories: ['fitness', 'my own'],
      });
      expect(seen.current_queue).toHaveLength(12);
      expect(await fraudster.state()).toMatchObject({ max_actions_per_turn: 9, max_proposals: 1 });
      await fraudster.see('{"type":"step","data":{"action_type":"end_turn"}}');
      expect(await fraudster.state()).toMatchObject({
        episode_id: 'every-argument',
        match_id: 'every-argument',
        phase: 'investigator_turn',
        max_actions_per_turn: 8,
      });
    });

    it('drops arguments that are null', async () => {
      const seen = await (
        await connect('fraudster')
      ).see(
        '{"type":"reset","data":{"seed":null,"episode_id":null,"task_id":null,"max_rounds":null,' +
          '"max_proposals":null,"max_fraudster_actions_per_turn":null,' +
          '"max_investigator_actions_per_turn":null,"allowed_categories":null}}',
      );
      expect(seen).toMatchObject({ task_id: 'task_1', max_rounds: 4, proposals_remaining: 3 });
      expect(seen.match_id).not.toBe('null');
    });

    it.each([
      ['task_1', 5, 4, 3, 3, 6, 7],
      ['task_2', 12, 4, 6, 3, 6, 13],
      ['task_3', 20, 5, 7, 3, 7, 17],
      ['task_3_unseen', 25, 5, 8, 3, 7, 17],
    ])('gives %s its numbers', async (task, queue, rounds, proposals, perTurn, perReview, categories) => {
      const { fraudster, opening } = await table(`{"type":"reset","data":{"task_id":"${task}"}}`);
      expect(opening).toMatchObject({
        task_id: task,
        max_rounds: rounds,
        rounds_remaining: rounds,
        proposals_remaining: proposals,
        actions_left_this_turn: perTurn,
      });
      expect(opening.current_queue).toHaveLength(queue);
      expect(opening.allowed_categories).toHaveLength(categories);
      expect(await fraudster.state()).toMatchObject({
        max_proposals: proposals,
        max_actions_per_turn: perTurn,
        task_id: task,
      });
      await fraudster.see('{"type":"step","data":{"action_type":"end_turn"}}');
      expect((await fraudster.state()).max_actions_per_turn).toBe(perReview);
    });

    it('gives the same queue for the same seed, and another for another', async () => {
      const queueOf = async (seed: number) => {
        const { opening } = await table(`{"type":"reset","data":{"seed":${seed},"task_id":"task_2"}}`);
        return opening.current_queue;
      };
      expect(await queueOf(7)).toEqual(await queueOf(7));
      expect(await queueOf(8)).not.toEqual(await queueOf(7));
    });

    it('makes the match of an investigator or auditor playable by the others', async () => {
      const auditor = await connect('auditor');
      const { match_id: id } = await auditor.see('{"type":"reset","data":{"task_id":"task_1"}}');
      const fraudster = await connect('fraudster');
      await fraudster.see(`{"type":"join","data":{"match_id":"${id}"}}`);
      await fraudster.see('{"type":"step","data":{"action_type":"commit_final"}}');
      expect((await auditor.obs()).phase).toBe('audit_phase');
    });
  });

  describe('join', () => {
    it.each(roles)('shows the %s the match as it stands', async (role) => {
      const { id, fraudster } = await table();
      await fraudster.see('{"type":"step","data":{"action_type":"end_turn"}}');
      const late = await connect(role);
      const seen = await late.see(`{"type":"join","data":{"match_id":"${id}"}}`);
      expect(seen).toMatchObject({ match_id: id, role, phase: 'investigator_turn', reward: 0 });
    });

    it('is answered again on the same socket', async () => {
      const { id, auditor } = await table();
      for (let time = 0; time < 3; time += 1)
        expect((await auditor.see(`{"type":"join","data":{"match_id":"${id}"}}`)).match_id).toBe(id);
    });

    it('works on an address that carries the match_id already, as the original hands them out', async () => {
      const { id } = await table();
      const investigator = await connect('investigator', `?match_id=${id}`);
      const seen = await investigator.see(`{"type":"join","data":{"match_id":"${id}"}}`);
      expect(seen.match_id).toBe(id);
      expect(investigator.unread).toBe(0);
    });

    it('and reset work on an address that carries anything', async () => {
      const { id } = await table();
      const fraudster = await connect('fraudster', '?match_id=gone&token=x&match_id=');
      expect((await fraudster.see('{"type":"reset"}')).phase).toBe('fraudster_turn');
      expect((await fraudster.see(`{"type":"join","data":{"match_id":"${id}"}}`)).match_id).toBe(id);
    });
  });

  describe('step', () => {
    it('acts and is answered with the observation after it', async () => {
      const { fraudster, investigator } = await table();
      const seen = await fraudster.see('{"type":"step","data":{"action_type":"end_turn"}}');
      expect(seen).toMatchObject({ phase: 'investigator_turn', reward: 0 });
      expect(await investigator.obs()).toMatchObject({ phase: 'investigator_turn' });
    });

    it.each(withoutData('step'))('without an action, as %s, is a validation_error', async (frame) => {
      const { fraudster, investigator, auditor } = await table();
      for (const player of [fraudster, investigator, auditor])
        expect(await player.refused(frame)).toBe('validation_error');
      expect((await fraudster.state()).step_count).toBe(0);
    });
  });

  describe('obs and state', () => {
    const ignored = (type: string) => [
      ...withoutData(type),
      `{"type":"${type}","data":{"action_type":"commit_final","match_id":"other"}}`,
    ];

    it.each(roles)('take any data from the %s and change nothing', async (role) => {
      const seats = await table();
      const player = seats[role];
      const before = [await player.obs(), await player.state()] as const;
      for (const frame of ignored('obs')) expect(await player.see(frame)).toEqual(before[0]);
      for (const frame of ignored('state')) {
        const reply = await player.ask(frame);
        expect(reply).toEqual({ type: 'state', data: before[1] });
      }
      expect(await player.obs()).toEqual(before[0]);
    });
  });

  describe('close', () => {
    it.each([...withoutData('close'), '{"type":"close","data":{"code":4000}}'])(
      'as %s is not answered; the server closes with 1000',
      async (frame) => {
        const { fraudster } = await table();
        fraudster.send(frame);
        expect((await fraudster.closed).code).toBe(1000);
        expect(fraudster.unread).toBe(0);
      },
    );

    it('needs no match', async () => {
      for (const role of roles) {
        const player = await connect(role);
        player.send('{"type":"close"}');
        expect((await player.closed).code).toBe(1000);
        expect(player.unread).toBe(0);
      }
    });

    it('comes after the answers to what was sent before it, and before nothing', async () => {
      const { fraudster } = await table();
      for (const frame of ['{"type":"obs"}', '{"type":"state"}', '{"type":"close"}', '{"type":"obs"}'])
        fraudster.send(frame);
      expect((await fraudster.closed).code).toBe(1000);
      expect(fraudster.unread).toBe(2);
      expect((await fraudster.hear()).type).toBe('observation');
      expect((await fraudster.hear()).type).toBe('state');
    });

    it('is the last request that has an effect', async () => {
      const { id, fraudster, investigator } = await table();
      fraudster.send('{"type":"close"}');
      fraudster.send(`{"type":"join","data":{"match_id":"${id}"}}`);
      fraudster.send('{"type":"step","data":{"action_type":"end_turn"}}');
      fraudster.send('{"type":"reset","data":{"episode_id":"after-the-close"}}');
      expect((await fraudster.closed).code).toBe(1000);
      expect(fraudster.unread).toBe(0);
      expect((await investigator.obs()).phase).toBe('fraudster_turn');
      const join = '{"type":"join","data":{"match_id":"after-the-close"}}';
      expect(await investigator.refused(join)).toBe('unknown_match');
    });

    it('leaves the match to the others', async () => {
      const { fraudster, investigator, auditor } = await table();
      auditor.send('{"type":"close"}');
      await auditor.closed;
      await fraudster.see('{"type":"step","data":{"action_type":"end_turn"}}');
      expect((await investigator.obs()).phase).toBe('investigator_turn');
    });
  });
});
