import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Role } from './spec.ts';

// Source: protocol spec, 3.10, with what section 8 changes: no code closes the socket; shape errors are
// `validation_error`; an id in use is `match_exists`; unknown arguments, tasks and bad values are `reset_error`.

const roles: readonly Role[] = ['fraudster', 'investigator', 'auditor'];
const binary = new Uint8Array([0x7b, 0x7d]);

/** Frames that are refused whatever the socket has joined. */
const anywhere: readonly (readonly [code: string, frame: string | Uint8Array])[] = [
  ['invalid_json', ''],
  ['invalid_json', 'reset'],
  ['invalid_json', '{'],
  ['invalid_json', "{'type':'obs'}"],
  ['invalid_json', '{"type":"obs"} {"type":"obs"}'],
  ['unknown_type', '{}'],
  ['unknown_type', '{"data":{}}'],
  ['unknown_type', '{"type":null}'],
  ['unknown_type', '{"type":""}'],
  ['unknown_type', '{"type":"Reset"}'],
  ['unknown_type', '{"type":"observation"}'],
  ['unknown_type', '{"type":"toString"}'],
  ['unknown_type', '{"type":"__proto__"}'],
  ['unknown_type', '{"type":5}'],
  ['unknown_type', '{"type":["reset"]}'],
  ['missing_match_id', '{"type":"join"}'],
  ['missing_match_id', '{"type":"join","data":null}'],
  ['missing_match_id', '{"type":"join","data":{}}'],
  ['missing_match_id', '{"type":"join","data":{"match_id":null}}'],
  ['missing_match_id', '{"type":"join","data":{"match_id":""}}'],
  ['unknown_match', '{"type":"join","data":{"match_id":"00000000-0000-4000-8000-000000000000"}}'],
  ['unknown_match', '{"type":"join","data":{"match_id":"a b/c"}}'],
  ['unknown_match', '{"type":"join","data":{"match_id":"../../etc/passwd"}}'],
  ['unknown_match', `{"type":"join","data":{"match_id":"${'x'.repeat(1000)}"}}`],
  ['validation_error', '[]'],
  ['validation_error', '[{"type":"obs"}]'],
  ['validation_error', 'null'],
  ['validation_error', 'true'],
  ['validation_error', '5'],
  ['validation_error', '"reset"'],
  ['validation_error', '{"type":"reset","data":[]}'],
  ['validation_error', '{"type":"reset","data":"task_1"}'],
  ['validation_error', '{"type":"join","data":"some-match"}'],
  ['validation_error', '{"type":"join","data":7}'],
  ['validation_error', '{"type":"step","data":["end_turn"]}'],
  ['validation_error', '{"type":"step","data":"end_turn"}'],
  ['validation_error', '{"type":"join","data":{"match_id":[]}}'],
  ['validation_error', '{"type":"join","data":{"match_id":["a"]}}'],
  ['validation_error', '{"type":"join","data":{"match_id":{}}}'],
  ['validation_error', '{"type":"join","data":{"match_id":7}}'],
  ['validation_error', '{"type":"join","data":{"match_id":true}}'],
  ['validation_error', binary],
];

/** Arguments with which no match is made. */
const badArguments: readonly string[] = [
  '"max_rounds":-3',
  '"max_rounds":0',
  '"max_rounds":21',
  '"max_rounds":1.5',
  '"max_rounds":"many"',
  '"max_rounds":[]',
  '"max_proposals":-1',
  '"max_proposals":51',
  '"max_fraudster_actions_per_turn":0',
  '"max_fraudster_actions_per_turn":11',
  '"max_investigator_actions_per_turn":0',
  '"max_investigator_actions_per_turn":31',
  '"seed":-1',
  '"seed":"lucky"',
  '"seed":{}',
  '"task_id":"task_9"',
  '"task_id":7',
  '"task_id":""',
  '"allowed_categories":"fitness"',
  '"allowed_categories":[]',
  '"allowed_categories":[7]',
  '"rounds":4',
  '"taskId":"task_1"',
  '"__proto__":{"max_rounds":1}',
];

const shown = (frame: string | Uint8Array): string =>
  typeof frame === 'string' ? frame.slice(0, 70) : 'a binary frame';

