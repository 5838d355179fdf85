import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { verify } from '../../../src/match/proof/verify.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { playThrough } from './cuts.ts';
import { adapters, isSeatFact, withServer } from './feed-kit.ts';
import type { Served } from './feed-kit.ts';

const cuts = sizeFrom('FEED_CUTS', { small: 50, all: 1000 });
const seed = Number(process.env['FEED_SEED'] ?? 11);

/** Every role, ruleset and task is met by half of the cases. */
const isWhole = process.env['FEED_ALL'] !== undefined;
const cases = ['standard', 'classic']
  .flatMap((ruleset) =>
    ['task_1', 'task_3'].flatMap((task) => roles.map((role) => ({ ruleset, task, role }))),
  )
  .map((each, index) => ({
    ...each,
    index,
    adapter: present(adapters[index % adapters.length], 'An adapter'),
  }))
  .filter(({ index }) => isWhole || [0, 2, 4, 7, 9, 11].includes(index));

/** What happened in a match beside the comings and goings of its players. */
const factsOf = async (served: Served) => (await served.events('match')).filter((each) => !isSeatFact(each));

describe(`a client whose line breaks ${cuts} times in a match (seed ${seed})`, () => {
  it.each(cases)(
    'has the frames of one that was never cut: $role, $ruleset, $task',
    async ({ ruleset, task, role, index, adapter }) => {
      const wanted = { task, seed, deadlines: { turnMs: 3_600_000, matchMs: 36_000_000 } };
      const play = { id: 'match', seed, role };
      const at = { actions: 0, frames: [] as readonly string[], facts: [] as readonly unknown[] };
      await withServer({ adapter }, async (served) => {
        await served.plant('match', ruleset, wanted);
        const { actions, frames, again } = await playThrough(served, play);
        expect(again).toEqual(frames);
        Object.assign(at, { actions, frames, facts: await factsOf(served) });
      })();
      await withServer({ adapter }, async (served) => {
        const id = await served.plant('match', ruleset, wanted);
        const chaos = { draws: drawsFor(seed, 'cuts', index), cuts, actions: at.actions };
        const cut = await playThrough(served, play, chaos);
        expect(cut.cuts).toBe(cuts);
        expect(cut.frames).toEqual(at.frames);
        expect(cut.again).toEqual(at.frames);
        // What was sent again was not done again.
        expect(await factsOf(served)).toEqual(at.facts);
        expect(verify(id, await served.log.read(matchId(id)))).toMatchObject({ ok: true, phase: 'done' });
        // The line broke while the client sat there, and while it was on its way back.
        const dropped = (await served.seatFacts(id)).filter((fact) => fact === `dropped ${role}`);
        expect(dropped.length).toBeGreaterThan(cuts / 20);
        expect(dropped.length).toBeLessThan(cuts);
      })();
    },
  );
});
