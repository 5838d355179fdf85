import { filter, firstValueFrom } from 'rxjs';
import { expect } from 'vitest';
import type { Role } from '../../../src/game/command.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import type { Created, MatchEvent, Policies } from '../../../src/game/event.ts';
import { tasks } from '../../../src/game/task.ts';
import type { EventLog, StoredCommit } from '../../../src/log/event-log.ts';
import { openingFor, taskNamed } from '../../../src/match/new-match.ts';
import type { NewMatch } from '../../../src/match/new-match.ts';
import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import type { EdgeOptions } from '../../../src/server/edge/origins.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import type { SocketPort } from '../../../src/server/net/socket-port.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import type { MatchId } from '../../../src/shared/ids.ts';
import type { TestClock } from '../../../src/testing/test-clock.ts';
import { tokenOf } from '../../support/role-client.ts';
import type { RoleClient } from '../../support/role-client.ts';
import { TestServer } from '../../support/server.ts';

/** Servers in this process and the sockets of their players: real connections, real files, a clock of the test's. */

/** The native adapter where it loads, and the other. */
export const adapters: readonly SocketPort[] = [
  ...new Map(
    (['auto', 'ws'] as const).map((wanted) => chooseAdapter(wanted).port).map((port) => [port.name, port]),
  ).values(),
];

export interface ServeOptions {
  readonly adapter?: SocketPort;
  readonly limits?: Partial<Limits>;
  readonly policies?: Partial<Policies>;
  readonly ruleset?: string;
  readonly edge?: EdgeOptions;
}

/** A server of this process, and what it stores. */
export class Served {
  readonly #served: TestServer;

  constructor(served: TestServer) {
    this.#served = served;
  }

  get server(): RunningServer {
    return this.#served.server;
  }

  get clock(): TestClock {
    return this.#served.clock;
  }

  /** What the server said of itself as a warning or an error. */
  get complaints(): string[] {
    return this.#served.complaints;
  }

  get log(): EventLog {
    return this.server.log;
  }

  start(): Promise<void> {
    return this.#served.startAgain();
  }

  stop(): Promise<void> {
    return this.#served.stop();
  }

  /** The server goes and comes back with what it stored. */
  restart(): Promise<void> {
    return this.#served.restart();
  }

  open(role: Role, query = ''): Promise<RoleClient> {
    return this.#served.open(role, query);
  }

  /** A peer on a seat of the match, with its token. */
  async seat(
    role: Role,
    id: string,
    token?: string,
  ): Promise<{ readonly peer: RoleClient; readonly token: string }> {
    const peer = await this.open(role);
    const reply = await peer.join(id, token);
    expect(reply).toMatchObject({ type: 'observation' });
    return { peer, token: tokenOf(reply) };
  }

  /** A match with the opening given, of which nothing is drawn: two of them differ in nothing but their names. */
  plant(id: string, ruleset: string, wanted: Partial<NewMatch> = {}): Promise<MatchId> {
    return this.plantOpening(id, opening(ruleset, wanted));
  }

  async plantOpening(id: string, data: Created): Promise<MatchId> {
    const stream = matchId(id);
    await this.log.append({
      stream,
      expectedVersion: streamVersion(0),
      commandId: commandId('create'),
      at: this.clock.now(),
      events: [{ type: 'match.created', data }],
    });
    return stream;
  }

  /** The events of a match, in order. */
  async events(id: string): Promise<readonly MatchEvent[]> {
    return (await this.log.read(matchId(id))).flatMap(({ events }) => events);
  }

  /** The seat's facts, as `claimed fraudster`. */
  async seatFacts(id: string): Promise<readonly string[]> {
    return (await this.events(id)).filter(isSeatFact).map(factOf);
  }

  /** Resolves once the match's stream holds so many facts of seats of this name. */
  async until(id: string, fact: string, times = 1): Promise<void> {
    let seen = 0;
    const isLast = ({ stream, events }: StoredCommit) => {
      if (stream === id) seen += events.filter((event) => isSeatFact(event) && factOf(event) === fact).length;
      return seen >= times;
    };
    await firstValueFrom(this.log.subscribe(0).pipe(filter(isLast)), { defaultValue: null });
  }
}

type SeatFact = Extract<MatchEvent, { type: `seat.${string}` }>;
export const isSeatFact = (event: MatchEvent): event is SeatFact => event.type.startsWith('seat.');
const factOf = (event: SeatFact): string =>
  [event.type.slice('seat.'.length), event.data.role, 'cause' in event.data ? event.data.cause : '']
    .join(' ')
    .trim();

export function opening(ruleset: string, wanted: Partial<NewMatch> = {}): Created {
  const { task = 'task_1', seed = 7 } = wanted;
  const episode = generateEpisode(tasks[taskNamed(task)], seed);
  return openingFor({ task, ruleset, seed, salt: 'salt', episode, ...wanted });
}

/** Runs with a server of its own, which has complained of nothing at the end, unless the test took its complaints. */
export function withServer(
  options: ServeOptions,
  use: (served: Served) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const running = await TestServer.start(options);
    try {
      await use(new Served(running));
      expect(running.complaints).toEqual([]);
    } finally {
      await running.close();
    }
  };
}
