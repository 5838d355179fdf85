import { expect } from 'vitest';
import type { PushedFrame, Seat } from '../../src/client/index.ts';
import { pushedShape } from '../../src/protocol/observation.ts';
import type { Action } from '../../src/protocol/action-types.ts';
import type { Role } from '../../src/game/command.ts';
import type { Player } from '../../src/players/player.ts';
import { withServer } from '../server/frames/feed-kit.ts';
import type { ServeOptions, Served } from '../server/frames/feed-kit.ts';
import { FrailLine } from './frail-line.ts';

/** Waits that suit a test: a client that comes back at once, as often as it must. */
export const eager = { retries: 200, retryMs: 1 };

export const urlOf = ({ server }: Served): string => `http://127.0.0.1:${server.port}`;

/** Runs with a server, and a line to it that can be cut. */
export const withFrailLine = (
  use: (line: FrailLine, served: Served) => Promise<void>,
  options: ServeOptions = {},
): (() => Promise<void>) =>
  withServer(options, async (served) => {
    const line = await FrailLine.lay(() => served.server.port);
    try {
      await use(line, served);
    } finally {
      await line.close();
    }
  });

/** Plays a seat to the end of its match by a player; returns the actions in their order. */
export async function playOut<R extends Role>(
  seat: Seat<R>,
  player: Player<R>,
): Promise<readonly Action<R>[]> {
  const actions: Action<R>[] = [];
  for await (const seen of seat.turns()) {
    const action = (await player.act(seen)) as Action<R> | null;
    if (action === null) continue;
    await seat.step(action);
    actions.push(action);
  }
  return actions;
}

/** Everything that an iteration gives. */
export async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

/** The first so many, after which it is left. */
export async function first<T>(count: number, values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) {
    list.push(value);
    if (list.length === count) break;
  }
  return list;
}

/** The frame has what the protocol says, and nothing else. */
export function expectOfSchema({ type, seq, at, data, ...more }: PushedFrame): void {
  expect(pushedShape[type].parse(data)).toEqual(data);
  expect([typeof seq, typeof at, more]).toEqual(['number', 'number', {}]);
}
