import { describe, expect, it } from 'vitest';
import { createMatch } from '../../src/client/index.ts';
import { connectRole } from '../../src/client/node.ts';
import { roles } from '../../src/game/command.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { withServer } from '../server/frames/feed-kit.ts';
import { all, expectOfSchema, first, playOut, urlOf } from './kit.ts';

/** A seat of the client on a line that holds. */

const code = (name: string, more: object = {}) =>
  expect.objectContaining({ name: 'ArenaError', code: name, ...more }) as Error;

describe('a seat', () => {
  it(
    'of a match that it makes itself says which, and has its token',
    withServer({}, async (served) => {
      const seat = await connectRole(urlOf(served), 'fraudster');
      expect([seat.role, seat.matchId, seat.token]).toEqual(['fraudster', null, undefined]);
      const seen = await seat.reset({ seed: 7, episode_id: 'mine', task_id: 'task_2' });
      expect(seen).toMatchObject({
        match_id: 'mine',
        role: 'fraudster',
        phase: 'fraudster_turn',
        task_id: 'task_2',
      });
      expect([seat.matchId, seat.token]).toEqual(['mine', seen.seat_token]);
      seat.close();
    }),
  );

  it.each(['open', 'seats', 'invited'] as const)(
    'is taken with what the creation of the match answered, where seats are %s',
    async (auth) =>
      withServer({}, async (served) => {
        const match = await createMatch(urlOf(served), { policies: { auth } });
        expect(match.seat_tokens === null).toBe(auth === 'open');
        for (const role of roles) {
          const seat = await connectRole(urlOf(served), role);
          expect(await seat.join(match)).toMatchObject({ match_id: match.match_id, role });
          expect(await seat.obs()).toMatchObject({ role });
          seat.close();
        }
      })(),
  );

  it(
    'is refused to strangers, with the code of why',
    withServer({}, async (served) => {
      const match = await createMatch(urlOf(served), { policies: { auth: 'invited' } });
      const seat = await connectRole(urlOf(served), 'auditor');
      await expect(seat.join(match.match_id)).rejects.toThrow(code('seat_token_wrong', { retryable: false }));
      await expect(seat.join('nowhere')).rejects.toThrow(code('unknown_match'));
      await expect(seat.obs()).rejects.toThrow(code('no_match'));
      const wrong = { seed: -1 };
      const error: unknown = await seat.reset(wrong).catch((thrown: unknown) => thrown);
      expect(error).toEqual(code('reset_error'));
      expect(error).toHaveProperty('details.faults.0.path', 'seed');
      seat.close();
    }),
  );

  it(
    'acts; a faulty action is answered with its reason, one out of turn is refused',
    withServer({}, async (served) => {
      const [fraudster, investigator] = [
        await connectRole(urlOf(served), 'fraudster'),
        await connectRole(urlOf(served), 'investigator'),
      ];
      const { match_id: id } = await fraudster.reset({ seed: 1 });
      await investigator.join(id);
      expect(await fraudster.step({ action_type: 'modify_pending_ad', slot_index: 5 })).toMatchObject({
        accepted: false,
        reason_code: 'slot_unknown',
      });
      await expect(investigator.step({ action_type: 'end_turn' })).rejects.toThrow(code('phase_violation'));
      expect(await fraudster.step({ action_type: 'commit_final' })).toMatchObject({
        accepted: true,
        reason_code: null,
        phase: 'investigator_turn',
      });
      expect(await investigator.state()).toMatchObject({ match_id: id, phase: 'investigator_turn' });
      for (const seat of [fraudster, investigator]) seat.close();
    }),
  );

  it(
    'does an action that has a name once',
    withServer({}, async (served) => {
      const seat = await connectRole(urlOf(served), 'fraudster');
      const {
        match_id: id,
        allowed_categories: [category = ''],
      } = await seat.reset({ seed: 1 });
      const ad = { action_type: 'propose_ad', ad_copy: 'A lamp.', category } as const;
      const answers = [await seat.step(ad, 'the-lamp'), await seat.step(ad, 'the-lamp'), await seat.step(ad)];
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]?.proposals_used).toBe(2);
      const proposed = (await served.events(id)).filter(({ type }) => type === 'ad.proposed');
      expect(proposed).toHaveLength(2);
      seat.close();
    }),
  );

  it(
    'that is closed is free, and its frames and turns are over',
    withServer({}, async (served) => {
      const seat = await connectRole(urlOf(served), 'auditor');
      await seat.reset({ episode_id: 'left' });
      const [frames, turns] = [all(seat.frames()), all(seat.turns())];
      await seat.obs();
      seat.close();
      expect(await turns).toEqual([]);
      expect((await frames).every(({ seq }, index) => seq === index + 1)).toBe(true);
      await expect(seat.obs()).rejects.toThrow(code('connection_closed'));
      await served.until('left', 'released auditor left');
      const next = await connectRole(urlOf(served), 'auditor');
      await next.join('left');
      next.close();
    }),
  );

  it(
    'that is taken over by its token elsewhere does not fight for it',
    withServer({}, async (served) => {
      const [old, next] = [
        await connectRole(urlOf(served), 'auditor'),
        await connectRole(urlOf(served), 'auditor'),
      ];
      await old.reset({ episode_id: 'mine' });
      const frames = all(old.frames());
      const token = old.token;
      expect(token).toBeDefined();
      await next.join('mine', token);
      const takenOver = code('connection_closed', { details: { code: 4001, reason: 'taken_over' } });
      await expect(frames).rejects.toThrow(takenOver);
      await expect(old.obs()).rejects.toThrow(takenOver);
      expect(await next.obs()).toMatchObject({ match_id: 'mine' });
      next.close();
    }),
  );

  it(
    'asks a busy server again until its action is done',
    withServer({ limits: { framesPerSecond: 3 } }, async (served) => {
      const seat = await connectRole(urlOf(served), 'fraudster', { retries: 50, retryMs: 1 });
      const { match_id: id } = await seat.reset({ seed: 1 });
      await seat.obs();
      await seat.obs();
      await expect(seat.obs()).rejects.toThrow(code('rate_limited', { retryable: true }));
      const stepped = seat.step({ action_type: 'commit_final' });
      await served.clock.advance(1000);
      expect(await stepped).toMatchObject({ accepted: true });
      expect((await served.events(id)).filter(({ type }) => type === 'proposals.committed')).toHaveLength(1);
      seat.close();
    }),
  );
});

