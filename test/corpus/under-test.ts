/**
 * All that the corpus touches of the program. Where a part moves or takes another name, this file alone changes; what
 * was recorded stays as it is.
 */
import { seatsFor } from '../../src/players/roster.ts';
import { chooseAdapter } from '../../src/server/net/adapter.ts';
import { startServer } from '../../src/server/server.ts';
import type { RunningServer } from '../../src/server/server.ts';
import type { Limits } from '../../src/shared/limits.ts';
import { TestClock } from '../../src/testing/test-clock.ts';

export { startServer, TestClock };
export type { Limits, RunningServer };

/** The command line, from this folder. */
export const mainFile = '../../src/cli/main.ts';

/** The socket library of that name; null where it cannot be loaded on this machine. */
export function adapterNamed(name: 'ws' | 'uws') {
  const { port } = chooseAdapter(name === 'uws' ? 'auto' : 'ws');
  return port.name === name ? port : null;
}

/** How many commits are stored and told to whoever waited for them. */
export const storedCommits = ({ log }: RunningServer): number => log.health.position;

export const machineNames = ['match', 'review', 'seat', 'node'] as const;

export interface Player {
  act(observation: object): object | null | Promise<object | null>;
}

/** The players of those names that come with the program. */
export function playersFor(
  names: Readonly<Record<Seat, string>>,
  seed: number,
): Readonly<Record<Seat, Player>> {
  const seats = seatsFor(names, seed);
  return {
    fraudster: { act: (seen) => seats.fraudster.act(seen as never) },
    investigator: { act: (seen) => seats.investigator.act(seen as never) },
    auditor: { act: (seen) => seats.auditor.act(seen as never) },
  };
}

type Seat = 'fraudster' | 'investigator' | 'auditor';
