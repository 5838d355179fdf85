import { describe, expect, it } from 'vitest';
import type { ProposalSource } from '../../src/game/decide/decision.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { act } from '../../src/match/act.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { endTurn, nextId, opening, proposal, stage } from './kit.ts';

const id = matchId('match');

describe('a match whose rules throw', () => {
  const broken: ProposalSource = {
    ...generatedProposals,
    complete: (match, submission) => {
      if (submission.adCopy === 'boom') throw new TypeError('No such draw.');
      return generatedProposals.complete(match, submission);
    },
  };

  async function quarantined() {
    const { arena, log, clock } = stage(undefined, broken);
    const actor = await arena.create(id, opening('standard', { deadlines: { turnMs: 1000 } }));
    await act(actor, 'fraudster', proposal('A lamp.'), nextId());
    const failed = act(actor, 'fraudster', proposal('boom'), commandId('boom'));
    return { arena, log, clock, actor, failed };
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
    await expect(act(actor, 'fraudster', endTurn, nextId())).rejects.toMatchObject(stopped);
    await expect(act(actor, 'investigator', endTurn, nextId())).rejects.toMatchObject(stopped);
    await expect(act(actor, 'fraudster', 'nonsense', nextId())).rejects.toMatchObject(stopped);
    await expect(actor.miss('turn', actor.phaseBegan)).rejects.toMatchObject(stopped);
    expect(actor.hasDeadline).toBe(false);
    await clock.advance(10_000);
    expect(await log.read(id)).toHaveLength(2);
  });

  it('leaves the other matches of the arena alone', async () => {
    const { arena, log, failed } = await quarantined();
    const other = matchId('other');
    const actor = await arena.create(other, opening('standard'));
    const [outcome] = await Promise.allSettled([failed, playMatch(actor, seatsFor(defaultPlayers, 7))]);
    expect(outcome.status).toBe('rejected');
    expect(actor.moment.phase).toBe('done');
    expect(verify(other, await log.read(other))).toMatchObject({ ok: true });
  });

  it('plays on from its stream once it is revived', async () => {
    const { arena, log, failed } = await quarantined();
    await failed.catch(() => undefined);
    await arena.passivate(id);
    const revived = await arena.find(id);
    await playMatch(revived, seatsFor(defaultPlayers, 7));
    expect(verify(id, await log.read(id))).toMatchObject({ ok: true, phase: 'done' });
  });
});

describe('a stream that somebody else has appended to', () => {
  it('refuses the actor with log_version_conflict and leaves its state as it was', async () => {
    const { arena, log } = stage();
    const { arena: otherArena } = stage(log);
    const stale = await arena.create(id, opening('standard'));
    const owner = await otherArena.find(id);
    await act(owner, 'fraudster', proposal('A lamp.'), nextId());
    const before = digestOf(stale.moment);

    for (const action of [proposal('A chair.'), 'nonsense'])
      await expect(act(stale, 'fraudster', action, nextId())).rejects.toMatchObject({
        code: 'log_version_conflict',
        details: { expected: 1, actual: 2 },
      });
    expect(digestOf(stale.moment)).toEqual(before);
    expect(stale.version).toBe(1);

    await arena.passivate(id);
    const revived = await arena.find(id);
    expect(digestOf(revived.moment)).toEqual(digestOf(owner.moment));
    expect(await act(revived, 'fraudster', proposal('A chair.'), nextId())).toMatchObject({ ok: true });
  });
});

describe('an actor that was given up', () => {
  it('refuses commands that come later: it would store what it can no longer apply', async () => {
    const { arena, log } = stage();
    const actor = await arena.create(id, opening('standard'));
    await arena.passivate(id);
    const given = { code: 'match_quarantined', message: expect.stringContaining('given up') as string };
    await expect(act(actor, 'fraudster', proposal('A lamp.'), nextId())).rejects.toMatchObject(given);
    await expect(act(actor, 'fraudster', 'nonsense', nextId())).rejects.toMatchObject(given);
    expect(await log.read(id)).toHaveLength(1);
  });
});
