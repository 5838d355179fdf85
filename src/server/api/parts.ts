import type { Clock } from '../../match/clock.ts';
import type { EventLog } from '../../log/event-log.ts';
import type { Limits } from '../../shared/limits.ts';
import type { Admission } from '../admission.ts';
import type { History } from '../history.ts';
import type { Host } from '../host.ts';
import type { Seating } from '../seating.ts';

/** What the routes work with. */
export interface ApiParts {
  readonly host: Host;
  readonly history: History;
  readonly seating: Seating;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly spectators: Admission;
  readonly startedAt: number;
  /** How clients reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly health: () => Readonly<Record<string, unknown>>;
}
