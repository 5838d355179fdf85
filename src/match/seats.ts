import type { Command, Role } from '../game/command.ts';
import type { Policies } from '../game/event.ts';
import type { Seat, SeatEvent } from '../game/seat.ts';
import type { ErrorCode } from '../shared/errors.ts';
import { commandId } from '../shared/ids.ts';
import type { CommandId } from '../shared/ids.ts';

/** A wish to sit: the hash of the token shown, if any, and of the one to give where none is asked for. */
export interface Claim {
  readonly shown: string | null;
  readonly fresh: string;
}

export type SeatDecision =
  | {
      readonly ok: true;
      readonly events: readonly SeatEvent[];
      /** Whose token holds the seat now; null where seats are open to all. */
      readonly token: keyof Claim | null;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

interface Keys {
  readonly auth: Required<Policies>['auth'];
  /** Of the token the match asks for, where it was created with one. */
  readonly invitation: string | undefined;
}

interface Situation extends Keys {
  readonly isOver: boolean;
}

/** The hash of the token that opens a seat; null for none yet, and where seats are open to all and have no tokens. */
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

/** Who may sit down. Nothing is decided by who is connected: a token takes its seat over from itself. */
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
  // After the end the stream is closed: who sat there may look, and nobody else sits down.
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
 * Every seat has command ids of its own: nobody is answered with another seat's reply, or meets the ids that the
 * arena gives to the opening and to time limits.
 */
export function seatCommandId(by: Command['by'], id: CommandId): CommandId {
  return by === 'clock' || by === 'owner' ? id : commandId(`${by}.${id}`);
}
