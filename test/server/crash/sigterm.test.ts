import { join } from 'node:path';
import { sizeFrom } from '../../support/sizes.ts';
import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { openSegments } from '../../../src/log/segments/open-segments.ts';
import { closeCodes } from '../../../src/protocol/close-codes.ts';
import { seed, unhurried } from '../../log/process/spawned.ts';
import { expectSameStory } from './expect-once.ts';
import { Hall } from './hall.ts';
import { ServerProcess, freePort, withProgram } from './server-process.ts';
import type { Exit } from './server-process.ts';

const stops = sizeFrom('TEST_SERVER_STOPS', { small: 1, all: 6 });
const tables = 5;
/** Frames that the players hear between a start and a stop, at most. */
const mostHeard = 250;

/** Plays on a server that is stopped again and again, each time as told, and compares what became of it. */
function stopped(
  name: string,
  stop: (server: ServerProcess, draws: Draws) => Promise<Exit>,
  expectStopped: (exit: Exit, dataDir: string, where: string) => Promise<void>,
  expectClosed: (codes: readonly number[], where: string) => void,
): Promise<void> {
  return withProgram(async (program, folder) => {
    const dataDir = join(folder, 'data');
    const server = new ServerProcess({ program, dataDir, port: await freePort() });
    const hall = new Hall(server, seed);
    const stopping = async () => {
      for (let life = 1; life <= stops; life += 1) {
        const draws = drawsFor(seed, name, life);
        const where = `seed ${seed}, ${name} ${life}`;
        expect(await server.start('--adapter', draws.pick(adapterNames)), where).toBe(true);
        await Promise.race([hall.heardMore(draws.between(1, mostHeard)), hall.stalled]);
        await expectStopped(await stop(server, draws), dataDir, where);
      }
      hall.close();
      expect(await server.start()).toBe(true);
    };
    try {
      await Promise.race([Promise.all([stopping(), hall.play(tables)]), hall.stalled]);
      const seats = hall.companies.flatMap((company) => company.seats);
      expectClosed(
        seats.flatMap((seat) => seat.closeCodes),
        `seed ${seed}, ${name}`,
      );
      for (const seat of seats) expect(await seat.askAllAgain()).toEqual(seat.frames);
      expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null, complaint: '' });
      await expectSameStory(dataDir, hall.companies, `seed ${seed}, ${name}, ${stops} stops`);
    } finally {
      await server.end('SIGKILL');
    }
  });
}

const isSealed = async (dataDir: string): Promise<boolean> =>
  (await openSegments(nodeFiles, dataDir)).last?.seal != null;

describe('a server that is stopped while fifteen players play', () => {
  it(
    `says so to them, seals its log, loses nothing, and goes on with the next start, ${stops} times`,
    { timeout: unhurried },
    () =>
      stopped(
        'stop',
        (server, draws) => server.end(draws.pick(['SIGTERM', 'SIGINT'])),
        async (exit, dataDir, where) => {
          expect(exit, where).toEqual({ code: 0, signal: null, complaint: '' });
          expect(await isSealed(dataDir), where).toBe(true);
        },
        (codes, where) => {
          const others = codes.filter((code) => code !== closeCodes.restart && code !== closeCodes.bye);
          expect(others, where).toEqual([]);
          // All who sat there then: a connection that was being made may have missed it.
          expect(codes.filter((code) => code === closeCodes.restart).length, where).toBeGreaterThan(
            stops * tables,
          );
        },
      ),
  );

  it(
    `loses nothing when it is told again before it has stopped, ${stops} times`,
    { timeout: unhurried },
    () =>
      stopped(
        'twice',
        async (server, draws) => {
          server.signal('SIGTERM');
          for (let more = draws.between(1, 3); more > 0; more -= 1) {
            await new Promise((resolve) => setTimeout(resolve, draws.below(20)));
            server.signal(draws.pick(['SIGTERM', 'SIGINT']));
          }
          return server.exited;
        },
        ({ complaint }, _, where) => {
          expect(complaint, where).toBe('');
          return Promise.resolve();
        },
        () => undefined,
      ),
  );
});
