import type * as z from 'zod';
import type { Role } from '../game/command.ts';
import type { flagTypes } from '../game/grading/flag-types.ts';
import type { actionShape, fraudsterFields, investigatorFields } from './action.ts';

/**
 * The actions of each role as a sender writes them: each action type with the fields that ruleset `standard`
 * accepts, and no others.
 */
export interface Actions {
  readonly fraudster: Built<Fields<'fraudster'>, typeof fraudsterFields, Anywhere & Rationale>;
  readonly investigator: Built<Fields<'investigator'>, typeof investigatorFields, Anywhere & Rationale>;
  readonly auditor: (Flag<'flag_investigator', 'A'> | Flag<'flag_fraudster', 'B'> | Report) & Anywhere;
}

/** The actions of a role. */
export type Action<R extends Role = Role> = Actions[R];

type Fields<R extends Role> = z.output<(typeof actionShape)[R]>;
type Given<T> = Exclude<T, undefined>;

interface Anywhere {
  /** Accepted and ignored. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

interface Rationale {
  /** The auditor reads it. */
  readonly rationale?: string | undefined;
}

interface FieldNames {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** The union of one object type for each row of a field table. */
type Built<All, Table extends Readonly<Record<string, FieldNames>>, More> = {
  readonly [Type in keyof Table]: { readonly action_type: Type } & {
    readonly [Name in Table[Type]['required'][number] & keyof All]: Given<All[Name]>;
  } & {
    readonly [Name in Table[Type]['optional'][number] & keyof All]?: All[Name] | undefined;
  } & More;
}[keyof Table];

type AuditorFields = Fields<'auditor'>;

interface Flag<Type extends string, Track extends keyof typeof flagTypes> {
  readonly action_type: Type;
  readonly flag_type: (typeof flagTypes)[Track][number];
  readonly target_ad_id?: AuditorFields['target_ad_id'];
  readonly severity?: AuditorFields['severity'];
  readonly note?: AuditorFields['note'];
}

interface Report {
  readonly action_type: 'submit_audit_report';
  readonly audit_report?: AuditorFields['audit_report'];
}
