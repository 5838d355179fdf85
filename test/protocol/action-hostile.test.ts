import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { targets, verdictWords } from '../../src/game/ad.ts';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { classic, standard } from '../../src/game/ruleset.ts';
import { formatAction, parseAction } from '../../src/protocol/action.ts';
import { flag, link, modify, parsed, propose, pull, report, verdict } from './wire-actions.ts';
import type { Wire } from './wire-actions.ts';

describe('any value at all', () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  const fields = [
    ...Object.keys({ ...propose, ...modify, ...pull, ...verdict, ...link, ...flag }),
    'audit_report',
    'metadata',
  ];
  const almost = fc
    .record({
      type: fc.constantFrom(propose, modify, pull, verdict, link, flag, report),
      key: fc.constantFrom(...fields, '__proto__', 'constructor'),
      value: anything,
    })
    .map(({ type, key, value }) => Object.fromEntries<unknown>([...Object.entries(type), [key, value]]));

  it('is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(anything, almost), fc.constantFrom(...roles), (value, role) => {
        for (const rules of [classic, standard]) {
          const result = parseAction(role, value, rules);
          if (result.ok) continue;
          expect(result.faults.length).toBeGreaterThan(0);
          for (const { path, message } of result.faults) {
            expect(message).not.toMatch(/\p{Surrogate}/u);
            expect(Array.from(message).length).toBeLessThanOrEqual(512);
            expect(typeof path).toBe('string');
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('may be nested as deep as can be', () => {
    const open = 10_000;
    const deep = JSON.parse(`${'{"a":['.repeat(open)}1${']}'.repeat(open)}`) as unknown;
    for (const role of roles)
      for (const value of [
        deep,
        { ...report, audit_report: { deep } },
        { ...propose, ad_copy: deep },
        { ...pull, deep },
      ])
        expect(parseAction(role, value, standard).ok).toBe(false);
    expect(parseAction('fraudster', { ...propose, metadata: { deep } }, standard).ok).toBe(true);
  });

  it('leaves the objects of the language alone', () => {
    parseAction(
      'auditor',
      JSON.parse('{"action_type":"submit_audit_report","audit_report":{"__proto__":{"polluted":1}}}'),
      standard,
    );
    expect(({} as Wire)['polluted']).toBeUndefined();
  });
});

describe('an action that was written again', () => {
  const words = (max: number) => fc.string({ unit: 'grapheme', maxLength: max / 8 });
  const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('0.5', true, '1'));
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
  const typed = (action_type: string, shape: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record({ action_type: fc.constant(action_type), rationale: maybe(words(2000)), ...shape });
  const actions: Readonly<Record<Role, fc.Arbitrary<Wire>>> = {
    fraudster: fc.oneof(
      typed('propose_ad', {
        ad_copy: words(2000),
        category: words(64),
        landing_page_blurb: maybe(words(2000)),
        targeting_summary: maybe(words(512)),
        fund_from_slot: maybe(fc.nat()),
      }),
      typed('modify_pending_ad', {
        slot_index: fc.nat(),
        new_ad_copy: maybe(words(2000)),
        new_landing_page_blurb: maybe(words(2000)),
      }),
      typed('end_turn', {}),
      typed('commit_final', {}),
    ),
    investigator: fc.oneof(
      typed('investigate', { ad_id: words(64), investigation_target: fc.constantFrom(...targets) }),
      typed('verdict', {
        ad_id: words(64),
        verdict: fc.constantFrom(...verdictWords),
        confidence: maybe(share),
      }),
      typed('link_accounts', { ad_id: words(64), linked_ad_id: words(64), link_reason: maybe(words(64)) }),
      typed('end_turn', {}),
    ),
    auditor: fc.record({
      action_type: fc.constantFrom('flag_investigator', 'flag_fraudster', 'submit_audit_report'),
      target_ad_id: maybe(words(64)),
      flag_type: maybe(words(64)),
      severity: maybe(share),
      note: maybe(words(2000)),
      audit_report: maybe(
        fc.dictionary(
          fc.constantFrom('notes', 'camelCase', 'snake_case'),
          fc.constantFrom(1, 'x', null, true),
        ),
      ),
    }),
  };

  it.each(roles)('reads as the same (%s)', (role) => {
    fc.assert(
      fc.property(actions[role], (wire) => {
        const action = parsed(role, wire, standard);
        const written = formatAction(action as never);
        expect(parsed(role, written, standard)).toEqual(action);
        expect(parsed(role, JSON.parse(JSON.stringify(written)), standard)).toEqual(action);
        for (const key of Object.keys(written)) expect(Object.keys(wire)).toContain(key);
      }),
      { numRuns: 300 },
    );
  });
});
