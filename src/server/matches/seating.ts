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

/** The occupant of a seat: a socket. */
export interface Sitter {
  /** Called when the token of the seat is used by another sitter. */
  takenOver(): void;
}

export type Seated =
  | { readonly ok: true; readonly token: string | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** The sitters of one seat, and its running grace period. */
interface Place {
  readonly sitters: Set<Sitter>;
  cancelGrace: () => void;
}

const nothing = (): void => undefined;

/**
 * Which socket holds which seat. The seats and their tokens are in the match's stream; this class keeps the
 * sockets of this run, and the grace period of players whose connection broke. Operations on the seats of one
 * match run one after another, so that a returning player finds its seat already released or dropped.
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
   * Takes a seat with the shown token, or with a new one if none is shown. Earlier sitters with the same
   * token get `takenOver`.
   * @returns the token that holds the seat, null for a seat without tokens; or the code of the refusal.
   * @throws AppError the codes of `MatchHost.find` and `MatchActor.claimSeat`.
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

  /**
   * Removes a sitter. `left` frees the seat; `cut` keeps it for the grace period. Does nothing if the sitter
   * is not on the seat.
   */
  async leave(sitter: Sitter, id: MatchId, role: Role, cause: 'left' | 'cut'): Promise<void> {
    // Synchronously, so that the sitter gets no `takenOver` from here on.
    if (this.#places.get(keyOf(id, role))?.sitters.delete(sitter) !== true) return;
    await this.#turns.run(id, () => this.#empty(id, role, cause));
  }

  /**
   * For a match of an earlier run: marks held seats without a socket as dropped, and gives each dropped seat
   * the whole grace period.
   */
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

  /** The roles that have a socket, in the order of {@link roles}. */
  connected(id: MatchId): readonly Role[] {
    return roles.filter((role) => this.#isTaken(id, role));
  }

  /** Cancels all grace periods and records no more seat changes: players come back after the restart. */
  close(): void {
    this.#isClosing = true;
    for (const { cancelGrace } of this.#places.values()) cancelGrace();
  }

  /** Drops or releases a seat, unless a sitter has come meanwhile. */
  async #empty(id: MatchId, role: Role, cause: 'left' | 'cut' | 'grace'): Promise<void> {
    // A stopping server drops no players.
    if (this.#isClosing || this.#isTaken(id, role)) return;
    try {
      const actor = await this.#host.find(id);
      if (cause === 'cut') await actor.dropSeat(role);
      else await actor.releaseSeat(role, cause);
      if (cause === 'cut' && !actor.isOver) this.#watch(id, role);
      else this.#places.delete(keyOf(id, role));
      if (actor.isOver && this.connected(id).length === 0) await this.#host.passivate(id);
    } catch (error) {
      // A failed append is not the player's fault: try again after the grace period.
      this.#diagnostics.warn({ match: id, error: describeError(error) }, 'a seat cannot be recorded');
      this.#watch(id, role);
    }
  }

  /** Frees the seat when the grace period ends and nobody sits on it. */
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