overBothAdapters(({ connect, table }) => {
  describe('a socket without a match', () => {
    it.each(anywhere.map(([code, frame]) => [code, shown(frame), frame] as const))(
      'is answered %s to %s, and stays open',
      async (code, _, frame) => {
        for (const role of roles) {
          const player = await connect(role);
          expect(await player.refused(frame)).toBe(code);
          expect((await player.see('{"type":"reset"}')).round_number).toBe(1);
          expect(player.unread).toBe(0);
        }
      },
    );

    it.each([
      '{"type":"obs"}',
      '{"type":"state"}',
      '{"type":"step","data":{"action_type":"end_turn"}}',
      '{"type":"step","data":{"action_type":"no such action"}}',
      '{"type":"step"}',
    ])('is answered no_match to %s, and stays open', async (frame) => {
      for (const role of roles) {
        const player = await connect(role);
        expect(await player.refused(frame)).toBe('no_match');
        expect((await player.see('{"type":"reset"}')).round_number).toBe(1);
      }
    });
  });

  describe('a socket in a match', () => {
    it('is answered the same, and its match goes on unchanged', async () => {
      const seats = await table();
      for (const role of roles) {
        const player = seats[role];
        const before = [await player.obs(), await player.state()];
        for (const [code, frame] of anywhere)
          expect([shown(frame), await player.refused(frame)]).toEqual([shown(frame), code]);
        expect([await player.obs(), await player.state()]).toEqual(before);
        expect(player.unread).toBe(0);
      }
    });
  });

  describe('reset_error', () => {
    it.each(badArguments)('refuses %s', async (argument) => {
      const player = await connect('fraudster');
      expect(await player.refused(`{"type":"reset","data":{${argument}}}`)).toBe('reset_error');
      expect(await player.refused('{"type":"obs"}')).toBe('no_match');
      expect((await player.see('{"type":"reset"}')).round_number).toBe(1);
    });

    it('leaves nothing of a match behind, and its id free', async () => {
      const { id, fraudster } = await table();
      const frame = '{"type":"reset","data":{"episode_id":"never-made","max_rounds":-3}}';
      expect(await fraudster.refused(frame)).toBe('reset_error');
      expect((await fraudster.obs()).match_id).toBe(id);
      const join = '{"type":"join","data":{"match_id":"never-made"}}';
      expect(await (await connect('auditor')).refused(join)).toBe('unknown_match');
      const made = await fraudster.see('{"type":"reset","data":{"episode_id":"never-made"}}');
      expect(made.match_id).toBe('never-made');
    });
  });

  describe('match_exists', () => {
    it('refuses the id of a running match, which goes on', async () => {
      const { fraudster, auditor } = await table('{"type":"reset","data":{"episode_id":"mine"}}');
      await fraudster.see('{"type":"step","data":{"action_type":"end_turn"}}');
      const before = await auditor.state();
      const thief = await connect('fraudster');
      expect(await thief.refused('{"type":"reset","data":{"episode_id":"mine"}}')).toBe('match_exists');
      expect(await thief.refused('{"type":"obs"}')).toBe('no_match');
      expect(await auditor.state()).toEqual(before);
      expect((await fraudster.obs()).match_id).toBe('mine');
    });

    it('refuses the id of a finished match, and of the own one', async () => {
      const { fraudster, auditor } = await table('{"type":"reset","data":{"episode_id":"over"}}');
      expect(await fraudster.refused('{"type":"reset","data":{"episode_id":"over"}}')).toBe('match_exists');
      await fraudster.see('{"type":"step","data":{"action_type":"commit_final"}}');
      await auditor.see('{"type":"step","data":{"action_type":"submit_audit_report"}}');
      expect(await fraudster.refused('{"type":"reset","data":{"episode_id":"over"}}')).toBe('match_exists');
      expect((await fraudster.obs()).done).toBe(true);
    });
  });

  describe('unknown_match', () => {
    it('leaves a socket in the match it has', async () => {
      const { id, investigator } = await table();
      expect(await investigator.refused('{"type":"join","data":{"match_id":"nowhere"}}')).toBe(
        'unknown_match',
      );
      expect((await investigator.obs()).match_id).toBe(id);
    });
  });

  describe('execution_error', () => {
    it.each([
      '{"investigator_audit_score":"high"}',
      '{"investigator_audit_score":null}',
      '{"fraudster_plausibility_score":[]}',
      '{"fraudster_plausibility_score":{},"notes":"x"}',
    ])('refuses the report %s and keeps the audit as it was', async (report) => {
      const { fraudster, auditor } = await table();
      await fraudster.see('{"type":"step","data":{"action_type":"commit_final"}}');
      await auditor.see('{"type":"step","data":{"action_type":"flag_fraudster","flag_type":"gibberish"}}');
      const before = await auditor.obs();
      const frame = `{"type":"step","data":{"action_type":"submit_audit_report","audit_report":${report}}}`;
      expect(await auditor.refused(frame)).toBe('execution_error');
      expect(await auditor.obs()).toEqual(before);
      const done = await auditor.see('{"type":"step","data":{"action_type":"submit_audit_report"}}');
      expect(done).toMatchObject({ phase: 'done', done: true });
      expect(done.pending_flags).toHaveLength(1);
    });
  });
});
