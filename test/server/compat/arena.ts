import { adapterNames } from '../../support/adapters.ts';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Clock } from '../../../src/match/clock.ts';
import { systemClock } from '../../../src/match/clock.ts';
import { TestServer } from '../../support/server.ts';
import { Player } from './player.ts';
import type { Observation, Role } from './spec.ts';

/** A server that stands in for the original arena: its rules, its open seats, its `state` for everybody. */
export interface CompatArena {
  /** Where its sockets are: `ws://host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

export async function startArena(adapter: 'uws' | 'ws', clock: Clock = systemClock): Promise<CompatArena> {
  const policies = { openState: true, auth: 'open' } as const;
  const served = await TestServer.start({ adapter, ruleset: 'classic', policies, clock });
  return { address: `ws://127.0.0.1:${served.port}`, close: () => served.close() };
}

/** A new match with its three players seated: the fraudster made it, the others joined it. */
export interface Table {
  readonly id: string;
  readonly fraudster: Player<'fraudster'>;
  readonly investigator: Player<'investigator'>;
  readonly auditor: Player<'auditor'>;
  readonly opening: Observation<'fraudster'>;
}

export interface Facts {
  /** One more socket. */
  readonly connect: <R extends Role>(role: R, query?: string) => Promise<Player<R>>;
  /** As the original's coordinator: resets through the fraudster, and joins the other two. */
  readonly table: (reset?: string) => Promise<Table>;
}

/** The same facts of a server over each of its two socket libraries. */
export function overBothAdapters(describeFacts: (facts: Facts) => void, clockOf?: () => Clock): void {
  describe.each(adapterNames)('over %s', (adapter) => {
    let arena: CompatArena;
    beforeAll(async () => {
      arena = await startArena(adapter, clockOf?.());
    });
    afterAll(() => arena.close());
    const connect: Facts['connect'] = (role, query) => Player.connect(arena.address, role, query);
    describeFacts({ connect, table: (reset) => seatedTable(connect, reset) });
  });
}

export async function seatedTable(connect: Facts['connect'], reset = '{"type":"reset"}'): Promise<Table> {
  const [fraudster, investigator, auditor] = await Promise.all([
    connect('fraudster'),
    connect('investigator'),
    connect('auditor'),
  ]);
  const opening = await fraudster.see(reset);
  const join = `{"type":"join","data":{"match_id":"${opening.match_id}"}}`;
  await Promise.all([investigator.see(join), auditor.see(join)]);
  return { id: opening.match_id, fraudster, investigator, auditor, opening };
}
