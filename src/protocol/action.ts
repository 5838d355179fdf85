import * as z from 'zod';
import { whyNotJson } from '../shared/canonical-json.ts';
import type { Json } from '../shared/canonical-json.ts';
import type {
  AuditorAction,
  FraudsterAction,
  InvestigatorAction,
  Role,
  RoleCommand,
} from '../game/command.ts';
import { camelCase, snakeCase } from '../shared/case.ts';
import { targets, verdictWords } from '../game/ad.ts';
import type { Ruleset } from '../game/ruleset.ts';
import type { Rejection } from '../game/decide/decision.ts';
import { faultsOf } from './faults.ts';
import type { Fault } from './faults.ts';

/**
 * The action objects of the role sockets (protocol spec, 3.5). Unknown fields are refused, null means absent,
 * limits count code points, and numbers may come as numeric text or booleans: clients of the original rely on it.
 */

export const text = (codePointsMax: number) => {
  const read = z
    .string()
    .refine((value) => withinCodePoints(value, codePointsMax), `at most ${codePointsMax} characters`)
    .refine((value) => !/\p{Surrogate}/u.test(value), 'half of a surrogate pair');
  // JSON Schema counts as this does.
  return Number.isFinite(codePointsMax) ? read.meta({ maxLength: codePointsMax }) : read;
};
const anyText = text(Number.POSITIVE_INFINITY);
const optional = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();

/** A number, a numeric text or a boolean, as a number. Adding 0 makes -0 plain. */
const leniently = z.preprocess((value) => {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && isNumeric(value)) return Number(value.replaceAll('_', '')) + 0;
  return typeof value === 'number' ? value + 0 : value;
}, z.number());
const share = leniently.pipe(z.number().min(0).max(1));
const ordinal = leniently.pipe(z.number().int().min(0));

const metadata = z.record(z.string(), z.unknown()).optional();

const fraudsterShape = z.strictObject({
  action_type: z.enum(['propose_ad', 'modify_pending_ad', 'end_turn', 'commit_final']),
  ad_copy: optional(text(2000)),
  landing_page_blurb: optional(text(2000)),
  category: optional(text(64)),
  targeting_summary: optional(text(512)),
  slot_index: optional(ordinal),
  /** Not in the original: the own proposal whose payment account pays for this one too. */
  fund_from_slot: optional(ordinal),
  new_ad_copy: optional(text(2000)),
  new_landing_page_blurb: optional(text(2000)),
  rationale: optional(text(2000)),
  metadata,
});

const investigatorShape = z.strictObject({
  action_type: z.enum(['investigate', 'verdict', 'link_accounts', 'end_turn']),
  ad_id: anyText.optional(),
  investigation_target: optional(z.enum(targets)),
  verdict: optional(z.enum(verdictWords)),
  confidence: optional(share),
  rationale: optional(text(2000)),
  linked_ad_id: optional(anyText),
  link_reason: optional(anyText),
  metadata,
});

const auditorShape = z.strictObject({
  action_type: z.enum(['flag_investigator', 'flag_fraudster', 'submit_audit_report']),
  target_ad_id: optional(anyText),
  flag_type: optional(text(64)),
  severity: optional(share),
  note: optional(text(2000)),
  audit_report: optional(
    z
      .record(z.string(), z.unknown())
      .refine((value) => isWithinDepth(value, reportDepthMax) && whyNotJson(value, '') === null),
  ),
  metadata,
});

/** A role's actions as the wire has them. Which fields an action type takes is the ruleset's to say. */
export const actionShape = {
  fraudster: fraudsterShape,
  investigator: investigatorShape,
  auditor: auditorShape,
} as const;

export type ParsedAction =
  | { readonly ok: true; readonly command: RoleCommand }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads a role's action object as the ruleset wants it. Never throws. */
export function parseAction(
  role: Role,
  action: unknown,
  { flow, queue }: Pick<Ruleset, 'flow' | 'queue'>,
): ParsedAction {
  switch (role) {
    case 'fraudster': {
      const parsed = fraudsterShape.safeParse(action);
      if (!parsed.success) return refused(parsed.error);
      const faults = [
        ...(parsed.data.fund_from_slot !== undefined && !queue.sharedFunding
          ? [{ path: 'fund_from_slot', message: 'not allowed in this ruleset' }]
          : []),
        ...(flow.exactActions ? fieldFaults(parsed.data, fraudsterFields) : []),
      ];
      if (faults.length > 0) return { ok: false, faults };
      return { ok: true, command: { by: role, action: camel(parsed.data) as unknown as FraudsterAction } };
    }
    case 'investigator': {
      const parsed = investigatorShape.safeParse(action);
      if (!parsed.success) return refused(parsed.error);
      const { data } = parsed;
      const faults = [
        ...(data.action_type === 'end_turn' && !flow.investigatorMayEndTurn
          ? [{ path: 'action_type', message: 'this ruleset has no end_turn for the investigator' }]
          : []),
        ...investigatorFaults(data),
        ...(flow.exactActions ? fieldFaults(data, investigatorFields) : []),
      ];
      if (faults.length > 0) return { ok: false, faults };
      const command = { adId: '', ...camel(data) } as unknown as InvestigatorAction;
      return { ok: true, command: { by: role, action: command } };
    }
    case 'auditor': {
      const parsed = auditorShape.safeParse(action);
      if (!parsed.success) return refused(parsed.error);
      const { audit_report: auditReport, ...rest } = parsed.data;
      const report = auditReport === undefined ? {} : { auditReport: auditReport as Record<string, Json> };
      return {
        ok: true,
        command: { by: role, action: { ...camel(rest), ...report } as unknown as AuditorAction },
      };
    }
  }
}

