import type { Clock } from '../../match/clock.ts';
import type { NodeState } from '../../match/fold/lifecycles.ts';
import type { EventLog } from '../../log/event-log.ts';
import type { Limits } from '../../shared/limits.ts';
import type { Admission } from '../edge/admission.ts';
import type { EventLoop } from '../edge/event-loop.ts';
import type { FinishedMatches } from '../../history/finished-matches.ts';
import type { Metrics } from '../edge/metrics.ts';
import type { MatchHost } from '../matches/match-host.ts';
import type { Seating } from '../matches/seating.ts';

/** The public health of the server. Contains nothing of any single match. */
export interface Health {
  readonly status: 'healthy';
  readonly state: NodeState;
  readonly adapter: string;
  readonly durability: string;
  readonly loss_window: string;
  readonly log: string;
  readonly disk: string;
  readonly sockets: number;
  readonly spectators: number;
  readonly matches: { readonly unfinished: number; readonly living: number };
}

/** What the route handlers depend on. */
export interface Services {
  readonly host: MatchHost;
  readonly finishedMatches: FinishedMatches;
  readonly seating: Seating;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly spectators: Admission;
  readonly metrics: Metrics;
  /** Who may read the metrics: clients on this machine, or everybody. */
  readonly metricsFor: 'local' | 'all';
  readonly eventLoop: EventLoop;
  readonly startedAt: number;
  /** The URL under which clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string;
  readonly health: () => Health;
}
