import { rm } from 'node:fs/promises';
import { filter, firstValueFrom } from 'rxjs';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { Role } from '../../../src/game/command.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import type { Created, MatchEvent, Policies } from '../../../src/game/event.ts';
import { tasks } from '../../../src/game/task.ts';
import type { EventLog, StoredCommit } from '../../../src/log/event-log.ts';
import { openingFor, taskNamed } from '../../../src/match/new-match.ts';
import type { NewMatch } from '../../../src/match/new-match.ts';
import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import type { EdgeOptions } from '../../../src/server/edge/origins.ts';
import { startServer } from '../../../src/server/server.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import type { SocketPort } from '../../../src/server/net/socket-port.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import type { MatchId } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { makeFolder } from '../../log/temp-folder.ts';

/** Servers in this process and the sockets of their players: real connections, real files, a clock of the test's. */

/** The native adapter where it loads, and the other. */
export const adapters: readonly SocketPort[] = [
  ...new Map(
    (['auto', 'ws'] as const).map((wanted) => chooseAdapter(wanted).port).map((port) => [port.name, port]),
  ).values(),
];

export interface Received {
  readonly type: string;
  readonly seq?: number;
  readonly at?: number;
  readonly request_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const pushedTypes = new Set(['event', 'turn', 'presence', 'match_over']);
export const isPush = ({ type }: Received): boolean => pushedTypes.has(type);

/** One connection, which remembers every frame as it came. */
export class Peer {
  /** Every frame of the server, in order. */
  readonly received: Received[] = [];
  readonly replies: Received[] = [];
  readonly pushed: Received[] = [];
  /** The same, byte for byte. */
  readonly replyTexts: string[] = [];
  readonly pushedTexts: string[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly socket: WebSocket;
  #requests = 0;
  #wakes: (() => void)[] = [];
  #isClosed = false;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('error', reject);
    });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => this.#take(data.toString()));
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      }),
    );
  }

  /** Sends a frame that will be answered. */
  send(frame: object | string): void {
    this.#requests += 1;
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a frame; resolves with its answer, which is the reply to as many requests as were sent. */
  async request(frame: object | string): Promise<Received> {
    this.send(frame);
    const which = this.#requests;
    await this.until(() => this.replies.length >= which);
    return present(this.replies[which - 1], 'The reply');
  }

  /** Sends a frame; resolves with the bytes of its answer. */
  async asked(frame: object | string): Promise<string> {
    await this.request(frame);
    return present(this.replyTexts.at(-1), 'The reply');
  }

  reset(data: object = {}): Promise<Received> {
    return this.request({ type: 'reset', data });
  }

  join(id: string, token?: string): Promise<Received> {
    return this.request(joinFrame(id, token));
  }

  step(action: object, id?: string): Promise<Received> {
    return this.request(stepFrame(action, id));
  }

  subscribe(from?: number): Promise<Received> {
    return this.request({ type: 'subscribe', data: from === undefined ? {} : { from_seq: from } });
  }

  /** Subscribes from a number and waits for what there is so far: from here on frames come before the replies after them. */
  async follow(from = 0): Promise<void> {
    const before = this.pushed.length;
    const { seq } = (await this.subscribe(from)).data as { readonly seq: number };
    await this.until(() => this.pushed.length >= before + seq - from);
  }

  obs(): Promise<Received> {
    return this.request({ type: 'obs' });
  }

  /** Resolves once the condition holds after some frame. @throws when the connection ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isClosed) throw new Error(`The connection ended after ${this.received.length} frames.`);
      await new Promise<void>((resolve) => void this.#wakes.push(resolve));
    }
  }

  /** What it was told of the others, as `fraudster held`. */
  get presence(): readonly string[] {
    const told = this.pushed.filter(({ type }) => type === 'presence');
    return told.map(({ data }) => `${String(data['role'])} ${String(data['status'])}`);
  }

  /** Says goodbye and waits for it. */
  async leave(): Promise<void> {
    if (this.#isClosed) return;
    this.socket.send('{"type":"close"}');
    await this.closed;
  }

  /** Breaks the line: no goodbye. */
  cut(): void {
    this.socket.terminate();
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as Received;
    this.received.push(frame);
    (isPush(frame) ? this.pushed : this.replies).push(frame);
    (isPush(frame) ? this.pushedTexts : this.replyTexts).push(text);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}

export const joinFrame = (id: string, token?: string) => ({
  type: 'join',
  data: { match_id: id, ...(token === undefined ? {} : { seat_token: token }) },
});

export const stepFrame = (action: object, id?: string) => ({
  type: 'step',
  ...(id === undefined ? {} : { command_id: id }),
  data: action,
});

export const tokenOf = ({ data }: Received): string => String(data['seat_token']);
export const codeOf = ({ data }: Received): unknown => data['code'];

export interface ServeOptions {
  readonly adapter?: SocketPort;
  readonly limits?: Partial<Limits>;
  readonly policies?: Partial<Policies>;
  readonly ruleset?: string;
  readonly edge?: EdgeOptions;
}

/** A server of this process, with the peers that were opened to it. */
export class Served {
  readonly clock = new TestClock();
  /** What the server said of itself as a warning or an error. */
  readonly complaints: string[] = [];
  readonly #folder: string;
  readonly #options: ServeOptions;
  #server: RunningServer | null = null;
  #peers: Peer[] = [];

  constructor(folder: string, options: ServeOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  get server(): RunningServer {
    if (this.#server === null) throw new Error('The server does not run.');
    return this.#server;
  }

  get log(): EventLog {
    return this.server.log;
  }

  async start(): Promise<void> {
    const {
      adapter = present(adapters[0], 'An adapter'),
      limits,
      policies = {},
      ruleset = 'standard',
    } = this.#options;
    const complain = (details: object, message: string) =>
      void this.complaints.push(`${message} ${JSON.stringify(details)}`);
    this.#server = await startServer({
      ...{ dataDir: this.#folder, host: '127.0.0.1', port: 0, adapter, ruleset, policies },
      durability: { mode: 'os' },
      clock: this.clock,
      ...(this.#options.edge === undefined ? {} : { edge: this.#options.edge }),
      // The test's clock stands still, and with it the second in which frames are counted.
      limits: { framesPerSecond: 1e9, ...limits },
      diagnostics: { info: () => undefined, warn: complain, error: complain },
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.close();
    for (const peer of this.#peers) peer.cut();
    this.#peers = [];
  }

  /** The server goes and comes back with what it stored. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
    await this.server.recovered;
  }

  async open(role: Role, query = ''): Promise<Peer> {
    const peer = new Peer(`ws://127.0.0.1:${this.server.port}/ws/${role}${query}`);
    this.#peers.push(peer);
    await peer.opened;
    return peer;
  }

  /** A peer on a seat of the match, with its token. */
  async seat(
    role: Role,
    id: string,
    token?: string,
  ): Promise<{ readonly peer: Peer; readonly token: string }> {
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
      ...{ stream, expectedVersion: streamVersion(0), commandId: commandId('create') },
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
    const folder = await makeFolder();
    const served = new Served(folder, options);
    try {
      await served.start();
      await use(served);
      expect(served.complaints).toEqual([]);
    } finally {
      await served.stop();
      await rm(folder, { recursive: true });
    }
  };
}
