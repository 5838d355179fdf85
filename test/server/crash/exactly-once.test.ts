import { join } from 'node:path';
import { sizeFrom } from '../../support/sizes.ts';
import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { seed, unhurried } from '../../log/process/spawned.ts';
import { expectSameStory } from './expect-once.ts';
import { Hall } from './hall.ts';
import { ServerProcess, freePort, withProgram } from './server-process.ts';

const kills = sizeFrom('TEST_SERVER_KILLS', { small: 6, all: 30 });
/** Of three players each. */
const tables = 10;
/** Frames that the players hear between a start and a kill, at most. */
const mostHeard = 250;
/** Within so long a server has started; some are killed meanwhile. */
const startMs = 500;

/** Starts the server over either socket library and kills it at a random moment. @returns whether it came to listen. */
async function liveAndDie(server: ServerProcess, hall: Hall, life: number): Promise<boolean> {
  const draws = drawsFor(seed, 'life', life);
  const early = draws.chance(150)
    ? setTimeout(() => server.signal('SIGKILL'), draws.below(startMs))
    : undefined;
  // A kill takes nothing of what the system was given: every mode keeps what it acknowledged.
  const durability = draws.pick(['group', 'group', 'interval:20', 'os']);
  const isUp = await server.start('--durability', durability, '--adapter', draws.pick(adapterNames));
  clearTimeout(early);
  // Some as soon as it listens, while the matches of the life before are looked at.
  if (isUp && draws.chance(900))
    await Promise.race([hall.heardMore(draws.between(1, mostHeard)), server.exited, hall.stalled]);
  const { code, signal, complaint } = await server.end('SIGKILL');
  expect({ code, signal, complaint }, `seed ${seed}, life ${life}`).toEqual({
    code: null,
    signal: 'SIGKILL',
    complaint: '',
  });
  return isUp;
}

describe('a server that is killed while thirty players play', () => {
  it(
    `loses no acknowledged action and doubles none, ${kills} times, and every match finishes`,
    { timeout: unhurried },
    () =>
      withProgram(async (program, folder) => {
        const dataDir = join(folder, 'data');
        const server = new ServerProcess({ program, dataDir, port: await freePort() });
        const hall = new Hall(server, seed);
        const where = `seed ${seed}, ${kills} kills`;
        try {
          const playing = hall.play(tables);
          const dying = async () => {
            let lives = 0;
            for (let life = 1; life <= kills; life += 1) if (await liveAndDie(server, hall, life)) lives += 1;
            expect(lives, where).toBeGreaterThan(kills / 2);
            hall.close();
            expect(await server.start()).toBe(true);
          };
          await Promise.race([Promise.all([dying(), playing]), hall.stalled]);
          const seats = hall.companies.flatMap((company) => company.seats);
          for (const seat of seats) expect(await seat.askAllAgain(), where).toEqual(seat.frames);
          expect(await server.end('SIGTERM'), where).toEqual({ code: 0, signal: null, complaint: '' });
          await expectSameStory(dataDir, hall.companies, where);
          // The kills left something unanswered, and the answers that were compared are many.
          const sum = (of: (seat: (typeof seats)[number]) => number) =>
            seats.reduce((all, seat) => all + of(seat), 0);
          expect(sum(({ sentAgain }) => sentAgain)).toBeGreaterThan(kills / 2);
          expect(sum(({ repeats }) => repeats)).toBeGreaterThan(sum(({ sent }) => sent.length));
        } finally {
          await server.end('SIGKILL');
        }
      }),
  );
});
