import type { Role, Viewer } from '../../game/command.ts';
import { isSeatEvent, vacantSeats } from '../../game/seat.ts';
import type { SeatEvent, Seats } from '../../game/seat.ts';
import type { LogTimes } from '../../game/view/situation.ts';
import { invariant } from '../../shared/invariant.ts';
import { framesCount } from './frames.ts';
import type { Step } from './frames.ts';
import { seatAfter } from './chart.ts';

/** What of a match stands beside its state, and in no digest: a fold of the same stream. */
export interface Standing {
  readonly seats: Seats;
  /** How many frames each viewer's stream holds so far. */
  readonly told: Readonly<Record<Viewer, number>>;
  readonly logTimes: LogTimes;
  /** How many refused attempts of each role are recorded. */
  readonly refusals: Readonly<Record<Role, number>>;
}

export const emptyStanding: Standing = {
  seats: vacantSeats,
  told: { fraudster: 0, investigator: 0, auditor: 0, spectator: 0 },
  logTimes: { fraudster: [], investigator: [] },
  refusals: { fraudster: 0, investigator: 0, auditor: 0 },
};

/** @throws InvariantError when a seat cannot take the event. */
export function standingAfter(standing: Standing, step: Step): Standing {
  const { event } = step;
  const { seats, told, logTimes, refusals } = standing;
  // Told to nobody, and nothing but itself.
  if (event.type === 'state.digested') return standing;
  return {
    seats: isSeatEvent(event) ? seatsAfter(seats, event) : seats,
    told: {
      fraudster: told.fraudster + framesCount('fraudster', step),
      investigator: told.investigator + framesCount('investigator', step),
      auditor: told.auditor + framesCount('auditor', step),
      spectator: told.spectator + framesCount('spectator', step),
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

function timesAfter(times: LogTimes, { at, before, after }: Step): LogTimes {
  const { fraudster, investigator } = times;
  const isOfFraudster = before.match.fraudsterLog.length !== after.match.fraudsterLog.length;
  const isOfInvestigator = before.match.investigatorLog.length !== after.match.investigatorLog.length;
  return isOfFraudster || isOfInvestigator
    ? {
        fraudster: isOfFraudster ? [...fraudster, at] : fraudster,
        investigator: isOfInvestigator ? [...investigator, at] : investigator,
      }
    : times;
}
