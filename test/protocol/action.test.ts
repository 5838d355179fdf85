import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { classic, standard } from '../../src/game/ruleset.ts';
import { parseAction } from '../../src/protocol/action.ts';
import { faultPaths, flag, link, modify, parsed, propose, pull, report, verdict } from './wire-actions.ts';
import type { Wire } from './wire-actions.ts';

describe('an action', () => {
  it.each([
    ['fraudster', propose, { actionType: 'propose_ad', adCopy: 'A lamp.', category: 'saas' }],
    ['fraudster', modify, { actionType: 'modify_pending_ad', slotIndex: 0, newAdCopy: 'A chair.' }],
    ['fraudster', { action_type: 'end_turn' }, { actionType: 'end_turn' }],
    [
      'fraudster',
      { action_type: 'commit_final', rationale: 'So.' },
      { actionType: 'commit_final', rationale: 'So.' },
    ],
    ['investigator', pull, { actionType: 'investigate', adId: 'ad_1', investigationTarget: 'landing_page' }],
    ['investigator', verdict, { actionType: 'verdict', adId: 'ad_1', verdict: 'reject' }],
    ['investigator', link, { actionType: 'link_accounts', adId: 'ad_1', linkedAdId: 'ad_2' }],
    ['auditor', flag, { actionType: 'flag_fraudster', flagType: 'gibberish', targetAdId: 'ad_1' }],
    ['auditor', report, { actionType: 'submit_audit_report' }],
  ] as const)('of the %s is read: %j', (role, action, expected) => {
    for (const rules of [classic, standard]) expect(parsed(role, action, rules)).toEqual(expected);
  });

  it.each(roles)('of the %s needs a type it knows', (role) => {
    for (const action of [{}, { action_type: 'shout' }, { action_type: null }, { action_type: 1 }])
      expect(faultPaths(role, action)).toEqual(['action_type']);
    for (const notObject of [null, undefined, 1, 'end_turn', [], [propose]])
      expect(parseAction(role, notObject, standard).ok).toBe(false);
  });

  it.each(roles)('of the %s belongs to no other role', (role) => {
    const byRole = { fraudster: propose, investigator: verdict, auditor: flag };
    for (const other of roles) expect(parseAction(role, byRole[other], classic).ok).toBe(other === role);
  });

  it('keeps texts as they were sent', () => {
    expect(parsed('fraudster', { ...propose, ad_copy: '  A\n lamp\t' })['adCopy']).toBe('  A\n lamp\t');
    expect(parsed('investigator', { ...verdict, ad_id: '' })['adId']).toBe('');
  });

  it('takes null for absent, and leaves both out', () => {
    const nothing = { landing_page_blurb: null, targeting_summary: null, slot_index: null, rationale: null };
    const none = { new_ad_copy: null, new_landing_page_blurb: null, fund_from_slot: null };
    for (const rules of [classic, standard])
      expect(Object.keys(parsed('fraudster', { ...propose, ...nothing, ...none }, rules))).toEqual([
        'actionType',
        'adCopy',
        'category',
      ]);
    const silent = { investigation_target: null, confidence: null, rationale: null };
    const unlinked = { linked_ad_id: null, link_reason: null };
    expect(
      Object.keys(parsed('investigator', { ...verdict, ...silent, ...unlinked }, standard)).sort(),
    ).toEqual(['actionType', 'adId', 'verdict']);
    const bare = { target_ad_id: null, flag_type: null, severity: null, note: null, audit_report: null };
    expect(parsed('auditor', { ...flag, ...bare })).toEqual({ actionType: 'flag_fraudster' });
  });

  it('may carry metadata of any kind of object, which is ignored; null is none', () => {
    const deep = { list: [1, { more: 'x'.repeat(100_000) }] };
    for (const [role, action] of [
      ['fraudster', propose],
      ['investigator', pull],
      ['auditor', report],
    ] as const)
      for (const rules of [classic, standard]) {
        expect(parsed(role, { ...action, metadata: deep }, rules)).toEqual(parsed(role, action, rules));
        for (const metadata of [null, 'text', 5, ['list']])
          expect(faultPaths(role, { ...action, metadata }, rules)).toEqual(['metadata']);
      }
  });

  it('is refused with a field nobody knows, by its name', () => {
    for (const [role, action] of [
      ['fraudster', propose],
      ['investigator', pull],
      ['auditor', report],
    ] as const)
      for (const key of ['colour', 'actionType', 'AD_COPY', '', '__proto__', 'constructor', 'toString']) {
        const result = parseAction(
          role,
          JSON.parse(JSON.stringify(action).replace('{', `{${JSON.stringify(key)}:1,`)),
          classic,
        );
        expect(result).toMatchObject({ ok: false, faults: [{ path: '' }] });
        expect(result.ok ? '' : result.faults[0]?.message).toContain(JSON.stringify(key));
      }
  });
});

