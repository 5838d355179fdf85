import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { AttackChild, ServerChild } from './hostile-child.ts';
import { adapters, fromEnvironment } from './hostile-kit.ts';
import { differenceOf, playMatchAt } from './hostile-players.ts';
import type { PlayedMatch } from './hostile-players.ts';

const seed = fromEnvironment('HOSTILE_SEED', 1);
const matches = sizeFrom('HOSTILE_MATCHES', { small: 4, all: 40 });

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
});
