import { targets, verdictWords } from '../../../src/game/ad.ts';
import type { Role } from '../../../src/game/command.ts';
import { decide } from '../../../src/game/decide/decide.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import { flagTypes } from '../../../src/game/grading/flag-types.ts';
import type { LegalAction } from '../../../src/game/view/legal.ts';
import type { Position } from '../../../src/game/position.ts';
import { parseAction } from '../../../src/protocol/action.ts';

/** An action object of the wire. */
export type Concrete = Readonly<Record<string, unknown>>;

/** A match in which a role is on turn. */
export interface Turn extends Position {
  readonly onTurn: Role;
  readonly source: ProposalSource;
}

/** What an action comes to: nothing but its effect, or the code of its refusal or penalty. */
export function outcomeOf({ state, phase, rules, onTurn, source }: Turn, action: Concrete): string | null {
  const parsed = parseAction(onTurn, action, rules);
  if (!parsed.ok) return `validation_error ${parsed.faults.map(({ path }) => path).join()}`;
  const decision = decide({ phase, state, rules, source }, parsed.command);
  if (!decision.ok) return decision.rejection.code;
  const [first] = decision.events;
  return first?.type === 'action.penalised' ? first.data.code : null;
}

/** Texts that every action of a type may bring where nothing is listed. */
const texts: Readonly<Record<string, Concrete>> = {
  propose_ad: { ad_copy: 'Plain wooden spoons, a dozen in a box.' },
  modify_pending_ad: { new_ad_copy: 'Words that no ad of a match has had before.' },
};

/** Every action that a listed one stands for: all of its values, and plain text where it lists none. */
export function* fillings({ action_type: type, ...listed }: LegalAction): Generator<Concrete> {
  let open: readonly Concrete[] = [{ action_type: type, ...texts[type] }];
  for (const [field, values] of Object.entries(listed)) {
    const choices = choicesOf(field, values);
    open = open.flatMap((action) => choices.map((choice) => ({ ...action, ...choice })));
  }
  yield* open;
}

const maps: Readonly<Record<string, readonly [key: string, value: string]>> = {
  targets_by_ad: ['ad_id', 'investigation_target'],
  linked_ads_by_ad: ['ad_id', 'linked_ad_id'],
  targets_by_flag_type: ['flag_type', 'target_ad_id'],
};
/** Fields that an action may leave out. */
const optional: readonly string[] = ['fund_from_slot'];

function choicesOf(field: string, values: unknown): readonly Concrete[] {
  if (Array.isArray(values)) {
    const chosen = values.map((value: unknown) => ({ [field]: value }));
    return optional.includes(field) ? [{}, ...chosen] : chosen;
  }
  const [key, value] = maps[field] ?? ['', ''];
  return Object.entries(values as Readonly<Record<string, readonly unknown[]>>).flatMap(([each, others]) =>
    others.map((other) => ({ [key]: each, [value]: other })),
  );
}

/** What tells two actions apart as far as the list goes. The order of two linked ads is none of it. */
export function nameOf(action: Concrete): string {
  const { action_type: type } = action;
  const value = (field: string) => JSON.stringify(action[field] ?? null);
  if (type === 'link_accounts')
    return `link_accounts ${[value('ad_id'), value('linked_ad_id')].sort().join()}`;
  const fields = ['category', 'fund_from_slot', 'slot_index', 'ad_id', 'investigation_target', 'verdict'];
  return [type, ...[...fields, 'flag_type', 'target_ad_id'].map(value)].join(' ');
}

/** Every type with every ad, target, slot, category, word and flag type there is, and with ones there are not. */
export function* everyAction({ onTurn, state }: Turn): Generator<Concrete> {
  const ads = [...state.queue.map(({ ad }) => ad.adId), 'ad_none'];
  switch (onTurn) {
    case 'fraudster':
      yield* fraudsterActions(state.knobs.allowedCategories, state.queue.length);
      return;
    case 'investigator':
      for (const adId of ads) {
        for (const target of targets)
          yield { action_type: 'investigate', ad_id: adId, investigation_target: target };
        for (const verdict of verdictWords) yield { action_type: 'verdict', ad_id: adId, verdict };
        for (const other of ads) yield { action_type: 'link_accounts', ad_id: adId, linked_ad_id: other };
      }
      yield { action_type: 'end_turn' };
      return;
    case 'auditor':
      for (const [type, track] of [
        ['flag_investigator', 'A'],
        ['flag_fraudster', 'B'],
      ] as const)
        for (const flagType of flagTypes[track])
          for (const adId of [null, ...ads.slice(0, -1)])
            yield { action_type: type, flag_type: flagType, target_ad_id: adId };
      yield { action_type: 'submit_audit_report' };
  }
}

function* fraudsterActions(categories: readonly string[], queueLength: number): Generator<Concrete> {
  const slots = Array.from({ length: queueLength + 1 }, (_, slot) => slot);
  for (const category of [...categories, 'no_such_category'])
    for (const slot of [null, ...slots])
      yield { action_type: 'propose_ad', category, fund_from_slot: slot, ...texts['propose_ad'] };
  for (const slot of slots)
    yield { action_type: 'modify_pending_ad', slot_index: slot, ...texts['modify_pending_ad'] };
  yield { action_type: 'end_turn' };
  yield { action_type: 'commit_final' };
}
