import { sizeFrom } from '../../support/sizes.ts';
import { expect } from 'vitest';
import type { MatchEvent } from '../../../src/game/event.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { commitmentFor, idOf, playPair } from './drive.ts';
import type { Knower } from './knows.ts';
import { planPair } from './plan.ts';
import type { Pair } from './plan.ts';
import { sides } from './stage.ts';
import type { Side } from './stage.ts';
import { World } from './world.ts';

export const pairs = sizeFrom('TEST_PAIRS', { small: 6, all: 150 });
export const seed = Number(process.env['TEST_SEED'] ?? 1);
export const firstPair = Number(process.env['TEST_FIRST'] ?? 0);

/** Servers are begun anew after so many pairs. */
const blockSize = 25;

/**
 * Plays pairs of matches over real sockets, each pair on two servers at once, and compares every byte that the viewer
 * received. Prints what it compared.
 */
export async function compareWorlds(knower: Knower, count = pairs): Promise<void> {
  const seen = { frames: 0, bytes: 0, events: 0, unlike: 0 };
  for (let first = firstPair; first < firstPair + count; first += blockSize) {
    const worlds = { a: await World.open(), b: await World.open() };
    try {
      for (let index = first; index < Math.min(first + blockSize, firstPair + count); index += 1) {
        const pair = planPair(seed, knower, index);
        const [a, b] = await Promise.all(sides.map((side) => playPair(worlds[side], pair, side)));
        expectSame(pair, masked(pair, 'a', a), masked(pair, 'b', b));
        seen.frames += a?.length ?? 0;
        seen.bytes += (a ?? []).join('').length;
        const stored = await Promise.all(sides.map((side) => eventsOf(worlds[side], pair)));
        seen.events += stored[0]?.length ?? 0;
        if (stored[0]?.length !== stored[1]?.length) seen.unlike += 1;
      }
      expect([...worlds.a.diagnostics, ...worlds.b.diagnostics]).toEqual([]);
    } finally {
      await Promise.all(sides.map((side) => worlds[side].close()));
    }
  }
  console.log(
    `${knower}: ${count} pairs from ${firstPair} of seed ${seed}; ${seen.frames} frames, ${seen.bytes} bytes compared; ` +
      `${seen.events} events in the first worlds; ${seen.unlike} pairs with unlike numbers of events`,
  );
}

async function eventsOf(world: World, pair: Pair): Promise<readonly MatchEvent[]> {
  const commits = await world.server.log.read(matchId(idOf(pair)));
  return commits.flatMap(({ events }) => events);
}

export function masked(pair: Pair, side: Side, lines: readonly string[] = []): readonly string[] {
  return lines.map((line) => line.replaceAll(commitmentFor(pair, side), '(commitment)'));
}

export function expectSame(pair: Pair, here: readonly string[], there: readonly string[]): void {
  const { knower, ruleset, policies } = pair.stage;
  const where = `${knower}, pair ${pair.index} of seed ${pair.seed}, ${ruleset}, ${JSON.stringify(policies)}`;
  for (const [at, line] of here.entries()) {
    const other = there[at] ?? '';
    if (line === other) continue;
    const from = Math.max(0, firstDifference(line, other) - 100);
    const part = (text: string) => text.slice(from, from + 240);
    expect(part(other), `${where}: line ${at}, character ${from + 100}`).toBe(part(line));
  }
  expect(there.length, where).toBe(here.length);
}

function firstDifference(here: string, there: string): number {
  let at = 0;
  while (here[at] === there[at]) at += 1;
  return at;
}
