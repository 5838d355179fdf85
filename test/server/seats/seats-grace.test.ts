import { describe, expect, it } from 'vitest';
import { adapters, withServer } from '../frames/feed-kit.ts';
import { codeOf, joinFrame, stepFrame, tokenOf } from '../../support/role-client.ts';

const endTurn = { action_type: 'end_turn' };
const graceMs = 60_000;

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
  'a player whose line broke (%s)',
  (_, adapter) => {
    it(
      'has its seat kept for the grace period, to the last millisecond, and then it is free',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const { peer, token } = await served.seat('fraudster', id);
        const auditor = (await served.seat('auditor', id)).peer;
        await auditor.follow();
        void peer.terminate();
        await served.until(id, 'dropped fraudster');
        const stranger = await served.open('fraudster');
        expect(codeOf(await stranger.join(id))).toBe('seat_taken');
        await served.clock.advance(graceMs - 1);
        expect(codeOf(await stranger.join(id))).toBe('seat_taken');
        await served.clock.advance(1);
        await served.until(id, 'released fraudster grace');
        const reply = await stranger.join(id);
        expect(reply.type).toBe('observation');
        expect(tokenOf(reply)).not.toBe(token);
        // The old token opens nothing any more, and disturbs nobody.
        expect(codeOf(await (await served.open('fraudster')).join(id, token))).toBe('seat_taken');
        expect((await stranger.step(endTurn)).data).toMatchObject({ accepted: true });
        await auditor.obs();
        expect(auditor.presence).toEqual([
          'fraudster held',
          'fraudster dropped',
          'fraudster released',
          'fraudster held',
        ]);
        expect(await served.seatFacts(id)).toEqual([
          'claimed fraudster',
          'claimed auditor',
          'dropped fraudster',
          'released fraudster grace',
          'claimed fraudster',
        ]);
      }),
    );

    it(
      'resumes within the grace period, as often as it takes, each time with the whole of it before it',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const auditor = (await served.seat('auditor', id)).peer;
        await auditor.follow();
        let { peer, token } = await served.seat('fraudster', id);
        for (let time = 1; time <= 4; time += 1) {
          void peer.terminate();
          await served.until(id, 'dropped fraudster', time);
          await served.clock.advance(graceMs - 1);
          ({ peer, token } = await served.seat('fraudster', id, token));
        }
        // The periods before are forgotten.
        await served.clock.advance(10 * graceMs);
        expect((await peer.step(endTurn)).data).toMatchObject({ accepted: true });
        await auditor.obs();
        const once = ['fraudster dropped', 'fraudster held'];
        expect(auditor.presence).toEqual(['fraudster held', ...once, ...once, ...once, ...once]);
        expect((await served.seatFacts(id)).filter((fact) => fact.startsWith('resumed'))).toHaveLength(4);
      }),
    );

    it(
      'comes back with its token after the release as well, while nobody else came',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const { peer, token } = await served.seat('investigator', id);
        void peer.terminate();
        await served.until(id, 'dropped investigator');
        await served.clock.advance(graceMs);
        await served.until(id, 'released investigator grace');
        expect((await served.seat('investigator', id, token)).token).toBe(token);
        expect(await served.seatFacts(id)).toEqual([
          'claimed investigator',
          'dropped investigator',
          'released investigator grace',
          'claimed investigator',
        ]);
      }),
    );

    it(
      'is waited for in every match it ever joined only where it still sat',
      withServer({ adapter }, async (served) => {
        const [first, second] = [
          await served.plant('first', 'standard'),
          await served.plant('second', 'standard'),
        ];
        const { peer } = await served.seat('fraudster', first);
        await peer.join(second);
        void peer.terminate();
        await served.until(second, 'dropped fraudster');
        await served.clock.advance(graceMs);
        await served.until(second, 'released fraudster grace');
        expect(await served.seatFacts(first)).toEqual(['claimed fraudster', 'released fraudster left']);
      }),
    );

    it(
      'has a grace period of its own, whatever was left of that of the player before',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const first = await served.seat('fraudster', id);
        void first.peer.terminate();
        await served.until(id, 'dropped fraudster');
        await served.clock.advance(graceMs / 2);
        await (await served.seat('fraudster', id, first.token)).peer.leave();
        const { peer, token } = await served.seat('fraudster', id);
        void peer.terminate();
        await served.until(id, 'dropped fraudster', 2);
        await served.clock.advance(graceMs - 1);
        await served.seat('fraudster', id, token);
        expect(await served.seatFacts(id)).toEqual([
          'claimed fraudster',
          'dropped fraudster',
          'resumed fraudster',
          'released fraudster left',
          'claimed fraudster',
          'dropped fraudster',
          'resumed fraudster',
        ]);
      }),
    );

    it(
      'that said goodbye, or was taken over, is not waited for',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const { peer: old, token } = await served.seat('fraudster', id);
        const { peer: next } = await served.seat('fraudster', id, token);
        await old.closed;
        const auditor = (await served.seat('auditor', id)).peer;
        await auditor.leave();
        await served.clock.advance(10 * graceMs);
        expect((await next.obs()).type).toBe('observation');
        const facts = ['claimed fraudster', 'claimed auditor', 'released auditor left'];
        expect(await served.seatFacts(id)).toEqual(facts);
      }),
    );

    it(
      'is told the others’ comings and goings in order, however fast they are',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const watcher = (await served.seat('auditor', id)).peer;
        await watcher.follow();
        const expected: string[] = [];
        let tokens: readonly (string | undefined)[] = [undefined, undefined];
        const others = ['fraudster', 'investigator'] as const;
        for (let round = 0; round < 5; round += 1) {
          const seats = [];
          for (const [index, role] of others.entries())
            seats.push(await served.seat(role, id, tokens[index]));
          tokens = seats.map(({ token }) => token);
          expected.push('fraudster held', 'investigator held');
          for (const [index, role] of others.entries()) {
            void seats[index]?.peer.terminate();
            await served.until(id, `dropped ${role}`, round + 1);
            expected.push(`${role} dropped`);
          }
        }
        await watcher.obs();
        expect(watcher.presence).toEqual(expected);
        expect(watcher.pushed.map(({ seq }) => seq)).toEqual(watcher.pushed.map((__, index) => index + 1));
      }),
    );
  },
);