describe('a text', () => {
  const limited: readonly [Role, Wire, string, number][] = [
    ['fraudster', propose, 'ad_copy', 2000],
    ['fraudster', propose, 'landing_page_blurb', 2000],
    ['fraudster', propose, 'category', 64],
    ['fraudster', propose, 'targeting_summary', 512],
    ['fraudster', modify, 'new_ad_copy', 2000],
    ['fraudster', modify, 'new_landing_page_blurb', 2000],
    ['fraudster', propose, 'rationale', 2000],
    ['investigator', verdict, 'rationale', 2000],
    ['auditor', flag, 'note', 2000],
    ['auditor', flag, 'flag_type', 64],
  ];

  it.each(limited)('of the %s (%j), %s, has at most %d code points', (role, action, field, max) => {
    for (const sign of ['x', 'é', '😀', '\n'])
      for (const rules of [classic, standard]) {
        expect(faultPaths(role, { ...action, [field]: sign.repeat(max) }, rules)).toEqual([]);
        expect(faultPaths(role, { ...action, [field]: sign.repeat(max + 1) }, rules)).toEqual([field]);
      }
  });

  it.each([
    ['investigator', verdict, 'ad_id'],
    ['investigator', link, 'linked_ad_id'],
    ['investigator', link, 'link_reason'],
    ['auditor', flag, 'target_ad_id'],
  ] as const)('of the %s (%j), %s, has no limit', (role, action, field) => {
    expect(faultPaths(role, { ...action, [field]: '😀'.repeat(10_000) })).toEqual([]);
  });

  const unlimited: typeof limited = [
    ['investigator', verdict, 'ad_id', Infinity],
    ['auditor', flag, 'target_ad_id', Infinity],
  ];

  it.each([...limited, ...unlimited])(
    'of the %s (%j), %s, is never made from anything else and holds no half of a pair',
    (role, action, field) => {
      for (const value of [5, true, [], {}, ['A lamp.'], '\uD83D', 'x\uDE00y'])
        expect(faultPaths(role, { ...action, [field]: value })).toEqual([field]);
    },
  );
});

