import type { ProposalSource } from '../game/decide/decision.ts';
import { generatedProposals } from '../game/episode/proposal.ts';
import type { Policies } from '../game/event.ts';
import { diagnosticsAt } from '../log/diagnostics.ts';
import type { Diagnostics } from '../log/diagnostics.ts';
import { Documents } from '../log/disk/documents.ts';
import type { Durability } from '../log/durability.ts';
import { FileEventLog } from '../log/file/file-event-log.ts';
import { archiveFolder, checkpointFolder } from '../log/disk/data-folder.ts';
import { systemClock } from '../match/clock.ts';
import type { Clock } from '../match/clock.ts';
import { nodeAfter } from '../match/fold/lifecycles.ts';
import type { NodeState } from '../match/fold/lifecycles.ts';
import { closeCodes } from '../protocol/close-codes.ts';
import { describeError } from '../shared/errors.ts';
import { limits as defaultLimits } from '../shared/limits.ts';
import type { Limits } from '../shared/limits.ts';
import { chooseAdapter } from './net/adapter.ts';
import { Admission } from './edge/admission.ts';
import { apiRoutes } from './http/routes/routes.ts';
import { HttpEntry } from './http/http-entry.ts';
import type { Health } from './http/services.ts';
import { Router } from './http/route.ts';
import { RoleSockets } from './sockets/role-sockets.ts';
import type { EdgeOptions } from './edge/origins.ts';
import { EventLoop } from './edge/event-loop.ts';
import { FinishedMatches } from '../history/finished-matches.ts';
import { MatchHost } from './matches/match-host.ts';
import { Metrics } from './edge/metrics.ts';
import { Seating } from './matches/seating.ts';
import type { ListenOptions, Listening, SocketPort } from './net/socket-port.ts';

export interface ServerOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly durability: Durability;
  readonly adapter: SocketPort;
  /** Defaults for settings that a match's creator leaves out. */
  readonly ruleset: string;
  readonly policies: Partial<Policies>;
  /** Source of the hidden half of proposals; default: drawn from the match's seed. */
  readonly source?: ProposalSource;
  readonly limits?: Partial<Limits>;
  /** The URL under which clients reach the server; default: the address it listens on. */
  readonly publicUrl?: string;
  readonly edge?: EdgeOptions;
  /** Who may read the Prometheus metrics; default `local`: clients on this machine. */
  readonly metricsFor?: 'local' | 'all';
  readonly tls?: ListenOptions['tls'];
  readonly clock?: Clock;
  readonly diagnostics: Diagnostics;
}

/** The options without a default, and overrides of the others. */
export type StartOptions = Pick<ServerOptions, 'dataDir'> & Partial<ServerOptions>;

/** A server that accepts connections. */
export interface RunningServer {
  /** The port it listens on. */
  readonly port: number;
  readonly log: FileEventLog;
  /**
   * Resolves when the matches of earlier runs are recovered. Until then a match is recovered on first use.
   */
  readonly recovered: Promise<void>;
  /** A state of machines/node.machine.ts. */
  readonly state: () => NodeState;
  /**
   * Answers pending requests for at most `limits.drainMs`, closes the connections, stores pending work, and
   * closes the log. A repeated call returns the same promise.
   */
  close(): Promise<void>;
}

/**
 * Opens the log, listens, and recovers the unfinished matches. By default it listens on port 8000 of the
 * loopback address, and an acknowledged action is on disk.
 * @example
 * const server = await startServer({ dataDir: './data', port: 0 });
 * console.log(`http://127.0.0.1:${server.port}`);
 * await server.close();
 * @throws AppError `address_in_use`, or the log's own codes.
 */
