import { targets, verdictWords } from '../../../src/game/ad.ts';
import type { Role, RoleCommand } from '../../../src/game/command.ts';
import { flagTypes } from '../../../src/game/grading/flag-types.ts';
import type { LegalAction } from '../../../src/game/view/legal.ts';

/** An action of a role's own, and the code it was penalised with. */
export interface Deed {
  readonly action: RoleCommand['action'];
  readonly code: string | null;
}

interface Shown {
  readonly ruleset: string;
  readonly proposals_remaining: number;
  readonly allowed_categories: readonly string[];
  readonly current_queue: readonly {
    readonly is_my_proposal: boolean;
    readonly slot_index: number;
    readonly status: string;
  }[];
  readonly available_ads: readonly string[];
  readonly decided_ads: readonly { readonly ad_id: string }[];
  readonly full_episode_record: { readonly ads: readonly { readonly ad_id: string }[] };
  readonly pending_flags: readonly {
    readonly track: string;
    readonly flag_type: string;
    readonly target_ad_id: string | null;
  }[];
}

/**
 * What is legal as the role itself can work it out: from its observation as it stands on the wire, and from what it
 * did before. Knows no match. Sources: docs/rules.md, and for `classic` the match spec.
 */
export function legalFromWhatIsSeen(
  role: Role,
  shown: object,
  deeds: readonly Deed[],
): readonly LegalAction[] {
  return { fraudster, investigator, auditor }[role](shown as Shown, deeds);
}

const given = (action: LegalAction, ...needed: (readonly unknown[])[]): readonly LegalAction[] =>
  needed.every((values) => values.length > 0) ? [action] : [];

function fraudster(shown: Shown): readonly LegalAction[] {
  const own = shown.current_queue.filter((ad) => ad.is_my_proposal);
  const slots = own.map((ad) => ad.slot_index);
  const pending = own.filter((ad) => ad.status === 'pending').map((ad) => ad.slot_index);
  const account = shown.ruleset === 'standard' && slots.length > 0 ? { fund_from_slot: slots } : {};
  const propose = { action_type: 'propose_ad', category: shown.allowed_categories, ...account };
  return [
    ...(shown.proposals_remaining > 0 ? [propose] : []),
    ...given({ action_type: 'modify_pending_ad', slot_index: pending }, pending),
    { action_type: 'end_turn' },
    { action_type: 'commit_final' },
  ];
}

function investigator(shown: Shown, deeds: readonly Deed[]): readonly LegalAction[] {
  const done = deeds.flatMap(({ action, code }) => ('adId' in action ? [{ ...action, code }] : []));
  const tries = (adId: string) =>
    done.filter((deed) => deed.actionType === 'investigate' && deed.adId === adId);
  const pulled = (adId: string) =>
    tries(adId).flatMap((deed) => (deed.code === null ? [deed.investigationTarget] : []));
  const pullable = shown.available_ads.filter((adId) => pulled(adId).length < 3 && tries(adId).length < 5);
  const linked = done.filter((deed) => deed.actionType === 'link_accounts' && deed.code === null);
  const isLinked = (one: string, other: string) =>
    linked.some(({ adId, linkedAdId }) => [adId, linkedAdId].sort().join() === [one, other].sort().join());
  const all = [...shown.available_ads, ...shown.decided_ads.map((ad) => ad.ad_id)];
  const partners = all.map(
    (one, index) => [one, all.slice(index + 1).filter((other) => !isLinked(one, other))] as const,
  );
  const linkable = partners.filter(([, others]) => others.length > 0);
  return [
    ...given(
      {
        action_type: 'investigate',
        targets_by_ad: Object.fromEntries(
          pullable.map((adId) => [adId, targets.filter((target) => !pulled(adId).includes(target))]),
        ),
      },
      pullable,
    ),
    ...given(
      { action_type: 'verdict', ad_id: shown.available_ads, verdict: verdictWords },
      shown.available_ads,
    ),
    ...given({ action_type: 'link_accounts', linked_ads_by_ad: Object.fromEntries(linkable) }, linkable),
    ...(shown.ruleset === 'standard' ? [{ action_type: 'end_turn' }] : []),
  ];
}

function auditor(shown: Shown): readonly LegalAction[] {
  const isChecked = shown.ruleset === 'standard';
  const ads = shown.full_episode_record.ads.map((ad) => ad.ad_id);
  const flags = (['A', 'B'] as const).flatMap((track) => {
    const aims = flagTypes[track].map((type) => {
      const all = isChecked && type !== 'miscalibration' && type !== 'bias' ? ads : [null, ...ads];
      const raised = shown.pending_flags.filter((row) => row.track === track && row.flag_type === type);
      const isRaised = (adId: string | null) => raised.some((row) => row.target_ad_id === adId);
      return [type, all.filter((adId) => !isChecked || !isRaised(adId))] as const;
    });
    const open = aims.filter(([, adIds]) => adIds.length > 0);
    return given(
      {
        action_type: track === 'A' ? 'flag_investigator' : 'flag_fraudster',
        targets_by_flag_type: Object.fromEntries(open),
      },
      open,
    );
  });
  return [
    ...(shown.pending_flags.length < (isChecked ? 60 : 500) ? flags : []),
    { action_type: 'submit_audit_report' },
  ];
}
