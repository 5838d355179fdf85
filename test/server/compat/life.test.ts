import { describe, expect, it } from 'vitest';
import { overBothAdapters } from './arena.ts';
import type { Role } from './spec.ts';

// Source: protocol spec, 2.2, with what 8.3 changes: leaving a match releases it, and an end needs nobody's socket.

const step = (action: string) => `{"type":"step","data":${action}}`;
const join = (id: string) => `{"type":"join","data":{"match_id":"${id}"}}`;
const endTurn = step('{"action_type":"end_turn"}');
const commit = step('{"action_type":"commit_final"}');
const submit = step('{"action_type":"submit_audit_report"}');
const roles: readonly Role[] = ['fraudster', 'investigator', 'auditor'];

overBothAdapters(({ connect, table }) => {
  describe('an unfinished match', () => {
    it('outlives all its sockets, closed or cut, and is joined where it stood', async () => {
      const { id, fraudster, investigator, auditor } = await table();
      await fraudster.see(endTurn);
      fraudster.send('{"type":"close"}');
      investigator.send('{"type":"close"}');
      void auditor.terminate();
      await Promise.all([fraudster.closed, investigator.closed, auditor.closed]);
      for (const role of roles) {
        const back = await connect(role);
        expect(await back.see(join(id))).toMatchObject({ match_id: id, phase: 'investigator_turn' });
      }
    });

    it('is played on by whoever joins as the role', async () => {
      const { id, fraudster, investigator } = await table();
      void fraudster.terminate();
      await fraudster.closed;
      const other = await connect('fraudster');
      await other.see(join(id));
      await other.see(endTurn);
      expect((await investigator.obs()).phase).toBe('investigator_turn');
    });
  });

  describe('a finished match', () => {
    it.each(roles)('is joined by the %s, who sees it done and may not step', async (role) => {
      const seats = await table();
      await seats.fraudster.see(commit);
      await seats.auditor.see(submit);
      const late = await connect(role);
      const seen = await late.see(join(seats.id));
      expect(seen).toMatchObject({ match_id: seats.id, role, phase: 'done', done: true });
      const action = { fraudster: endTurn, auditor: submit, investigator: undefined }[role];
      const verdict = step('{"action_type":"verdict","ad_id":"x","verdict":"approve"}');
      expect(await late.refused(action ?? verdict)).toBe('phase_violation');
      expect(await late.obs()).toEqual(seen);
      expect((await late.state()).phase).toBe('done');
    });

    it('can be looked at when everybody has left', async () => {
      const { id, fraudster, investigator, auditor } = await table();
      await fraudster.see(commit);
      await auditor.see(submit);
      const over = await auditor.state();
      for (const player of [fraudster, investigator, auditor]) player.send('{"type":"close"}');
      await Promise.all([fraudster.closed, investigator.closed, auditor.closed]);
      const late = await connect('auditor');
      expect((await late.see(join(id))).done).toBe(true);
      expect(await late.state()).toEqual(over);
    });
  });

  describe('a socket', () => {
    it('that resets again plays the new match, and the old one goes on without it', async () => {
      const { id, fraudster, investigator, auditor } = await table();
      const fresh = await fraudster.see('{"type":"reset","data":{"task_id":"task_2"}}');
      expect(fresh.match_id).not.toBe(id);
      expect(await fraudster.see(endTurn)).toMatchObject({
        match_id: fresh.match_id,
        phase: 'investigator_turn',
        task_id: 'task_2',
      });
      expect(await investigator.obs()).toMatchObject({ match_id: id, phase: 'fraudster_turn' });
      const other = await connect('fraudster');
      await other.see(join(id));
      await other.see(commit);
      expect((await auditor.see(submit)).match_id).toBe(id);
    });

    it('that joins another match leaves the first, and may come back', async () => {
      const [one, other] = [await table(), await table()];
      expect((await one.investigator.see(join(other.id))).match_id).toBe(other.id);
      expect((await one.investigator.state()).match_id).toBe(other.id);
      await one.fraudster.see(endTurn);
      expect((await one.investigator.obs()).phase).toBe('fraudster_turn');
      expect(await one.investigator.see(join(one.id))).toMatchObject({
        match_id: one.id,
        phase: 'investigator_turn',
      });
    });

    it('that resets a hundred matches leaves none of them behind that disturbs', async () => {
      const fraudster = await connect('fraudster');
      const ids = new Set<string>();
      for (let made = 0; made < 100; made += 1) ids.add((await fraudster.see('{"type":"reset"}')).match_id);
      expect(ids.size).toBe(100);
      expect(fraudster.unread).toBe(0);
      const [first = ''] = ids;
      expect((await (await connect('fraudster')).see(join(first))).phase).toBe('fraudster_turn');
    });
  });
});
