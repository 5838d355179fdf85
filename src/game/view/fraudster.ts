import type { Policies } from '../event.ts';
import { proposals, proposalsUsed } from '../state.ts';
import type { InvestigatorEntry, GameState, QueuedAd } from '../state.ts';
import { fraudsterFeedback } from './feedback.ts';
import { makeAnew } from './remember.ts';
import { ledgerOf, pulledTargets } from './ledger.ts';
import { common, episodeReward } from './common.ts';
import type { Position } from '../position.ts';
import { byName, merged } from '../../shared/objects.ts';

/**
 * The view of the fraudster, in wire names (protocol spec, 3.6): every ad's text and status, the records of
 * its own ads, and as much of the verdicts as the match's policy permits. Never a label, another ad's records
 * or the investigator's findings. `remember` returns cached parts; see remember.ts.
 */
export function fraudsterView(position: Position, reward: number, remember = makeAnew) {
  const { state, phase, rules } = position;
  const { knobs, policies } = state;
  const used = proposalsUsed(state);
  // `classic` does not set this to 0 after a commit, which ends the review anyway.
  const isClosed = state.committed && rules.flow.commitEnds === 'proposals';
  const isOnTurn = phase === 'fraudster_turn';
  return merged(common(position, reward), {
    feedback: fraudsterFeedback(position),
    task_id: state.taskId,
    proposals_used: used,
    proposals_remaining: isClosed ? 0 : Math.max(0, knobs.maxProposals - used),
    actions_left_this_turn: isOnTurn ? Math.max(0, knobs.maxFraudsterActionsPerTurn - state.turnActions) : 0,
    current_queue: state.queue.map((entry) => remember(queueRow, entry, policies)),
    prior_verdicts: priorVerdicts(state),
    investigation_targets_used: showsTargets(policies)
      ? byName(
          state.queue
            .filter((entry) => entry.pulls.length > 0)
            .map((entry) => [entry.ad.adId, pulledTargets(entry)] as const),
        )
      : {},
    allowed_categories: knobs.allowedCategories,
    my_proposal_signals: byName(
      proposals(state).map((entry) => [entry.ad.adId, remember(proposalSignals, entry, policies)] as const),
    ),
    episode_reward: episodeReward(position, 'fraudster'),
  });
}

/** Whether the fraudster sees which targets of an ad were pulled. */
export const showsTargets = ({ verdictsToFraudster }: Policies): boolean =>
  verdictsToFraudster === 'full' || verdictsToFraudster === 'verdict_and_targets';

const shown = (entry: QueuedAd, { verdictsToFraudster }: Policies): string =>
  verdictsToFraudster === 'none' ? 'pending' : (entry.verdict?.verdict ?? 'pending');

const queueRow = (entry: QueuedAd, policies: Policies) => ({
  ad_id: entry.ad.adId,
  ad_copy: entry.ad.adCopy,
  category: entry.ad.category,
  status: shown(entry, policies),
  is_my_proposal: entry.slot !== null,
  ...(entry.slot === null ? {} : { slot_index: entry.slot }),
});

/** The accepted verdicts in order; under `full` the original's list, which includes refused repeats. */
function priorVerdicts(state: GameState) {
  const { verdictsToFraudster } = state.policies;
  if (verdictsToFraudster === 'none') return [];
  const isFull = verdictsToFraudster === 'full';
  const own = new Set(proposals(state).map((entry) => entry.ad.adId));
  const isListed = ({ action, code }: InvestigatorEntry) =>
    action.actionType === 'verdict' && (isFull || code === null);
  return state.investigatorLog.filter(isListed).map(({ action }) => ({
    ad_id: action.adId,
    verdict: action.verdict ?? null,
    confidence: isFull ? (action.confidence ?? null) : null,
    rationale: isFull ? (action.rationale ?? null) : null,
    was_my_proposal: own.has(action.adId),
  }));
}

const ofOwnAds = ['payment_method', 'landing_page', 'targeting_overlap', 'advertiser_history'] as const;

const proposalSignals = (entry: QueuedAd, policies: Policies) =>
  merged(ledgerOf(entry, ofOwnAds), {
    slot_index: entry.slot,
    investigator_verdict: shown(entry, policies),
  });
