import { describe, expect, it } from 'vitest';
import type { Commit } from '../../../src/log/event-log.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { Seating } from '../../../src/server/matches/seating.ts';
import type { Sitter } from '../../../src/server/matches/seating.ts';
import { codeOf, tokenOf } from '../../support/role-client.ts';
import { withGuarded } from '../guarded.ts';
import type { Guarded } from '../guarded.ts';

const graceMs = 60_000;
const minuteMs = 60_000;

class Player implements Sitter {
  isTakenOver = false;

  takenOver(): void {
    this.isTakenOver = true;
  }
}

const isCommitOf = (type: string) => (commit: Commit) => commit.events.some((event) => event.type === type);

/** Sits a player down and gives its token. */
async function seated(
  { seating }: Guarded,
  id: Parameters<Guarded['facts']>[0],
  player: Player,
  token: string | null = null,
) {
  const reply = await seating.sit(player, id, 'fraudster', token);
  expect(reply.ok).toBe(true);
  return reply.ok ? String(reply.token) : '';
}

describe('a player that comes back while', () => {
  it(
    'the end of its grace period passes keeps the seat, and is not thrown out by the next who asks',
    withGuarded(async (guarded) => {
      const { log, clock, seating, host } = guarded;
      const id = await guarded.plant('match');
      const first = new Player();
      const token = await seated(guarded, id, first);
      await seating.leave(first, id, 'fraudster', 'cut');
      // The period ends in the middle of the way back: after the claim, before its fact is stored.
      log.before = async (commit) => {
        if (isCommitOf('seat.resumed')(commit)) await clock.advance(graceMs);
      };
      const back = new Player();
      await seated(guarded, id, back, token);
      await clock.advance(0);
      const { seats } = (await host.find(id)).fold.bookkeeping;
      expect(seats.fraudster.status).toBe('held');
      const stranger = await seating.sit(new Player(), id, 'fraudster', null);
      expect(stranger).toMatchObject({ ok: false, code: 'seat_taken' });
      expect(back.isTakenOver).toBe(false);
      expect(await guarded.facts(id)).toEqual(['seat.claimed', 'seat.dropped', 'seat.resumed']);
    }),
  );

  it.each([
    ['first', 'awake'],
    ['second', 'awake'],
    ['first', 'asleep'],
    ['second', 'asleep'],
  ])('its old line is found broken (%s, the match %s) holds the seat', async (order, state) =>
    withGuarded(async (guarded) => {
      const { clock, seating, host } = guarded;
      const id = await guarded.plant('match');
      const first = new Player();
      const token = await seated(guarded, id, first);
      if (state === 'asleep') await clock.advance(25 * minuteMs);
      const going = () => seating.leave(first, id, 'fraudster', 'cut');
      const coming = () => seated(guarded, id, new Player(), token);
      const both = order === 'first' ? [going, coming] : [coming, going];
      await Promise.all(both.map((each) => each()));
      const status = async () => (await host.find(id)).fold.bookkeeping.seats.fraudster.status;
      expect(await status()).toBe('held');
      await clock.advance(2 * graceMs);
      expect(await status()).toBe('held');
      expect(await guarded.facts(id)).not.toContain('seat.released');
    })(),
  );

  it(
    'the server, back from a restart, looks for its players holds the seat',
    withGuarded(async (guarded) => {
      const { log, clock, seating, host } = guarded;
      const id = await guarded.plant('match');
      const token = await seated(guarded, id, new Player());
      const restarted = new Seating(host, clock, graceMs, { info: fail, warn: fail, error: fail });
      seating.close();
      const actor = await host.find(id);
      const back = new Player();
      const [reply] = await Promise.all([
        restarted.sit(back, id, 'fraudster', token),
        restarted.awaitPlayers(id),
      ]);
      expect(reply.ok).toBe(true);
      expect(actor.fold.bookkeeping.seats.fraudster.status).toBe('held');
      await clock.advance(2 * graceMs);
      expect(actor.fold.bookkeeping.seats.fraudster.status).toBe('held');
      expect(back.isTakenOver).toBe(false);
      log.before = () => undefined;
      restarted.close();
    }),
  );
});

const fail = (details: object, message: string) => {
  throw new Error(`${message} ${JSON.stringify(details)}`);
};

