import type { ProposalSource } from '../game/decide/decision.ts';
import { generatedProposals } from '../game/episode/proposal.ts';
import { isRole } from '../game/command.ts';
import type { Policies } from '../game/event.ts';
import type { Diagnostics } from '../log/diagnostics.ts';
import { Documents } from '../log/documents.ts';
import type { Durability } from '../log/durability.ts';
import { FileEventLog } from '../log/file-event-log.ts';
import { archiveFolder, checkpointFolder } from '../log/folder.ts';
import { systemClock } from '../match/clock.ts';
import type { Clock } from '../match/clock.ts';
import { closeCodes } from '../protocol/close-codes.ts';
import { describeError, errorCatalogue } from '../shared/errors.ts';
import type { ErrorCode } from '../shared/errors.ts';
import { limits as defaultLimits } from '../shared/limits.ts';
import type { Limits } from '../shared/limits.ts';
import { Host } from './host.ts';
import { RoleSocket } from './role-socket.ts';
import { Seating } from './seating.ts';
import type {
  HttpAnswer,
  HttpRequest,
  Listening,
  SocketPort,
  Upgrade,
  UpgradeRequest,
} from './socket-port.ts';

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
  /** Where the hidden half of proposals comes from; default: drawn from the match's seed. */
  readonly source?: ProposalSource;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly diagnostics: Diagnostics;
}

/** A server that accepts connections. */
export interface RunningServer {
  readonly port: number;
  readonly log: FileEventLog;
  /** Resolves when the matches of an earlier run are back; until then each one comes back when it is asked for. */
  readonly recovered: Promise<void>;
  /** Closes the connections, stores what is under way, and gives the log back. */
  close(): Promise<void>;
}

/**
 * Opens the log, listens, and brings the unfinished matches back.
 * @throws AppError `address_in_use`, or the log's own codes.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDir, durability, diagnostics, clock = systemClock, source = generatedProposals } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const log = await FileEventLog.open(dataDir, 'write', { durability });
  const host = new Host({
    ...{ log, clock, limits, diagnostics, source },
    ...{ ruleset: options.ruleset, policies: options.policies },
    checkpoints: new Documents(checkpointFolder(dataDir)),
    archives: new Documents(archiveFolder(dataDir)),
  });
  const seating = new Seating(host, clock, limits.graceMs, diagnostics);
  const door = new Door({ host, seating, clock, limits, diagnostics });
  const health = () => ({
    status: 'healthy',
    adapter: options.adapter.name,
    durability: log.health.durability.mode,
    loss_window: log.health.lossWindow,
    log: log.health.state,
    disk: log.health.disk.state,
    sockets: door.sockets,
    matches: host.counts,
  });
  let listening: Listening;
  try {
    listening = await options.adapter.listen({
      ...{ host: options.host, port: options.port, silentMs: limits.silentMs },
      ...{ frameBytesMax: limits.frameBytesHard, waitingBytesMax: limits.outgoingBytesHard },
      upgrade: (request) => door.upgrade(request),
      http: (request) => http(request, health),
    });
  } catch (error) {
    await host.close();
    await log.close();
    throw error;
  }
  const recovered = host
    .recover((actor) => seating.expect(actor))
    .catch((error: unknown) => diagnostics.error({ error: describeError(error) }, 'recovery failed'));
  const close = async () => {
    listening.stopAccepting();
    seating.close();
    await listening.close(closeCodes.restart, 'restart');
    await host.close();
    await recovered;
    await log.close();
  };
  let closing: Promise<void> | null = null;
  return { port: listening.port, log, recovered, close: () => (closing ??= close()) };
}

interface DoorParts {
  readonly host: Host;
  readonly seating: Seating;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly diagnostics: Diagnostics;
}

/** Lets role sockets in, as many as there may be. */
class Door {
  readonly #parts: DoorParts;
  readonly #byAddress = new Map<string, number>();
  #sockets = 0;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  get sockets(): number {
    return this.#sockets;
  }

  upgrade({ path, query, address }: UpgradeRequest): Upgrade {
    const role = /^\/ws\/([a-z]+)\/?$/.exec(path)?.[1] ?? '';
    if (!isRole(role))
      return refused(404, 'not_found', 'Role sockets are /ws/fraudster, /ws/investigator, /ws/auditor.');
    const { limits } = this.#parts;
    const own = this.#byAddress.get(address) ?? 0;
    if (own >= limits.socketsPerAddress)
      return refused(
        429,
        'capacity_reached',
        `Your address has ${own} sockets, which is as many as it may have.`,
      );
    if (this.#sockets >= limits.sockets)
      return refused(503, 'capacity_reached', 'The server holds as many sockets as it may; retry later.');
    return {
      ok: true,
      open: (socket) => {
        this.#count(address, 1);
        const conversation = new RoleSocket(this.#parts, role, socket, query);
        return {
          message: (data, isBinary) => conversation.message(data, isBinary),
          drained: () => conversation.drained(),
          closed: () => {
            this.#count(address, -1);
            conversation.closed();
          },
        };
      },
    };
  }

  #count(address: string, change: 1 | -1): void {
    this.#sockets += change;
    const left = (this.#byAddress.get(address) ?? 0) + change;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}

function refused(status: number, code: ErrorCode, message: string): Upgrade {
  return { ok: false, answer: problem(status, code, message) };
}

function http({ method, path }: HttpRequest, health: () => object): HttpAnswer {
  if (path === '/health' && (method === 'GET' || method === 'HEAD')) return json(200, health());
  if (path.startsWith('/ws/')) return problem(426, 'upgrade_required', errorCatalogue.upgrade_required);
  return problem(404, 'not_found', `There is no ${path}.`);
}

function problem(status: number, code: ErrorCode, detail: string): HttpAnswer {
  const { headers, body } = json(status, {
    type: 'about:blank',
    title: errorCatalogue[code],
    status,
    code,
    detail,
  });
  return {
    status,
    body,
    headers: {
      ...headers,
      'content-type': 'application/problem+json',
      ...(status === 429 || status === 503 ? { 'retry-after': '5' } : {}),
      ...(status === 426 ? { upgrade: 'websocket' } : {}),
    },
  };
}

function json(status: number, value: object): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
