import type { Command, Role } from '../game/command.ts';
import type { Policies } from '../game/event.ts';
import type { Seat, SeatEvent } from '../game/seat.ts';
import type { ErrorCode } from '../shared/errors.ts';
import { commandId } from '../shared/ids.ts';
import type { CommandId } from '../shared/ids.ts';

/**
 * A request for a seat. Both are SHA-256, hex: of the token that the player presented, or null; and of a new
 * token to give out if none was presented.
 */
export interface Claim {
  readonly shown: string | null;
  readonly fresh: string;
}

export type SeatDecision =
  | {
      readonly ok: true;
      readonly events: readonly SeatEvent[];
      /** Which token holds the seat now; null under the policy `open`, which has no tokens. */
      readonly token: keyof Claim | null;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

interface Keys {
  readonly auth: Required<Policies>['auth'];
  /** The hash of the token fixed at the creation of the match, if any. */
  readonly invitation: string | undefined;
}

interface Situation extends Keys {
  readonly isOver: boolean;
}

/** The hash of the token that a seat accepts; null if it has none yet, and always under the policy `open`. */
export function seatKey({ tokenHash }: Seat, { auth, invitation }: Keys): string | null {
  switch (auth) {
    case 'open':
      return null;
    case 'seats':
      return tokenHash;
    case 'invited':
      return invitation ?? null;
  }
}

/**
 * Decides a request for a seat. Refuses with `seat_token_required`, `seat_token_wrong` or `seat_taken`.
 * Connections do not matter: the right token also takes over a seat that is held.
 */
export function claimSeat(role: Role, seat: Seat, claim: Claim, situation: Situation): SeatDecision {
  if (situation.auth === 'open') return { ok: true, events: [], token: null };
  const refusal = whyNot(role, seat, claim, situation);
  if (refusal !== null) return refusal;
  const token = claim.shown === null ? 'fresh' : 'shown';
  if (situation.isOver || seat.status === 'held') return { ok: true, events: [], token };
  if (seat.status === 'dropped')
    return { ok: true, events: [{ type: 'seat.resumed', data: { role } }], token };
  const tokenHash = claim[token] ?? claim.fresh;
  return { ok: true, events: [{ type: 'seat.claimed', data: { role, tokenHash } }], token };
}

function whyNot(
  role: Role,
  seat: Seat,
  { shown }: Claim,
  { isOver, ...keys }: Situation,
): SeatDecision | null {
  if (shown !== null && shown === seatKey(seat, keys)) return null;
  if (keys.auth === 'invited')
    return shown === null
      ? refused('seat_token_required', `The ${role}'s seat needs the seat_token given to it.`)
      : refused('seat_token_wrong', `This is not the token of the ${role}'s seat.`);
  // After the end nothing more is stored: the seat's own player may look, but nobody can take a seat.
  if (isOver)
    return refused('seat_taken', `The match is over; only its ${role} may look at it from that seat.`);
  const isFree = seat.status === 'vacant' || seat.status === 'released';
  if (isFree) return null;
  return refused('seat_taken', `The ${role}'s seat is taken. Its player joins again with its seat_token.`);
}

function refused(code: ErrorCode, message: string): SeatDecision {
  return { ok: false, code, message };
}

/**
 * Puts a command id into the namespace of its seat. A seat can neither get another seat's reply nor collide
 * with the ids of the opening and of time limits.
 */
export function seatCommandId(by: Command['by'], id: CommandId): CommandId {
  return by === 'clock' || by === 'owner' ? id : commandId(`${by}.${id}`);
}
