import { targets, verdictWords } from '../src/game/ad.ts';
import type { PenaltyCode } from '../src/game/event.ts';
import type { Role } from '../src/game/command.ts';
import { flagTypes } from '../src/game/grading/flag-types.ts';
import { code, table } from './table.ts';

/** A field of an action: a description of its values, and an example. */
type Field = readonly [words: string, value: unknown];
type FieldsOf = Readonly<Record<string, Field>>;

interface ActionForm {
  readonly role: Role;
  readonly type: string;
  readonly needs: FieldsOf;
  readonly takes: FieldsOf;
}

const text = (most: number): Field => [`at most ${most} characters`, 'words'];
const oneOf = (values: readonly string[]): Field => [values.map(code).join(', '), values[0]];
const share: Field = ['0 to 1', 0.5];
const slot: Field = ['`slot_index` of an own proposal', 0];
const ad: Field = ['id of an ad', 'ad_1'];

const flag = (types: readonly string[]) => ({
  needs: { flag_type: oneOf(types) },
  takes: { target_ad_id: ad, severity: share, note: text(2000) },
});

/** Every action of `standard` with its fields. */
export const actionForms: readonly ActionForm[] = [
  {
    role: 'fraudster',
    type: 'propose_ad',
    needs: { ad_copy: text(2000), category: ['one of `allowed_categories`', 'ecommerce'] },
    takes: { landing_page_blurb: text(2000), targeting_summary: text(512), fund_from_slot: slot },
  },
  {
    role: 'fraudster',
    type: 'modify_pending_ad',
    needs: { slot_index: slot },
    takes: { new_ad_copy: text(2000), new_landing_page_blurb: text(2000) },
  },
  { role: 'fraudster', type: 'end_turn', needs: {}, takes: {} },
  { role: 'fraudster', type: 'commit_final', needs: {}, takes: {} },
  {
    role: 'investigator',
    type: 'investigate',
    needs: { ad_id: ad, investigation_target: oneOf(targets) },
    takes: {},
  },
  {
    role: 'investigator',
    type: 'verdict',
    needs: { ad_id: ad, verdict: oneOf(verdictWords) },
    takes: { confidence: share },
  },
  {
    role: 'investigator',
    type: 'link_accounts',
    needs: { ad_id: ad, linked_ad_id: ad },
    takes: { link_reason: ['text', 'They share an account.'] },
  },
  { role: 'investigator', type: 'end_turn', needs: {}, takes: {} },
  { role: 'auditor', type: 'flag_investigator', ...flag(flagTypes.A) },
  { role: 'auditor', type: 'flag_fraudster', ...flag(flagTypes.B) },
  {
    role: 'auditor',
    type: 'submit_audit_report',
    needs: {},
    takes: {
      audit_report: [
        'an object: `investigator_audit_score` and `fraudster_plausibility_score`, 0 to 1, `notes`',
        { investigator_audit_score: 0.5, fraudster_plausibility_score: 0.5, notes: 'Sound.' },
      ],
    },
  },
];

export const actionsTable = (): string =>
  table(
    ['role', '`action_type`', 'needs', 'may have'],
    actionForms.map(({ role, type, needs, takes }) => [role, code(type), listed(needs), listed(takes)]),
  );

const listed = (fields: FieldsOf): string =>
  Object.entries(fields)
    .map(([name, [words]]) => `${code(name)}: ${words}`)
    .join('; ');

const faults: Readonly<Record<PenaltyCode, string>> = {
  proposals_spent: 'no proposal is left',
  ad_copy_missing: 'a proposal without text',
  category_missing: 'a proposal without category',
  category_not_allowed: 'a category that is not among `allowed_categories`',
  slot_missing: 'a change that names no proposal',
  slot_unknown: 'no own proposal has that `slot_index`',
  ad_already_decided: 'the ad has its verdict',
  nothing_to_change: 'a change that changes nothing',
  unknown_ad: 'no ad has that id',
  attempts_spent: 'too many tries on one ad',
  target_already_pulled: 'the target was pulled before',
  pulls_spent: 'as many targets of the ad are pulled as an ad allows (3)',
  verdict_already_given: 'the ad has its verdict',
  linked_ad_unknown: 'no ad has the id to link to',
  linked_to_itself: 'an ad linked to itself',
  link_already_recorded: 'the link was made before',
  flag_repeated: 'the flag was raised before',
};

export const faultsTable = (): string =>
  table(
    ['reason_code', 'what was wrong'],
    Object.entries(faults).map(([name, meaning]) => [code(name), meaning]),
  );
