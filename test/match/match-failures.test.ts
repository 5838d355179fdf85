import { describe, expect, it } from 'vitest';
import type { ProposalSource } from '../../src/game/decide/decision.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { MatchActor } from '../../src/match/match-actor.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { DigestCache } from '../../src/match/proof/part-digests.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { endTurn, nextId, opening, proposal, stage } from './kit.ts';

const id = matchId('match');

describe('a match whose rules throw', () => {
  const broken: ProposalSource = {
    ...generatedProposals,
    complete: (state, submission) => {
      if (submission.adCopy === 'boom') throw new TypeError('No such draw.');
      return generatedProposals.complete(state, submission);
    },
  };

  async function quarantined() {
    const { registry, log, clock } = stage(undefined, broken);
    const actor = await registry.create(id, opening('standard', { deadlines: { turnMs: 1000 } }));
    await actor.act('fraudster', proposal('A lamp.'), nextId());
    const failed = actor.act('fraudster', proposal('boom'), commandId('boom'));
    return { registry, log, clock, actor, failed };
  }

  it('is quarantined with stream, version and cause in the error', async () => {
    const { failed } = await quarantined();
    await expect(failed).rejects.toMatchObject({
      code: 'match_quarantined',
      details: { match: 'match', version: 2 },
      message: expect.stringMatching(/match was stopped at version 2.*No such draw/) as string,
      cause: expect.any(TypeError) as TypeError,
    });
  });

  it('answers nothing more and stores nothing more, not even refusals and time limits', async () => {
    const { actor, failed, log, clock } = await quarantined();
    await failed.catch(() => undefined);
    const stopped = { code: 'match_quarantined' };
    await expect(actor.act('fraudster', endTurn, nextId())).rejects.toMatchObject(stopped);
    await expect(actor.act('investigator', endTurn, nextId())).rejects.toMatchObject(stopped);
    await expect(actor.act('fraudster', 'nonsense', nextId())).rejects.toMatchObject(stopped);
    await expect(actor.expire('turn', actor.fold.phaseSince.version)).rejects.toMatchObject(stopped);
    expect(actor.hasDeadline).toBe(false);
    await clock.advance(10_000);
    expect(await log.read(id)).toHaveLength(2);
  });

  it('leaves the other matches of the arena alone', async () => {
    const { registry, log, failed } = await quarantined();
    const other = matchId('other');
    const actor = await registry.create(other, opening('standard'));
    const [outcome] = await Promise.allSettled([failed, playMatch(actor, seatsFor(defaultPlayers, 7))]);
    expect(outcome.status).toBe('rejected');
    expect(actor.position.phase).toBe('done');
    expect(verify(other, await log.read(other))).toMatchObject({ ok: true });
  });

  it('plays on from its stream once it is revived', async () => {
    const { registry, log, failed } = await quarantined();
    await failed.catch(() => undefined);
    await registry.passivate(id);
    const revived = await registry.find(id);
    await playMatch(revived, seatsFor(defaultPlayers, 7));
    expect(verify(id, await log.read(id))).toMatchObject({ ok: true, phase: 'done' });
  });
});

describe('a match whose fold takes no event any more', () => {
  // What its bookkeeping was is lost, as by a broken checkpoint.
  async function spoiled() {
    const { registry, log, clock } = stage();
    const { fold } = await registry.create(id, opening('standard'));
    const bookkeeping = { ...fold.bookkeeping, frameCounts: null as never, refusals: null as never };
    const services = { log, clock, source: generatedProposals };
    return { actor: new MatchActor({ ...fold, bookkeeping }, services, new DigestCache()), log };
  }

  it.each<[string, (actor: MatchActor) => Promise<unknown>]>([
    ['a command', (actor) => actor.act('fraudster', proposal('A lamp.'), nextId())],
    ['a seat', (actor) => actor.claimSeat('auditor', { shown: 'own', fresh: 'x' })],
  ])('stops with %s, stores nothing, and answers nothing more', async (_, ask) => {
    const { actor, log } = await spoiled();
    const stopped = { code: 'match_quarantined', details: { match: 'match', version: 1 } };
    await expect(ask(actor)).rejects.toMatchObject(stopped);
    await expect(actor.act('fraudster', endTurn, nextId())).rejects.toMatchObject(stopped);
    await expect(actor.claimSeat('fraudster', { shown: null, fresh: 'x' })).rejects.toMatchObject(stopped);
    expect(await log.read(id)).toHaveLength(1);
  });
});

describe('a stream that somebody else has appended to', () => {
  it('refuses the actor with log_version_conflict and leaves its state as it was', async () => {
    const { registry, log } = stage();
    const { registry: otherArena } = stage(log);
    const stale = await registry.create(id, opening('standard'));
    const owner = await otherArena.find(id);
    await owner.act('fraudster', proposal('A lamp.'), nextId());
    const before = digestOf(stale.position);

    for (const action of [proposal('A chair.'), 'nonsense'])
      await expect(stale.act('fraudster', action, nextId())).rejects.toMatchObject({
        code: 'log_version_conflict',
        details: { expected: 1, actual: 2 },
      });
    expect(digestOf(stale.position)).toEqual(before);
    expect(stale.version).toBe(1);

    await registry.passivate(id);
    const revived = await registry.find(id);
    expect(digestOf(revived.position)).toEqual(digestOf(owner.position));
    expect(await revived.act('fraudster', proposal('A chair.'), nextId())).toMatchObject({ ok: true });
  });
});

describe('an actor that was given up', () => {
  it('refuses commands that come later: it would store what it can no longer apply', async () => {
    const { registry, log } = stage();
    const actor = await registry.create(id, opening('standard'));
    await registry.passivate(id);
    const given = { code: 'match_quarantined', message: expect.stringContaining('given up') as string };
    await expect(actor.act('fraudster', proposal('A lamp.'), nextId())).rejects.toMatchObject(given);
    await expect(actor.act('fraudster', 'nonsense', nextId())).rejects.toMatchObject(given);
    expect(await log.read(id)).toHaveLength(1);
  });
});
