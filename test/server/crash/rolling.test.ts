import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sizeFrom } from '../../support/sizes.ts';
import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { openSegments } from '../../../src/log/segments/open-segments.ts';
import { framesOfStream } from '../../../src/match/fold/frame-cache.ts';
import { push } from '../../../src/server/sockets/replies.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { seed, unhurried } from '../../log/process/spawned.ts';
import { expectSameStory } from './expect-once.ts';
import { Hall } from './hall.ts';
import { Onlooker } from './onlooker.ts';
import { ServerProcess, freePort, withProgram } from './server-process.ts';

const restarts = sizeFrom('TEST_ROLLING_RESTARTS', { small: 1, all: 3 });
/** Of three players and a spectator each. */
const tables = 10;
/** Frames that the players hear between two restarts, at most. */
const mostHeard = 400;

const signals = ['SIGTERM', 'SIGTERM', 'SIGKILL'] as const;

/** Who is there to be cut off: to each its last coming. */
type Guests = readonly { readonly isGone: () => boolean; readonly cameAt: () => number }[];

function guestsOf(hall: Hall, onlookers: readonly Onlooker[]): Guests {
  return [
    ...hall.companies
      .flatMap(({ seats }) => seats)
      .filter(({ satDownAt }) => satDownAt > 0)
      .map((seat) => ({ isGone: () => seat.isDone, cameAt: () => seat.satDownAt })),
    ...onlookers
      .filter(({ resumedAt }) => resumedAt.length > 0)
      .map((onlooker) => ({
        isGone: () => onlooker.isOver,
        cameAt: () => onlooker.resumedAt.at(-1) ?? 0,
      })),
  ].filter(({ isGone }) => !isGone());
}

/** Ends the server, starts the next one, and waits until all who were cut off are back. @returns what it took. */
async function restart(
  server: ServerProcess,
  hall: Hall,
  guests: Guests,
  { signal, adapter }: { readonly signal: NodeJS.Signals; readonly adapter: string },
  stopped: () => Promise<void>,
): Promise<string> {
  const told = performance.now();
  const exit = await server.end(signal);
  const gone = performance.now();
  const isTerm = signal === 'SIGTERM';
  expect(exit).toEqual({ code: isTerm ? 0 : null, signal: isTerm ? null : signal, complaint: '' });
  if (isTerm) await stopped();
  expect(await server.start('--adapter', adapter)).toBe(true);
  const up = performance.now();
  const away = () => guests.filter(({ isGone, cameAt }) => !isGone() && cameAt() < gone);
  while (away().length > 0) await Promise.race([hall.heardMore(1), hall.stalled]);
  const back = guests.filter(({ cameAt }) => cameAt() >= gone).map(({ cameAt }) => cameAt() - up);
  const last = Math.max(...back).toFixed(0);
  return `${signal}: gone after ${(gone - told).toFixed(0)} ms; all ${back.length} back ${last} ms after it listens`;
}

describe('a server that is restarted under thirty players and ten spectators', () => {
  it(`has everybody back, loses nothing and doubles nothing, ${restarts} times`, { timeout: unhurried }, () =>
    withProgram(async (program, folder) => {
      const dataDir = join(folder, 'data');
      const server = new ServerProcess({ program, dataDir, port: await freePort() });
      const house = { url: server.url, up: () => server.up };
      const onlookers: Onlooker[] = [];
      const watching: Promise<void>[] = [];
      const made = (id: string) => {
        const onlooker = new Onlooker(house, id);
        onlookers.push(onlooker);
        watching.push(onlooker.watch());
      };
      const tablesAt = {
        url: server.url,
        made,
        get up() {
          return server.up;
        },
      };
      const hall = new Hall(tablesAt, seed);
      const where = `seed ${seed}, ${restarts} restarts`;
      const stopped = async () => {
        expect((await openSegments(nodeFiles, dataDir)).last?.seal, where).not.toBeNull();
        await promisify(execFile)(process.execPath, [program, 'log', 'verify', '--data-dir', dataDir]);
      };
      const restarting = async () => {
        expect(await server.start()).toBe(true);
        for (let round = 1; round <= restarts; round += 1) {
          const draws = drawsFor(seed, 'rolling', round);
          await Promise.race([hall.heardMore(draws.between(100, mostHeard)), hall.stalled]);
          const signal = signals[(round - 1) % signals.length] ?? 'SIGTERM';
          const life = { signal, adapter: draws.pick(adapterNames) };
          console.log(await restart(server, hall, guestsOf(hall, onlookers), life, stopped));
        }
        hall.close();
      };
      try {
        await Promise.race([Promise.all([restarting(), hall.play(tables)]), hall.stalled]);
        await Promise.all(watching);
        const seats = hall.companies.flatMap((company) => company.seats);
        for (const seat of seats) expect(await seat.askAllAgain(), where).toEqual(seat.frames);
        expect(await server.end('SIGTERM'), where).toEqual({ code: 0, signal: null, complaint: '' });
        await expectSameStory(dataDir, hall.companies, where);
        await expectSameShow(dataDir, onlookers, where);
      } finally {
        await server.end('SIGKILL');
      }
    }),
  );
});

/** Every spectator saw each of the match's frames, once and in order. */
async function expectSameShow(dataDir: string, onlookers: readonly Onlooker[], where: string): Promise<void> {
  const log = await FileEventLog.open(dataDir, 'read');
  expect(onlookers.length, where).toBeGreaterThanOrEqual(tables);
  for (const { matchId: id, shown } of onlookers) {
    const frames = framesOfStream(matchId(id), await log.read(matchId(id)), 'spectator');
    expect(
      shown.map(({ text }) => text),
      `${id}, ${where}`,
    ).toEqual(frames.map(push));
    expect(
      shown.map(({ seq }) => seq),
      `${id}, ${where}`,
    ).toEqual(frames.map((_, index) => index + 1));
  }
  await log.close();
}
