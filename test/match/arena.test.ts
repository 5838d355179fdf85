import { describe, expect, it } from 'vitest';
import { act } from '../../src/match/act.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { verify } from '../../src/match/proof/verify.ts';
import type { Player } from '../../src/players/player.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { AppError } from '../../src/shared/errors.ts';
import { matchId } from '../../src/shared/ids.ts';
import { GuardedLog, endTurn, nextId, ofType, opening, played, proposal, stage } from './kit.ts';

const id = matchId('match');
const minuteMs = 60_000;

describe('creating a match', () => {
  it('stores its opening and starts its actor', async () => {
    const { arena, log, clock } = stage();
    const created = opening('standard');
    const actor = await arena.create(id, created);
    expect(await log.read(id)).toMatchObject([
      { stream: 'match', version: 1, at: clock.now(), events: [{ type: 'match.created', data: created }] },
    ]);
    expect(actor.moment.phase).toBe('fraudster_turn');
    expect(actor.version).toBe(1);
    expect(arena.living).toBe(1);
  });

  it('refuses an id that is stored, living or not', async () => {
    const { arena, log } = stage();
    await arena.create(id, opening('standard'));
    const exists = { code: 'match_exists', details: { match: 'match' } };
    await expect(arena.create(id, opening('classic'))).rejects.toMatchObject(exists);
    await arena.passivate(id);
    await expect(arena.create(id, opening('standard'))).rejects.toMatchObject(exists);
    await expect(stage(log).arena.create(id, opening('standard'))).rejects.toMatchObject(exists);
    expect(await log.read(id)).toHaveLength(1);
  });

  it('lets one of many creations at once win, however long the log takes', async () => {
    const log = new GuardedLog();
    log.before = () => new Promise((stored) => setImmediate(stored));
    const { arena } = stage(log);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, seed) => arena.create(id, opening('standard', { seed }))),
    );
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    const lost = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    expect(won).toHaveLength(1);
    for (const reason of lost) expect(reason).toMatchObject({ code: 'match_exists' });
    expect(await log.read(id)).toHaveLength(1);
    expect(arena.living).toBe(1);
  });

  it('succeeds while somebody looks for the match in vain', async () => {
    const { arena } = stage();
    const [sought, created] = await Promise.allSettled([
      arena.find(id),
      arena.create(id, opening('standard')),
    ]);
    expect(sought).toMatchObject({ status: 'rejected', reason: { code: 'unknown_match' } });
    expect(created).toMatchObject({ status: 'fulfilled' });
    expect(await arena.find(id)).toBe(created.status === 'fulfilled' ? created.value : null);
  });

  it('leaves nothing behind when the opening cannot be stored, and can be tried again', async () => {
    const log = new GuardedLog();
    const { arena } = stage(log);
    log.before = () => {
      throw new AppError('log_overloaded', 'Full.');
    };
    await expect(arena.create(id, opening('standard'))).rejects.toMatchObject({ code: 'log_overloaded' });
    expect(arena.living).toBe(0);
    log.before = () => undefined;
    await expect(arena.create(id, opening('standard'))).resolves.toMatchObject({ version: 1 });
  });
});

describe('finding a match', () => {
  it('gives the living actor, and one actor to all who ask at once', async () => {
    const { arena } = stage();
    const created = await arena.create(id, opening('standard'));
    expect(await arena.find(id)).toBe(created);
    await arena.passivate(id);
    const [one, two, three] = await Promise.all([arena.find(id), arena.find(id), arena.find(id)]);
    expect(two).toBe(one);
    expect(three).toBe(one);
    expect(one).not.toBe(created);
    expect(arena.living).toBe(1);
  });

  it('refuses an id that is not stored, again and again', async () => {
    const { arena } = stage();
    for (const name of ['nothing', 'nothing'])
      await expect(arena.find(matchId(name))).rejects.toMatchObject({
        code: 'unknown_match',
        details: { match: 'nothing' },
      });
    expect(arena.living).toBe(0);
  });

  it('waits for what is still in the mailbox of the actor before', async () => {
    const { arena, log } = stage();
    const actor = await arena.create(id, opening('standard'));
    const told = [proposal('A lamp.'), proposal('A chair.')].map((action) =>
      act(actor, 'fraudster', action, nextId()),
    );
    const stopping = arena.passivate(id);
    const revived = await arena.find(id);
    expect(revived.version).toBe(3);
    await stopping;
    await Promise.all(told);
    expect(await act(revived, 'fraudster', endTurn, nextId())).toMatchObject({ ok: true });
    expect(verify(id, await log.read(id))).toMatchObject({ ok: true });
  });
});

describe('giving a match up', () => {
  it('waits for whoever has found it at that moment', async () => {
    const { arena } = stage();
    await arena.create(id, opening('standard'));
    const finding = arena.find(id);
    const givingUp = arena.passivate(id);
    const told = act(await finding, 'fraudster', proposal('A lamp.'), nextId());
    await expect(told).resolves.toMatchObject({ ok: true, version: 2 });
    await givingUp;
    expect((await arena.find(id)).version).toBe(2);
  });
});

/** Thrown by a player to leave its match. */
class Paused extends Error {}

