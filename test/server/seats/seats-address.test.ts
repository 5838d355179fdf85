import { describe, expect, it } from 'vitest';
import { adapters, withServer } from '../frames/feed-kit.ts';
import { codeOf, joinFrame, stepFrame, tokenOf } from '../../support/role-client.ts';
import type { Frame } from '../../support/socket-client.ts';

const endTurn = { action_type: 'end_turn' };
const ownToken = 'a_token-of-my-own-choice';

/** Why a request was answered that there is no match. */
const whyNot = (reply: Frame) => [
  codeOf(reply),
  (reply.data['details'] as { readonly reason_code?: string }).reason_code,
];

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
  'a match named in the address (%s)',
  (_, adapter) => {
    it(
      'is joined without a word; the first observation has the token, and no later one',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const peer = await served.open('fraudster', `?match_id=${id}`);
        await served.until(id, 'claimed fraudster');
        const state = await peer.request({ type: 'state' });
        expect(state).toMatchObject({ type: 'state', data: { match_id: id } });
        expect(peer.received).toHaveLength(1);
        const first = await peer.obs();
        expect(tokenOf(first)).toMatch(/^[A-Za-z0-9_-]{32}$/);
        expect((await peer.obs()).data).not.toHaveProperty('seat_token');
        expect((await served.seat('fraudster', id, tokenOf(first))).token).toBe(tokenOf(first));
        expect(await peer.closed).toMatchObject({ code: 4001 });
      }),
    );

    it(
      'tells the token with the first answer that is an observation, be it to a step, after any number of refusals',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const peer = await served.open('fraudster', `?match_id=${id}`);
        expect(codeOf(await peer.step({ action_type: 'verdict', ad_id: 'ad_001', verdict: 'reject' }))).toBe(
          'validation_error',
        );
        const auditor = await served.open('auditor', `?match_id=${id}`);
        expect(codeOf(await auditor.step({ action_type: 'submit_audit_report' }))).toBe('phase_violation');
        const step = await peer.step(endTurn);
        expect(step.data).toMatchObject({ accepted: true });
        for (const [role, reply] of [
          ['fraudster', step],
          ['auditor', await auditor.obs()],
        ] as const)
          expect((await served.seat(role, id, tokenOf(reply))).token).toBe(tokenOf(reply));
      }),
    );

    it(
      'is joined with the token of the address: the client’s own, or that of the seat it takes over or comes back to',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const query = `?match_id=${id}&seat_token=${ownToken}`;
        const first = await served.open('fraudster', query);
        expect(tokenOf(await first.obs())).toBe(ownToken);
        const second = await served.open('fraudster', query);
        expect(tokenOf(await second.obs())).toBe(ownToken);
        expect(await first.closed).toMatchObject({ code: 4001 });
        void second.terminate();
        await served.until(id, 'dropped fraudster');
        const third = await served.open('fraudster', query);
        expect((await third.step(endTurn)).data).toMatchObject({ accepted: true, seat_token: ownToken });
        const facts = ['claimed fraudster', 'dropped fraudster', 'resumed fraudster'];
        expect(await served.seatFacts(id)).toEqual(facts);
      }),
    );

    it(
      'is not joined with a wrong token, and the first request learns why, as every later one',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const holder = await served.seat('fraudster', id);
        const cases = [
          [`?match_id=${id}`, 'seat_taken'],
          [`?match_id=${id}&seat_token=${ownToken}`, 'seat_taken'],
          [`?match_id=${id}&seat_token=short`, 'seat_token_wrong'],
          [`?match_id=${id}&seat_token=`, 'seat_token_wrong'],
          [`?match_id=${id}&seat_token=${'x'.repeat(129)}`, 'seat_token_wrong'],
          [`?match_id=${id}&seat_token=%00${ownToken}`, 'seat_token_wrong'],
          ['?match_id=nowhere', 'unknown_match'],
          ['?match_id=', 'unknown_match'],
          ['?match_id=..%2F..%2Fetc', 'unknown_match'],
          ['?match_id=%00', 'unknown_match'],
          [`?match_id=${'x'.repeat(500)}`, 'unknown_match'],
          ['?match_id=%FF%zz', 'unknown_match'],
        ] as const;
        for (const [query, reason] of cases) {
          const peer = await served.open('fraudster', query);
          for (const request of [
            { type: 'obs' },
            { type: 'state' },
            stepFrame(endTurn),
            { type: 'subscribe' },
          ])
            expect(whyNot(await peer.request(request)), query).toEqual(['no_match', reason]);
          expect(peer.received).toHaveLength(4);
          // It may still join, and then nothing is left of it.
          expect((await peer.reset({ seed: 8 })).type).toBe('observation');
          expect((await peer.obs()).type).toBe('observation');
          await peer.leave();
        }
        expect((await holder.peer.obs()).type).toBe('observation');
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster']);
        // Without a match in the address there is no reason to give.
        const plain = await served.open('fraudster', `?seat_token=${ownToken}&other=1`);
        expect(whyNot(await plain.obs())).toEqual(['no_match', undefined]);
      }),
    );

    it(
      'and joined by a frame as well, as clients of old do, is answered once and keeps its seat',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        // What is sent before the address was looked at waits for it.
        const peer = await served.open('fraudster', `?match_id=${id}`);
        const reply = await peer.join(id);
        expect(reply.type).toBe('observation');
        const token = tokenOf(reply);
        expect((await peer.step(endTurn)).data).toMatchObject({ accepted: true });
        expect(peer.received).toHaveLength(2);
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster']);
        expect((await served.seat('fraudster', id, token)).token).toBe(token);
        // The one that brought a token says it again, or not.
        for (const again of [undefined, ownToken]) {
          const auditor = await served.open('auditor', `?match_id=${id}&seat_token=${ownToken}`);
          expect(tokenOf(await auditor.request(joinFrame(id, again)))).toBe(ownToken);
          expect(auditor.received).toHaveLength(1);
        }
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'claimed auditor']);
      }),
    );

    it(
      'is left for another by reset or join, and a seat that the socket did not get is asked for again by join',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const peer = await served.open('fraudster', `?match_id=${id}`);
        const opened = await peer.reset({ seed: 8 });
        expect(opened.data['match_id']).not.toBe(id);
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'released fraudster left']);
        const holder = await served.seat('fraudster', id);
        const late = await served.open('fraudster', `?match_id=${id}`);
        expect(whyNot(await late.obs())).toEqual(['no_match', 'seat_taken']);
        await holder.peer.leave();
        expect((await late.join(id)).type).toBe('observation');
      }),
    );

    it(
      'is joined by a socket that is cut at once, and its seat waits as any other',
      withServer({ adapter }, async (served) => {
        for (let round = 0; round < 20; round += 1) {
          const id = await served.plant(`match-${round}`, 'standard');
          const peer = await served.open('fraudster', `?match_id=${id}&seat_token=${ownToken}`);
          void peer.terminate();
          await served.until(id, 'dropped fraudster');
          expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'dropped fraudster']);
          expect((await served.seat('fraudster', id, ownToken)).token).toBe(ownToken);
        }
      }),
    );
  },
);
