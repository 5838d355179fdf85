import { describe, expect, it } from 'vitest';
import { verify } from '../../src/match/proof/verify.ts';
import { mishapsFor, noMishaps } from '../../src/players/mishaps.ts';
import type { Mishaps } from '../../src/players/mishaps.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { matchId } from '../../src/shared/ids.ts';
import { ofType, opening, stage } from '../match/kit.ts';

const id = matchId('match');

async function playedWith(mishaps: Mishaps, machine: 'match' | 'review' = 'match') {
  const { registry, log } = stage();
  const actor = await registry.create(id, opening('standard', { machine }));
  await playMatch(actor, seatsFor(defaultPlayers, 7), mishaps);
  return { actor, commits: await log.read(id) };
}

describe('mishaps', () => {
  it('are the same for the same seed, and others for another', async () => {
    const told = async (seed: number) =>
      (await playedWith(mishapsFor(seed, 200))).commits.map(({ events }) => events);
    expect(await told(3)).toEqual(await told(3));
    expect(await told(3)).not.toEqual(await told(4));
  });

  it('leave a match as it is where their share is 0', async () => {
    const { commits } = await playedWith(mishapsFor(3, 0));
    expect(commits).toEqual((await playedWith(noMishaps)).commits);
  });

  it.each(['match', 'review'] as const)(
    'end a %s in every way, refuse, and leave it sound',
    async (machine) => {
      const [codes, endings] = [new Set<string>(), new Set<string>()];
      let deadlines = 0;
      for (let seed = 1; seed <= 40; seed += 1) {
        const { actor, commits } = await playedWith(mishapsFor(seed, 60), machine);
        expect(actor.isOver).toBe(true);
        expect(verify(id, commits)).toMatchObject({ ok: true });
        for (const { data } of ofType(commits, 'action.refused')) codes.add(data.code);
        for (const { data } of ofType(commits, 'review.closed')) endings.add(data.reason);
        if (actor.position.phase === 'aborted') endings.add('aborted');
        deadlines += ofType(commits, 'turn.ended').filter(({ data }) => data.cause === 'deadline').length;
      }
      expect([...codes]).toEqual(expect.arrayContaining(['phase_violation', 'validation_error']));
      expect([...endings]).toEqual(expect.arrayContaining(['aborted', 'all_decided', 'timeout']));
      expect(deadlines > 0).toBe(machine === 'match');
    },
  );

  it('end a match even where nothing else happens any more', async () => {
    const { actor } = await playedWith(mishapsFor(5, 1000));
    expect(actor.isOver).toBe(true);
  });
});