describe('a log that fails', () => {
  const refuse = (type: string) => (commit: Commit) => {
    if (isCommitOf(type)(commit)) throw new AppError('log_overloaded', 'Too many commits wait.');
  };

  it(
    'leaves no half seat behind a join: the socket sits nowhere new, and whoever asks again gets the seat',
    withGuarded(async (guarded) => {
      const { log } = guarded;
      const [own, id] = [await guarded.plant('own'), await guarded.plant('match')];
      const peer = await guarded.open('fraudster');
      const stranger = await guarded.open('fraudster');
      const observed = await peer.join(own);
      log.before = refuse('seat.claimed');
      for (const token of [undefined, 'a_token-of-my-own-choice']) {
        const reply = await peer.join(id, token);
        expect(reply).toMatchObject({ type: 'error', data: { code: 'log_overloaded', retryable: true } });
        expect(codeOf(await stranger.join(id, token))).toBe('log_overloaded');
      }
      // It sits where it sat.
      expect((await peer.obs()).data['match_id']).toBe(own);
      expect(codeOf(await stranger.obs())).toBe('no_match');
      log.before = () => undefined;
      expect(tokenOf(await stranger.join(id))).toMatch(/^[A-Za-z0-9_-]{32}$/);
      expect(codeOf(await peer.join(id))).toBe('seat_taken');
      expect(tokenOf(await peer.join(own))).toBe(tokenOf(observed));
      expect(await guarded.facts(id)).toEqual(['seat.claimed']);
      expect(await guarded.facts(own)).toEqual(['seat.claimed']);
    }),
  );

  it(
    'leaves no match with a seat behind a reset, and the same reset may be sent again',
    withGuarded(async (guarded) => {
      const { log } = guarded;
      const peer = await guarded.open('fraudster');
      log.before = refuse('match.created');
      const wanted = { episode_id: 'mine', seed: 7 };
      expect(codeOf(await peer.reset(wanted))).toBe('log_overloaded');
      expect(log.streams()).toEqual([]);
      log.before = refuse('seat.claimed');
      expect(codeOf(await peer.reset(wanted))).toBe('log_overloaded');
      expect(codeOf(await peer.obs())).toBe('no_match');
      log.before = () => undefined;
      // The match is there by now; its seat is free.
      expect(codeOf(await peer.reset(wanted))).toBe('match_exists');
      expect((await peer.join('mine')).type).toBe('observation');
    }),
  );

  it(
    'is told of as little where the match stands in the address, and the seat is asked for again by join',
    withGuarded(async (guarded) => {
      const { log } = guarded;
      const id = await guarded.plant('match');
      log.before = () => {
        throw new AppError('log_damaged', 'Line 7 of /var/lib/arena/log/1.ndjson is damaged.', { line: 7 });
      };
      const peer = await guarded.open('fraudster', `?match_id=${id}`);
      const reply = await peer.obs();
      expect(reply.data).toMatchObject({ code: 'no_match', details: { reason_code: 'log_damaged' } });
      expect(JSON.stringify(reply)).not.toMatch(/ndjson|7/);
      const joined = await peer.join(id);
      expect(codeOf(joined)).toBe('log_damaged');
      expect(JSON.stringify(joined)).not.toMatch(/ndjson|7/);
      log.before = () => undefined;
      expect((await peer.join(id)).type).toBe('observation');
      expect(await guarded.facts(id)).toEqual(['seat.claimed']);
    }),
  );

  it.each(['left', 'cut'] as const)(
    'holds no seat for ever: a player that went (%s) while nothing could be stored is let go of later',
    async (cause) =>
      withGuarded(async (guarded) => {
        const { log, clock, seating, host, complaints } = guarded;
        const id = await guarded.plant('match');
        const player = new Player();
        await seated(guarded, id, player);
        log.before = () => {
          throw new AppError('log_overloaded', 'Too many commits wait.');
        };
        await seating.leave(player, id, 'fraudster', cause);
        await clock.advance(3 * graceMs);
        expect(complaints.length).toBeGreaterThan(0);
        expect((await host.find(id)).fold.bookkeeping.seats.fraudster.status).toBe('held');
        log.before = () => undefined;
        await clock.advance(graceMs);
        expect((await host.find(id)).fold.bookkeeping.seats.fraudster.status).toBe('released');
        expect((await seating.sit(new Player(), id, 'fraudster', null)).ok).toBe(true);
      })(),
  );
});