export async function startServer(given: StartOptions): Promise<RunningServer> {
  const options: ServerOptions = { ...defaults(), ...given };
  const limits = { ...defaultLimits, ...options.limits };
  const log = await FileEventLog.open(options.dataDir, 'write', { durability: options.durability });
  const node: NodeLife = { state: 'starting', port: options.port };
  const { host, finishedMatches, seating, roleSockets, httpEntry, eventLoop } = assemble(
    options,
    limits,
    log,
    node,
  );
  let listening: Listening;
  try {
    listening = await options.adapter.listen({
      host: options.host,
      port: options.port,
      silentMs: limits.silentMs,
      frameBytesMax: limits.frameBytesHard,
      waitingBytesMax: limits.outgoingBytesHard,
      bodyBytesMax: limits.frameBytes,
      upgrade: (request) => roleSockets.upgrade(request),
      http: (request) => httpEntry.answer(request),
      ...(options.tls === undefined ? {} : { tls: options.tls }),
    });
  } catch (error) {
    eventLoop.stop();
    await host.close();
    await log.close();
    throw error;
  }
  node.port = listening.port;
  node.state = nodeAfter(node.state, 'log.opened');
  // Players of running matches need not wait for the list of finished ones.
  const recovered = Promise.all([
    finishedMatches.load(),
    host.recover((actor) => seating.awaitPlayers(actor.matchId)),
  ])
    .then(([{ damaged, fault }]) => {
      if (fault !== null)
        options.diagnostics.error({ error: describeError(fault) }, 'the list of archives failed');
      return host.restore(damaged);
    })
    .then(() => void (node.state = nodeAfter(node.state, 'matches.recovered')))
    .catch((error: unknown) => options.diagnostics.error({ error: describeError(error) }, 'recovery failed'));
  const close = async () => {
    node.state = nodeAfter(node.state, 'stop.requested');
    host.drain();
    finishedMatches.stop();
    listening.stopAccepting();
    seating.close();
    // An acknowledged request must be stored; a client without an answer retries after the restart.
    await Promise.race([Promise.all([roleSockets.drain(), httpEntry.drain()]), passed(limits.drainMs)]);
    await listening.close(closeCodes.restart, 'restart');
    await host.close();
    await recovered;
    await log.close();
    eventLoop.stop();
    node.state = nodeAfter(node.state, 'log.sealed');
  };
  let closing: Promise<void> | null = null;
  const { port } = listening;
  return { port, log, recovered, state: () => node.state, close: () => (closing ??= close()) };
}

/** Uses the real clock, so that a stop ends even if something hangs. */
function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

const defaults = (): Omit<ServerOptions, 'dataDir'> => ({
  host: '127.0.0.1',
  port: 8000,
  durability: { mode: 'group' },
  adapter: chooseAdapter('auto').port,
  ruleset: 'standard',
  policies: {},
  diagnostics: diagnosticsAt('warn'),
});

/** The mutable state of a server's life. */
interface NodeLife {
  state: NodeState;
  /** The configured port; once the server listens, the actual one. */
  port: number;
}

function assemble(options: ServerOptions, limits: Limits, log: FileEventLog, node: NodeLife) {
  const { dataDir, diagnostics, clock = systemClock, edge = { origins: [], trustProxy: false } } = options;
  const startedAt = clock.now();
  const archives = new Documents(archiveFolder(dataDir));
  const finishedMatches = new FinishedMatches(archiveFolder(dataDir), archives);
  const eventLoop = new EventLoop();
  const spectators = new Admission(limits.spectators, limits.spectatorsPerAddress);
  const metrics: Metrics = new Metrics({
    phases: () => host.phases(),
    spectators: () => spectators.count,
    finished: () => finishedMatches.size,
    averageGrade: () => finishedMatches.averageGrade,
    uptimeSeconds: () => (clock.now() - startedAt) / 1000,
    log: () => log.health.waiting,
  });
  const host = new MatchHost({
    log: metrics.timed(log),
    clock,
    limits,
    diagnostics,
    source: options.source ?? generatedProposals,
    ruleset: options.ruleset,
    policies: options.policies,
    over: (endReason) => metrics.over(endReason),
    checkpoints: new Documents(checkpointFolder(dataDir), { isLasting: false }),
    archives,
    finishedMatches,
  });
  const seating = new Seating(host, clock, limits.graceMs, diagnostics);
  const scheme = options.tls === undefined ? 'http' : 'https';
  const publicUrl = () => options.publicUrl ?? `${scheme}://${bracketed(options.host)}:${node.port}`;
  const shared = { host, seating, clock, limits, diagnostics, metrics };
  const roleSockets = new RoleSockets({ ...shared, edge, publicUrl });
  const health = (): Health => ({
    status: 'healthy',
    state: node.state,
    adapter: options.adapter.name,
    ...logHealth(log),
    sockets: roleSockets.sockets,
    spectators: spectators.count,
    matches: host.counts,
  });
  const services = {
    host,
    finishedMatches,
    seating,
    log,
    clock,
    limits,
    spectators,
    health,
    metrics,
    metricsFor: options.metricsFor ?? ('local' as const),
    eventLoop,
    startedAt,
    publicUrl,
  };
  const router = new Router(apiRoutes(services));
  return {
    host,
    finishedMatches,
    seating,
    roleSockets,
    eventLoop,
    httpEntry: new HttpEntry({ router, metrics, diagnostics, edge, publicUrl }),
  };
}

/** The public part of the log's health. */
function logHealth({ health }: FileEventLog): Pick<Health, 'durability' | 'loss_window' | 'log' | 'disk'> {
  const { durability, lossWindow, state, disk } = health;
  return { durability: durability.mode, loss_window: lossWindow, log: state, disk: disk.state };
}

/** The host for a URL: an IPv6 address in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
