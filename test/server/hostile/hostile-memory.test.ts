import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { Attack } from './hostile-attack.ts';
import { ServerChild } from './hostile-child.ts';
import type { Memory } from './hostile-child.ts';
import { adapters, eventually, fromEnvironment, healthOf } from './hostile-kit.ts';
import { sizeFrom } from '../../support/sizes.ts';

const seed = fromEnvironment('HOSTILE_SEED', 1);
const rounds = sizeFrom('HOSTILE_ROUNDS', { small: 5, all: 8 });

describe.each(adapters)('a server under attack over %s', (adapter) => {
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
