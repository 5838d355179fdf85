import { isRole } from '../../game/command.ts';
import type { Diagnostics } from '../../log/diagnostics.ts';
import type { Clock } from '../../match/clock.ts';
import type { Limits } from '../../shared/limits.ts';
import { Admission } from '../edge/admission.ts';
import { problem, problemOf } from '../edge/problem.ts';
import { clientAddress, refuseForeignPage } from '../edge/origins.ts';
import type { EdgeOptions } from '../edge/origins.ts';
import type { MatchHost } from '../matches/match-host.ts';
import type { Metrics } from '../edge/metrics.ts';
import { RoleSocket } from './role-socket.ts';
import type { Seating } from '../matches/seating.ts';
import type { Upgrade, UpgradeRequest } from '../net/socket-port.ts';

interface RoleSocketsServices {
  readonly host: MatchHost;
  readonly seating: Seating;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly diagnostics: Diagnostics;
  readonly metrics: Metrics;
  readonly edge: EdgeOptions;
  readonly publicUrl: () => string;
}

/** Accepts role sockets, up to the limits in total and by address. */
export class RoleSockets {
  readonly #parts: RoleSocketsServices;
  readonly #admission: Admission;
  readonly #inside = new Set<RoleSocket>();

  constructor(parts: RoleSocketsServices) {
    this.#parts = parts;
    this.#admission = new Admission(parts.limits.sockets, parts.limits.socketsPerAddress);
  }

  get sockets(): number {
    return this.#admission.count;
  }

  /** Answers the pending requests of every socket, then closes it. */
  async drain(): Promise<void> {
    await Promise.all([...this.#inside].map((conversation) => conversation.drain()));
  }

  /**
   * Accepts an upgrade to `/ws/ROLE`. Never throws: the refusal carries an HTTP answer with `not_found`,
   * `origin_refused` or `capacity_reached`.
   */
  upgrade(request: UpgradeRequest): Upgrade {
    const { path, query } = request;
    const { edge, publicUrl, metrics } = this.#parts;
    const role = /^\/ws\/([a-z]+)\/?$/.exec(path)?.[1] ?? '';
    if (!isRole(role)) {
      const answer = problem('not_found', 'Role sockets are /ws/fraudster, /ws/investigator, /ws/auditor.');
      return { ok: false, answer };
    }
    try {
      refuseForeignPage(request, publicUrl(), edge);
      const address = clientAddress(request, edge);
      this.#admission.check(address);
      return {
        ok: true,
        open: (socket) => {
          const release = this.#admission.enter(address);
          metrics.socket(role, 1);
          const conversation = new RoleSocket(this.#parts, role, socket, { query, address });
          this.#inside.add(conversation);
          return {
            message: (data, isBinary) => conversation.message(data, isBinary),
            drained: () => conversation.drained(),
            closed: () => {
              release();
              this.#inside.delete(conversation);
              metrics.socket(role, -1);
              conversation.closed();
            },
          };
        },
      };
    } catch (error) {
      return { ok: false, answer: problemOf(error) };
    }
  }
}
