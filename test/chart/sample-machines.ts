import { setup } from 'xstate';

/** Machines with what those of `machines/` lack: nesting, regions, delays, actions, history, long names. */

const isSo = () => true;

export const nested = setup({
  types: { events: {} as { type: string } },
  guards: { isLast: isSo, isReady: isSo, isBudgetLeft: isSo },
  actions: { refill: () => undefined, announce: () => undefined },
}).createMachine({
  id: 'nested',
  version: '3',
  description: 'A game in rounds, with <marks> & "signs" that XML must not take for its own.',
  initial: 'lobby',
  on: { 'match.abort': '.aborted', ping: {}, 'match.restart': '.lobby' },
  states: {
    lobby: {
      tags: ['open'],
      on: { 'seat.join': {} },
      always: { guard: 'isReady', target: 'play' },
    },
    play: {
      initial: 'fraudster_turn',
      on: { pause: { target: 'lobby' }, 'note.taken': {}, 'turn.end': 'lobby' },
      states: {
        fraudster_turn: {
          entry: 'refill',
          exit: 'announce',
          on: {
            'ad.submit': { guard: 'isBudgetLeft' },
            'turn.end': [{ guard: 'isReady', target: 'investigator_turn' }, { target: 'round_end' }],
            skip: '#nested.audit_phase.verdicts.settled',
          },
        },
        investigator_turn: {
          on: { 'turn.end': 'round_end', again: { target: 'investigator_turn', reenter: true } },
        },
        round_end: {
          always: [{ guard: 'isLast', target: '#nested.audit_phase' }, { target: 'fraudster_turn' }],
        },
      },
    },
    audit_phase: {
      type: 'parallel',
      onDone: 'done',
      states: {
        verdicts: {
          initial: 'judging',
          states: {
            judging: { on: { verdict: {} }, after: { 1000: 'settled' } },
            settled: { type: 'final' },
          },
        },
        scoring: {
          initial: 'waiting',
          states: { waiting: { on: { score: 'scored' } }, scored: { type: 'final' } },
        },
      },
    },
    done: { type: 'final' },
    aborted: { type: 'final' },
  },
});

/** Every state leads to every other. */
export const knotted = setup({
  types: { events: {} as { type: string } },
  guards: { isAVeryLongConditionThatMustStillFitItsCard: isSo },
}).createMachine({
  id: 'knotted',
  initial: 'a',
  states: {
    a: { on: { ab: 'b', ac: 'c', ad: 'd', stay: {} } },
    b: {
      on: { ba: 'a', bc: 'c', bd: { guard: 'isAVeryLongConditionThatMustStillFitItsCard', target: 'd' } },
    },
    c: { on: { ca: 'a', cb: 'b', cd: 'd' } },
    d: { on: { da: 'a', db: 'b', dc: 'c' } },
  },
});

/** Regions from the first moment, which a machine's root may be too. */
export const regions = setup({
  types: { events: {} as { type: string } },
  guards: { isOn: isSo },
}).createMachine({
  id: 'regions',
  type: 'parallel',
  on: { reset: {} },
  states: {
    light: {
      initial: 'off',
      states: {
        off: { on: { press: { guard: 'isOn', target: 'on' }, reset: 'off' } },
        on: { on: { press: 'off' } },
      },
    },
    sound: {
      initial: 'quiet',
      states: { quiet: { on: { press: 'loud' } }, loud: { on: { press: 'quiet' } } },
    },
  },
});

/** A name wider than what the state holds, and a line to what it holds, which passes the name. */
export const entered = setup({ types: { events: {} as { type: string } } }).createMachine({
  id: 'entered',
  initial: 'a',
  states: {
    a: { on: { go: 'a_name_that_is_much_wider_than_what_it_holds.b' } },
    a_name_that_is_much_wider_than_what_it_holds: {
      initial: 'b',
      on: { stay: {} },
      states: { b: { on: { back: '#entered.a' } } },
    },
  },
});
