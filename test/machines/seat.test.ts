import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { seatMachine } from '../../machines/seat.machine.ts';
import type { Seat, SeatEvent, SeatStatus } from '../../src/game/seat.ts';
import { seatAfter } from '../../src/match/fold/lifecycles.ts';
import { edgesOf, statesOf } from './paths.ts';

const role = 'fraudster';
/** The compiler asks for a line here when an event of seats is added. */
const events: Readonly<Record<SeatEvent['type'], SeatEvent>> = {
  'seat.claimed': { type: 'seat.claimed', data: { role, tokenHash: 'hash of the claim' } },
  'seat.dropped': { type: 'seat.dropped', data: { role } },
  'seat.resumed': { type: 'seat.resumed', data: { role } },
  'seat.released': { type: 'seat.released', data: { role, cause: 'left' } },
};
type EventName = SeatEvent['type'];

/** Where each event leads from each state; null where the state does not take it. */
const table: Readonly<Record<SeatStatus, Readonly<Record<EventName, SeatStatus | null>>>> = {
  vacant: {
    'seat.claimed': 'held',
    'seat.dropped': null,
    'seat.resumed': null,
    'seat.released': null,
  },
  held: {
    // A takeover by the token's owner is no fact of the seat: it is held before and after.
    'seat.claimed': null,
    'seat.dropped': 'dropped',
    'seat.resumed': null,
    'seat.released': 'released',
  },
  dropped: {
    'seat.claimed': null,
    'seat.dropped': null,
    'seat.resumed': 'held',
    'seat.released': 'released',
  },
  released: {
    'seat.claimed': 'held',
    'seat.dropped': null,
    'seat.resumed': null,
    'seat.released': null,
  },
};

const names = Object.keys(events) as readonly EventName[];
const statuses = Object.keys(table) as readonly SeatStatus[];
const cells = statuses.flatMap((status) =>
  names.map((name) => ({ status, name, next: table[status][name], event: events[name] })),
);

/** What a live actor of the machine comes to. */
function lived(seat: Seat, event: SeatEvent): Seat {
  const snapshot = seatMachine.resolveState({ value: seat.status, context: { tokenHash: seat.tokenHash } });
  const actor = createActor(seatMachine, { input: { tokenHash: seat.tokenHash }, snapshot });
  actor.start();
  actor.send(event);
  const { value, context } = actor.getSnapshot();
  actor.stop();
  return { status: value, tokenHash: context.tokenHash };
}

describe('a seat', () => {
  it.each(cells.filter(({ next }) => next !== null))(
    '$status takes $name: $next',
    ({ status, event, next }) => {
      const before: Seat = { status, tokenHash: status === 'vacant' ? null : 'hash before' };
      // Only a claim brings a token; whoever held the seat last is remembered.
      const tokenHash = event.type === 'seat.claimed' ? 'hash of the claim' : before.tokenHash;
      expect(seatAfter(before, event)).toEqual({ status: next, tokenHash });
      expect(lived(before, event)).toEqual({ status: next, tokenHash });
    },
  );

  it.each(cells.filter(({ next }) => next === null))('$status does not take $name', ({ status, event }) => {
    const before: Seat = { status, tokenHash: status === 'vacant' ? null : 'hash before' };
    expect(seatAfter(before, event)).toBeNull();
    expect(lived(before, event)).toEqual(before);
  });

  it('is released alike whether its player left or was waited for in vain', () => {
    for (const cause of ['left', 'grace'] as const)
      for (const status of ['held', 'dropped'] as const)
        expect(
          seatAfter({ status, tokenHash: 'hash' }, { type: 'seat.released', data: { role, cause } }),
        ).toEqual({
          status: 'released',
          tokenHash: 'hash',
        });
  });
});

describe('the seat machine', () => {
  const states = statesOf(seatMachine).filter((node) => node.type !== 'compound');
  const edges = edgesOf(seatMachine);

  it('has exactly the states and transitions of the table', () => {
    expect(states.map(({ key }) => key).sort()).toEqual([...statuses].sort());
    const taken = cells.filter(({ next }) => next !== null).map(({ status, name }) => `${status}|${name}|0`);
    expect(edges.map(({ id }) => id).sort()).toEqual(taken.sort());
    expect([...seatMachine.events].sort()).toEqual([...names].sort());
  });

  it('begins vacant, without a token', () => {
    const actor = createActor(seatMachine, { input: { tokenHash: null } }).start();
    expect(actor.getSnapshot()).toMatchObject({ value: 'vacant', context: { tokenHash: null } });
    actor.stop();
  });

  it('describes every state and every transition', () => {
    const silent = [
      ...statesOf(seatMachine).filter((node) => !node.description),
      ...edges.filter(({ definition }) => !definition.description),
    ];
    expect(silent).toEqual([]);
  });

  it('implements every guard and action it names, and names every one it implements', () => {
    const { guards, actions } = seatMachine.implementations;
    const definitions = edges.map(({ definition }) => definition);
    const used = definitions.flatMap((each) => each.actions).map((action) => nameOf(action));
    const guarding = definitions.flatMap(({ guard }) => (guard === undefined ? [] : [nameOf(guard)]));
    const onStates = statesOf(seatMachine).flatMap((node) => [...node.entry, ...node.exit].map(nameOf));
    expect(new Set([...used, ...onStates])).toEqual(new Set(Object.keys(actions)));
    expect(new Set(guarding)).toEqual(new Set(Object.keys(guards)));
  });

  it('has neither delays nor children: the grace period is the host’s to watch', () => {
    expect(statesOf(seatMachine).flatMap((node) => [...node.after, ...node.invoke])).toEqual([]);
  });
});

const nameOf = (named: unknown): string =>
  typeof named === 'object' && named !== null && 'type' in named ? String(named.type) : String(named);
