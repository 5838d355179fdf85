import { targets } from '../ad.ts';
import type { Role } from '../command.ts';
import { policiesOf } from '../event.ts';
import { flagTypes } from '../grading/flag-types.ts';
import { pending, proposals, proposalsUsed } from '../state.ts';
import type { QueuedAd } from '../state.ts';
import { flagsMaxOf } from '../ruleset.ts';
import { pulledTargets } from './ledger.ts';
import { withoutUnannounced } from './situation.ts';
import type { Seen } from './situation.ts';

/** An action type that would be accepted now; under `full` with the values its fields may have. */
export interface LegalAction {
  readonly action_type: string;
  readonly [field: string]: unknown;
}

/**
 * What a role on turn may do, as far as the match's policy tells it: undefined under `none`. Follows from the role's
 * own view only, so it tells nothing that the view does not.
 */
export function legalActions(role: Role, whole: Seen): readonly LegalAction[] | undefined {
  const { legalHints } = policiesOf(whole.match);
  if (legalHints === 'none') return undefined;
  const seen = role === 'investigator' ? withoutUnannounced(whole) : whole;
  const actions = byRole[role](seen);
  return legalHints === 'full' ? actions : actions.map(({ action_type }) => ({ action_type }));
}

const byRole: Readonly<Record<Role, (seen: Seen) => readonly LegalAction[]>> = {
  fraudster: ({ match }) => {
    const isHidden = match.policies.verdictsToFraudster === 'none';
    const changeable = proposals(match).filter((entry) => isHidden || entry.verdict === null);
    const mayPropose = !match.committed && proposalsUsed(match) < match.knobs.maxProposals;
    return [
      ...when(mayPropose, { action_type: 'propose_ad', category: match.knobs.allowedCategories }),
      ...when(changeable.length > 0, {
        action_type: 'modify_pending_ad',
        slot_index: changeable.map(({ slot }) => slot),
      }),
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
    const ids = (entries: readonly QueuedAd[]) => entries.map(({ ad }) => ad.adId);
    return [
      ...when(pullable.length > 0, {
        action_type: 'investigate',
        targets_by_ad: Object.fromEntries(pullable.map((entry) => [entry.ad.adId, freshTargets(entry)])),
      }),
      ...when(open.length > 0, { action_type: 'verdict', ad_id: ids(open) }),
      ...when(match.queue.length > 1, { action_type: 'link_accounts', ad_id: ids(match.queue) }),
      ...when(rules.flow.investigatorMayEndTurn, { action_type: 'end_turn' }),
    ];
  },
  auditor: ({ match, rules }) => {
    const mayFlag = match.flags.length < flagsMaxOf(rules);
    return [
      ...when(mayFlag, { action_type: 'flag_investigator', flag_type: flagTypes.A }),
      ...when(mayFlag, { action_type: 'flag_fraudster', flag_type: flagTypes.B }),
      { action_type: 'submit_audit_report' },
    ];
  },
};

const when = (holds: boolean, action: LegalAction): readonly LegalAction[] => (holds ? [action] : []);

function freshTargets(entry: QueuedAd) {
  const pulled = pulledTargets(entry);
  return targets.filter((target) => !pulled.includes(target));
}
