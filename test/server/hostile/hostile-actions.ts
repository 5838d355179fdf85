import type { Role } from '../../../src/game/command.ts';
import { text } from './hostile-frame.ts';
import type { Hostile, Maker, Sender } from './hostile-frame.ts';
import { deepValue, machineEvents, numbers, oddKeys, strings, wrongType } from './hostile-values.ts';

/** Steps: wrong by their schema, or sound and senseless. */

const fieldsOf: Readonly<Record<Role, Readonly<Record<string, 'text' | 'number' | 'object'>>>> = {
  fraudster: {
    ad_copy: 'text',
    landing_page_blurb: 'text',
    category: 'text',
    targeting_summary: 'text',
    slot_index: 'number',
    new_ad_copy: 'text',
    new_landing_page_blurb: 'text',
    rationale: 'text',
    fund_from_slot: 'number',
    metadata: 'object',
  },
  investigator: {
    ad_id: 'text',
    investigation_target: 'text',
    verdict: 'text',
    confidence: 'number',
    rationale: 'text',
    linked_ad_id: 'text',
    link_reason: 'text',
    metadata: 'object',
  },
  auditor: {
    target_ad_id: 'text',
    flag_type: 'text',
    severity: 'number',
    note: 'text',
    audit_report: 'object',
    metadata: 'object',
  },
};

const actionTypes: Readonly<Record<Role, readonly string[]>> = {
  fraudster: ['propose_ad', 'modify_pending_ad', 'end_turn', 'commit_final'],
  investigator: ['investigate', 'verdict', 'link_accounts', 'end_turn'],
  auditor: ['flag_investigator', 'flag_fraudster', 'submit_audit_report'],
};

const step = (kind: string, sender: Sender, action: string, right: readonly string[]): Hostile =>
  text(kind, `{"type":"step","data":${action}}`, sender.match === null ? ['no_match'] : right);

export const wrongAction: Maker = (draws, sender) => {
  const { role } = sender;
  const type = JSON.stringify(draws.pick(actionTypes[role]));
  const foreignTypes = [
    'match.graded',
    'xstate.stop',
    'action.refused',
    'end_turn ',
    'END_TURN',
    '__proto__',
    '',
  ];
  const [field, kind] = draws.pick(Object.entries(fieldsOf[role]));
  const wrongValue =
    kind === 'number' ? draws.pick(['"x"', '[]', '{}', '1e999', '"NaN"']) : wrongType(draws, kind);
  const tooLong =
    field === 'metadata' || kind !== 'text' ? '[]' : JSON.stringify('x'.repeat(draws.pick([2001, 20_000])));
  const bounded = !['ad_id', 'linked_ad_id', 'link_reason', 'target_ad_id'].includes(field);
  const right = ['validation_error'];
  return draws.pick([
    () => step('no action type', sender, draws.pick(['{}', 'null', '{"type":"end_turn"}']), right),
    () => step('machine event', sender, `{"type":${JSON.stringify(draws.pick(machineEvents))}}`, right),
    () =>
      step('machine event', sender, `{"action_type":${JSON.stringify(draws.pick(machineEvents))}}`, right),
    () =>
      step('unknown action', sender, `{"action_type":${JSON.stringify(draws.pick(foreignTypes))}}`, right),
    () => step('action of no type', sender, `{"action_type":${wrongType(draws, 'text')}}`, right),
    () => step('wrong type', sender, `{"action_type":${type},"${field}":${wrongValue}}`, right),
    () =>
      step('foreign key', sender, `{"action_type":${type},${JSON.stringify(draws.pick(oddKeys))}:1}`, right),
    () =>
      bounded
        ? step('too long a text', sender, `{"action_type":${type},"${field}":${tooLong}}`, right)
        : step('half a surrogate', sender, `{"action_type":${type},"${field}":"\\ud800"}`, right),
    () =>
      step('deep report', sender, `{"action_type":${type},"audit_report":{"a":${deepValue(draws)}}}`, right),
  ])();
};

/** What the rules may make of an action that fits its schema. */
const sound = [
  'observation',
  'phase_violation',
  'validation_error',
  'execution_error',
  'flag_type_unknown',
  'flag_target_missing',
  'flag_target_unknown',
  'flags_spent',
];

/** Sound by its schema: what it comes to is the match's to say, and nothing breaks. */
export const wildAction: Maker = (draws, sender) => {
  const { role } = sender;
  const fields = draws
    .shuffle(Object.entries(fieldsOf[role]))
    .slice(0, draws.between(0, 4))
    .map(([name, kind]) => {
      const value =
        kind === 'text'
          ? JSON.stringify(strings(draws))
          : kind === 'number'
            ? draws.pick(numbers)
            : '{"__proto__":{"x":1}}';
      return `,"${name}":${value}`;
    });
  const type = draws.pick(actionTypes[role].filter((each) => each !== 'commit_final'));
  return step('wild action', sender, `{"action_type":"${type}"${fields.join('')}}`, sound);
};

export const deepMetadata: Maker = (draws, sender) => {
  const actions = {
    fraudster: '{"action_type":"propose_ad","ad_copy":"Fine shoes.","category":"legit"',
    investigator: '{"action_type":"verdict","ad_id":"x","verdict":"approve"',
    auditor: '{"action_type":"submit_audit_report"',
  };
  const action = `${actions[sender.role]},"metadata":{"a":${deepValue(draws)}}}`;
  return step('deep metadata', sender, action, sound);
};
