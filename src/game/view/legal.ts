import { targets, verdictWords } from '../ad.ts';
import type { Role } from '../command.ts';
import { policiesOf } from '../event.ts';
import { flagTypes, flagTypesWithoutTarget } from '../grading/flag-types.ts';
import type { Track } from '../grading/record.ts';
import { pending, proposals, proposalsUsed } from '../state.ts';
import type { Match, QueuedAd } from '../state.ts';
import { flagsMaxOf } from '../ruleset.ts';
import { pulledTargets } from './ledger.ts';
import { withoutUnannounced } from './situation.ts';
import type { Seen } from './situation.ts';

/**
 * An action type that would be accepted now; under `full` with the values its fields may have. A field that is not
 * listed takes any text or number of its kind, or may be left out; maps list the values of one field by another's.
 */
export interface LegalAction {
  readonly action_type: string;
  readonly [field: string]: unknown;
}

/**
 * What a role on turn may do, as far as the match's policy tells it: undefined under `none`. Follows from the role's
 * own view and past actions only, so it tells nothing that the role does not know.
 */
export function legalActions(role: Role, whole: Seen): readonly LegalAction[] | undefined {
  const { legalHints } = policiesOf(whole.match);
  if (legalHints === 'none') return undefined;
  const seen = role === 'investigator' ? withoutUnannounced(whole) : whole;
  const actions = byRole[role](seen);
  return legalHints === 'full' ? actions : actions.map(({ action_type }) => ({ action_type }));
}

const byRole: Readonly<Record<Role, (seen: Seen) => readonly LegalAction[]>> = {
  fraudster: ({ match, rules }) => {
    const own = proposals(match);
    const isHidden = match.policies.verdictsToFraudster === 'none';
    const changeable = own.filter((entry) => isHidden || entry.verdict === null);
    const mayPropose = !match.committed && proposalsUsed(match) < match.knobs.maxProposals;
    const maySharePayment = rules.queue.sharedFunding && own.length > 0;
    const slots = (entries: readonly QueuedAd[]) => entries.map(({ slot }) => slot);
    return [
      ...when(mayPropose, {
        action_type: 'propose_ad',
        category: match.knobs.allowedCategories,
        ...(maySharePayment ? { fund_from_slot: slots(own) } : {}),
      }),
      ...when(changeable.length > 0, { action_type: 'modify_pending_ad', slot_index: slots(changeable) }),
      { action_type: 'end_turn' },
      { action_type: 'commit_final' },
    ];
  },
  investigator: ({ match, rules }) => {
    const open = pending(match);
    const { pullsPerAd, attemptsPerAd } = rules.queue;
    const pullable = open.filter(
      ({ pulls, attempts }) => pulls.length < pullsPerAd && attempts < attemptsPerAd,
    );
    const linkable = newPairs(match);
    return [
      ...when(pullable.length > 0, {
        action_type: 'investigate',
        targets_by_ad: Object.fromEntries(pullable.map((entry) => [entry.ad.adId, freshTargets(entry)])),
      }),
      ...when(open.length > 0, {
        action_type: 'verdict',
        ad_id: open.map(({ ad }) => ad.adId),
        verdict: verdictWords,
      }),
      ...when(linkable.length > 0, {
        action_type: 'link_accounts',
        linked_ads_by_ad: Object.fromEntries(linkable),
      }),
      ...when(rules.flow.investigatorMayEndTurn && match.machine === 'match', { action_type: 'end_turn' }),
    ];
  },
  auditor: (seen) => [
    ...flagsOf(seen, 'A', 'flag_investigator'),
    ...flagsOf(seen, 'B', 'flag_fraudster'),
    { action_type: 'submit_audit_report' },
  ],
};

const when = (holds: boolean, action: LegalAction): readonly LegalAction[] => (holds ? [action] : []);

function freshTargets(entry: QueuedAd) {
  const pulled = pulledTargets(entry);
  return targets.filter((target) => !pulled.includes(target));
}

/** Every two ads that are not linked yet, once: with the one that joined the queue later under the other. */
function newPairs({ queue, links }: Match): readonly (readonly [adId: string, others: readonly string[]])[] {
  const known = new Set(links.flatMap(({ adId1, adId2 }) => [`${adId1} ${adId2}`, `${adId2} ${adId1}`]));
  const ids = queue.map(({ ad }) => ad.adId);
  return ids
    .map(
      (adId, index) =>
        [adId, ids.slice(index + 1).filter((other) => !known.has(`${adId} ${other}`))] as const,
    )
    .filter(([, others]) => others.length > 0);
}

/** Flags that count: the ads that a type may still aim at, and null for a flag of the whole review. */
function flagsOf({ match, rules }: Seen, track: Track, actionType: string): readonly LegalAction[] {
  if (match.flags.length >= flagsMaxOf(rules)) return [];
  const { checkedFlags } = rules.audit;
  const ids = match.queue.map(({ ad }) => ad.adId);
  const raised = new Set(
    match.flags.filter((flag) => flag.track === track).map((flag) => `${flag.flagType} ${flag.targetAdId}`),
  );
  const aims = flagTypes[track].map((type) => {
    const needsTarget = checkedFlags && !flagTypesWithoutTarget.includes(type);
    const all = needsTarget ? ids : [null, ...ids];
    return [type, all.filter((adId) => !(checkedFlags && raised.has(`${type} ${adId}`)))] as const;
  });
  const open = aims.filter(([, adIds]) => adIds.length > 0);
  return when(open.length > 0, { action_type: actionType, targets_by_flag_type: Object.fromEntries(open) });
}