describe('a server that comes back', () => {
  it(
    'waits for the players of its matches, each with the whole grace period, and frees the seats of those who stay away',
    withServer({}, async (served) => {
      const id = await served.plant('match', 'standard');
      const fraudster = await served.seat('fraudster', id);
      await served.seat('investigator', id);
      const gone = await served.seat('auditor', id);
      void gone.peer.terminate();
      await served.until(id, 'dropped auditor');
      await served.clock.advance(graceMs - 1);
      await served.restart();
      // Neither was the end of the server that of its players: it is noticed when it is back.
      expect(await served.seatFacts(id)).toEqual([
        'claimed fraudster',
        'claimed investigator',
        'claimed auditor',
        'dropped auditor',
        'dropped fraudster',
        'dropped investigator',
      ]);
      await served.clock.advance(graceMs - 1);
      const back = await served.seat('fraudster', id, fraudster.token);
      expect(back.token).toBe(fraudster.token);
      expect(codeOf(await (await served.open('investigator')).join(id))).toBe('seat_taken');
      await served.clock.advance(1);
      await served.until(id, 'released investigator grace');
      await served.until(id, 'released auditor grace');
      expect(await served.seatFacts(id)).not.toContain('released fraudster grace');
      await back.peer.follow();
      expect(back.peer.presence).toEqual([
        'investigator held',
        'auditor held',
        'auditor dropped',
        'investigator dropped',
        'investigator released',
        'auditor released',
      ]);
      expect((await back.peer.step(endTurn)).data).toMatchObject({ accepted: true });
    }),
  );

  it(
    'knows the tokens and goes on with the numbers of the frames',
    withServer({}, async (served) => {
      const id = await served.plant('match', 'standard');
      const { peer, token } = await served.seat('fraudster', id);
      await peer.step({ action_type: 'propose_ad', ad_copy: 'Plain wooden bowls.', category: 'ecommerce' });
      await peer.follow();
      const told = [...peer.pushedTexts];
      expect(told).toHaveLength(3);
      await served.restart();
      expect(codeOf(await (await served.open('fraudster')).join(id))).toBe('seat_taken');
      const back = await served.seat('fraudster', id, token);
      await back.peer.follow();
      expect(back.peer.pushedTexts).toEqual(told);
      await back.peer.step(endTurn);
      const { pushed } = back.peer;
      expect(pushed.at(-1)?.type).toBe('turn');
      expect(pushed.map(({ seq }) => seq)).toEqual(pushed.map((_, index) => index + 1));
    }),
  );

  it(
    'seats the players of many matches while it is still looking for them, and misses none of their moves',
    withServer({}, async (served) => {
      const matches = 60;
      const roles = ['fraudster', 'investigator'] as const;
      const tokens = new Map<string, string>();
      for (let number = 0; number < matches; number += 1) {
        const id = await served.plant(`match-${number}`, 'standard');
        for (const role of roles) {
          const { peer, token } = await served.seat(role, id);
          tokens.set(`${id} ${role}`, token);
          if (number % 2 === 0) void peer.terminate();
        }
      }
      await served.stop();
      await served.start();
      const peers = await Promise.all(
        [...tokens].map(async ([seat, token]) => {
          const [id, role] = seat.split(' ') as [string, (typeof roles)[number]];
          const peer = await served.open(role);
          // All at once, as a client does that was cut off.
          peer.send(joinFrame(id, token));
          peer.send({ type: 'subscribe', data: { from_seq: 0 } });
          if (role === 'fraudster') peer.send(stepFrame(endTurn, 'first'));
          return { id, role, peer };
        }),
      );
      await served.server.recovered;
      for (const { id, role, peer } of peers) {
        const isFraudster = role === 'fraudster';
        await peer.until(() => peer.replies.length === (isFraudster ? 3 : 2));
        const types = peer.replies.map(({ type }) => type);
        expect(types, `${id} ${role}`).toEqual([
          'observation',
          'subscribed',
          ...(isFraudster ? ['observation'] : []),
        ]);
        await peer.until(() => peer.pushed.some(({ data }) => data['on_turn'] === 'investigator'));
      }
      await served.clock.advance(2 * graceMs);
      for (const { id, role, peer } of peers) {
        expect((await peer.obs()).type, `${id} ${role}`).toBe('observation');
        expect((await served.seatFacts(id)).filter((fact) => fact.startsWith('released'))).toEqual([]);
        const facts = (await served.seatFacts(id)).filter((fact) => fact.endsWith(role));
        expect(facts.at(-1), `${id} ${role}`).toMatch(/^(claimed|resumed)/);
      }
    }),
  );
});
