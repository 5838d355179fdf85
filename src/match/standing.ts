import type { Role, Viewer } from '../game/command.ts';
import { isSeatEvent, vacantSeats } from '../game/seat.ts';
import type { Seats } from '../game/seat.ts';
import type { LogTimes } from '../game/view/situation.ts';
import { invariant } from '../shared/invariant.ts';
import { framesCount } from './frames.ts';
import type { Step } from './frames.ts';
import { seatAfter } from './statechart.ts';

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
export function standingAfter({ seats, told, logTimes, refusals }: Standing, step: Step): Standing {
  const { event, at, before, after } = step;
  const of = (viewer: Viewer): number => told[viewer] + framesCount(viewer, step);
  const times = (log: 'fraudster' | 'investigator') => {
    const [was, is] = [before.match, after.match].map((match) => match[`${log}Log`].length);
    return was === is ? logTimes[log] : [...logTimes[log], at];
  };
  let seated = seats;
  if (isSeatEvent(event)) {
    const { role } = event.data;
    const seat = seatAfter(seats[role], event);
    invariant(seat !== null, `The ${role}'s seat does not take ${event.type}.`);
    seated = { ...seats, [role]: seat };
  }
  return {
    seats: seated,
    told: {
      fraudster: of('fraudster'),
      investigator: of('investigator'),
      auditor: of('auditor'),
      spectator: of('spectator'),
    },
    logTimes: { fraudster: times('fraudster'), investigator: times('investigator') },
    refusals:
      event.type === 'action.refused'
        ? { ...refusals, [event.data.by]: refusals[event.data.by] + 1 }
        : refusals,
  };
}