describe('the frames of a seat', () => {
  it(
    'are as the protocol says, numbered without gaps, for every role of a whole match',
    withServer({}, async (served) => {
      const url = urlOf(served);
      for (const [seed, policies] of [{}, { legal_hints: 'full', reveal_at_end: true } as const].entries()) {
        const match = await createMatch(url, { seed, policies, deadlines: { turn_ms: 60_000 } });
        const players = seatsFor(defaultPlayers, seed);
        const seats = {
          fraudster: await connectRole(url, 'fraudster'),
          investigator: await connectRole(url, 'investigator'),
          auditor: await connectRole(url, 'auditor'),
        };
        for (const role of roles) await seats[role].join(match);
        const frames = Promise.all(roles.map((role) => all(seats[role].frames())));
        await Promise.all([
          playOut(seats.fraudster, players.fraudster),
          playOut(seats.investigator, players.investigator),
          playOut(seats.auditor, players.auditor),
        ]);
        for (const list of await frames) {
          expect(list.map(({ seq }) => seq)).toEqual(list.map((_, index) => index + 1));
          for (const frame of list) expectOfSchema(frame);
          expect(list.at(-1)).toMatchObject({ type: 'match_over', data: { phase: 'done' } });
        }
        for (const role of roles) {
          expect(await seats[role].obs()).toMatchObject({ done: true });
          seats[role].close();
        }
      }
    }),
  );

  it(
    'come to every reader from its own number, whoever else begins or stops',
    withServer({}, async (served) => {
      const url = urlOf(served);
      const seat = await connectRole(url, 'fraudster');
      const { match_id: id } = await seat.reset({ seed: 3 });
      const other = await connectRole(url, 'investigator');
      const ahead = seat.frames(2);
      const coming = ahead.next();
      await other.join(id);
      const { value: third } = await coming;
      expect(third).toMatchObject({
        seq: 3,
        type: 'presence',
        data: { role: 'investigator', status: 'held' },
      });
      // One that begins further back, and leaves.
      expect((await first(3, seat.frames())).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      const next = ahead.next();
      other.close();
      expect((await next).value).toMatchObject({ seq: 4, type: 'presence' });
      await ahead.return();
      // And one that begins when nobody reads any more.
      expect((await first(4, seat.frames())).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      seat.close();
    }),
  );

  it(
    'of one match end when the seat is left for another, whose frames begin anew',
    withServer({}, async (served) => {
      const seat = await connectRole(urlOf(served), 'fraudster');
      await seat.reset({ seed: 3 });
      const before = all(seat.frames());
      const { match_id: id } = await seat.reset({ seed: 4 });
      expect((await before).length).toBeLessThanOrEqual(2);
      const [created] = await first(1, seat.frames());
      expect(created).toMatchObject({ seq: 1, type: 'event', data: { event: 'match.created' } });
      expect(seat.matchId).toBe(id);
      seat.close();
    }),
  );
});

describe('the turns of a seat', () => {
  it(
    'are its own ones only, each as often as it acts in it',
    withServer({}, async (served) => {
      const url = urlOf(served);
      const match = await createMatch(url, { seed: 2 });
      const [fraudster, investigator] = [
        await connectRole(url, 'fraudster'),
        await connectRole(url, 'investigator'),
      ];
      await fraudster.join(match);
      await investigator.join(match);
      const turns: string[] = [];
      const investigating = (async () => {
        for await (const seen of investigator.turns()) {
          turns.push(`${seen.phase} ${seen.queue_status.steps_remaining}`);
          if (turns.length === 3) return;
          const [ad_id = ''] = seen.available_ads;
          await investigator.step({ action_type: 'verdict', ad_id, verdict: 'approve', confidence: 0.9 });
        }
      })();
      for await (const seen of fraudster.turns()) {
        expect(seen.phase).toBe('fraudster_turn');
        turns.push('fraudster');
        await fraudster.step({ action_type: 'end_turn' });
        break;
      }
      await investigating;
      expect(turns[0]).toBe('fraudster');
      expect(new Set(turns.slice(1)).size).toBe(turns.length - 1);
      for (const seat of [fraudster, investigator]) seat.close();
    }),
  );

  it(
    'are had again after a refused step, and not after none',
    withServer({}, async (served) => {
      const seat = await connectRole(urlOf(served), 'fraudster');
      const { match_id: id } = await seat.reset({ seed: 2, deadlines: { turn_ms: 1000 } });
      const turns = seat.turns();
      const { value: one } = await turns.next();
      const faulty = { action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'x'.repeat(65) } as const;
      await expect(seat.step(faulty)).rejects.toThrow(code('validation_error'));
      expect((await turns.next()).value).toEqual(one);
      // It lets the turn go by; the next one that comes is that of the next round.
      const next = turns.next();
      while (!(await served.events(id)).some(isFraudstersNext)) await served.clock.advance(1000);
      expect((await next).value).toMatchObject({ phase: 'fraudster_turn', round_number: 2 });
      seat.close();
    }),
  );
});

const isFraudstersNext = ({ type, data }: { readonly type: string; readonly data: object }): boolean =>
  type === 'turn.ended' && 'by' in data && data.by === 'investigator';
