import { rm } from 'node:fs/promises';
import type { Role } from '../../src/game/command.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';
import type { MatchId } from '../../src/shared/ids.ts';
import { limits as defaultLimits } from '../../src/shared/limits.ts';
import type { MatchHost } from '../../src/server/matches/match-host.ts';
import { RoleSocket } from '../../src/server/sockets/role-socket.ts';
import { Seating } from '../../src/server/matches/seating.ts';
import { wsPort } from '../../src/server/net/ws-adapter.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { GuardedLog } from '../match/kit.ts';
import { makeFolder } from '../log/temp-folder.ts';
import { opening } from './frames/feed-kit.ts';
import { hostIn } from '../support/host.ts';
import { RoleClient } from '../support/role-client.ts';

/** A server over a log that the test makes wait, or fail, at any commit. */
export interface Guarded {
  readonly log: GuardedLog;
  readonly clock: TestClock;
  readonly host: MatchHost;
  readonly seating: Seating;
  readonly complaints: string[];
  plant(id: string): Promise<MatchId>;
  open(role: Role, query?: string): Promise<RoleClient>;
  /** The facts of the seats, as `seat.claimed`. */
  facts(id: MatchId): Promise<readonly string[]>;
}

export function withGuarded(use: (guarded: Guarded) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await makeFolder();
    const log = new GuardedLog();
    const clock = new TestClock();
    const complaints: string[] = [];
    const complain = (details: object, message: string) =>
      void complaints.push(`${message} ${JSON.stringify(details)}`);
    const diagnostics = { info: complain, warn: complain, error: complain };
    const limits = { ...defaultLimits, framesPerSecond: 1e9 };
    const host = hostIn(folder, { log, clock, limits, diagnostics });
    const seating = new Seating(host, clock, limits.graceMs, diagnostics);
    const metrics = { answered: () => undefined };
    const parts = { host, seating, clock, limits, diagnostics, metrics };
    const listening = await wsPort.listen({
      host: '127.0.0.1',
      port: 0,
      silentMs: limits.silentMs,
      frameBytesMax: limits.frameBytesHard,
      waitingBytesMax: limits.outgoingBytesHard,
      upgrade: ({ path, query }) => ({
        ok: true,
        open: (socket) =>
          new RoleSocket(parts, path.slice('/ws/'.length) as Role, socket, { query, address: '' }),
      }),
      bodyBytesMax: limits.frameBytes,
      http: () => ({ status: 404, headers: {}, body: '' }),
    });
    const peers: RoleClient[] = [];
    try {
      await use({
        log,
        clock,
        host,
        seating,
        complaints,
        plant: async (id) => {
          const stream = matchId(id);
          await log.append({
            stream,
            expectedVersion: streamVersion(0),
            commandId: commandId('create'),
            at: clock.now(),
            events: [{ type: 'match.created', data: opening('standard') }],
          });
          return stream;
        },
        open: async (role, query = '') => {
          const peer = new RoleClient(listening.port, role, query);
          peers.push(peer);
          await peer.opened;
          return peer;
        },
        facts: async (id) =>
          (await log.read(id))
            .flatMap(({ events }) => events.map(({ type }) => type))
            .filter((type) => type.startsWith('seat.')),
      });
    } finally {
      log.before = () => undefined;
      for (const peer of peers) void peer.terminate();
      seating.close();
      await listening.close(1001, 'over');
      await host.close();
      await rm(folder, { recursive: true });
    }
  };
}
