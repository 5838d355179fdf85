import { describe, expect, it } from 'vitest';
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
    const { registry, log, clock } = stage();
    const created = opening('standard');
    const actor = await registry.create(id, created);
    expect(await log.read(id)).toMatchObject([
      { stream: 'match', version: 1, at: clock.now(), events: [{ type: 'match.created', data: created }] },
    ]);
    expect(actor.position.phase).toBe('fraudster_turn');
    expect(actor.version).toBe(1);
    expect(registry.living).toBe(1);
  });

  it('refuses an id that is stored, living or not', async () => {
    const { registry, log } = stage();
    await registry.create(id, opening('standard'));
    const exists = { code: 'match_exists', details: { match: 'match' } };
    await expect(registry.create(id, opening('classic'))).rejects.toMatchObject(exists);
    await registry.passivate(id);
    await expect(registry.create(id, opening('standard'))).rejects.toMatchObject(exists);
    await expect(stage(log).registry.create(id, opening('standard'))).rejects.toMatchObject(exists);
    expect(await log.read(id)).toHaveLength(1);
  });

  it('lets one of many creations at once win, however long the log takes', async () => {
    const log = new GuardedLog();
    log.before = () => new Promise((stored) => setImmediate(stored));
    const { registry } = stage(log);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, seed) => registry.create(id, opening('standard', { seed }))),
    );
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    const lost = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    expect(won).toHaveLength(1);
    for (const reason of lost) expect(reason).toMatchObject({ code: 'match_exists' });
    expect(await log.read(id)).toHaveLength(1);
    expect(registry.living).toBe(1);
  });

  it('succeeds while somebody looks for the match in vain', async () => {
    const { registry } = stage();
    const [sought, created] = await Promise.allSettled([
      registry.find(id),
      registry.create(id, opening('standard')),
    ]);
    expect(sought).toMatchObject({ status: 'rejected', reason: { code: 'unknown_match' } });
    expect(created).toMatchObject({ status: 'fulfilled' });
    expect(await registry.find(id)).toBe(created.status === 'fulfilled' ? created.value : null);
  });

  it('leaves nothing behind when the opening cannot be stored, and can be tried again', async () => {
    const log = new GuardedLog();
    const { registry } = stage(log);
    log.before = () => {
      throw new AppError('log_overloaded', 'Full.');
    };
    await expect(registry.create(id, opening('standard'))).rejects.toMatchObject({ code: 'log_overloaded' });
    expect(registry.living).toBe(0);
    log.before = () => undefined;
    await expect(registry.create(id, opening('standard'))).resolves.toMatchObject({ version: 1 });
  });
});

describe('finding a match', () => {
  it('gives the living actor, and one actor to all who ask at once', async () => {
    const { registry } = stage();
    const created = await registry.create(id, opening('standard'));
    expect(await registry.find(id)).toBe(created);
    await registry.passivate(id);
    const [one, two, three] = await Promise.all([registry.find(id), registry.find(id), registry.find(id)]);
    expect(two).toBe(one);
    expect(three).toBe(one);
    expect(one).not.toBe(created);
    expect(registry.living).toBe(1);
  });

  it('refuses an id that is not stored, again and again', async () => {
    const { registry } = stage();
    for (const name of ['nothing', 'nothing'])
      await expect(registry.find(matchId(name))).rejects.toMatchObject({
        code: 'unknown_match',
        details: { match: 'nothing' },
      });
    expect(registry.living).toBe(0);
  });

  it('waits for what is still in the mailbox of the actor before', async () => {
    const { registry, log } = stage();
    const actor = await registry.create(id, opening('standard'));
    const told = [proposal('A lamp.'), proposal('A chair.')].map((action) =>
      actor.act('fraudster', action, nextId()),
    );
    const stopping = registry.passivate(id);
    const revived = await registry.find(id);
    expect(revived.version).toBe(3);
    await stopping;
    await Promise.all(told);
    expect(await revived.act('fraudster', endTurn, nextId())).toMatchObject({ ok: true });
    expect(verify(id, await log.read(id))).toMatchObject({ ok: true });
  });
});

describe('giving a match up', () => {
  it('waits for whoever has found it at that moment', async () => {
    const { registry } = stage();
    await registry.create(id, opening('standard'));
    const finding = registry.find(id);
    const givingUp = registry.passivate(id);
    const told = (await finding).act('fraudster', proposal('A lamp.'), nextId());
    await expect(told).resolves.toMatchObject({ ok: true, fold: { version: 2 } });
    await givingUp;
    expect((await registry.find(id)).version).toBe(2);
  });
});

/** Thrown by a player to leave its match. */
class Paused extends Error {}

