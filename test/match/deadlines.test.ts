import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/match/proof/digest.ts';
import type { NewMatch } from '../../src/match/new-match.ts';
import { replay } from '../../src/match/fold/replay.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { matchId, streamVersion } from '../../src/shared/ids.ts';
import { AppError } from '../../src/shared/errors.ts';
import { GuardedLog, endTurn, nextId, ofType, opening, proposal, stage, typesOf } from './kit.ts';

const id = matchId('match');

async function started(deadlines: NewMatch['deadlines'], ruleset = 'standard', log = new GuardedLog()) {
  const { registry, clock } = stage(log);
  const actor = await registry.create(id, opening(ruleset, { deadlines: deadlines ?? {} }));
  const began = clock.now();
  return { registry, clock, log, actor, began, stored: () => log.read(id) };
}

/** Type and time, counted from the match's creation, of every commit after the opening. */
async function history({ stored, began }: Awaited<ReturnType<typeof started>>) {
  const commits = await stored();
  return commits.slice(1).map(({ at, events }) => `${at - began} ${events[0]?.type ?? ''}`);
}

describe('the turn limit', () => {
  it('ends the turn when its time is over, and not a millisecond before', async () => {
    const { actor, clock, stored } = await started({ turnMs: 1000 });
    await clock.advance(999);
    expect(actor.onTurn).toBe('fraudster');
    expect(await stored()).toHaveLength(1);
    await clock.advance(1);
    expect(actor.onTurn).toBe('investigator');
    expect(ofType(await stored(), 'turn.ended').map(({ data }) => data)).toEqual([
      { by: 'fraudster', cause: 'deadline', action: null },
    ]);
  });

  it.each(['standard', 'classic'])(
    'carries a match of idle players to its audit, one turn after the other (%s)',
    async (ruleset) => {
      const match = await started({ turnMs: 1000, auditMs: 500 }, ruleset);
      await match.clock.advance(7999);
      const turns = ofType(await match.stored(), 'turn.ended');
      expect(turns).toHaveLength(7);
      expect(turns.every(({ data }) => data.cause === 'deadline')).toBe(true);
      await match.clock.advance(1);
      expect(match.actor.position.phase).toBe('audit_phase');
      expect(match.actor.position.state.endReason).toBe('max_rounds');
      const commits = await match.stored();
      expect(commits.slice(1).map(({ at }) => at - match.began)).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8].map((turn) => turn * 1000),
      );
    },
  );

  it('counts from the turn, not from its actions', async () => {
    const match = await started({ turnMs: 1000 });
    await match.clock.advance(900);
    await match.actor.act('fraudster', proposal('A lamp.'), nextId());
    await match.actor.act('investigator', endTurn, nextId());
    await match.clock.advance(100);
    expect(match.actor.onTurn).toBe('investigator');
  });

  it('starts anew with the next turn; that of the turn before fires no more', async () => {
    const match = await started({ turnMs: 1000 });
    await match.clock.advance(600);
    await match.actor.act('fraudster', endTurn, nextId());
    await match.clock.advance(999);
    expect(await history(match)).toEqual([expect.stringMatching(/^600 /)]);
    expect(match.actor.onTurn).toBe('investigator');
    await match.clock.advance(1);
    expect(await history(match)).toEqual([expect.stringMatching(/^600 /), '1600 turn.ended']);
    expect(match.clock.waiting).toBe(2); // the next turn's limit, and the arena's own sweep
  });
});

describe('the audit limit', () => {
  it('files a missed report and grades the match', async () => {
    const match = await started({ auditMs: 500 }, 'classic');
    await match.actor.act('fraudster', { action_type: 'commit_final' }, nextId());
    expect(match.actor.position.phase).toBe('audit_phase');
    await match.clock.advance(499);
    expect(match.actor.isOver).toBe(false);
    await match.clock.advance(1);
    const [submitted] = ofType(await match.stored(), 'audit.submitted');
    expect(submitted?.data).toMatchObject({ action: null, report: { missed: true } });
    expect(match.actor.position.phase).toBe('done');
    expect(match.actor.position.state.grades?.rewards.auditor).toBe(0);
    expect(match.actor.hasDeadline).toBe(false);
  });
});

describe('the match limit', () => {
  it('closes the review at its time, counted from the creation, whatever turns there were', async () => {
    const match = await started({ turnMs: 1000, matchMs: 2500, auditMs: 10_000 });
    await match.clock.advance(2499);
    expect(typesOf(await match.stored())).not.toContain('review.closed');
    await match.clock.advance(1);
    const commits = await match.stored();
    const [closed] = ofType(commits, 'review.closed');
    expect(closed?.data.reason).toBe('timeout');
    expect(closed?.data.settled).toHaveLength(match.actor.position.state.queue.length);
    expect(commits.find(({ events }) => events.some((event) => event === closed))?.at).toBe(
      match.began + 2500,
    );
  });

  it('leaves no time for the audit either', async () => {
    const match = await started({ matchMs: 2500, auditMs: 10_000 });
    await match.clock.advance(2500);
    expect(match.actor.position.phase).toBe('done');
    expect(ofType(await match.stored(), 'audit.submitted')[0]?.data.report.missed).toBe(true);
    expect((await match.stored()).at(-1)?.at).toBe(match.began + 2500);
  });
});

