import type { Role } from '../../game/command.ts';
import { roles } from '../../game/command.ts';
import type { Diagnostics } from '../../log/diagnostics.ts';
import type { Clock } from '../../match/clock.ts';
import { describeError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { MatchId } from '../../shared/ids.ts';
import { SerialQueues } from '../../shared/serial-queue.ts';
import type { MatchHost } from './match-host.ts';
import { newToken, tokenHash } from './tokens.ts';

/** Whoever sits on a seat: a socket, told when the token that it came with is used elsewhere. */
export interface Sitter {
  takenOver(): void;
}

export type Seated =
  | { readonly ok: true; readonly token: string | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

interface Place {
  readonly sitters: Set<Sitter>;
  cancelGrace: () => void;
}

const nothing = (): void => undefined;

/**
 * Who is connected to which seat. The seat itself, and who may take it, stand in the match's stream; this remembers
 * the sockets of this run and watches over the grace period of a player that was cut off. What concerns the seats of
 * one match is done one after another: a player that comes back finds the seat that it has left.
 */
export class Seating {
  readonly #host: MatchHost;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #diagnostics: Diagnostics;
  readonly #places = new Map<string, Place>();
  readonly #turns = new SerialQueues<MatchId>();
  #isClosing = false;

  constructor(host: MatchHost, clock: Clock, graceMs: number, diagnostics: Diagnostics) {
    this.#host = host;
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#diagnostics = diagnostics;
  }

  /**
   * Sits down with a token, or with a new one where the seat asks for none. A sitter that came before with the same
   * token is told so.
   * @throws AppError the codes of `Host.find` and `MatchActor.claimSeat`.
   */
  sit(sitter: Sitter, id: MatchId, role: Role, shown: string | null): Promise<Seated> {
    return this.#turns.run(id, async () => {
      const fresh = newToken();
      const claim = { shown: shown === null ? null : tokenHash(shown), fresh: tokenHash(fresh) };
      const actor = await this.#host.find(id);
      const decision = await actor.claimSeat(role, claim);
      if (!decision.ok) return decision;
      const place = this.#place(id, role);
      place.cancelGrace();
      if (decision.token !== null) {
        const others = [...place.sitters].filter((each) => each !== sitter);
        place.sitters.clear();
        for (const other of others) other.takenOver();
      }
      place.sitters.add(sitter);
      const token = decision.token === 'fresh' ? fresh : decision.token === 'shown' ? shown : null;
      return { ok: true, token };
    });
  }

  /** The sitter goes: for good, or because its connection broke. One that sits there no more changes nothing. */
  async leave(sitter: Sitter, id: MatchId, role: Role, cause: 'left' | 'cut'): Promise<void> {
    // At once: nobody may be told any more that it is taken over.
    if (this.#places.get(keyOf(id, role))?.sitters.delete(sitter) !== true) return;
    await this.#turns.run(id, () => this.#empty(id, role, cause));
  }

  /** Whose players a match of an earlier run waits for: each has the whole grace period again. */
  async awaitPlayers(id: MatchId): Promise<void> {
    await this.#turns.run(id, async () => {
      const actor = await this.#host.find(id);
      for (const role of roles) {
        if (this.#isTaken(id, role)) continue;
        await actor.dropSeat(role);
        if (actor.fold.bookkeeping.seats[role].status === 'dropped') this.#watch(id, role);
      }
    });
  }

  /** The roles with a socket, in the order of {@link roles}. */
  connected(id: MatchId): readonly Role[] {
    return roles.filter((role) => this.#isTaken(id, role));
  }

  /** From here on nobody is cut off: the server goes, and its players will be back. */
  close(): void {
    this.#isClosing = true;
    for (const { cancelGrace } of this.#places.values()) cancelGrace();
  }

  /** Nobody sits there now, unless somebody came meanwhile. */
  async #empty(id: MatchId, role: Role, cause: 'left' | 'cut' | 'grace'): Promise<void> {
    // The end of the server is not the end of its players.
    if (this.#isClosing || this.#isTaken(id, role)) return;
    try {
      const actor = await this.#host.find(id);
      if (cause === 'cut') await actor.dropSeat(role);
      else await actor.releaseSeat(role, cause);
      if (cause === 'cut' && !actor.isOver) this.#watch(id, role);
      else this.#places.delete(keyOf(id, role));
      if (actor.isOver && this.connected(id).length === 0) await this.#host.passivate(id);
    } catch (error) {
      // A seat's fact that cannot be stored is no player's fault; it is tried again.
      this.#diagnostics.warn({ match: id, error: describeError(error) }, 'a seat cannot be recorded');
      this.#watch(id, role);
    }
  }

  /** Frees the seat when the grace period ends with nobody on it. */
  #watch(id: MatchId, role: Role): void {
    const place = this.#place(id, role);
    place.cancelGrace();
    place.cancelGrace = this.#clock.after(this.#graceMs, () => {
      void this.#turns.run(id, () => this.#empty(id, role, 'grace'));
    });
  }

  #isTaken(id: MatchId, role: Role): boolean {
    return (this.#places.get(keyOf(id, role))?.sitters.size ?? 0) > 0;
  }

  #place(id: MatchId, role: Role): Place {
    const key = keyOf(id, role);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = { sitters: new Set<Sitter>(), cancelGrace: nothing };
    this.#places.set(key, place);
    return place;
  }
}

const keyOf = (id: MatchId, role: Role): string => `${id}/${role}`;
