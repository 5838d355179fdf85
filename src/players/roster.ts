import { AppError } from '../shared/errors.ts';
import type { Role } from '../game/command.ts';
import {
  commitAtOnce,
  constantFraudster,
  constantInvestigator,
  idle,
  inventingAuditor,
  randomAuditor,
  randomFraudster,
  randomInvestigator,
  repeatingAuditor,
  silentAuditor,
} from './controls.ts';
import { gibberishFraudster, reactiveFraudster, scriptedFraudster } from './fraudsters.ts';
import { markerInvestigator } from './marker-investigator.ts';
import type { Player } from './player.ts';
import { scriptedAuditor } from './scripted-auditor.ts';
import { scriptedInvestigator } from './scripted-investigator.ts';

type Makers<R extends Role> = Readonly<Record<string, (seed: number) => Player<R>>>;

/** The built-in players by role and name. Each call makes a new player for one match. */
export const roster: { readonly [R in Role]: Makers<R> } = {
  fraudster: {
    reactive: reactiveFraudster,
    scripted: scriptedFraudster,
    gibberish: gibberishFraudster,
    constant: constantFraudster,
    random: randomFraudster,
    commit: commitAtOnce,
    idle,
  },
  investigator: {
    scripted: scriptedInvestigator,
    marker: markerInvestigator,
    'approve-all': () => constantInvestigator('approve'),
    'reject-all': () => constantInvestigator('reject'),
    'escalate-all': () => constantInvestigator('escalate'),
    random: randomInvestigator,
    idle,
  },
  auditor: {
    scripted: scriptedAuditor,
    silent: silentAuditor,
    repeating: repeatingAuditor,
    inventing: inventingAuditor,
    random: randomAuditor,
    idle,
  },
};

/** The players of seats for which none is named. */
export const defaultPlayers: Readonly<Record<Role, string>> = {
  fraudster: 'reactive',
  investigator: 'scripted',
  auditor: 'scripted',
};

export type Seats = { readonly [R in Role]: Player<R> };
export type SeatNames = Readonly<Record<Role, string>>;

/**
 * Makes the players of all seats.
 * @throws AppError `unknown_player`, with the names of the role's players.
 */
export function seatsFor(names: SeatNames, seed: number): Seats {
  return {
    fraudster: maker('fraudster', names)(seed),
    investigator: maker('investigator', names)(seed),
    auditor: maker('auditor', names)(seed),
  };
}

function maker<R extends Role>(role: R, names: SeatNames): (seed: number) => Player<R> {
  const known: Makers<R> = roster[role];
  const make = Object.hasOwn(known, names[role]) ? known[names[role]] : undefined;
  if (make !== undefined) return make;
  const players = Object.keys(known);
  throw new AppError(
    'unknown_player',
    `There is no ${role} "${names[role]}". Players: ${players.join(', ')}.`,
    {
      role,
      player: names[role],
      players,
    },
  );
}
