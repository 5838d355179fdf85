import type { Draws } from '../../../src/game/random.ts';

/** Values that no sound client sends, most of them as the text of their JSON. */

/** Keys that mean something to a careless program. JSON makes each an own key, `__proto__` too. */
export const oddKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'toJSON',
  'length',
  'type ',
  'Type',
  '',
  '\u0000',
  '\ud800',
  '$where',
  'data.type',
  '0',
];

/** What the statecharts and the log call things: never a client's to say. */
export const machineEvents = [
  'xstate.stop',
  'xstate.init',
  'xstate.done.actor.0',
  'xstate.error.actor.0',
  'xstate.after.1000.turn',
  'match.created',
  'match.graded',
  'match.aborted',
  'turn.ended',
  'review.closed',
  'ad.proposed',
  'verdict.given',
  'audit.submitted',
  'state.digested',
  'seat.claimed',
  'seat.released',
  'action.refused',
  'deadline.passed',
  'log.opened',
  'stop.requested',
  'event',
  'turn',
  'match_over',
  'observation',
  'error',
];

export const numbers = [
  '-1',
  '-0',
  '0.5',
  '1e308',
  '1e999',
  '-1e999',
  '9007199254740993',
  '4294967296',
  '1e-400',
  '1e21',
  '123456789012345678901234567890',
  '-4294967296',
];

export const strings = (draws: Draws): string =>
  draws.pick([
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '<script>',
    "'; drop table",
    '${jndi:ldap}',
    '../../../etc/passwd',
    'NaN',
    'null',
    'true',
    '١٢٣',
    '0x10',
    '1_000',
    '%00',
    '%s%s%n',
    '\u2028',
    'x'.repeat(draws.pick([129, 513, 2001, 4001, 20_000])),
    '😀'.repeat(draws.pick([65, 2001])),
    String.fromCharCode(...Array.from({ length: 30 }, () => draws.below(65_536))),
  ]);

/** JSON text of any value: numbers beyond doubles and keys twice included. */
export function anyJson(draws: Draws, depth = 3): string {
  const kind = draws.below(depth > 0 ? 8 : 6);
  if (kind === 0) return draws.pick(['true', 'false', 'null']);
  if (kind <= 2) return draws.pick(numbers);
  if (kind <= 5) return JSON.stringify(strings(draws));
  const items = Array.from({ length: draws.below(4) }, () => anyJson(draws, depth - 1));
  if (kind === 6) return `[${items.join(',')}]`;
  const key = () => JSON.stringify(draws.chance(500) ? draws.pick(oddKeys) : strings(draws).slice(0, 50));
  return `{${items.map((item) => `${key()}:${item}`).join(',')}}`;
}

export const deep = (draws: Draws, open: string, close: string): string => {
  const levels = draws.pick([70, 1000, 5000, 12_000]);
  return `${open.repeat(levels)}1${close.repeat(levels)}`;
};

export const deepValue = (draws: Draws): string =>
  draws.chance(500) ? deep(draws, '[', ']') : deep(draws, '{"a":', '}');

/** A value of another type than text, number, boolean, list and object, by turns. */
export function wrongType(draws: Draws, allowed: 'text' | 'number' | 'boolean' | 'list' | 'object'): string {
  const all = {
    text: () => JSON.stringify(strings(draws)),
    number: () => draws.pick(numbers),
    boolean: () => draws.pick(['true', 'false']),
    list: () => draws.pick(['[]', '[[]]', '[1]', '["a"]', deep(draws, '[', ']')]),
    object: () => draws.pick(['{}', '{"length":1}', '{"__proto__":{"a":1}}', deep(draws, '{"a":', '}')]),
  };
  const kinds = Object.entries(all).filter(([kind]) => kind !== allowed);
  return draws.pick(kinds)[1]();
}