describe('a number', () => {
  const shares = [
    0,
    1,
    0.5,
    '0.9',
    '1',
    '0',
    '.5',
    '1.',
    ' 0.25 ',
    '+0.5',
    '1e-3',
    '5E-1',
    '0_0.5',
    true,
    false,
  ];

  it.each(shares)('from 0 to 1 may be given as %j', (given) => {
    const expected = typeof given === 'string' ? Number(given.replaceAll('_', '')) : Number(given);
    expect(parsed('investigator', { ...verdict, confidence: given })['confidence']).toBe(expected);
    expect(parsed('auditor', { ...flag, severity: given })['severity']).toBe(expected);
  });

  it.each([
    -0.01,
    1.01,
    NaN,
    Infinity,
    -Infinity,
    '1.5',
    '-0.1',
    'nan',
    'inf',
    'Infinity',
    '',
    ' ',
    'high',
    '0x1',
    '0,5',
    '1__0',
    '_1',
    '1_',
    '0.5.5',
    '1e',
    '0.9f',
    '٠',
    [],
    [0.5],
    {},
    '9e999',
  ])('from 0 to 1 is not %j', (given) => {
    expect(faultPaths('investigator', { ...verdict, confidence: given })).toEqual(['confidence']);
    expect(faultPaths('auditor', { ...flag, severity: given })).toEqual(['severity']);
  });

  it.each([
    [0, 0],
    [1, 1],
    [1.0, 1],
    ['1', 1],
    ['1.0', 1],
    ['01', 1],
    ['1_0', 10],
    ['1e1', 10],
    [true, 1],
    [false, 0],
    ['-0', 0],
    [-0, 0],
    ['0.0', 0],
    [2 ** 53 - 1, 2 ** 53 - 1],
  ] as const)('of a slot may be given as %j', (given, expected) => {
    const { slotIndex } = parsed('fraudster', { ...modify, slot_index: given });
    expect(slotIndex).toBe(expected);
  });

  it.each([-1, 1.5, '1.5', '-1', 'nan', '', 'first', NaN, Infinity, 2 ** 53, [], [1], {}])(
    'of a slot is not %j',
    (given) => {
      expect(faultPaths('fraudster', { ...modify, slot_index: given })).toEqual(['slot_index']);
    },
  );

  it('that looks nearly like one is refused as quickly as any', () => {
    const started = performance.now();
    for (const text of ['1'.repeat(200_000) + 'x', '1_'.repeat(100_000), ' '.repeat(200_000) + 'x'])
      expect(faultPaths('investigator', { ...verdict, confidence: text })).toEqual(['confidence']);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the fields of an investigator', () => {
  it.each([
    ['investigate without target', { action_type: 'investigate', ad_id: 'a' }, ['investigation_target']],
    ['investigate with a verdict', { ...pull, verdict: 'approve' }, ['verdict']],
    ['investigate another target', { ...pull, investigation_target: 'weather' }, ['investigation_target']],
    ['verdict without word', { action_type: 'verdict', ad_id: 'a' }, ['verdict']],
    ['verdict with another word', { ...verdict, verdict: 'Reject' }, ['verdict']],
    ['verdict with a target', { ...verdict, investigation_target: 'landing_page' }, ['investigation_target']],
    ['link to nothing', { action_type: 'link_accounts', ad_id: 'a' }, ['linked_ad_id']],
    ['link to null', { ...link, linked_ad_id: null }, ['linked_ad_id']],
    ['no ad', { action_type: 'verdict', verdict: 'approve' }, ['ad_id']],
    ['null for the ad', { ...verdict, ad_id: null }, ['ad_id']],
    ['nothing at all', { action_type: 'investigate' }, ['ad_id', 'investigation_target']],
  ])('do not fit: %s', (_, action, paths) => {
    expect(faultPaths('investigator', action)).toEqual(paths);
    expect(new Set(faultPaths('investigator', action, standard))).toEqual(new Set(paths));
  });

  it('may name an ad of any name, and link to an empty one', () => {
    expect(faultPaths('investigator', { ...link, ad_id: '', linked_ad_id: '' }, standard)).toEqual([]);
  });

  it('hold strays that classic ignores and standard refuses', () => {
    const strays: readonly [Wire, readonly string[]][] = [
      [
        { ...pull, confidence: 0.5, linked_ad_id: 'b', link_reason: 'c' },
        ['confidence', 'linked_ad_id', 'link_reason'],
      ],
      [{ ...verdict, linked_ad_id: 'b', link_reason: 'c' }, ['linked_ad_id', 'link_reason']],
      [
        { ...link, verdict: 'approve', investigation_target: 'landing_page' },
        ['verdict', 'investigation_target'],
      ],
    ];
    for (const [action, paths] of strays) {
      expect(faultPaths('investigator', action)).toEqual([]);
      expect(new Set(faultPaths('investigator', action, standard))).toEqual(new Set(paths));
    }
    expect(faultPaths('investigator', { ...pull, rationale: 'So.' }, standard)).toEqual([]);
  });

  it('end a turn in standard, without naming an ad; classic has no such action', () => {
    expect(parsed('investigator', { action_type: 'end_turn' }, standard)).toEqual({
      actionType: 'end_turn',
      adId: '',
    });
    expect(faultPaths('investigator', { action_type: 'end_turn', ad_id: 'a' }, standard)).toEqual(['ad_id']);
    expect(faultPaths('investigator', { action_type: 'end_turn' }, classic)).toEqual(['action_type']);
  });
});

describe('the fields of a fraudster', () => {
  it('need not fit the type in classic', () => {
    const loose = [
      { action_type: 'propose_ad' },
      { action_type: 'modify_pending_ad' },
      { ...propose, slot_index: 1, new_ad_copy: 'x' },
      { action_type: 'end_turn', ad_copy: 'x', category: '' },
    ];
    for (const action of loose) expect(faultPaths('fraudster', action)).toEqual([]);
  });

  it.each([
    [{ action_type: 'propose_ad' }, ['ad_copy', 'category']],
    [{ ...propose, ad_copy: null }, ['ad_copy']],
    [{ ...propose, slot_index: 1, new_ad_copy: 'x' }, ['slot_index', 'new_ad_copy']],
    [{ action_type: 'modify_pending_ad', new_ad_copy: 'x' }, ['slot_index']],
    [{ ...modify, ad_copy: 'x', fund_from_slot: 0 }, ['ad_copy', 'fund_from_slot']],
    [{ action_type: 'end_turn', slot_index: 0 }, ['slot_index']],
    [{ action_type: 'commit_final', category: 'saas' }, ['category']],
  ])('must fit the type in standard: %j', (action, paths) => {
    expect(new Set(faultPaths('fraudster', action, standard))).toEqual(new Set(paths));
  });

  it('name a slot that pays in standard only', () => {
    expect(parsed('fraudster', { ...propose, fund_from_slot: '1' }, standard)['fundFromSlot']).toBe(1);
    expect(faultPaths('fraudster', { ...propose, fund_from_slot: 1 }, classic)).toEqual(['fund_from_slot']);
  });
});

describe('an audit report', () => {
  it('is any JSON object, kept as it is', () => {
    const audit_report = {
      investigator_audit_score: '0.5',
      notes: 'So.',
      camelCase: { snake_case: [null, 1] },
    };
    expect(parsed('auditor', { ...report, audit_report }, standard)['auditReport']).toEqual(audit_report);
  });

  it.each([
    ['text'],
    [[]],
    [5],
    [{ half: '\uD83D' }],
    [{ score: NaN }],
    [{ score: -0 }],
    [{ when: new Date(0) }],
  ])('is not %j', (audit_report) => {
    expect(faultPaths('auditor', { ...report, audit_report })).toEqual(['audit_report']);
  });

  it('has 32 levels at most', () => {
    const nested = (levels: number): unknown =>
      Array.from({ length: levels }).reduce<unknown>((inner) => ({ inner }), 1);
    expect(faultPaths('auditor', { ...report, audit_report: nested(32) })).toEqual([]);
    for (const levels of [33, 10_000, 100_000])
      expect(faultPaths('auditor', { ...report, audit_report: nested(levels) })).toEqual(['audit_report']);
  });
});
