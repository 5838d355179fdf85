import type { Role } from './command.ts';
import type { Annotation } from './event.ts';

/** The annotations that change a seat. */
export type SeatEvent = Extract<Annotation, { type: `seat.${string}` }>;

/** The states of `machines/seat.machine.ts`. */
export type SeatStatus = 'vacant' | 'held' | 'dropped' | 'released';

export interface Seat {
  readonly status: SeatStatus;
  /** SHA-256 (hex) of the token that holds the seat or held it last; null if none did. */
  readonly tokenHash: string | null;
}

export type Seats = Readonly<Record<Role, Seat>>;

const vacant: Seat = { status: 'vacant', tokenHash: null };

export const vacantSeats: Seats = { fraudster: vacant, investigator: vacant, auditor: vacant };

export function isSeatEvent(event: { readonly type: string }): event is SeatEvent {
  return event.type.startsWith('seat.');
}
