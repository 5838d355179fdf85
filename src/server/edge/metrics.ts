import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Observable } from 'rxjs';
import { roles } from '../../game/command.ts';
import type { Role } from '../../game/command.ts';
import type { Appended, Commit, EventLog, StoredCommit } from '../../log/event-log.ts';
import type { CommandId, MatchId, StreamVersion } from '../../shared/ids.ts';

/** The result of a request, as a metric label. */
export type RequestOutcome = 'accepted' | 'penalised' | 'refused' | 'failed' | 'told';

/** Values that are read when the metrics are scraped. */
export interface Figures {
  /** Running matches by phase. */
  readonly phases: () => ReadonlyMap<string, number>;
  readonly spectators: () => number;
  readonly finished: () => number;
  readonly averageGrade: () => number;
  readonly uptimeSeconds: () => number;
  readonly log: () => { readonly commits: number; readonly bytes: number };
}

/** The description of one metric, without its value. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly labelNames?: readonly string[];
}

/** Methods that may be label values. Clients can invent others, and each would add a time series. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS']);

const fastBuckets = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2];

/**
 * The server's metrics for Prometheus. Labels are roles, phases, codes and routes, never an id, a name or a
 * token.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'role' | 'type' | 'outcome'>;
  readonly #errors: Counter<'code'>;
  readonly #over: Counter<'end_reason'>;
  readonly #sockets: Gauge<'role'>;
  readonly #replySeconds: Histogram;
  readonly #appendSeconds: Histogram;
  readonly #http: Counter<'method' | 'route' | 'status'>;

  constructor(figures: Figures) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, prefix: 'arena_' });
    const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      new Counter({ name: `arena_${name}`, help, labelNames: [...labelNames], registers });
    this.#requests = counter('requests_total', 'Frames answered on role sockets.', [
      'role',
      'type',
      'outcome',
    ]);
    this.#errors = counter('errors_total', 'Refusals and failures by code.', ['code']);
    this.#over = counter('matches_over_total', 'Matches that ended.', ['end_reason']);
    this.#http = counter('http_requests_total', 'HTTP requests.', ['method', 'route', 'status']);
    this.#sockets = new Gauge({
      name: 'arena_sockets',
      help: 'Open role sockets.',
      labelNames: ['role'],
      registers,
    });
    for (const role of roles) this.#sockets.set({ role }, 0);
    const seconds = (name: string, help: string) =>
      new Histogram({ name: `arena_${name}`, help, buckets: fastBuckets, registers });
    this.#replySeconds = seconds('reply_seconds', 'From a frame to its answer.');
    this.#appendSeconds = seconds('append_seconds', 'From a commit to its acknowledgement by the log.');
    this.#readWhenAsked(figures);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** All metrics, for the documentation. */
  described(): readonly Described[] {
    // The typings lack `labelNames`.
    const figures: readonly Figure[] = this.#registry.getMetricsAsArray();
    return figures.map(({ name, help, type, labelNames = [] }) => ({
      name,
      help,
      type: String(type),
      labels: labelNames,
    }));
  }

  /** Counts an answered frame of the type; `none` for a frame that could not be read. */
  answered(
    role: Role,
    type: string,
    { outcome, code }: { readonly outcome: RequestOutcome; readonly code: string | null },
    milliseconds: number,
  ): void {
    this.#requests.inc({ role, type, outcome });
    if (code !== null) this.#errors.inc({ code });
    this.#replySeconds.observe(milliseconds / 1000);
  }

  http(method: string, route: string, status: number): void {
    this.#http.inc({ method: methods.has(method) ? method : 'other', route, status });
  }

  socket(role: Role, change: 1 | -1): void {
    this.#sockets.inc({ role }, change);
  }

  over(endReason: string): void {
    this.#over.inc({ end_reason: endReason });
  }

  /** Wraps the log so that the duration of every append is recorded. */
  timed(log: EventLog): EventLog {
    return new TimedLog(log, (milliseconds) => this.#appendSeconds.observe(milliseconds / 1000));
  }

  #readWhenAsked({ phases, spectators, finished, averageGrade, uptimeSeconds, log }: Figures): void {
    const registers = [this.#registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `arena_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    new Gauge({
      name: 'arena_matches',
      help: 'Running matches by phase.',
      labelNames: ['phase'],
      registers,
      collect() {
        this.reset();
        for (const [phase, count] of phases()) this.set({ phase }, count);
      },
    });
    gauge('spectators', 'Open spectator streams.', spectators);
    gauge('log_waiting_commits', 'Commits that wait for the disk.', () => log().commits);
    gauge('log_waiting_bytes', 'Bytes that wait for the disk.', () => log().bytes);
    // The four metrics of the original, with its names.
    gauge('uptime_seconds', 'Seconds since the start.', uptimeSeconds);
    gauge('active_matches', 'Running matches.', () => sum(phases()));
    gauge('archived_matches', 'Finished matches.', finished);
    gauge('grader_score_avg', 'Mean grade of the finished matches that have one.', averageGrade);
  }
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, each) => all + each, 0);

class TimedLog implements EventLog {
  readonly #log: EventLog;
  readonly #took: (milliseconds: number) => void;

  constructor(log: EventLog, took: (milliseconds: number) => void) {
    this.#log = log;
    this.#took = took;
  }

  async append(commit: Commit): Promise<Appended> {
    const started = performance.now();
    const appended = await this.#log.append(commit);
    this.#took(performance.now() - started);
    return appended;
  }

  read(stream: MatchId, after?: StreamVersion): Promise<readonly StoredCommit[]> {
    return this.#log.read(stream, after);
  }

  find(stream: MatchId, id: CommandId): Promise<Appended | null> {
    return this.#log.find(stream, id);
  }

  streams(): readonly MatchId[] {
    return this.#log.streams();
  }

  subscribe(after: number): Observable<StoredCommit> {
    return this.#log.subscribe(after);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
