import { matchMachine } from '../../../machines/match.machine.ts';
import { nodeMachine } from '../../../machines/node.machine.ts';
import { reviewMachine } from '../../../machines/review.machine.ts';
import { seatMachine } from '../../../machines/seat.machine.ts';
import type { DrawableMachine } from './model.ts';

/** Every machine of `machines/`, by its id. */
export const machines = {
  match: matchMachine,
  review: reviewMachine,
  seat: seatMachine,
  node: nodeMachine,
} as const satisfies Readonly<Record<string, DrawableMachine>>;

export type MachineName = keyof typeof machines;

export const machineNames = Object.keys(machines) as readonly MachineName[];
