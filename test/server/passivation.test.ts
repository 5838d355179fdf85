import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { present } from '../../src/shared/invariant.ts';
import { adapters, withServer } from './frames/feed-kit.ts';
import { codeOf, stepFrame } from '../support/role-client.ts';
import type { Served } from './frames/feed-kit.ts';
import type { RoleClient } from '../support/role-client.ts';
import { withGuarded } from './guarded.ts';

const endTurn = { action_type: 'end_turn' };
const proposal = (copy: string) => ({ action_type: 'propose_ad', ad_copy: copy, category: 'ecommerce' });
const minuteMs = 60_000;
/** Ten minutes without a question, and a sweep after them. */
const nap = 21 * minuteMs;

/** Matches whose actors are in memory. */
async function living(served: Served): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${served.server.port}/health`);
  const { matches } = (await reply.json()) as { readonly matches: { readonly living: number } };
  return matches.living;
}

/** Lets the time pass, and what is given up be stored. */
async function sleep(served: Served): Promise<void> {
  await served.clock.advance(nap);
  while ((await living(served)) > 0);
}

const gapless = (peer: RoleClient): void =>
  expect(peer.pushed.map(({ seq }) => seq)).toEqual(peer.pushed.map((_, index) => index + 1));

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
  'a match that nobody asks for (%s)',
  (_, adapter) => {
    it(
      'is given up in memory, and everything goes on where it was: seats, numbers, answers',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const fraudster = await served.seat('fraudster', id);
        const auditor = await served.seat('auditor', id);
        const first = await fraudster.peer.asked(stepFrame(proposal('One.'), 'one'));
        const refusal = await auditor.peer.asked(stepFrame({ action_type: 'submit_audit_report' }, 'early'));
        await sleep(served);
        expect((await fraudster.peer.obs()).data).toMatchObject({ match_id: id, proposals_used: 1, seq: 4 });
        await sleep(served);
        expect(await fraudster.peer.asked(stepFrame(proposal('One.'), 'one'))).toBe(first);
        expect(await auditor.peer.asked(stepFrame({ action_type: 'submit_audit_report' }, 'early'))).toBe(
          refusal,
        );
        await sleep(served);
        expect(codeOf(await (await served.open('fraudster')).join(id))).toBe('seat_taken');
        await sleep(served);
        const next = await served.seat('fraudster', id, fraudster.token);
        expect(await fraudster.peer.closed).toMatchObject({ code: 4001 });
        await sleep(served);
        await auditor.peer.follow();
        await next.peer.follow();
        await next.peer.step(proposal('Two.'));
        await next.peer.step(endTurn);
        await auditor.peer.obs();
        expect(auditor.peer.presence).toEqual(['fraudster held']);
        gapless(auditor.peer);
        gapless(next.peer);
        expect(await served.seatFacts(id)).toEqual(['claimed fraudster', 'claimed auditor']);
      }),
    );

    it(
      'stays while somebody is subscribed, and only so long',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const { peer, token } = await served.seat('fraudster', id);
        const auditor = await served.seat('auditor', id);
        await auditor.peer.follow();
        await served.clock.advance(3 * nap);
        expect(await living(served)).toBe(1);
        await peer.step(proposal('One.'));
        await peer.step(endTurn);
        await auditor.peer.obs();
        const told = auditor.peer.pushed.length;
        expect(auditor.peer.pushed.at(-1)).toMatchObject({ type: 'turn', data: { on_turn: 'investigator' } });
        await auditor.peer.request({ type: 'unsubscribe' });
        await sleep(served);
        await auditor.peer.follow(told);
        void peer.terminate();
        await served.until(id, 'dropped fraudster');
        await served.seat('fraudster', id, token);
        await auditor.peer.obs();
        expect(auditor.peer.presence).toEqual(['fraudster held', 'fraudster dropped', 'fraudster held']);
        gapless(auditor.peer);
      }),
    );

    it(
      'is woken by the end of a grace period, and by nothing that is of no account',
      withServer({ adapter }, async (served) => {
        const id = await served.plant('match', 'standard');
        const { peer, token } = await served.seat('fraudster', id);
        await sleep(served);
        void peer.terminate();
        await served.until(id, 'dropped fraudster');
        await served.clock.advance(minuteMs);
        await served.until(id, 'released fraudster grace');
        await sleep(served);
        const next = await served.seat('fraudster', id);
        expect(codeOf(await (await served.open('fraudster')).join(id, token))).toBe('seat_taken');
        expect((await next.peer.step(endTurn)).data).toMatchObject({ accepted: true });
      }),
    );

    it(
      'that is over is given up when its last player goes, and woken for whoever looks again',
      withServer(
        { adapter, limits: { matchIdleMs: minuteMs, unseatedMs: 60 * minuteMs } },
        async (served) => {
          const id = await served.plant('match', 'standard');
          const { peer, token } = await served.seat('fraudster', id);
          const auditor = await served.seat('auditor', id);
          await auditor.peer.follow();
          await served.clock.advance(2 * minuteMs);
          await auditor.peer.until(() => auditor.peer.pushed.at(-1)?.type === 'match_over');
          void auditor.peer.terminate();
          await peer.leave();
          while ((await living(served)) > 0);
          // Nobody is waited for in it: its time passes without it.
          await served.clock.advance(2 * minuteMs);
          expect(await living(served)).toBe(0);
          const back = await served.seat('fraudster', id, token);
          await back.peer.follow();
          expect(back.peer.pushed.at(-1)?.type).toBe('match_over');
          gapless(back.peer);
        },
      ),
    );
  },
);

const onTurn: Readonly<Record<string, Role>> = {
  fraudster_turn: 'fraudster',
  investigator_turn: 'investigator',
  audit_phase: 'auditor',
};

describe.each(['standard', 'classic'])('a match of %s that sleeps after every action', (ruleset) => {
  it('is played to its end, and tells and answers the same as one that never slept', async () => {
    const told: (readonly unknown[])[] = [];
    for (const isSleepy of [false, true])
      await withServer({}, async (served) => {
        const id = await served.plant('match', ruleset);
        const players = seatsFor(defaultPlayers, 7);
        const peers: Partial<Record<Role, RoleClient>> = {};
        for (const role of roles) peers[role] = (await served.seat(role, id)).peer;
        // A subscriber keeps its match awake.
        if (!isSleepy) await peers.auditor?.follow();
        for (let phase = 'fraudster_turn'; phase !== 'done';) {
          const role = present(onTurn[phase], phase);
          const peer = present(peers[role], role);
          const seen = await peer.obs();
          const reply = await peer.step(present(await players[role].act(seen.data as never), 'An action'));
          phase = String(reply.data['phase']);
          if (phase === 'done') break;
          await served.clock.advance(nap);
          if (isSleepy) while ((await living(served)) > 0);
          else expect(await living(served)).toBe(1);
        }
        for (const role of roles) {
          const peer = present(peers[role], role);
          if (isSleepy || role !== 'auditor') await peer.follow();
          const answers = peer.replies.slice(1).filter(({ type }) => type !== 'subscribed');
          told.push([answers, peer.pushedTexts]);
        }
      })();
    expect(told.slice(3)).toEqual(told.slice(0, 3));
  });
});

describe('a subscription', () => {
  it(
    'goes on when the actor of its match is given up under it',
    withGuarded(async (guarded) => {
      const id = await guarded.plant('match');
      const auditor = await guarded.open('auditor');
      await auditor.join(id);
      await auditor.follow();
      const told = auditor.pushed.length;
      for (let time = 0; time < 3; time += 1) {
        await guarded.host.passivate(id);
        const fraudster = await guarded.open('fraudster');
        await fraudster.join(id);
        await auditor.until(() => auditor.pushed.length === told + 2 * time + 1);
        await guarded.host.passivate(id);
        await fraudster.leave();
        await auditor.until(() => auditor.pushed.length === told + 2 * time + 2);
      }
      gapless(auditor);
    }),
  );
});
