import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { drawsFor } from '../../src/game/random.ts';
import { viewFor } from '../../src/game/view/view.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import { replay } from '../../src/match/fold/replay.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { matchId } from '../../src/shared/ids.ts';
import { present } from '../../src/shared/invariant.ts';
import { inFolder } from '../log/temp-folder.ts';
import { endTurn, nextId, opening, proposal, stage } from './kit.ts';

const id = matchId('match');
const minuteMs = 60_000;
const hashes = { fraudster: 'a'.repeat(64), investigator: 'b'.repeat(64) };

/** A match with seats in every state, refused attempts, and a few moves. */
async function begun(folder: string) {
  const log = new MemoryEventLog();
  const { registry, clock } = stage(log, generatedProposals, new Documents(folder));
  const actor = await registry.create(id, opening('standard', { seatTokenHashes: hashes }));
  await actor.claimSeat('fraudster', { shown: 'hash of the fraudster', fresh: 'none' });
  await actor.claimSeat('investigator', { shown: null, fresh: 'hash of the investigator' });
  await clock.advance(1234);
  await actor.act('fraudster', proposal('Shoes for everyone, half the price'), nextId());
  await actor.dropSeat('investigator');
  await actor.act('auditor', endTurn, nextId());
  await actor.act('investigator', { action_type: 'no such' }, nextId());
  await actor.act('investigator', { action_type: 'no such' }, nextId());
  await clock.advance(1);
  await actor.act('fraudster', proposal('One more.'), nextId());
  return { log, registry, clock, actor };
}

describe('what stands beside the state', () => {
  it(
    'is the same after the match was given up, from its checkpoint and from its stream',
    inFolder(async (folder) => {
      const { log, registry, clock, actor } = await begun(folder);
      const before = actor.fold.bookkeeping;
      expect(before.seats).toEqual({
        fraudster: { status: 'held', tokenHash: 'hash of the fraudster' },
        investigator: { status: 'dropped', tokenHash: 'hash of the investigator' },
        auditor: { status: 'vacant', tokenHash: null },
      });
      expect(before.refusals).toEqual({ fraudster: 0, investigator: 2, auditor: 1 });
      expect(before.logTimes.fraudster).toEqual([clock.now() - 1, clock.now()]);
      await clock.advance(25 * minuteMs);
      const revived = await registry.find(id);
      expect(revived).not.toBe(actor);
      expect(revived.fold.bookkeeping).toEqual(before);
      expect(revived.fold.origin.seatTokenHashes).toEqual(hashes);
      expect(replay(id, await log.read(id)).bookkeeping).toEqual(before);
      expect(verify(id, await log.read(id))).toMatchObject({ ok: true });
      await registry.close();
    }),
  );

  it(
    'goes on from a checkpoint: tokens are known, frames are numbered on, refusals are counted on',
    inFolder(async (folder) => {
      const { log, registry, actor } = await begun(folder);
      const { frameCounts: told } = actor.fold.bookkeeping;
      await registry.passivate(id);
      const revived = await registry.find(id);
      expect(await revived.claimSeat('fraudster', { shown: null, fresh: 'x' })).toMatchObject({
        ok: false,
        code: 'seat_taken',
      });
      expect(
        await revived.claimSeat('investigator', { shown: 'hash of the investigator', fresh: 'x' }),
      ).toEqual({
        ok: true,
        token: 'shown',
        events: [{ type: 'seat.resumed', data: { role: 'investigator' } }],
      });
      await revived.act('investigator', { action_type: 'no such' }, nextId());
      const { bookkeeping } = revived.fold;
      expect(bookkeeping.frameCounts).toEqual({
        ...told,
        fraudster: told.fraudster + 1,
        auditor: told.auditor + 1,
        spectator: told.spectator + 1,
      });
      expect(bookkeeping.refusals.investigator).toBe(3);
      expect(replay(id, await log.read(id)).bookkeeping).toEqual(bookkeeping);
      await registry.close();
    }),
  );

  it(
    'is no part of the digest: the same moves with other seats come to the same state',
    inFolder(async (folder) => {
      const { registry, actor } = await begun(folder);
      const plain = await stage().registry.create(id, opening('standard', { seatTokenHashes: hashes }));
      await plain.act('fraudster', proposal('Shoes for everyone, half the price'), nextId());
      await plain.act('fraudster', proposal('One more.'), nextId());
      expect(plain.position.phase).toBe(actor.position.phase);
      expect(plain.position.state).toEqual(actor.position.state);
      expect(plain.position.rules).toBe(actor.position.rules);
      expect(digestOf(plain.position)).toEqual(digestOf(actor.position));
      await registry.close();
    }),
  );

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'is that of the replay at every version, through random seats and naps (seed %i)',
    async (seed) =>
      inFolder(async (folder) => {
        const draws = drawsFor(seed, 'bookkeeping');
        const log = new MemoryEventLog();
        const { registry, clock } = stage(log, generatedProposals, new Documents(folder));
        const ruleset = draws.pick(['standard', 'classic']);
        let actor = await registry.create(id, opening(ruleset, { seed }));
        const players = seatsFor(defaultPlayers, seed);
        const stood = new Map([[actor.version, actor.fold.bookkeeping]]);
        while (!actor.isOver) {
          const role = present(actor.onTurn, 'The role on turn');
          const action = await players[role].act(viewFor(role, actor.position, 0) as never);
          await actor.act(role, action, nextId());
          stood.set(actor.version, actor.fold.bookkeeping);
          for (let times = draws.below(3); times > 0; times -= 1) {
            await changeSeat(
              actor,
              draws.pick(roles),
              draws.pick(['shown', 'none', 'drop', 'left', 'grace']),
            );
            stood.set(actor.version, actor.fold.bookkeeping);
          }
          await clock.advance(draws.below(50));
          if (draws.chance(200)) {
            await registry.passivate(id);
            actor = await registry.find(id);
          }
        }
        const commits = await log.read(id);
        for (const [version, bookkeeping] of stood)
          expect(replay(id, commits, version).bookkeeping).toEqual(bookkeeping);
        expect(verify(id, commits)).toMatchObject({ ok: true });
        await registry.close();
      })(),
  );
});

