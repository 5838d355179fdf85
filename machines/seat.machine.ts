import { assign, setup } from 'xstate';
import type { SeatEvent } from '../src/game/seat.ts';

/**
 * The statechart of one seat. Its events are stored in the match's stream. The server runs the grace period
 * of a dropped player; its end is the event `seat.released`.
 */
export const seatMachine = setup({
  types: {
    context: {} as { tokenHash: string | null },
    events: {} as SeatEvent,
    input: {} as { tokenHash: string | null },
  },
  actions: {
    keepToken: assign({
      tokenHash: ({ context, event }) =>
        event.type === 'seat.claimed' ? event.data.tokenHash : context.tokenHash,
    }),
  },
}).createMachine({
  id: 'seat',
  version: '1',
  description: 'A place in a match. Whoever holds its token sits there.',
  context: ({ input }) => input,
  initial: 'vacant',
  states: {
    vacant: {
      description: 'Nobody has sat here yet.',
      on: {
        'seat.claimed': { target: 'held', actions: 'keepToken', description: 'A player takes the seat.' },
      },
    },
    held: {
      description: 'A player with the token is connected.',
      on: {
        'seat.dropped': { target: 'dropped', description: 'The connection is gone.' },
        'seat.released': { target: 'released', description: 'The player leaves.' },
      },
    },
    dropped: {
      description: 'The seat is kept for its token while the grace period runs.',
      on: {
        'seat.resumed': { target: 'held', description: 'The token is back.' },
        'seat.released': {
          target: 'released',
          description: 'The grace period is over, or the player leaves.',
        },
      },
    },
    released: {
      description: 'The seat is free again.',
      on: {
        'seat.claimed': { target: 'held', actions: 'keepToken', description: 'A player takes the seat.' },
      },
    },
  },
});
