import { generatedProposals } from '../game/episode/proposal.ts';
import type { Policies } from '../game/event.ts';
import type { Diagnostics } from '../log/diagnostics.ts';
import { Documents } from '../log/documents.ts';
import type { Durability } from '../log/durability.ts';
import { FileEventLog } from '../log/file-event-log.ts';
import { archiveFolder, checkpointFolder } from '../log/folder.ts';
import { systemClock } from '../match/clock.ts';
import type { Clock } from '../match/clock.ts';
import { nodeAfter } from '../match/statechart.ts';
import type { NodeState } from '../match/statechart.ts';
import { closeCodes } from '../protocol/close-codes.ts';
import { describeError, isAppError } from '../shared/errors.ts';
import { limits as defaultLimits } from '../shared/limits.ts';
import type { Limits } from '../shared/limits.ts';
import { Admission } from './admission.ts';
import { apiRoutes } from './api/api.ts';
import { problem, problemOf } from './api/problem.ts';
import { Router } from './api/route.ts';
import { Door } from './door.ts';
import { History } from './history.ts';
import { Host } from './host.ts';
import { Seating } from './seating.ts';
import type { HttpRequest, Listening, SocketPort } from './socket-port.ts';

export interface ServerOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly durability: Durability;
  readonly adapter: SocketPort;
  /** What a match gets where its creator says nothing. */
  readonly ruleset: string;
  readonly policies: Partial<Policies>;
  readonly limits?: Partial<Limits>;
  /** How clients reach the server; default: the address it listens on. */
  readonly publicUrl?: string;
  readonly clock?: Clock;
  readonly diagnostics: Diagnostics;
}

/** A server that accepts connections. */
export interface RunningServer {
  readonly port: number;
  readonly log: FileEventLog;
  /** Resolves when the matches of an earlier run are back; until then each one comes back when it is asked for. */
  readonly recovered: Promise<void>;
  /** Of machines/node.machine.ts. */
  readonly state: () => NodeState;
  /** Closes the connections, stores what is under way, and gives the log back. */
  close(): Promise<void>;
}

/**
 * Opens the log, listens, and brings the unfinished matches back.
 * @throws AppError `address_in_use`, or the log's own codes.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDir, durability, diagnostics, clock = systemClock } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const log = await FileEventLog.open(dataDir, 'write', { durability });
  const archives = new Documents(archiveFolder(dataDir));
  const history = new History(archiveFolder(dataDir), archives);
  const host = new Host({
    ...{ log, clock, limits, diagnostics, source: generatedProposals },
    ...{ ruleset: options.ruleset, policies: options.policies },
    ...{ checkpoints: new Documents(checkpointFolder(dataDir)), archives, history },
  });
  const seating = new Seating(host, clock, limits.graceMs, diagnostics);
  const door = new Door({ host, seating, clock, limits, diagnostics });
  const spectators = new Admission(limits.spectators, limits.spectatorsPerAddress);
  let state: NodeState = 'starting';
  const health = () => ({
    status: 'healthy',
    state,
    adapter: options.adapter.name,
    durability: log.health.durability.mode,
    loss_window: log.health.lossWindow,
    log: log.health.state,
    disk: log.health.disk.state,
    sockets: door.sockets,
    spectators: spectators.count,
    matches: host.counts,
  });
  const router = new Router(
    apiRoutes({
      ...{ host, history, seating, log, clock, limits, spectators, health },
      startedAt: clock.now(),
      publicUrl: () => options.publicUrl ?? `http://${bracketed(options.host)}:${listening.port}`,
    }),
  );
  let listening: Listening;
  try {
    listening = await options.adapter.listen({
      ...{ host: options.host, port: options.port, silentMs: limits.silentMs },
      ...{ frameBytesMax: limits.frameBytesHard, waitingBytesMax: limits.outgoingBytesHard },
      bodyBytesMax: limits.frameBytes,
      upgrade: (request) => door.upgrade(request),
      http: (request) => answerHttp(router, request, diagnostics),
    });
  } catch (error) {
    await host.close();
    await log.close();
    throw error;
  }
  state = nodeAfter(state, 'log.opened');
  const recovered = history
    .load()
    .then(() => host.recover((actor) => seating.expect(actor)))
    .then(() => void (state = nodeAfter(state, 'matches.recovered')))
    .catch((error: unknown) => diagnostics.error({ error: describeError(error) }, 'recovery failed'));
  const close = async () => {
    state = nodeAfter(state, 'stop.requested');
    host.drain();
    listening.stopAccepting();
    seating.close();
    await listening.close(closeCodes.restart, 'restart');
    await host.close();
    await recovered;
    await log.close();
    state = nodeAfter(state, 'log.sealed');
  };
  let closing: Promise<void> | null = null;
  return { port: listening.port, log, recovered, state: () => state, close: () => (closing ??= close()) };
}

/** An address of IP version 6 stands in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

async function answerHttp(router: Router, request: HttpRequest, diagnostics: Diagnostics) {
  if (request.path.startsWith('/ws/'))
    return problem('upgrade_required', undefined, {}, { upgrade: 'websocket' });
  try {
    return await router.answer(request);
  } catch (error) {
    if (!isAppError(error))
      diagnostics.error({ path: router.pathOf(request), error: describeError(error) }, 'a request failed');
    return problemOf(error);
  }
}
