import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Action, Observation, PushedFrame, Seat } from '../../src/client/index.ts';
import { actionForms } from '../../scripts/seat-actions.ts';
import { roles } from '../../src/game/command.ts';
import { standard } from '../../src/game/ruleset.ts';
import { parseAction } from '../../src/protocol/action.ts';
import { toldEvents } from '../../src/protocol/observation.ts';
import { readFile } from 'node:fs/promises';

/** What a program that is written in TypeScript is told by its compiler. The type checker holds these, not the run. */

type Investigate = Extract<Action<'investigator'>, { action_type: 'investigate' }>;

describe('an action', () => {
  it('is typed by its role and its own type, and what is typed is taken', () => {
    const actions: { readonly [R in (typeof roles)[number]]: readonly Action<R>[] } = {
      fraudster: [
        { action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'ecommerce', fund_from_slot: 0 },
        { action_type: 'modify_pending_ad', slot_index: 0, new_ad_copy: 'A lamp, today.' },
        { action_type: 'end_turn', rationale: 'Enough.' },
        { action_type: 'commit_final', metadata: { by: 'me' } },
      ],
      investigator: [
        { action_type: 'investigate', ad_id: 'ad_1', investigation_target: 'landing_page' },
        { action_type: 'verdict', ad_id: 'ad_1', verdict: 'approve', confidence: 0.5, rationale: 'Clean.' },
        { action_type: 'link_accounts', ad_id: 'ad_1', linked_ad_id: 'ad_2', link_reason: 'One card.' },
        { action_type: 'end_turn' },
      ],
      auditor: [
        { action_type: 'flag_investigator', flag_type: 'bias', severity: 1 },
        { action_type: 'flag_fraudster', flag_type: 'gibberish', target_ad_id: 'ad_1', note: 'No words.' },
        { action_type: 'submit_audit_report', audit_report: { notes: 'Done.' } },
      ],
    };
    for (const role of roles)
      for (const action of actions[role])
        expect(parseAction(role, action, standard)).toMatchObject({ ok: true });
    const types = roles.flatMap((role) => actions[role].map(({ action_type: type }) => `${role} ${type}`));
    expect(types).toEqual(actionForms.map(({ role, type }) => `${role} ${type}`));
  });

  it('has no fields of another type or role, and needs its own', () => {
    expectTypeOf<Investigate>().toHaveProperty('investigation_target');
    expectTypeOf<Investigate>().not.toHaveProperty('confidence');
    expectTypeOf<{ action_type: 'investigate'; ad_id: string }>().not.toExtend<Action<'investigator'>>();
    expectTypeOf<{ action_type: 'propose_ad' }>().not.toExtend<Action<'investigator'>>();
    expectTypeOf<Investigate['investigation_target']>().extract<'landing_page'>().toBeString();
    expectTypeOf<Parameters<Seat<'auditor'>['step']>[0]>().toEqualTypeOf<Action<'auditor'>>();
  });
});

describe('an observation', () => {
  it('is typed by its role', () => {
    expectTypeOf<Observation<'fraudster'>>().toHaveProperty('allowed_categories');
    expectTypeOf<Observation<'investigator'>>().not.toHaveProperty('allowed_categories');
    expectTypeOf<Observation<'investigator'>['available_ads']>().toExtend<readonly string[]>();
    expectTypeOf<Observation<'auditor'>['role']>().toEqualTypeOf<'auditor'>();
    expectTypeOf<Observation['phase']>().extract<'audit_phase'>().toEqualTypeOf<'audit_phase'>();
    expectTypeOf<Awaited<ReturnType<Seat<'auditor'>['obs']>>>().toEqualTypeOf<Observation<'auditor'>>();
  });
});

describe('a pushed frame', () => {
  it('is told apart by its type', () => {
    type Over = Extract<PushedFrame, { type: 'match_over' }>;
    expectTypeOf<Over['data']['grader_score']>().toEqualTypeOf<number | null>();
  });

  it('names every event that somebody is told', async () => {
    const source = await readFile('src/game/view/public-events.ts', 'utf8');
    const told = new Set(Array.from(source.matchAll(/event: '([a-z.]+)'/g), ([, name = '']) => name));
    expect([...toldEvents].sort()).toEqual([...told].sort());
  });
});
