import { isRole } from '../game/command.ts';
import type { Diagnostics } from '../log/diagnostics.ts';
import type { Clock } from '../match/clock.ts';
import type { Limits } from '../shared/limits.ts';
import { Admission } from './admission.ts';
import { problem, problemOf } from './api/problem.ts';
import type { Host } from './host.ts';
import { RoleSocket } from './role-socket.ts';
import type { Seating } from './seating.ts';
import type { Upgrade, UpgradeRequest } from './socket-port.ts';

interface DoorParts {
  readonly host: Host;
  readonly seating: Seating;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly diagnostics: Diagnostics;
}

/** Lets role sockets in, as many as there may be. */
export class Door {
  readonly #parts: DoorParts;
  readonly #admission: Admission;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.limits.sockets, parts.limits.socketsPerAddress);
  }

  get sockets(): number {
    return this.#admission.count;
  }

  upgrade({ path, query, address }: UpgradeRequest): Upgrade {
    const role = /^\/ws\/([a-z]+)\/?$/.exec(path)?.[1] ?? '';
    if (!isRole(role)) {
      const answer = problem('not_found', 'Role sockets are /ws/fraudster, /ws/investigator, /ws/auditor.');
      return { ok: false, answer };
    }
    try {
      this.#admission.check(address);
      return {
        ok: true,
        open: (socket) => {
          const release = this.#admission.enter(address);
          const conversation = new RoleSocket(this.#parts, role, socket, query);
          return {
            message: (data, isBinary) => conversation.message(data, isBinary),
            drained: () => conversation.drained(),
            closed: () => {
              release();
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
