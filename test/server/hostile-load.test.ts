import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import { Attack } from './hostile-attack.ts';
import { AttackChild, ServerChild } from './hostile-child.ts';
import type { Memory } from './hostile-child.ts';
import { adapters, eventually, fromEnvironment, healthOf } from './hostile-kit.ts';
import { differenceOf, playMatchAt } from './hostile-players.ts';
import type { PlayedMatch } from './hostile-players.ts';

const seed = fromEnvironment('HOSTILE_SEED', Date.now() % 2 ** 32);
const matches = fromEnvironment('HOSTILE_MATCHES', 40);
const rounds = fromEnvironment('HOSTILE_ROUNDS', 8);

/** Plays matches of the seeds from 1 on, four at a time. */
async function play(port: number, count: number): Promise<readonly PlayedMatch[]> {
  const played: PlayedMatch[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      played[index] = await playMatchAt(`http://127.0.0.1:${port}`, index + 1);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return played;
}

function percentile(played: readonly PlayedMatch[], share: number): number {
  const times = played.flatMap((match) => match.times).sort((one, other) => one - other);
  return times[Math.floor(times.length * share)] ?? 0;
}

const told = (played: readonly PlayedMatch[]): string =>
  `p50 ${percentile(played, 0.5).toFixed(2)} ms, p99 ${percentile(played, 0.99).toFixed(2)} ms`;

describe.each(adapters)('a server under attack over %s', (adapter) => {
  it('answers who plays on it as if nobody else were there', async () => {
    console.log(`attack on ${adapter}: HOSTILE_SEED=${seed}`);
    await ServerChild.with(adapter, 'group', async (server) => {
      await play(server.port, 5);
      const quiet = await play(server.port, matches);
      const attack = await AttackChild.start(server.port, seed);
      const disturbed = await play(server.port, matches);
      const report = await attack.stop();
      console.log(
        [
          `${adapter}: quiet ${told(quiet)}; under attack ${told(disturbed)};`,
          `ratio ${(percentile(disturbed, 0.99) / percentile(quiet, 0.99)).toFixed(2)}`,
          JSON.stringify(report),
        ].join(' '),
      );
      expect(report.fault).toBeNull();
      expect(report.answered).toBeGreaterThan(0);
      const differences = disturbed.map((match, index) => differenceOf(match, quiet[index] ?? match));
      expect(differences.filter((difference) => difference !== null)).toEqual([]);
      expect(quiet).toHaveLength(matches);
    });
  });

  it('holds no more memory after many attacks than after a few', async () => {
    await ServerChild.with(adapter, 'os', async (server) => {
      const { port } = server;
      const measured: Memory[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const attack = new Attack(port, drawsFor(seed, 'memory', round));
        await attack.arrive(150);
        // What a match records stays, as far as its limit; what comes after it may not.
        if (round === 0) await attack.wearOut();
        for (let batch = 0; batch < 5; batch += 1) {
          await Promise.all([attack.fuzz(40), attack.churn(40), attack.garbage()]);
          attack.ask(150);
          await healthOf(port);
        }
        await Promise.all([attack.flood(), attack.oversize(), attack.replaceSlow()]);
        await attack.leave();
        await eventually(async () => (await healthOf(port)).sockets === 0);
        measured.push(await server.memory());
      }
      const kib = (bytes: number) => Math.round(bytes / 1024);
      console.log(
        `${adapter}, KiB after each round: ${measured.map(({ heapBytes }) => kib(heapBytes)).join(' ')}`,
      );
      console.log(`${adapter}, KiB resident: ${measured.map(({ rssBytes }) => kib(rssBytes)).join(' ')}`);
      // The first rounds fill what is kept for good: compiled code, caches, the refusals that a match records.
      const settled = measured.slice(Math.floor(rounds / 3)).map(({ heapBytes }) => heapBytes);
      // A round has some 330 sockets and 1,200 frames: one KiB kept of each socket would show.
      expect(slopeOf(settled) / 1024, `HOSTILE_SEED=${seed}`).toBeLessThan(256);
    });
  });
});

/** How much the values grow from one to the next, by the line of least squares. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const together = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  return together / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
}
