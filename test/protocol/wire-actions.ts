import { expect } from 'vitest';
import type { Role } from '../../src/game/command.ts';
import { classic } from '../../src/game/ruleset.ts';
import { parseAction } from '../../src/protocol/action.ts';

export type Wire = Record<string, unknown>;

export const verdict: Wire = { action_type: 'verdict', ad_id: 'ad_1', verdict: 'reject' };
export const pull: Wire = { action_type: 'investigate', ad_id: 'ad_1', investigation_target: 'landing_page' };
export const link: Wire = { action_type: 'link_accounts', ad_id: 'ad_1', linked_ad_id: 'ad_2' };
export const propose: Wire = { action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'saas' };
export const modify: Wire = { action_type: 'modify_pending_ad', slot_index: 0, new_ad_copy: 'A chair.' };
export const flag: Wire = { action_type: 'flag_fraudster', flag_type: 'gibberish', target_ad_id: 'ad_1' };
export const report: Wire = { action_type: 'submit_audit_report' };

/** The action as the rules get it; the test fails where it is refused. */
export function parsed(role: Role, action: unknown, rules = classic): Wire {
  const result = parseAction(role, action, rules);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  expect(result.command.by).toBe(role);
  return result.command.action as unknown as Wire;
}

/** The paths of the faults; none for an action that fits. */
export function faultPaths(role: Role, action: unknown, rules = classic): readonly string[] {
  const result = parseAction(role, action, rules);
  return result.ok ? [] : result.faults.map(({ path }) => path);
}
