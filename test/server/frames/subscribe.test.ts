import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import { defaultPlayers, seatsFor } from '../../../src/players/roster.ts';
import { present } from '../../../src/shared/invariant.ts';
import { adapters, withServer } from './feed-kit.ts';
import { codeOf, stepFrame } from '../../support/role-client.ts';
import { isPush } from '../../support/socket-client.ts';
import type { Served } from './feed-kit.ts';
import type { RoleClient } from '../../support/role-client.ts';

const endTurn = { action_type: 'end_turn' };
const proposal = (copy: string) => ({ action_type: 'propose_ad', ad_copy: copy, category: 'ecommerce' });
const of = <const Adapter extends { readonly name: string }>(adapter: Adapter) =>
  [adapter.name, adapter] as const;

const onTurn: Readonly<Record<string, Role>> = {
  fraudster_turn: 'fraudster',
  investigator_turn: 'investigator',
  audit_phase: 'auditor',
};

/** Plays to the end with the players of the roster; how many requests each peer sent. */
async function playOut(
  peers: Readonly<Record<Role, RoleClient>>,
  seed: number,
): Promise<Readonly<Record<Role, number>>> {
  const players = seatsFor(defaultPlayers, seed);
  const sent = { fraudster: 0, investigator: 0, auditor: 0 };
  for (let phase = 'fraudster_turn'; phase !== 'done';) {
    const role = present(onTurn[phase], phase);
    const seen = await peers[role].obs();
    const reply = await peers[role].step(present(await players[role].act(seen.data as never), 'An action'));
    expect(reply.type).toBe('observation');
    sent[role] += 2;
    phase = String(reply.data['phase']);
  }
  return sent;
}

async function seated(served: Served, id: string): Promise<Readonly<Record<Role, RoleClient>>> {
  const peers: Partial<Record<Role, RoleClient>> = {};
  for (const role of roles) peers[role] = (await served.seat(role, id)).peer;
  return peers as Record<Role, RoleClient>;
}

describe.each(adapters.map(of))('a socket that does not subscribe (%s)', (_, adapter) => {
  it(
    'gets one reply to each request of a whole match, and nothing else',
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const peers = await seated(served, id);
      // Presence, turns and the end are told to whoever asks for them.
      const watcher = await served.seat('auditor', id, tokenGiven(peers.auditor));
      await watcher.peer.subscribe(0);
      expect(await peers.auditor.closed).toMatchObject({ code: 4001 });
      const sent = await playOut({ ...peers, auditor: watcher.peer }, 7);
      await watcher.peer.until(() => watcher.peer.pushed.at(-1)?.type === 'match_over');
      for (const role of ['fraudster', 'investigator'] as const) {
        await peers[role].request({ type: 'state' });
        expect(peers[role].pushed).toEqual([]);
        expect(peers[role].received).toHaveLength(1 + sent[role] + 1);
      }
    }),
  );
});

const tokenGiven = (peer: RoleClient): string => String(peer.replies[0]?.data['seat_token']);

describe.each(['standard', 'classic'])('a finished match of %s', (ruleset) => {
  it(
    'gives from every number exactly the frames after it',
    withServer({}, async (served) => {
      const id = await served.plant('match', ruleset);
      const peers = await seated(served, id);
      await playOut(peers, 7);
      for (const role of roles) {
        const { seq } = (await peers[role].obs()).data as { seq: number };
        await peers[role].subscribe(0);
        await peers[role].until(() => peers[role].pushed.length >= seq);
        const all = [...peers[role].pushedTexts];
        expect(peers[role].pushed.map((frame) => frame.seq)).toEqual(all.map((__, index) => index + 1));
        expect(peers[role].pushed.at(-1)?.type).toBe('match_over');
        for (let from = 1; from <= seq; from += 1) {
          const before = peers[role].pushedTexts.length;
          const reply = await peers[role].subscribe(from);
          expect(reply).toMatchObject({
            type: 'subscribed',
            data: { match_id: id, role, seq, from_seq: from },
          });
          await peers[role].until(() => peers[role].pushedTexts.length >= before + seq - from);
          expect((await peers[role].obs()).type).toBe('observation');
          expect(peers[role].pushedTexts.slice(before)).toEqual(all.slice(from));
        }
        const ahead = await peers[role].subscribe(seq + 1);
        expect(ahead).toMatchObject({ type: 'error', data: { code: 'validation_error' } });
      }
    }),
  );
});