/** An action as its role would send it. */
export function formatAction(
  action: FraudsterAction | InvestigatorAction | AuditorAction,
): Record<string, unknown> {
  const isEndTurn = action.actionType === 'end_turn';
  return Object.fromEntries(
    Object.entries(action)
      .filter(([key]) => !(isEndTurn && key === 'adId'))
      .map(([key, value]) => [snakeCase(key), value]),
  );
}

/** The rules between fields that the original checks for the investigator. */
function investigatorFaults(action: z.infer<typeof investigatorShape>): readonly Fault[] {
  const { action_type: type, ad_id, investigation_target, verdict, linked_ad_id } = action;
  const faults: Fault[] = [];
  const check = (holds: boolean, path: string, message: string) => {
    if (!holds) faults.push({ path, message });
  };
  check(ad_id !== undefined || type === 'end_turn', 'ad_id', `required for ${type}`);
  if (type === 'investigate') {
    check(investigation_target !== undefined, 'investigation_target', 'required for investigate');
    check(verdict === undefined, 'verdict', 'not allowed for investigate');
  }
  if (type === 'verdict') {
    check(verdict !== undefined, 'verdict', 'required for verdict');
    check(investigation_target === undefined, 'investigation_target', 'not allowed for verdict');
  }
  if (type === 'link_accounts')
    check(linked_ad_id !== undefined, 'linked_ad_id', 'required for link_accounts');
  return faults;
}

/** Fields each action type takes, required ones first. `metadata` and `rationale` go with any. */
type FieldTable = Readonly<
  Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>
>;

export const fraudsterFields = {
  propose_ad: {
    required: ['ad_copy', 'category'],
    optional: ['landing_page_blurb', 'targeting_summary', 'fund_from_slot'],
  },
  modify_pending_ad: { required: ['slot_index'], optional: ['new_ad_copy', 'new_landing_page_blurb'] },
  end_turn: { required: [], optional: [] },
  commit_final: { required: [], optional: [] },
} as const satisfies FieldTable;

export const investigatorFields = {
  investigate: { required: ['ad_id', 'investigation_target'], optional: [] },
  verdict: { required: ['ad_id', 'verdict'], optional: ['confidence'] },
  link_accounts: { required: ['ad_id', 'linked_ad_id'], optional: ['link_reason'] },
  end_turn: { required: [], optional: [] },
} as const satisfies FieldTable;

function fieldFaults(action: Readonly<Record<string, unknown>>, table: FieldTable): readonly Fault[] {
  const type = String(action['action_type']);
  const { required, optional: free } = table[type] ?? { required: [], optional: [] };
  const taken = new Set(['action_type', 'metadata', 'rationale', ...required, ...free]);
  return [
    ...required
      .filter((path) => action[path] === undefined)
      .map((path) => ({ path, message: `required for ${type}` })),
    ...Object.keys(action)
      .filter((path) => action[path] !== undefined && !taken.has(path))
      .map((path) => ({ path, message: `not allowed for ${type}` })),
  ];
}

const refused = (error: z.ZodError): ParsedAction => ({ ok: false, faults: faultsOf(error) });

/** Camel-case keys; absent fields and `metadata`, which nobody reads, are left out. */
function camel(action: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(action)
      .filter(([key, value]) => value !== undefined && key !== 'metadata')
      .map(([key, value]) => [camelCase(key), value]),
  );
}

function withinCodePoints(value: string, max: number): boolean {
  return value.length <= max || (value.length <= 2 * max && Array.from(value).length <= max);
}

/** What the original's numeric coercion takes: an optional sign, digits, a fraction, an exponent; no `nan`. */
function isNumeric(value: string): boolean {
  // Every digit can be matched in one way only, or a long text would be tried in as many ways as its square.
  return /^\s*[+-]?(\d+(_\d+)*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value);
}

/** Levels an audit report may have: half of what the log takes, since the report stands deep inside an event. */
const reportDepthMax = 32;

function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isWithinDepth(item, levels - 1));
}

/** Why an action was no action: the first fault in words, all of them in the details. */
export function whyMalformed(faults: readonly Fault[]): Rejection {
  const [first] = faults;
  const where = first === undefined || first.path === '' ? 'The action' : `Field ${first.path} of the action`;
  return {
    code: 'validation_error',
    message: `${where} does not fit: ${first?.message ?? 'unknown fault'}.`,
    details: { faults: faults.map(({ path, message }) => ({ path, message })) },
  };
}