describe('a match given up after every turn', () => {
  it.each(['standard', 'classic'])('ends as if it had been played in one go (%s)', async (ruleset) => {
    const names = { ...defaultPlayers, investigator: 'approve-all' };
    const whole = await played(ruleset, { names, task: 'task_2' });
    const { arena, log } = stage();
    let actor = await arena.create(whole.id, opening(ruleset, { task: 'task_2' }));
    const seats = seatsFor(names, 7);
    let turns = 0;
    for (; !actor.isOver; turns += 1) {
      const began = actor.phaseBegan;
      const untilTurnEnds = <Seen>(player: { act(seen: Seen): ReturnType<Player['act']> }) => ({
        act: (seen: Seen) => {
          if (actor.phaseBegan !== began) throw new Paused();
          return player.act(seen);
        },
      });
      const playing = playMatch(actor, {
        fraudster: untilTurnEnds(seats.fraudster),
        investigator: untilTurnEnds(seats.investigator),
        auditor: untilTurnEnds(seats.auditor),
      });
      if (turns < 3) await expect(playing).rejects.toThrow(Paused);
      else await playing.catch((error: unknown) => expect(error).toBeInstanceOf(Paused));
      await arena.passivate(whole.id);
      actor = await arena.find(whole.id);
    }
    expect(digestOf(actor.moment)).toEqual(digestOf(whole.actor.moment));
    expect(verify(whole.id, await log.read(whole.id))).toMatchObject({ ok: true });
  });
});

describe('two hundred matches at once', () => {
  it('each end as they would alone, and none is left after the close', async () => {
    const { arena, log } = stage();
    const seeds = Array.from({ length: 200 }, (_, index) => index);
    const rulesetOf = (seed: number) => (seed % 2 === 0 ? 'standard' : 'classic');
    const digests = await Promise.all(
      seeds.map(async (seed) => {
        const actor = await arena.create(matchId(`match-${seed}`), opening(rulesetOf(seed), { seed }));
        await playMatch(actor, seatsFor(defaultPlayers, seed));
        return digestOf(actor.moment).digest;
      }),
    );
    expect(arena.living).toBe(200);
    expect(new Set(digests).size).toBe(200);
    const positions = await Promise.all(
      seeds.map(async (seed) => (await log.read(matchId(`match-${seed}`))).map(({ position }) => position)),
    );
    const [first = []] = positions;
    // Really interleaved: other matches' commits stand between those of one.
    expect((first.at(-1) ?? 0) - (first[0] ?? 0)).toBeGreaterThan(first.length * 10);
    for (const seed of [0, 1, 77, 150, 199]) {
      const alone = await played(rulesetOf(seed), { seed });
      expect(digestOf(alone.actor.moment).digest).toBe(digests[seed]);
      expect(verify(matchId(`match-${seed}`), await log.read(matchId(`match-${seed}`)))).toMatchObject({
        ok: true,
        digest: digests[seed],
      });
    }
    await arena.close();
    expect(arena.living).toBe(0);
  });
});

describe('closing the arena', () => {
  it('stops actors, their time limits and the sweep', async () => {
    const { arena, clock, log } = stage();
    const actor = await arena.create(id, opening('standard', { deadlines: { turnMs: 1000 } }));
    let ended = false;
    actor.applied.subscribe({ complete: () => (ended = true) });
    await arena.close();
    expect(ended).toBe(true);
    expect(clock.waiting).toBe(0);
    await clock.advance(60 * minuteMs);
    expect(await log.read(id)).toHaveLength(1);
  });

  it('waits for matches that are being started', async () => {
    const { arena } = stage();
    const creating = arena.create(id, opening('standard'));
    await Promise.resolve();
    await arena.close();
    await creating;
    expect(arena.living).toBe(0);
  });
});

describe('the sweep', () => {
  it('gives up a match that nobody has asked for in ten minutes', async () => {
    const { arena, clock } = stage();
    await arena.create(id, opening('standard'));
    await clock.advance(9 * minuteMs);
    expect(arena.living).toBe(1);
    await clock.advance(11 * minuteMs);
    expect(arena.living).toBe(0);
    expect((await arena.find(id)).version).toBe(1);
  });

  it('keeps a match that is looked for, and one that is told something by who holds it', async () => {
    const { arena, clock } = stage();
    const [sought, held] = [matchId('sought'), matchId('held')];
    await arena.create(sought, opening('standard'));
    const actor = await arena.create(held, opening('standard'));
    for (let minutes = 0; minutes < 60; minutes += 6) {
      await clock.advance(6 * minuteMs);
      await arena.find(sought);
      await act(actor, 'investigator', endTurn, nextId());
    }
    expect(arena.living).toBe(2);
    expect(await arena.find(held)).toBe(actor);
  });

  it('keeps a match with a running time limit, until it is over', async () => {
    const { arena, clock, log } = stage();
    const actor = await arena.create(id, opening('standard', { deadlines: { matchMs: 90 * minuteMs } }));
    await arena.create(matchId('without'), opening('standard'));
    await clock.advance(60 * minuteMs);
    expect(arena.living).toBe(1);
    expect(await arena.find(id)).toBe(actor);
    await clock.advance(60 * minuteMs);
    expect(ofType(await log.read(id), 'review.closed')).toHaveLength(1);
    expect(arena.living).toBe(0);
  });
});