describe.each(adapters.map(of))('a subscription (%s)', (_, adapter) => {
  it(
    'begins with the newest frame where no number is given',
    withServer({ adapter }, async (served) => {
      const fraudster = await served.open('fraudster');
      const id = String((await fraudster.reset({ seed: 7 })).data['match_id']);
      const reply = await fraudster.subscribe();
      expect(reply.data).toEqual({ match_id: id, role: 'fraudster', seq: 2, from_seq: 2 });
      await fraudster.step(proposal('Plain wooden bowls.'));
      expect(fraudster.pushed.map(({ seq }) => seq)).toEqual([3]);
    }),
  );

  it.each([-1, 0.5, '0', null, [], 2 ** 53, {}])(
    'is refused from %j, and the one before goes on',
    async (from) =>
      withServer({ adapter }, async (served) => {
        const fraudster = await served.open('fraudster');
        await fraudster.reset({ seed: 7 });
        await fraudster.subscribe();
        const reply = await fraudster.request({ type: 'subscribe', data: { from_seq: from } });
        expect(reply).toMatchObject({ type: 'error', data: { code: 'validation_error' } });
        await fraudster.step(proposal('Plain wooden bowls.'));
        expect(fraudster.pushed).toMatchObject([{ type: 'event', seq: 3 }]);
      })(),
  );

  it(
    'ahead of the newest frame is refused, and the one before goes on',
    withServer({ adapter }, async (served) => {
      const fraudster = await served.open('fraudster');
      await fraudster.reset({ seed: 7 });
      await fraudster.subscribe();
      expect(codeOf(await fraudster.subscribe(3))).toBe('validation_error');
      await fraudster.step(proposal('Plain wooden bowls.'));
      expect(fraudster.pushed).toHaveLength(1);
      expect((await fraudster.subscribe(3)).type).toBe('subscribed');
    }),
  );

  it(
    'needs a match, as its end does',
    withServer({ adapter }, async (served) => {
      const fraudster = await served.open('fraudster');
      expect(codeOf(await fraudster.subscribe(0))).toBe('no_match');
      expect(codeOf(await fraudster.request({ type: 'unsubscribe' }))).toBe('no_match');
    }),
  );

  it(
    'ends with unsubscribe, and one begun again goes on from any number',
    withServer({ adapter }, async (served) => {
      const fraudster = await served.open('fraudster');
      const id = String(
        (await fraudster.reset({ seed: 7, max_fraudster_actions_per_turn: 10 })).data['match_id'],
      );
      await fraudster.subscribe();
      await fraudster.step(proposal('One.'));
      const reply = await fraudster.request({ type: 'unsubscribe', request_id: 'bye' });
      expect(reply).toEqual({
        type: 'unsubscribed',
        request_id: 'bye',
        data: { match_id: id, role: 'fraudster' },
      });
      // Without one it changes nothing.
      expect((await fraudster.request({ type: 'unsubscribe' })).type).toBe('unsubscribed');
      const second = await fraudster.step(proposal('Two.'));
      expect(second.data['seq']).toBe(4);
      expect(fraudster.pushed.map(({ seq }) => seq)).toEqual([3]);
      await fraudster.follow(3);
      await fraudster.step(proposal('Three.'));
      expect(fraudster.pushed.map(({ seq }) => seq)).toEqual([3, 4, 5]);
      await fraudster.follow(1);
      // One subscription takes the place of the other: nothing comes twice.
      await fraudster.step(proposal('Four.'));
      expect(fraudster.pushed.map(({ seq }) => seq)).toEqual([3, 4, 5, 2, 3, 4, 5, 6]);
    }),
  );

  it.each(['reset', 'join'] as const)(
    'ends when its socket goes elsewhere (%s), and tells nothing of the match it left',
    async (way) =>
      withServer({ adapter }, async (served) => {
        const left = await served.plant('left', 'standard');
        const next = await served.plant('next', 'standard');
        const { peer } = await served.seat('investigator', left);
        const fraudster = (await served.seat('fraudster', left)).peer;
        await peer.follow();
        expect(peer.pushed).toHaveLength(3);
        const reply = way === 'join' ? await peer.join(next) : await peer.reset({ seed: 8 });
        expect(reply.type).toBe('observation');
        await fraudster.step(endTurn);
        await peer.obs();
        expect(peer.pushed).toHaveLength(3);
        // In its new match it is told what it asks for, numbered anew.
        await peer.follow();
        expect(peer.pushed.slice(3).map(({ type, seq }) => [type, seq])).toEqual([
          ['event', 1],
          ['turn', 2],
        ]);
      })(),
  );

  it(
    'goes on where a join elsewhere or a reset was refused, or the same match is joined again',
    withServer({ adapter }, async (served) => {
      const own = await served.plant('own', 'standard');
      const other = await served.plant('other', 'standard');
      await served.seat('fraudster', other);
      const { peer } = await served.seat('fraudster', own);
      await peer.follow();
      expect(codeOf(await peer.join(other))).toBe('seat_taken');
      expect(codeOf(await peer.join('nowhere'))).toBe('unknown_match');
      expect(codeOf(await peer.reset({ episode_id: 'other' }))).toBe('match_exists');
      expect(codeOf(await peer.reset({ seed: -1 }))).toBe('reset_error');
      expect((await peer.join(own)).type).toBe('observation');
      await peer.step(proposal('Plain wooden bowls.'));
      expect(peer.pushed.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await served.seatFacts(own)).toEqual(['claimed fraudster']);
    }),
  );

  it(
    'is answered before its first frame, and a step after the frames that it made',
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const peers = await seated(served, id);
      for (const role of roles) await peers[role].follow();
      await playOut(peers, 7);
      for (const role of roles) {
        const { received } = peers[role];
        expect(received[1]?.type).toBe('subscribed');
        let told = 0;
        for (const frame of received.slice(2)) {
          if (isPush(frame)) expect(frame.seq).toBe((told += 1));
          else if ('accepted' in frame.data) expect(frame.data['seq']).toBe(told);
        }
        expect(told).toBeGreaterThan(15);
      }
    }),
  );

  it(
    'lets every request of a crowd be answered once and in order, whatever is pushed between',
    withServer({ adapter }, async (served) => {
      const id = await served.plant('match', 'standard');
      const { peer } = await served.seat('investigator', id);
      const fraudster = (await served.seat('fraudster', id)).peer;
      const frames = (number: number) => [
        { type: 'obs', request_id: `obs-${number}` },
        { type: 'subscribe', request_id: `subscribe-${number}`, data: { from_seq: 0 } },
        { ...stepFrame(endTurn), request_id: `step-${number}` },
        { type: 'nonsense', request_id: `nonsense-${number}` },
        { type: 'unsubscribe', request_id: `unsubscribe-${number}` },
      ];
      const asked: string[] = [];
      for (let number = 0; number < 60; number += 1) {
        for (const frame of frames(number)) {
          peer.send(frame);
          asked.push(frame.request_id);
        }
        fraudster.send(stepFrame({ action_type: 'verdict', ad_id: 'out of turn', verdict: 'reject' }));
        await peer.until(() => peer.replies.length >= 1 + asked.length - 40);
      }
      await peer.until(() => peer.replies.length === 1 + asked.length);
      expect(peer.replies.slice(1).map((reply) => reply.request_id)).toEqual(asked);
      // Whatever was pushed came between a subscription and its end, from 1 without gap.
      let last: number | null = null;
      for (const frame of peer.received) {
        if (frame.type === 'subscribed') last = 0;
        else if (frame.type === 'unsubscribed') last = null;
        else if (isPush(frame)) expect(frame.seq).toBe(last === null ? 'nothing' : (last += 1));
      }
    }),
  );
});
