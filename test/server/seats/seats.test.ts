import { describe, expect, it } from 'vitest';
import { adapters, withServer } from '../frames/feed-kit.ts';
import { codeOf, joinFrame, tokenOf } from '../../support/role-client.ts';

const endTurn = { action_type: 'end_turn' };
const ownToken = 'a_token-of-my-own-choice';
const faultsOf = (reply: { readonly data: Readonly<Record<string, unknown>> }) =>
  (reply.data['details'] as { readonly faults?: readonly { readonly path: string }[] }).faults?.map(
    ({ path }) => path,
  );

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))('a seat (%s)', (_, adapter) => {
  it(
    'is claimed by reset and by join, each with a token in the first observation and nowhere else',
    withServer({ adapter }, async (served) => {
      const fraudster = await served.open('fraudster');
      const first = await fraudster.reset({ seed: 7 });
      const id = String(first.data['match_id']);
      const auditor = await served.open('auditor');
      const second = await auditor.join(id);
      for (const token of [first, second].map(tokenOf)) expect(token).toMatch(/^[A-Za-z0-9_-]{32}$/);
      expect(tokenOf(first)).not.toBe(tokenOf(second));
      await fraudster.follow();
      await fraudster.obs();
      await fraudster.request({ type: 'state' });
      await fraudster.step(endTurn);
      await auditor.obs();
      const later = JSON.stringify([fraudster.received.slice(1), auditor.received.slice(1)]);
      const stored = JSON.stringify(await served.events(id));
      for (const token of [first, second].map(tokenOf)) {
        expect(later).not.toContain(token);
        expect(stored).not.toContain(token);
      }
      expect(later).not.toContain('seat_token');
      expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'claimed auditor']);
    }),
  );

  it.each([undefined, ownToken])(
    'is refused to a stranger, of which its player notices nothing (token %s)',
    async (token) =>
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const { peer } = await served.seat('fraudster', id);
        const auditor = (await served.seat('auditor', id)).peer;
        await peer.follow();
        await auditor.follow();
        const stranger = await served.open('fraudster');
        const reply = await stranger.join(id, token);
        expect(reply).toMatchObject({ type: 'error', data: { code: 'seat_taken', details: {} } });
        expect(JSON.stringify(reply)).not.toContain(ownToken);
        // The stranger is nobody here, and may be somebody elsewhere.
        expect(codeOf(await stranger.obs())).toBe('no_match');
        expect((await stranger.reset({ seed: 8 })).type).toBe('observation');
        expect((await peer.step(endTurn)).data).toMatchObject({ accepted: true });
        await auditor.obs();
        expect(peer.presence).toEqual(['auditor held']);
        expect(auditor.presence).toEqual(['fraudster held']);
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'claimed auditor']);
      })(),
  );

  it(
    'passes to whoever shows its token: the old socket is closed, and nobody else hears of it',
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const { peer: old, token } = await served.seat('fraudster', id);
      const auditor = (await served.seat('auditor', id)).peer;
      await auditor.follow();
      await old.follow();
      const told = old.pushed.length;
      const next = await served.open('fraudster');
      const reply = await next.join(id, token);
      expect(reply.type).toBe('observation');
      expect(tokenOf(reply)).toBe(token);
      expect(await old.closed).toEqual({ code: 4001, reason: 'taken_over' });
      expect((await next.step(endTurn)).data).toMatchObject({ accepted: true });
      expect(old.pushed).toHaveLength(told);
      await auditor.obs();
      expect(auditor.presence).toEqual(['fraudster held']);
      expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'claimed auditor']);
      // And once more, back and forth.
      const third = await served.seat('fraudster', id, token);
      expect(await next.closed).toMatchObject({ code: 4001 });
      expect((await third.peer.obs()).type).toBe('observation');
      expect(await served.seatFacts(id)).toHaveLength(2);
    }),
  );

  it(
    'takes a token that its player brings, so that a reset or a join whose reply was lost is sent again',
    withServer({ adapter }, async (served) => {
      const lost = await served.open('fraudster');
      const wanted = { episode_id: 'mine', seed: 7, seat_token: ownToken };
      expect(tokenOf(await lost.reset(wanted))).toBe(ownToken);
      void lost.terminate();
      await served.until('mine', 'dropped fraudster');
      const back = await served.open('fraudster');
      // The match is there already, and the seat waits for the token.
      expect(codeOf(await back.reset(wanted))).toBe('match_exists');
      expect(tokenOf(await back.join('mine', ownToken))).toBe(ownToken);
      const auditor = await served.open('auditor');
      const others = `${ownToken}-2`;
      expect(tokenOf(await auditor.join('mine', others))).toBe(others);
      expect(tokenOf(await (await served.open('auditor')).join('mine', others))).toBe(others);
      expect(await auditor.closed).toMatchObject({ code: 4001 });
      expect(codeOf(await (await served.open('auditor')).join('mine', ownToken))).toBe('seat_taken');
    }),
  );

  const malformed: readonly unknown[] = [
    '',
    'short',
    'x'.repeat(21),
    'x'.repeat(129),
    `${'x'.repeat(30)} `,
    `${'x'.repeat(30)}\n`,
    `${'x'.repeat(30)}é`,
    `${'x'.repeat(30)}=`,
    1234567890123456789012345n.toString().slice(0, 21),
    12345,
    true,
    {},
    [ownToken],
  ];
  it.each(malformed)('refuses a token that is none: %j', async (token) =>
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const peer = await served.open('fraudster');
      const join = { type: 'join', data: { match_id: id, seat_token: token } };
      const joined = await peer.request(join);
      expect(joined).toMatchObject({ type: 'error', data: { code: 'validation_error' } });
      expect(faultsOf(joined)).toEqual(['seat_token']);
      const reset = await peer.reset({ episode_id: 'other', seat_token: token });
      expect(reset).toMatchObject({ type: 'error', data: { code: 'reset_error' } });
      expect(faultsOf(reset)).toEqual(['seat_token']);
      // Nothing came of either.
      expect(served.log.streams()).toEqual([id]);
      expect(await served.seatFacts(id)).toEqual([]);
      expect((await peer.join(id)).type).toBe('observation');
    })(),
  );

  it.each(['x'.repeat(22), 'x'.repeat(128), 'aZ09_-'.repeat(4)])('takes %s', async (token) =>
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      expect((await served.seat('fraudster', id, token)).token).toBe(token);
      // Null means none, as for every argument.
      const auditor = await served.open('auditor');
      const reply = await auditor.request({ type: 'join', data: { match_id: id, seat_token: null } });
      expect(tokenOf(reply)).toMatch(/^[A-Za-z0-9_-]{32}$/);
    })(),
  );

  it(
    'is kept by the socket that joins its own match again, with or without its token',
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const { peer, token } = await served.seat('fraudster', id);
      const auditor = (await served.seat('auditor', id)).peer;
      await auditor.follow();
      await peer.follow();
      for (const shown of [undefined, token]) {
        const reply = await peer.join(id, shown);
        expect(reply.type).toBe('observation');
        expect(tokenOf(reply)).toBe(token);
      }
      // A token that is not the seat's is refused even here, and changes nothing.
      expect(codeOf(await peer.join(id, ownToken))).toBe('seat_taken');
      expect((await peer.step(endTurn)).data).toMatchObject({ accepted: true });
      expect(peer.pushed.at(-1)?.type).toBe('turn');
      await auditor.obs();
      expect(auditor.presence).toEqual(['fraudster held']);
    }),
  );

  it.each(['reset', 'join'] as const)('is released by a %s that succeeds, and by no other', async (way) =>
    withServer({ adapter }, async (served) => {
      const own = await served.plant('own', 'standard');
      const next = await served.plant('next', 'standard');
      const full = await served.plant('full', 'standard');
      await served.seat('fraudster', full);
      const { peer, token } = await served.seat('fraudster', own);
      const auditor = (await served.seat('auditor', own)).peer;
      await auditor.follow();
      expect(codeOf(await peer.join(full))).toBe('seat_taken');
      expect(codeOf(await peer.join('nowhere'))).toBe('unknown_match');
      expect(codeOf(await peer.request(joinFrame('')))).toBe('missing_match_id');
      expect(codeOf(await peer.reset({ episode_id: 'full' }))).toBe('match_exists');
      expect(codeOf(await peer.reset({ max_rounds: -3 }))).toBe('reset_error');
      expect((await peer.obs()).data['match_id']).toBe(own);
      expect(await served.seatFacts(own)).toEqual(['claimed fraudster', 'claimed auditor']);
      const moved = way === 'join' ? await peer.join(next) : await peer.reset({ seed: 8 });
      expect(moved.type).toBe('observation');
      expect(tokenOf(moved)).not.toBe(token);
      await auditor.obs();
      expect(auditor.presence).toEqual(['fraudster held', 'fraudster released']);
      // At once free for anybody.
      const successor = await served.seat('fraudster', own);
      expect(successor.token).not.toBe(token);
      expect(codeOf(await (await served.open('fraudster')).join(own, token))).toBe('seat_taken');
    })(),
  );

  it(
    'is released at once by close, and by the same socket never again',
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const { peer, token } = await served.seat('fraudster', id);
      peer.send({ type: 'close' });
      // What comes after the goodbye is not done.
      peer.send({ type: 'step', data: endTurn });
      expect(await peer.closed).toEqual({ code: 1000, reason: 'bye' });
      expect(peer.replies).toHaveLength(1);
      expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'released fraudster left']);
      expect(await served.events(id)).toHaveLength(3);
      // While nobody came, its player may come back; then it is the next one's.
      const back = await served.seat('fraudster', id, token);
      expect(back.token).toBe(token);
      await back.peer.leave();
      const next = await served.seat('fraudster', id);
      expect(next.token).not.toBe(token);
      expect(codeOf(await (await served.open('fraudster')).join(id, token))).toBe('seat_taken');
      expect(await served.seatFacts(id)).toEqual([
        'claimed fraudster',
        'released fraudster left',
        'claimed fraudster',
        'released fraudster left',
        'claimed fraudster',
      ]);
    }),
  );

  it(
    'is given to exactly one of many who ask at once',
    withServer({ adapter }, async (served) => {
      const peers = await Promise.all(Array.from({ length: 12 }, () => served.open('investigator')));
      for (let round = 0; round < 15; round += 1) {
        const id = await served.plant(`match-${round}`, 'standard');
        const replies = await Promise.all(
          peers.map((peer, index) =>
            peer.join(id, index % 3 === 0 ? undefined : `${ownToken}-${round}-${index}`),
          ),
        );
        const won = replies.filter(({ type }) => type === 'observation');
        expect(won).toHaveLength(1);
        expect(replies.filter((reply) => codeOf(reply) === 'seat_taken')).toHaveLength(11);
        expect(await served.seatFacts(id)).toEqual(['claimed investigator']);
        const winner = peers[replies.findIndex(({ type }) => type === 'observation')];
        expect((await winner?.obs())?.data['match_id']).toBe(id);
      }
    }),
  );

  it(
    'wanted by two with the same token goes to the later one, and the earlier is told so',
    withServer({ adapter }, async (served) => {
      for (let round = 0; round < 15; round += 1) {
        const id = await served.plant(`match-${round}`, 'standard');
        const peers = await Promise.all([served.open('auditor'), served.open('auditor')]);
        const replies = await Promise.allSettled(peers.map((peer) => peer.join(id, ownToken)));
        expect(await served.seatFacts(id)).toEqual(['claimed auditor']);
        const ended = await Promise.race(
          peers.map(async (peer, index) => ({ index, ...(await peer.closed) })),
        );
        expect(ended).toMatchObject({ code: 4001 });
        const [loser, winner] = ended.index === 0 ? peers : [...peers].reverse();
        expect(replies[ended.index === 0 ? 1 : 0]?.status).toBe('fulfilled');
        expect((await winner?.obs())?.type).toBe('observation');
        expect(loser?.replies.length).toBeLessThanOrEqual(1);
      }
    }),
  );

  it(
    'of a match that is over is looked at by who sat there last, and taken by nobody',
    withServer({ adapter, limits: { matchIdleMs: 60_000, unseatedMs: 600_000 } }, async (served) => {
      const id = await served.plant('match', 'standard');
      const { peer, token } = await served.seat('fraudster', id);
      await peer.follow();
      await served.clock.advance(120_000);
      await peer.until(() => peer.pushed.at(-1)?.type === 'match_over');
      await peer.leave();
      const back = await served.seat('fraudster', id, token);
      expect((await back.peer.obs()).data).toMatchObject({ done: true, phase: 'aborted' });
      expect(codeOf(await back.peer.step(endTurn))).toBe('phase_violation');
      expect(codeOf(await (await served.open('fraudster')).join(id))).toBe('seat_taken');
      expect(codeOf(await (await served.open('auditor')).join(id, ownToken))).toBe('seat_taken');
      // Who looks takes over from who looks as well.
      await served.seat('fraudster', id, token);
      expect(await back.peer.closed).toMatchObject({ code: 4001 });
      expect(await served.seatFacts(id)).toEqual(['claimed fraudster']);
    }),
  );

  it(
    'of an open match is anybody’s, and of any number; nobody hears of who comes and goes',
    withServer({ adapter, policies: { auth: 'open' } }, async (served) => {
      const first = await served.open('fraudster');
      const opened = await first.reset({ seed: 7 });
      const id = String(opened.data['match_id']);
      expect(opened.data).not.toHaveProperty('seat_token');
      const second = await served.open('fraudster');
      expect((await second.join(id, ownToken)).data).not.toHaveProperty('seat_token');
      await second.follow();
      await first.step({ action_type: 'propose_ad', ad_copy: 'Plain wooden bowls.', category: 'ecommerce' });
      await second.step(endTurn);
      void first.terminate();
      await served.clock.advance(600_000);
      expect((await second.obs()).data['phase']).toBe('investigator_turn');
      expect(second.presence).toEqual([]);
      expect(await served.seatFacts(id)).toEqual([]);
    }),
  );
});
