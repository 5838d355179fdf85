import { targets, verdictWords } from '../ad.ts';
import type { Role } from '../command.ts';
import { policiesOf } from '../event.ts';
import { flagTypes, flagTypesWithoutTarget } from '../grading/flag-types.ts';
import type { Track } from '../grading/record.ts';
import { pending, proposals, proposalsUsed } from '../state.ts';
import type { GameState, QueuedAd } from '../state.ts';
import { flagsMaxOf } from '../ruleset.ts';
import { pulledTargets } from './ledger.ts';
import { withoutUnannounced } from './common.ts';
import type { Position } from '../position.ts';
import { byName } from '../../shared/objects.ts';

/**
 * An action type that would be accepted now; under `full` also the values that its fields may have. A field
 * that is not listed takes any value of its type, or may be absent; maps list the values of one field by
 * another's.
 */
export interface LegalAction {
  readonly action_type: string;
  readonly [field: string]: unknown;
}

/**
 * The legal actions of the role on turn, as far as the policy `legalHints` permits: undefined under `none`.
 * Derived from the role's own view and past actions only, so it reveals nothing.
 */
export function legalActions(role: Role, whole: Position): readonly LegalAction[] | undefined {
  const { legalHints } = policiesOf(whole.state);
  if (legalHints === 'none') return undefined;
  const position = role === 'investigator' ? withoutUnannounced(whole) : whole;
  return byRole[role](position)
    .filter(({ holds }) => holds)
    .map(({ type, values }) => ({ action_type: type, ...(legalHints === 'full' ? values() : {}) }));
}

/** An action type, whether it would be accepted, and the values of its fields. */
interface Offer {
  readonly type: string;
  readonly holds: boolean;
  readonly values: () => Readonly<Record<string, unknown>>;
}

const nothingToChoose = () => ({});

const byRole: Readonly<Record<Role, (position: Position) => readonly Offer[]>> = {
  fraudster: ({ state, rules }) => {
    const own = proposals(state);
    const isHidden = state.policies.verdictsToFraudster === 'none';
    const changeable = own.filter((entry) => isHidden || entry.verdict === null);
    const mayPropose = !state.committed && proposalsUsed(state) < state.knobs.maxProposals;
    const maySharePayment = rules.queue.sharedFunding && own.length > 0;
    const slots = (entries: readonly QueuedAd[]) => entries.map(({ slot }) => slot);
    return [
      {
        type: 'propose_ad',
        holds: mayPropose,
        values: () => ({
          category: state.knobs.allowedCategories,
          ...(maySharePayment ? { fund_from_slot: slots(own) } : {}),
        }),
      },
      {
        type: 'modify_pending_ad',
        holds: changeable.length > 0,
        values: () => ({ slot_index: slots(changeable) }),
      },
      { type: 'end_turn', holds: true, values: nothingToChoose },
      { type: 'commit_final', holds: true, values: nothingToChoose },
    ];
  },
  investigator: ({ state, rules }) => {
    const open = pending(state);
    const { pullsPerAd, attemptsPerAd } = rules.queue;
    const pullable = open.filter(
      ({ pulls, attempts }) => pulls.length < pullsPerAd && attempts < attemptsPerAd,
    );
    return [
      {
        type: 'investigate',
        holds: pullable.length > 0,
        values: () => ({
          targets_by_ad: byName(pullable.map((entry) => [entry.ad.adId, freshTargets(entry)] as const)),
        }),
      },
      {
        type: 'verdict',
        holds: open.length > 0,
        values: () => ({ ad_id: open.map(({ ad }) => ad.adId), verdict: verdictWords }),
      },
      {
        type: 'link_accounts',
        holds: hasNewPair(state),
        values: () => ({ linked_ads_by_ad: byName(newPairs(state)) }),
      },
      {
        type: 'end_turn',
        holds: rules.flow.investigatorMayEndTurn && state.machine === 'match',
        values: nothingToChoose,
      },
    ];
  },
  auditor: (position) => [
    flagOffer(position, 'A', 'flag_investigator'),
    flagOffer(position, 'B', 'flag_fraudster'),
    { type: 'submit_audit_report', holds: true, values: nothingToChoose },
  ],
};

function freshTargets(entry: QueuedAd) {
  const pulled = pulledTargets(entry);
  return targets.filter((target) => !pulled.includes(target));
}

/** Whether any two ads are not linked yet. A link is recorded once, in either direction. */
function hasNewPair({ queue, links }: GameState): boolean {
  return links.length < (queue.length * (queue.length - 1)) / 2;
}

/** Every pair of ads that is not linked yet, once: by the ad that is earlier in the queue. */
function newPairs({
  queue,
  links,
}: GameState): readonly (readonly [adId: string, others: readonly string[]])[] {
  const known = new Set(links.flatMap(({ adId1, adId2 }) => [`${adId1} ${adId2}`, `${adId2} ${adId1}`]));
  const ids = queue.map(({ ad }) => ad.adId);
  return ids
    .map(
      (adId, index) =>
        [adId, ids.slice(index + 1).filter((other) => !known.has(`${adId} ${other}`))] as const,
    )
    .filter(([, others]) => others.length > 0);
}

/**
 * The flags of a track that would count: by type, the ads that it may still target, and null for a flag of
 * the whole review.
 */
function flagOffer({ state, rules }: Position, track: Track, type: string): Offer {
  if (state.flags.length >= flagsMaxOf(rules)) return { type, holds: false, values: nothingToChoose };
  const { checkedFlags } = rules.audit;
  const ids = state.queue.map(({ ad }) => ad.adId);
  const raised = new Set(
    state.flags.filter((flag) => flag.track === track).map((flag) => `${flag.flagType} ${flag.targetAdId}`),
  );
  const aims = flagTypes[track].map((type) => {
    const needsTarget = checkedFlags && !flagTypesWithoutTarget.includes(type);
    const all = needsTarget ? ids : [null, ...ids];
    return [type, all.filter((adId) => !(checkedFlags && raised.has(`${type} ${adId}`)))] as const;
  });
  const open = aims.filter(([, adIds]) => adIds.length > 0);
  return {
    type,
    holds: open.length > 0,
    values: () => ({ targets_by_flag_type: Object.fromEntries(open) }),
  };
}
