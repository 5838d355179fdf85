import type { Role } from '../game/command.ts';
import { roles } from '../game/command.ts';
import type { Diagnostics } from '../log/diagnostics.ts';
import type { Clock } from '../match/clock.ts';
import type { MatchActor } from '../match/match-actor.ts';
import { describeError } from '../shared/errors.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';
import type { Host } from './host.ts';
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
 * the sockets of this run and watches over the grace period of a player that was cut off.
 */
export class Seating {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #diagnostics: Diagnostics;
  readonly #places = new Map<string, Place>();
  /** The seats with something under way, until the last of it. */
  readonly #turns = new Map<string, Promise<void>>();
  #isClosing = false;

  constructor(host: Host, clock: Clock, graceMs: number, diagnostics: Diagnostics) {
    this.#host = host;
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#diagnostics = diagnostics;
  }

  /**
   * Sits down with a token, or with a new one where the seat asks for none. A sitter that came before with the same
   * token is told so.
   * @throws AppError the codes of `MatchActor.claimSeat`.
   */
  sit(sitter: Sitter, { matchId: id }: MatchActor, role: Role, shown: string | null): Promise<Seated> {
    return this.#inTurn(id, role, async () => {
      const fresh = newToken();
      const claim = { shown: shown === null ? null : tokenHash(shown), fresh: tokenHash(fresh) };
      const decision = await (await this.#host.find(id)).claimSeat(role, claim);
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
  leave(sitter: Sitter, id: MatchId, role: Role, cause: 'left' | 'cut'): Promise<void> {
    return this.#inTurn(id, role, async () => {
      const place = this.#places.get(keyOf(id, role));
      if (place?.sitters.delete(sitter) !== true || place.sitters.size > 0) return;
      this.#places.delete(keyOf(id, role));
      // The end of the server is not the end of its players.
      if (this.#isClosing) return;
      await this.#record(id, async (actor) => {
        if (cause === 'left') await actor.releaseSeat(role, 'left');
        else await actor.dropSeat(role);
        if (actor.isOver && !this.#isAnybodyAt(id)) await this.#host.rest(id);
      });
      if (cause === 'cut') this.#watch(id, role);
    });
  }

  /** Whose players a match of an earlier run waits for: each has the whole grace period again. */
  async expect({ matchId: id }: MatchActor): Promise<void> {
    for (const role of roles)
      await this.#inTurn(id, role, async () => {
        if (this.#places.has(keyOf(id, role))) return;
        const { status } = (await this.#host.find(id)).standpoint.standing.seats[role];
        if (status === 'held') await this.#record(id, (actor) => actor.dropSeat(role));
        if (status === 'held' || status === 'dropped') this.#watch(id, role);
      });
  }

  /** The roles with a socket, in the order of {@link roles}. */
  connected(id: MatchId): readonly Role[] {
    return roles.filter((role) => (this.#places.get(keyOf(id, role))?.sitters.size ?? 0) > 0);
  }

  /** From here on nobody is cut off: the server goes, and its players will be back. */
  close(): void {
    this.#isClosing = true;
    for (const { cancelGrace } of this.#places.values()) cancelGrace();
  }

  /** Frees the seat when the grace period ends with nobody on it. */
  #watch(id: MatchId, role: Role): void {
    if (this.#isClosing) return;
    const place = this.#place(id, role);
    place.cancelGrace = this.#clock.after(this.#graceMs, () => {
      void this.#inTurn(id, role, async () => {
        // Its player may have come back, even gone again, before this had its turn.
        if (this.#isClosing || place.sitters.size > 0 || this.#places.get(keyOf(id, role)) !== place) return;
        this.#places.delete(keyOf(id, role));
        // A seat that cannot be freed now, on a full disk say, is kept for as long again.
        if (!(await this.#record(id, (actor) => actor.releaseSeat(role, 'grace')))) this.#watch(id, role);
      });
    });
  }

  /** What concerns one seat happens one after another: who comes back is not mixed up with its own going. */
  #inTurn<T>(id: MatchId, role: Role, work: () => Promise<T>): Promise<T> {
    const key = keyOf(id, role);
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.then(nothing, nothing);
    this.#turns.set(key, settled);
    void settled.then(() => {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    });
    return turn;
  }

  /**
   * A seat's fact that cannot be stored is no player's fault; the seat then waits for its token.
   * @returns whether it could.
   */
  async #record(id: MatchId, change: (actor: MatchActor) => Promise<void>): Promise<boolean> {
    try {
      await change(await this.#host.find(id));
      return true;
    } catch (error) {
      this.#diagnostics.warn({ match: id, error: describeError(error) }, 'a seat cannot be recorded');
      return false;
    }
  }

  #isAnybodyAt(id: MatchId): boolean {
    return this.connected(id).length > 0;
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
