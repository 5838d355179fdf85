import { transition } from 'xstate';
import { nodeMachine } from '../../../machines/node.machine.ts';
import type { NodeEvent } from '../../../machines/node.machine.ts';
import { seatMachine } from '../../../machines/seat.machine.ts';
import type { Seat, SeatEvent } from '../../game/seat.ts';

/** The seat after `event`; null when the seat's chart does not take it. */
export function seatAfter({ status, tokenHash }: Seat, event: SeatEvent): Seat | null {
  const snapshot = seatMachine.resolveState({ value: status, context: { tokenHash } });
  if (!snapshot.can(event)) return null;
  const [next] = transition(seatMachine, snapshot, event);
  return { status: next.value, tokenHash: next.context.tokenHash };
}

export type NodeState = 'starting' | 'recovering' | 'serving' | 'draining' | 'stopped';

/**
 * The server's state after `event`; unchanged if its chart does not take the event, such as a second stop.
 */
export function nodeAfter(state: NodeState, event: NodeEvent['type']): NodeState {
  const [next] = transition(nodeMachine, nodeMachine.resolveState({ value: state }), { type: event });
  return next.value;
}
