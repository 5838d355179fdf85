import { opcodes } from '../../../src/testing/socket-port/wire.ts';
import { text } from './hostile-frame.ts';
import type { Maker } from './hostile-frame.ts';
import {
  anyJson,
  deep,
  deepValue,
  machineEvents,
  numbers,
  oddKeys,
  strings,
  wrongType,
} from './hostile-values.ts';

/** Frames that are no request at all. */

export const noJson: Maker = (draws) => {
  const broken = draws.pick([
    () =>
      draws.pick([
        '',
        ' ',
        '{',
        '}',
        '[',
        'nul',
        'undefined',
        'NaN',
        'Infinity',
        '+1',
        '01',
        '.5',
        '1.',
        "'a'",
      ]),
    () =>
      draws.pick([
        '{"type":"obs",}',
        '{type:"obs"}',
        '{"type":"obs"}}',
        '{"a"}',
        '[1,]',
        '"\u0001"',
        '"\\x41"',
      ]),
    () => `{"type":"obs","data":${'['.repeat(draws.between(1, 20_000))}`,
    () => `{"type":"reset","data":${anyJson(draws)}`,
    () => JSON.stringify({ type: 'obs', data: { a: strings(draws) } }).slice(0, -draws.between(1, 12)),
    () => Buffer.from(Array.from({ length: draws.between(1, 300) }, () => draws.below(128))).toString(),
  ])();
  return isJson(broken)
    ? text('no JSON', `${broken}]`, ['invalid_json'])
    : text('no JSON', broken, ['invalid_json']);
};

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

export const noObject: Maker = (draws) =>
  text(
    'no object',
    draws.pick([
      () => deep(draws, '[', ']'),
      () => `[${anyJson(draws)}]`,
      () => '[{"type":"reset"}]',
      () => draws.pick(numbers),
      () => JSON.stringify(strings(draws)),
      () => draws.pick(['true', 'false', 'null', '"reset"', ' \t\r\n[] ']),
    ])(),
    ['validation_error'],
  );

export const unknownType: Maker = (draws) => {
  const requestId = draws.pick([undefined, 'r-1', '\ud800', 'é'.repeat(128)]);
  const id = requestId === undefined ? '' : `,"request_id":${JSON.stringify(requestId)}`;
  const type = draws.pick([
    () => JSON.stringify(draws.pick(machineEvents)),
    () => JSON.stringify(draws.pick(oddKeys)),
    () =>
      JSON.stringify(draws.pick(['RESET', 'reset ', ' reset', 'reset\u0000', 'rеset', 'resets', 'close\n'])),
    () => JSON.stringify(`${strings(draws)}!`),
    () => wrongType(draws, 'text'),
  ])();
  const rest = draws.pick([
    '',
    `,"data":${anyJson(draws)}`,
    ',"type ":"reset"',
    `,"deep":${deepValue(draws)}`,
  ]);
  return text('unknown type', `{"type":${type}${id}${rest}}`, ['unknown_type'], {
    ...(requestId === undefined ? {} : { requestId }),
  });
};

export const noType: Maker = (draws) =>
  text(
    'no type',
    draws.pick([
      '{}',
      `{"data":${anyJson(draws)}}`,
      '{"__proto__":{"type":"reset"}}',
      `{"a":${deepValue(draws)}}`,
    ]),
    ['unknown_type'],
  );

const requestTypes = ['reset', 'join', 'step', 'obs', 'state', 'close', 'subscribe', 'unsubscribe'];

export const wrongEnvelope: Maker = (draws) => {
  const type = draws.pick(requestTypes);
  const fault = draws.pick([
    () => `"data":${wrongType(draws, 'object')}`,
    () =>
      `"request_id":${draws.pick(['""', '0', 'null', '{}', '[]', 'true', JSON.stringify('x'.repeat(129))])}`,
    () => `${JSON.stringify(draws.pick(oddKeys))}:${anyJson(draws)}`,
    () => `"event":{"type":${JSON.stringify(draws.pick(machineEvents))}}`,
    () => `"role":"auditor"`,
    () => `"seq":1`,
    () =>
      type === 'step'
        ? `"command_id":${draws.pick(['""', '"a b"', '"../x"', '1', 'null', '"é"', '".."', JSON.stringify('x'.repeat(101))])}`
        : '"command_id":"c-1"',
  ])();
  return text('wrong envelope', `{"type":"${type}",${fault}}`, ['validation_error']);
};

export const binary: Maker = (draws) => ({
  kind: 'binary',
  opcode: opcodes.binary,
  right: ['validation_error'],
  bytes: draws.chance(500)
    ? Buffer.from('{"type":"reset","data":{}}')
    : Buffer.from(Array.from({ length: draws.below(300) }, () => draws.below(256))),
});

const frameBytes = 64 * 1024;

export const long: Maker = (draws) => {
  const bytes = draws.weighted([
    [frameBytes + 1, 6],
    [frameBytes + draws.below(20_000), 3],
    [1024 * 1024, 1],
  ] as const);
  const length = Math.max(bytes, frameBytes + 1);
  const opening = draws.pick(['{"type":"reset","data":{}}', '{"type":"obs","x":"', '[', '']);
  return {
    kind: 'too long',
    right: ['frame_too_large'],
    opcode: draws.pick([opcodes.text, opcodes.binary]),
    bytes: Buffer.concat([Buffer.from(opening), Buffer.alloc(length - opening.length, 0x20)]),
  };
};

export const justFits: Maker = (draws) => {
  const padded = (value: string) => value + ' '.repeat(frameBytes - Buffer.byteLength(value));
  return draws.pick([
    () => text('just fits', padded('{"type":"xstate.stop"}'), ['unknown_type']),
    () => text('just fits', 'x'.repeat(frameBytes), ['invalid_json']),
    () => text('just fits', `"${'x'.repeat(frameBytes - 2)}"`, ['validation_error']),
    () => text('just fits', '['.repeat(frameBytes), ['invalid_json']),
    () =>
      text('just fits', `${'['.repeat(frameBytes / 2)}${']'.repeat(frameBytes / 2)}`, ['validation_error']),
  ])();
};
