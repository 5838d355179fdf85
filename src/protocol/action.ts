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
 * limits count code points, and numbers may be numeric text or booleans, because clients of the original rely
 * on it.
 */

/** A string of at most so many code points, without lone surrogates. */
export const text = (codePointsMax: number) => {
  const read = z
    .string()
    .refine((value) => withinCodePoints(value, codePointsMax), `at most ${codePointsMax} characters`)
    .refine((value) => !/\p{Surrogate}/u.test(value), 'half of a surrogate pair');
  // JSON Schema's maxLength also counts code points.
  return Number.isFinite(codePointsMax) ? read.meta({ maxLength: codePointsMax }) : read;
};
const anyText = text(Number.POSITIVE_INFINITY);
const optional = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();

/** Reads a number, a numeric text or a boolean as a number. Adding 0 turns -0 into 0. */
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
  /** Not in the original: the slot of an own proposal whose payment account also pays for this one. */
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

/**
 * The action objects of each role, as on the wire. The ruleset decides which fields an action type accepts.
 */
export const actionShape = {
  fraudster: fraudsterShape,
  investigator: investigatorShape,
  auditor: auditorShape,
} as const;

export type ParsedAction =
  | { readonly ok: true; readonly command: RoleCommand }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Parses a role's action object by the rules of a ruleset. Never throws: what does not fit is returned as
 * faults.
 */
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

/** Writes an action as its role would send it: the inverse of {@link parseAction}. */
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

/** The original's constraints between the investigator's fields. */
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

/** The fields of each action type. Every type also accepts `metadata` and `rationale`. */
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

/** Converts keys to camel case, without absent fields and `metadata`, which is ignored. */
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

/** Whether the original's numeric coercion accepts the text: sign, digits, fraction, exponent; no `nan`. */
function isNumeric(value: string): boolean {
  // Every digit can be matched in one way only. Otherwise the time would grow with the square of the length.
  return /^\s*[+-]?(\d+(_\d+)*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value);
}

/**
 * The nesting depth allowed in an audit report: half of the log's limit, since the report is nested inside an
 * event.
 */
const reportDepthMax = 32;

function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isWithinDepth(item, levels - 1));
}

/**
 * The rejection `validation_error` of a malformed action: the first fault in the message, all of them in the
 * details.
 */
export function whyMalformed(faults: readonly Fault[]): Rejection {
  const [first] = faults;
  const where = first === undefined || first.path === '' ? 'The action' : `Field ${first.path} of the action`;
  return {
    code: 'validation_error',
    message: `${where} does not fit: ${first?.message ?? 'unknown fault'}.`,
    details: { faults: faults.map(({ path, message }) => ({ path, message })) },
  };
}
