import type { Draws } from '../../../src/game/random.ts';
import { json, text } from './hostile-frame.ts';
import type { Maker, Sender } from './hostile-frame.ts';
import { anyJson, deepValue, numbers, oddKeys, strings, wrongType } from './hostile-values.ts';

/** Requests whose contents are wrong. */

const seated = ({ match }: Sender, right: string): readonly string[] => [match === null ? 'no_match' : right];

const wrongResets: Readonly<Record<string, (draws: Draws) => string>> = {
  seed: (draws) => draws.pick([...numbers.filter((each) => Number(each) !== 0), '"7"', '[]', '{}', 'true']),
  episode_id: (draws) =>
    draws.pick(['""', '"a b"', '".."', '"../x"', '"a/b"', '"\\u0000"', '1', '[]', long129]),
  task_id: (draws) => draws.pick(['"task_9"', '"__proto__"', '"constructor"', '""', '1', '[]', '"TASK_1"']),
  max_rounds: (draws) => draws.pick(['0', '21', '-3', '1.5', '"4"', '1e999', '[4]', '{}', 'true']),
  max_proposals: (draws) => draws.pick(['-1', '51', '0.1', '"5"', '[]']),
  max_fraudster_actions_per_turn: (draws) => draws.pick(['0', '11', '-1', '"1"', 'false']),
  max_investigator_actions_per_turn: (draws) => draws.pick(['0', '31', '1e9', '"1"', '{}']),
  allowed_categories: (draws) =>
    draws.pick([
      '[]',
      '"toys"',
      '[1]',
      '[""]',
      '["a","a"]',
      '{}',
      '[null]',
      `["${'x'.repeat(65)}"]`,
      '["\\ud800"]',
    ]),
  ruleset: (draws) => draws.pick(['"classic2"', '"__proto__"', '1', '[]', '{}']),
  policies: (draws) =>
    draws.pick([
      '[]',
      '1',
      '"open"',
      '{"auth":"nobody"}',
      '{"__proto__":{"auth":"open"}}',
      '{"spectator_delay":-1}',
    ]),
  deadlines: (draws) => draws.pick(['1', '{"turn_ms":1}', '{"turn_ms":1e99}', '{"x":1}', '{"audit_ms":"9"}']),
  seat_token: (draws) =>
    draws.pick(['"short"', '1', '[]', '{}', `"${'x'.repeat(129)}"`, '"a b c d e f g h i j k l m"']),
};
const long129 = JSON.stringify('x'.repeat(129));

export const wrongReset: Maker = (draws) => {
  const field = draws.pick(Object.keys(wrongResets));
  const value = wrongResets[field]?.(draws) ?? '';
  return text('wrong reset', `{"type":"reset","data":{"seed":1,"${field}":${value}}}`, ['reset_error'], {
    path: field,
  });
};

export const foreignReset: Maker = (draws) => {
  const key = draws.pick([...oddKeys, 'match_id', 'phase', 'ruleset_hash', 'salt', 'type', 'by']);
  // Null would be the same as absent.
  const value = draws.pick([`[${anyJson(draws)}]`, '"match.graded"', deepValue(draws)]);
  return text('foreign key in a reset', `{"type":"reset","data":{${JSON.stringify(key)}:${value}}}`, [
    'reset_error',
  ]);
};

export const takenReset: Maker = (_, { foreign }) =>
  json('a match of others', { type: 'reset', data: { episode_id: foreign } }, ['match_exists']);

const strangeIds = [
  '..',
  '.',
  '../../checkpoints/x',
  '/etc/passwd',
  '\u0000',
  'a\u0000b',
  '__proto__',
  'constructor',
  ' ',
  '%2e%2e',
  '\ud800',
  'é',
  'x'.repeat(129),
  'x'.repeat(300),
  'x'.repeat(5000),
  'nobody-made-this',
  'a/b',
  'a\\b',
  'CON',
];

export const wrongJoin: Maker = (draws, { foreign }) =>
  draws.pick([
    () =>
      text('join of nothing', draws.pick(['{"type":"join"}', '{"type":"join","data":null}']), [
        'missing_match_id',
      ]),
    () =>
      text('join of nothing', `{"type":"join","data":{"match_id":${draws.pick(['null', '""'])}}}`, [
        'missing_match_id',
      ]),
    () =>
      text('join by no id', `{"type":"join","data":{"match_id":${wrongType(draws, 'text')}}}`, [
        'validation_error',
      ]),
    () => json('strange id', { type: 'join', data: { match_id: draws.pick(strangeIds) } }, ['unknown_match']),
    () => json('seat of another', { type: 'join', data: { match_id: foreign } }, ['seat_taken']),
    () =>
      json('wrong token', { type: 'join', data: { match_id: foreign, seat_token: 'A'.repeat(32) } }, [
        'seat_taken',
      ]),
    () =>
      json('no token', { type: 'join', data: { match_id: foreign, seat_token: strings(draws) + '!' } }, [
        'validation_error',
      ]),
    () =>
      json('foreign key in a join', { type: 'join', data: { match_id: foreign, role: 'auditor' } }, [
        'validation_error',
      ]),
  ])();

export const wrongSubscribe: Maker = (draws, sender) =>
  draws.pick([
    () =>
      text(
        'wrong subscribe',
        `{"type":"subscribe","data":{"from_seq":${draws.pick(['-1', '0.5', '"1"', 'null', '1e999', '[]', '9007199254740993'])}}}`,
        ['validation_error'],
      ),
    () => json('wrong subscribe', { type: 'subscribe', data: { from: 1 } }, ['validation_error']),
    () =>
      json(
        'subscribe to what is to come',
        { type: 'subscribe', data: { from_seq: 1_000_000 } },
        seated(sender, 'validation_error'),
      ),
    () => json('subscribe', { type: 'subscribe', data: { from_seq: 0 } }, seated(sender, 'subscribed')),
    () =>
      json(
        'unsubscribe',
        { type: 'unsubscribe', data: { a: strings(draws) } },
        seated(sender, 'unsubscribed'),
      ),
  ])();

export const soundRead: Maker = (draws, sender) => {
  const type = draws.pick(['obs', 'state']);
  const requestId = `r-${draws.below(1000)}`;
  return text(
    'read with ignored data',
    `{"type":"${type}","request_id":"${requestId}","data":{"x":${draws.chance(200) ? deepValue(draws) : anyJson(draws)}}}`,
    seated(sender, type === 'obs' ? 'observation' : 'state'),
    { requestId },
  );
};
