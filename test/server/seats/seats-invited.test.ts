import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { adapters, withServer } from '../frames/feed-kit.ts';
import { codeOf, tokenOf } from '../../support/role-client.ts';
import type { Served } from '../frames/feed-kit.ts';

const tokens = {
  fraudster: 'token-of-the-fraudster-1',
  investigator: 'token-of-the-investigator',
  auditor: 'token-of-the-auditor-123',
} as const;
const graceMs = 60_000;

/** A match whose seats ask for their tokens from the start; that of the auditor only where it is `invited`. */
const planted = (served: Served, invited: readonly (keyof typeof tokens)[] = roles) =>
  served.plant('match', 'standard', {
    policies: { auth: 'invited' },
    seatTokenHashes: Object.fromEntries(invited.map((role) => [role, tokenHash(tokens[role])])),
  });

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
  'a match of invited players (%s)',
  (_, adapter) => {
    it(
      'seats whoever brings the right token, and nobody else; it is never told again but to its owner',
      withServer({ adapter }, async (served) => {
        const id = await planted(served);
        for (const role of roles) {
          const peer = await served.open(role);
          expect(codeOf(await peer.join(id))).toBe('seat_token_required');
          for (const wrong of [
            'token-of-nobody-whosoever',
            tokens[role === 'auditor' ? 'fraudster' : 'auditor'],
          ])
            expect(codeOf(await peer.join(id, wrong))).toBe('seat_token_wrong');
          const seated = await peer.join(id, tokens[role]);
          expect(tokenOf(seated)).toBe(tokens[role]);
          expect((await peer.obs()).data).not.toHaveProperty('seat_token');
          const told = JSON.stringify(peer.received);
          for (const other of roles) if (other !== role) expect(told).not.toContain(tokens[other]);
        }
        expect(await served.seatFacts(id)).toEqual(roles.map((role) => `claimed ${role}`));
        expect(JSON.stringify(await served.events(id))).not.toContain('token-of-');
      }),
    );

    it(
      'keeps its seats for their tokens through takeover, break, grace and goodbye',
      withServer({ adapter }, async (served) => {
        const id = await planted(served);
        const first = await served.seat('fraudster', id, tokens.fraudster);
        const second = await served.seat('fraudster', id, tokens.fraudster);
        expect(await first.peer.closed).toMatchObject({ code: 4001 });
        void second.peer.terminate();
        await served.until(id, 'dropped fraudster');
        const third = await served.seat('fraudster', id, tokens.fraudster);
        void third.peer.terminate();
        await served.until(id, 'dropped fraudster', 2);
        await served.clock.advance(graceMs);
        await served.until(id, 'released fraudster grace');
        const stranger = await served.open('fraudster');
        expect(codeOf(await stranger.join(id))).toBe('seat_token_required');
        expect(codeOf(await stranger.join(id, 'token-of-nobody-whosoever'))).toBe('seat_token_wrong');
        const fourth = await served.seat('fraudster', id, tokens.fraudster);
        await fourth.peer.leave();
        expect(codeOf(await stranger.join(id, tokens.auditor))).toBe('seat_token_wrong');
        await served.seat('fraudster', id, tokens.fraudster);
        expect(await served.seatFacts(id)).toEqual([
          'claimed fraudster',
          'dropped fraudster',
          'resumed fraudster',
          'dropped fraudster',
          'released fraudster grace',
          'claimed fraudster',
          'released fraudster left',
          'claimed fraudster',
        ]);
      }),
    );

    it(
      'is joined by its address too, with the token in it',
      withServer({ adapter }, async (served) => {
        const id = await planted(served);
        const query = `?match_id=${id}`;
        const reasons = [
          [query, 'seat_token_required'],
          [`${query}&seat_token=token-of-nobody-whosoever`, 'seat_token_wrong'],
        ] as const;
        for (const [wrong, reason] of reasons) {
          const reply = await (await served.open('auditor', wrong)).obs();
          expect(reply).toMatchObject({ data: { code: 'no_match', details: { reason_code: reason } } });
        }
        const peer = await served.open('auditor', `${query}&seat_token=${tokens.auditor}`);
        expect(tokenOf(await peer.obs())).toBe(tokens.auditor);
        // Its own socket joins again without saying it again.
        expect(tokenOf(await peer.join(id))).toBe(tokens.auditor);
      }),
    );

    it(
      'has no seat for a role that nobody was invited to',
      withServer({ adapter }, async (served) => {
        const id = await planted(served, ['fraudster', 'investigator']);
        const peer = await served.open('auditor');
        expect(codeOf(await peer.join(id))).toBe('seat_token_required');
        expect(codeOf(await peer.join(id, tokens.auditor))).toBe('seat_token_wrong');
        await served.seat('fraudster', id, tokens.fraudster);
      }),
    );

    it(
      'is looked at by its players when it is over, after a restart as well',
      withServer({ adapter, limits: { matchIdleMs: 60_000, unseatedMs: 600_000 } }, async (served) => {
        const id = await planted(served);
        const { peer } = await served.seat('fraudster', id, tokens.fraudster);
        await peer.follow();
        await served.clock.advance(120_000);
        await peer.until(() => peer.pushed.at(-1)?.type === 'match_over');
        for (const round of [1, 2]) {
          const auditor = await served.seat('auditor', id, tokens.auditor);
          expect((await auditor.peer.obs()).data).toMatchObject({ done: true });
          expect(codeOf(await (await served.open('auditor')).join(id))).toBe('seat_token_required');
          if (round === 1) await served.restart();
        }
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster']);
      }),
    );

    it(
      'is not made by reset, by name or by the server’s own policy',
      withServer({ adapter, policies: { auth: 'invited' } }, async (served) => {
        const peer = await served.open('fraudster');
        expect(codeOf(await peer.reset({ policies: { auth: 'invited' } }))).toBe('reset_error');
        expect(codeOf(await peer.reset({ seed: 7 }))).toBe('reset_error');
        expect(served.log.streams()).toEqual([]);
      }),
    );
  },
);