async function changeSeat(actor: MatchActor, role: Role, how: string): Promise<void> {
  if (how === 'drop') await actor.dropSeat(role);
  else if (how === 'left' || how === 'grace') await actor.releaseSeat(role, how);
  else
    await actor.claimSeat(role, {
      shown: how === 'shown' ? `own-${role}` : null,
      fresh: `f-${actor.version}`,
    });
}

describe('the seats of an actor', () => {
  it('change only from the states that take the change, and record nothing otherwise', async () => {
    const { registry, log } = stage();
    const actor = await registry.create(id, opening('standard'));
    const facts = async () =>
      (await log.read(id)).flatMap(({ events }) => events.map(({ type }) => type)).slice(1);
    await actor.dropSeat('auditor');
    await actor.releaseSeat('auditor', 'left');
    expect(await facts()).toEqual([]);
    await actor.claimSeat('auditor', { shown: 'own', fresh: 'x' });
    await actor.claimSeat('auditor', { shown: 'own', fresh: 'x' });
    await actor.dropSeat('auditor');
    await actor.dropSeat('auditor');
    await actor.releaseSeat('auditor', 'grace');
    await actor.releaseSeat('auditor', 'left');
    await actor.dropSeat('auditor');
    expect(await facts()).toEqual(['seat.claimed', 'seat.dropped', 'seat.released']);
    await registry.close();
  });

  it('are closed with the match, whose stream they leave as it is', async () => {
    const { registry, log, clock } = stage();
    const actor = await registry.create(id, opening('standard', { deadlines: { matchMs: 1000 } }));
    await actor.claimSeat('auditor', { shown: 'own', fresh: 'x' });
    await clock.advance(1000);
    expect(actor.isOver).toBe(true);
    const { version } = actor;
    expect(await actor.claimSeat('auditor', { shown: 'own', fresh: 'x' })).toMatchObject({
      ok: true,
      events: [],
    });
    expect(await actor.claimSeat('fraudster', { shown: null, fresh: 'x' })).toMatchObject({
      code: 'seat_taken',
    });
    await actor.dropSeat('auditor');
    await actor.releaseSeat('auditor', 'left');
    expect(actor.version).toBe(version);
    expect((await log.read(id)).at(-1)?.version).toBe(version);
    await registry.close();
  });

  it('are not changed by an actor that was given up', async () => {
    const { registry, log } = stage();
    const actor = await registry.create(id, opening('standard'));
    await actor.claimSeat('auditor', { shown: 'own', fresh: 'x' });
    await registry.passivate(id);
    await expect(actor.claimSeat('fraudster', { shown: null, fresh: 'x' })).rejects.toMatchObject({
      code: 'match_quarantined',
    });
    await actor.dropSeat('auditor');
    expect((await log.read(id)).at(-1)?.version).toBe(2);
    await registry.close();
  });

  it('go in turn with the commands: what is told first is stored first', async () => {
    const { registry, log } = stage();
    const actor = await registry.create(id, opening('standard'));
    await Promise.all([
      actor.claimSeat('fraudster', { shown: 'own', fresh: 'x' }),
      actor.act('fraudster', proposal('One.'), nextId()),
      actor.dropSeat('fraudster'),
      actor.act('fraudster', proposal('Two.'), nextId()),
      actor.claimSeat('fraudster', { shown: 'own', fresh: 'x' }),
      actor.claimSeat('fraudster', { shown: 'another', fresh: 'x' }),
    ]);
    const types = (await log.read(id)).flatMap(({ events }) => events.map(({ type }) => type)).slice(1);
    expect(types).toEqual(['seat.claimed', 'ad.proposed', 'seat.dropped', 'ad.proposed', 'seat.resumed']);
    await registry.close();
  });
});