describe('a match given up after every turn', () => {
  it.each(['standard', 'classic'])('ends as if it had been played in one go (%s)', async (ruleset) => {
    const names = { ...defaultPlayers, investigator: 'approve-all' };
    const whole = await played(ruleset, { names, task: 'task_2' });
    const { registry, log } = stage();
    let actor = await registry.create(whole.id, opening(ruleset, { task: 'task_2' }));
    const seats = seatsFor(names, 7);
    let turns = 0;
    for (; !actor.isOver; turns += 1) {
      const began = actor.fold.phaseSince.version;
      const untilTurnEnds = <Looked>(player: { act(seen: Looked): ReturnType<Player['act']> }) => ({
        act: (seen: Looked) => {
          if (actor.fold.phaseSince.version !== began) throw new Paused();
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
      await registry.passivate(whole.id);
      actor = await registry.find(whole.id);
    }
    expect(digestOf(actor.position)).toEqual(digestOf(whole.actor.position));
    expect(verify(whole.id, await log.read(whole.id))).toMatchObject({ ok: true });
  });
});

describe('two hundred matches at once', () => {
  it('each end as they would alone, and none is left after the close', async () => {
    const { registry, log } = stage();
    const seeds = Array.from({ length: 200 }, (_, index) => index);
    const rulesetOf = (seed: number) => (seed % 2 === 0 ? 'standard' : 'classic');
    const digests = await Promise.all(
      seeds.map(async (seed) => {
        const actor = await registry.create(matchId(`match-${seed}`), opening(rulesetOf(seed), { seed }));
        await playMatch(actor, seatsFor(defaultPlayers, seed));
        return digestOf(actor.position).digest;
      }),
    );
    expect(registry.living).toBe(200);
    expect(new Set(digests).size).toBe(200);
    const positions = await Promise.all(
      seeds.map(async (seed) => (await log.read(matchId(`match-${seed}`))).map(({ position }) => position)),
    );
    const [first = []] = positions;
    // Really interleaved: other matches' commits stand between those of one.
    expect((first.at(-1) ?? 0) - (first[0] ?? 0)).toBeGreaterThan(first.length * 10);
    for (const seed of [0, 1, 77, 150, 199]) {
      const alone = await played(rulesetOf(seed), { seed });
      expect(digestOf(alone.actor.position).digest).toBe(digests[seed]);
      expect(verify(matchId(`match-${seed}`), await log.read(matchId(`match-${seed}`)))).toMatchObject({
        ok: true,
        digest: digests[seed],
      });
    }
    await registry.close();
    expect(registry.living).toBe(0);
  });
});

describe('closing the arena', () => {
  it('stops actors, their time limits and the sweep', async () => {
    const { registry, clock, log } = stage();
    const actor = await registry.create(id, opening('standard', { deadlines: { turnMs: 1000 } }));
    let ended = false;
    actor.commits.subscribe({ complete: () => (ended = true) });
    await registry.close();
    expect(ended).toBe(true);
    expect(clock.waiting).toBe(0);
    await clock.advance(60 * minuteMs);
    expect(await log.read(id)).toHaveLength(1);
  });

  it('waits for matches that are being started', async () => {
    const { registry } = stage();
    const creating = registry.create(id, opening('standard'));
    await Promise.resolve();
    await registry.close();
    await creating;
    expect(registry.living).toBe(0);
  });
});

describe('the sweep', () => {
  it('gives up a match that nobody has asked for in ten minutes', async () => {
    const { registry, clock } = stage();
    await registry.create(id, opening('standard'));
    await clock.advance(9 * minuteMs);
    expect(registry.living).toBe(1);
    await clock.advance(11 * minuteMs);
    expect(registry.living).toBe(0);
    expect((await registry.find(id)).version).toBe(1);
  });

  it('keeps a match that is looked for, and one that is told something by who holds it', async () => {
    const { registry, clock } = stage();
    const [sought, held] = [matchId('sought'), matchId('held')];
    await registry.create(sought, opening('standard'));
    const actor = await registry.create(held, opening('standard'));
    for (let minutes = 0; minutes < 60; minutes += 6) {
      await clock.advance(6 * minuteMs);
      await registry.find(sought);
      await actor.act('investigator', endTurn, nextId());
    }
    expect(registry.living).toBe(2);
    expect(await registry.find(held)).toBe(actor);
  });

  it('keeps a match with a running time limit, until it is over', async () => {
    const { registry, clock, log } = stage();
    const actor = await registry.create(id, opening('standard', { deadlines: { matchMs: 90 * minuteMs } }));
    await registry.create(matchId('without'), opening('standard'));
    await clock.advance(60 * minuteMs);
    expect(registry.living).toBe(1);
    expect(await registry.find(id)).toBe(actor);
    await clock.advance(60 * minuteMs);
    expect(ofType(await log.read(id), 'review.closed')).toHaveLength(1);
    expect(registry.living).toBe(0);
  });
});
