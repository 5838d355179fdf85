import type { Chance } from './fixed-draws.ts';
import type { Role } from './plan.ts';
import type { RecordedSocket } from './socket.ts';

const step = (data: unknown, more: object = {}): string =>
  JSON.stringify(Object.assign({ type: 'step', data }, more));
const of = (type: string, data?: unknown): string => JSON.stringify({ type, data });

/** Frames that no sound player sends: broken, out of turn, of ads that are not there. */
const attempts: readonly string[] = [
  '{"type":"step","data":',
  'null',
  '[]',
  '"step"',
  '{}',
  '{"type":7}',
  of('dance'),
  '{"type":"dance","request_id":"d1"}',
  of('step'),
  '{"type":"step","data":null}',
  '{"type":"step","data":[]}',
  step({}),
  step({ action_type: 'fly' }),
  step({ action_type: 'end_turn' }, { request_id: 'r-1' }),
  step({ action_type: 'end_turn' }, { command_id: 'not an id' }),
  step({ action_type: 'end_turn', hint: 'no such field' }),
  step({ action_type: 'commit_final', rationale: 7 }),
  step({ action_type: 'propose_ad', ad_copy: 'Half a pair \ud800.', category: 'ecommerce' }),
  step({ action_type: 'propose_ad', ad_copy: 'x'.repeat(2001), category: 'ecommerce' }),
  step({ action_type: 'propose_ad', ad_copy: 'Spoons.', category: 'no such category' }),
  step({ action_type: 'propose_ad', ad_copy: 'Spoons.', category: 'ecommerce', fund_from_slot: 40 }),
  step({ action_type: 'propose_ad', ad_copy: ' ', category: 'ecommerce' }),
  step({ action_type: 'modify_pending_ad', slot_index: 99, new_ad_copy: 'Other words.' }),
  step({ action_type: 'modify_pending_ad', slot_index: '0', new_ad_copy: 'Words by a numeric text.' }),
  step({ action_type: 'modify_pending_ad', slot_index: 0 }),
  step({ action_type: 'investigate', ad_id: 'ad_nowhere', investigation_target: 'landing_page' }),
  step({ action_type: 'investigate', ad_id: 'ad_nowhere', investigation_target: 'horoscope' }),
  step({ action_type: 'investigate', investigation_target: 'payment' }),
  step({ action_type: 'verdict', ad_id: 'ad_nowhere', verdict: 'reject', confidence: 3 }),
  step({ action_type: 'verdict', ad_id: 'ad_nowhere', verdict: 'approve', confidence: '0.5' }),
  step({ action_type: 'verdict', ad_id: 'ad_nowhere' }),
  step({ action_type: 'link_accounts', ad_id: 'ad_nowhere', linked_ad_id: 'ad_nowhere' }),
  step({ action_type: 'flag_investigator', flag_type: 'too_slow', severity: 0.5 }),
  step({ action_type: 'flag_fraudster', flag_type: 'bias', target_ad_id: 'ad_nowhere', severity: 7 }),
  step({ action_type: 'submit_audit_report', audit_report: { investigator_audit_score: [] } }),
  step({ action_type: 'submit_audit_report', audit_report: 'a text' }),
  of('join'),
  of('join', { match_id: 'nowhere' }),
  of('join', { match_id: '../etc' }),
  of('join', { match_id: 7 }),
  of('reset', { task_id: 'task_9' }),
  of('reset', { ruleset: 'none', seed: -1 }),
  of('reset', { max_rounds: 99, seat_token: 'x' }),
  of('reset', { policies: { auth: 'locked' } }),
  of('subscribe', { from_seq: 9999 }),
  of('subscribe', { from_seq: -1 }),
  of('subscribe', { since: 1 }),
  `{"type":"obs","data":{"pad":"${'x'.repeat(70_000)}"}}`,
  '{"type":"obs","request_id":"","data":{}}',
  '{"type":"state","request_id":"s-2"}',
  '{"type":"obs","request_id":"o-3","data":null}',
  '{"type":"unsubscribe","request_id":"u-4"}',
];

/** Sends one of them. What an `unsubscribe` stopped, the driver begins again. */
export async function attempt(socket: RecordedSocket, chance: Chance): Promise<void> {
  if (chance.below(attempts.length + 1) === 0) await socket.askBinary(new Uint8Array([123, 125]));
  else await socket.ask(chance.pick(attempts));
}

/** Actions of every role, sound in themselves: most are out of turn. */
export const outOfTurn: Readonly<Record<Role, object>> = {
  fraudster: { action_type: 'propose_ad', ad_copy: 'Wooden spoons.', category: 'ecommerce' },
  investigator: { action_type: 'investigate', ad_id: 'ad_nowhere', investigation_target: 'landing_page' },
  auditor: { action_type: 'flag_investigator', flag_type: 'bias', severity: 0.5 },
};
