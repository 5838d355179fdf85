import type { Role, Viewer } from '../../game/command.ts';
import { isSeatEvent, vacantSeats } from '../../game/seat.ts';
import type { SeatEvent, Seats } from '../../game/seat.ts';
import type { LogTimes } from '../../game/position.ts';
import { invariant } from '../../shared/invariant.ts';
import { countFrames } from './frames.ts';
import type { FrameStep } from './frames.ts';
import { seatAfter } from './lifecycles.ts';

/** Derived from the stream like the state, but part of no digest. */
export interface Bookkeeping {
  readonly seats: Seats;
  /** The number of frames in each viewer's stream. */
  readonly frameCounts: Readonly<Record<Viewer, number>>;
  readonly logTimes: LogTimes;
  /** The number of recorded refusals of each role. */
  readonly refusals: Readonly<Record<Role, number>>;
}

export const emptyBookkeeping: Bookkeeping = {
  seats: vacantSeats,
  frameCounts: { fraudster: 0, investigator: 0, auditor: 0, spectator: 0 },
  logTimes: { fraudster: [], investigator: [] },
  refusals: { fraudster: 0, investigator: 0, auditor: 0 },
};

/** The bookkeeping after one event. @throws InvariantError when a seat cannot take the event. */
export function bookkeepingAfter(bookkeeping: Bookkeeping, step: FrameStep): Bookkeeping {
  const { event } = step;
  const { seats, frameCounts, logTimes, refusals } = bookkeeping;
  // A digest has no frame.
  if (event.type === 'state.digested') return bookkeeping;
  return {
    seats: isSeatEvent(event) ? seatsAfter(seats, event) : seats,
    frameCounts: {
      fraudster: frameCounts.fraudster + countFrames('fraudster', step),
      investigator: frameCounts.investigator + countFrames('investigator', step),
      auditor: frameCounts.auditor + countFrames('auditor', step),
      spectator: frameCounts.spectator + countFrames('spectator', step),
    },
    logTimes: timesAfter(logTimes, step),
    refusals:
      event.type === 'action.refused'
        ? { ...refusals, [event.data.by]: refusals[event.data.by] + 1 }
        : refusals,
  };
}

function seatsAfter(seats: Seats, event: SeatEvent): Seats {
  const { role } = event.data;
  const seat = seatAfter(seats[role], event);
  invariant(seat !== null, `The ${role}'s seat does not take ${event.type}.`);
  return { ...seats, [role]: seat };
}

function timesAfter(times: LogTimes, { at, before, after }: FrameStep): LogTimes {
  const { fraudster, investigator } = times;
  const isOfFraudster = before.state.fraudsterLog.length !== after.state.fraudsterLog.length;
  const isOfInvestigator = before.state.investigatorLog.length !== after.state.investigatorLog.length;
  return isOfFraudster || isOfInvestigator
    ? {
        fraudster: isOfFraudster ? [...fraudster, at] : fraudster,
        investigator: isOfInvestigator ? [...investigator, at] : investigator,
      }
    : times;
}