describe('a missed limit', () => {
  it.each(['standard', 'classic'])('is part of the stream: it replays and verifies (%s)', async (ruleset) => {
    const match = await started({ turnMs: 1000, auditMs: 500, matchMs: 6500 }, ruleset);
    await match.clock.advance(1500);
    await match.actor.act('investigator', endTurn, nextId());
    await match.clock.advance(60_000);
    const commits = await match.stored();
    expect(match.actor.position.phase).toBe('done');
    expect(verify(id, commits)).toMatchObject({ ok: true, phase: 'done' });
    expect(digestOf(replay(id, commits).position)).toEqual(digestOf(match.actor.position));
  });

  it('that is stale changes nothing and is not recorded', async () => {
    const { actor, stored } = await started({ turnMs: 1000 });
    await actor.act('fraudster', endTurn, nextId());
    const before = actor.position.state;
    for (const missed of ['turn', 'match'] as const)
      for (const version of [1, 2, 99])
        if (version !== actor.fold.phaseSince.version)
          expect(await actor.expire(missed, streamVersion(version))).toMatchObject({
            ok: false,
            rejection: { code: 'deadline_stale' },
          });
    expect(actor.position.state).toBe(before);
    expect(await stored()).toHaveLength(2);
  });

  it('that cannot be stored leaves the match playable', async () => {
    const { actor, clock, log } = await started({ turnMs: 1000 });
    log.before = () => {
      throw new AppError('log_overloaded', 'Full.');
    };
    await clock.advance(1000);
    log.before = () => undefined;
    expect(actor.onTurn).toBe('fraudster');
    expect(await actor.act('fraudster', endTurn, nextId())).toMatchObject({ ok: true });
  });

  it('that cannot be stored is tried again until it can, if the turn still runs', async () => {
    const match = await started({ turnMs: 1000 });
    const fail = () => {
      throw new AppError('log_disk_full', 'Full.');
    };
    match.log.before = fail;
    await match.clock.advance(20_999);
    match.log.before = () => undefined;
    expect(match.actor.onTurn).toBe('fraudster');
    await match.clock.advance(1);
    expect(match.actor.onTurn).toBe('investigator');
    match.log.before = fail;
    await match.clock.advance(1000);
    match.log.before = () => undefined;
    await match.actor.act('investigator', endTurn, nextId());
    await match.clock.advance(0);
    expect(await history(match)).toEqual([
      expect.stringMatching(/^21000 /),
      expect.stringMatching(/^22000 turn.ended/),
    ]);
    await match.registry.passivate(id);
    match.log.before = fail;
    await match.clock.advance(60_000);
    expect(match.clock.waiting).toBe(1);
  });
});

describe('a match without limits', () => {
  it('waits for its players for ever', async () => {
    const { actor, clock, stored } = await started({});
    expect(actor.hasDeadline).toBe(false);
    await clock.advance(1_000_000_000);
    expect(await stored()).toHaveLength(1);
  });
});

describe('a revived match', () => {
  it('counts the time that passed while nobody held it', async () => {
    const match = await started({ turnMs: 1000 });
    await match.clock.advance(400);
    await match.registry.passivate(id);
    await match.clock.advance(300);
    const revived = await match.registry.find(id);
    await match.clock.advance(299);
    expect(revived.onTurn).toBe('fraudster');
    await match.clock.advance(1);
    expect(revived.onTurn).toBe('investigator');
    expect(await history(match)).toEqual([expect.stringMatching(/^1000 /)]);
  });

  it('misses at once what ran out meanwhile, once', async () => {
    const match = await started({ turnMs: 1000, matchMs: 100_000 });
    await match.clock.advance(1500);
    await match.registry.passivate(id);
    await match.clock.advance(5000);
    expect((await match.stored()).map(({ at }) => at - match.began)).toEqual([0, 1000]);
    const revived = await match.registry.find(id);
    await match.clock.advance(0);
    expect(revived.onTurn).toBe('fraudster');
    expect((await match.stored()).map(({ at }) => at - match.began)).toEqual([0, 1000, 6500]);
  });

  it('keeps the limits of the turn it is in, not those of the last commit', async () => {
    const match = await started({ turnMs: 1000 });
    await match.actor.act('fraudster', endTurn, nextId());
    await match.clock.advance(800);
    await match.actor.act('fraudster', endTurn, nextId());
    const [adId = ''] = match.actor.position.state.queue.map(({ ad }) => ad.adId);
    const pull = { action_type: 'investigate', ad_id: adId, investigation_target: 'landing_page' };
    expect(await match.actor.act('investigator', pull, nextId())).toMatchObject({ ok: true });
    await match.registry.passivate(id);
    const revived = await match.registry.find(id);
    expect(revived.fold.phaseSince.version).toBe(match.actor.fold.phaseSince.version);
    await match.clock.advance(199);
    expect(revived.onTurn).toBe('investigator');
    await match.clock.advance(1);
    expect(revived.onTurn).toBe('fraudster');
  });
});
