import { takeCodePoints, trimUnicode } from '../grading/text.ts';
import { proposalsUsed } from '../state.ts';
import type { FraudsterAction } from '../command.ts';
import type { Ad } from '../ad.ts';
import { labelFor } from '../proposal-labels.ts';
import { evolve } from '../evolve.ts';
import type { MatchEvent, PenaltyCode } from '../event.ts';
import { accepted } from './decision.ts';
import type { Decision, Situation } from './decision.ts';
import { closeReview, endFraudsterTurn } from './endings.ts';
import { joining, nextSequentialId } from './late-ads.ts';
import { ringBySharedAccount } from './shared-account.ts';

const adCopyMax = 2000;
const pageSummaryMax = 2000;
const targetingMax = 512;

/**
 * Decides a fraudster's action in `fraudster_turn`. Never rejects: a faulty action is a penalty. Source:
 * match spec, sections 5 and 8.1.
 */
export function decideFraudster(situation: Situation, action: FraudsterAction): Decision {
  switch (action.actionType) {
    case 'propose_ad':
      return accepted(...withTurnEnd(situation, propose(situation, action)));
    case 'modify_pending_ad':
      return accepted(...withTurnEnd(situation, modify(situation, action)));
    case 'end_turn':
      return accepted(...endFraudsterTurn(situation, { by: 'fraudster', cause: 'player', action }));
    case 'commit_final':
      return accepted(...commit(situation, action));
  }
}

function propose({ state, rules, source }: Situation, action: FraudsterAction): MatchEvent {
  const refuse = penalty(action, rules.stepRewards.proposeRefused);
  const adCopy = cut(action.adCopy, adCopyMax) ?? '';
  const category = action.category ?? '';
  if (proposalsUsed(state) >= state.knobs.maxProposals) return refuse('proposals_spent');
  if (adCopy === '') return refuse('ad_copy_missing');
  if (category === '') return refuse('category_missing');
  if (!state.knobs.allowedCategories.includes(category)) return refuse('category_not_allowed');
  const funder = state.queue.find((entry) => entry.slot === (action.fundFromSlot ?? -1));
  if (action.fundFromSlot !== undefined && funder === undefined) return refuse('slot_unknown');

  const slot = proposalsUsed(state);
  const completed = source.complete(state, {
    slot,
    category,
    adCopy,
    pageSummary: given(cut(action.landingPageBlurb, pageSummaryMax), rules),
    targetingSummary: given(cut(action.targetingSummary, targetingMax), rules),
    fundedLike: funder?.ad ?? null,
  });
  const ad: Ad = {
    ...completed,
    ...(rules.queue.proposalLabels === null ? {} : labelFor(category, rules.queue.proposalLabels)),
    ...(rules.queue.proposalIds === 'opaque' ? {} : { adId: nextSequentialId(state) }),
  };
  return {
    type: 'ad.proposed',
    data: {
      action,
      slot,
      ad,
      ring: funder === undefined ? null : ringBySharedAccount(state, ad),
      ...joining(state, ad, slot, rules),
      reward: rules.stepRewards.propose,
    },
  };
}

function modify({ state, rules, source }: Situation, action: FraudsterAction): MatchEvent {
  const { stepRewards, queue } = rules;
  const refuse = penalty(action, stepRewards.modifyRefused);
  if (action.slotIndex === undefined) return refuse('slot_missing');
  const owned = state.queue.find((entry) => entry.slot === action.slotIndex);
  if (owned === undefined) return refuse('slot_unknown');
  if (owned.verdict !== null) return refuse('ad_already_decided');

  const adCopy = cut(action.newAdCopy, adCopyMax);
  const pageSummary = cut(action.newLandingPageBlurb, pageSummaryMax);
  const ad: Ad = {
    ...owned.ad,
    adCopy: present(adCopy, owned.ad.adCopy),
    pageSummary: present(pageSummary, owned.ad.pageSummary),
  };
  const unchanged = ad.adCopy === owned.ad.adCopy && ad.pageSummary === owned.ad.pageSummary;
  const nothingGiven = !adCopy && !pageSummary;
  if (nothingGiven || (queue.unchangedTextIsFault && unchanged))
    return penalty(action, stepRewards.modifyNothing)('nothing_to_change');

  return {
    type: 'ad.modified',
    data: {
      action,
      slot: action.slotIndex,
      adId: ad.adId,
      version: owned.versions.length + 1,
      adCopy: ad.adCopy,
      pageSummary: ad.pageSummary,
      findings: source.refresh(state, ad, queue.modificationRefreshes),
      reward: stepRewards.modify,
    },
  };
}

/** `classic`: the review closes. `standard`: no more proposals, and the turn ends. */
function commit(situation: Situation, action: FraudsterAction): MatchEvent[] {
  const committed: MatchEvent = { type: 'proposals.committed', data: { action, reward: 0 } };
  const after = { ...situation, state: evolve(situation.state, committed) };
  return situation.rules.flow.commitEnds === 'review'
    ? [committed, ...closeReview(after, 'commit_final')]
    : [committed, ...endFraudsterTurn(after, { by: 'fraudster', cause: 'committed', action: null })];
}

/**
 * Appends the end of the turn if its cap is reached. Only proposals and modifications count, refused ones
 * included.
 */
function withTurnEnd(situation: Situation, event: MatchEvent): MatchEvent[] {
  const state = evolve(situation.state, event);
  const { knobs } = state;
  const proposed = event.type === 'ad.proposed' || isRefusedProposal(event);
  const end = (cause: 'action_cap' | 'proposals_spent') => [
    event,
    ...endFraudsterTurn({ ...situation, state }, { by: 'fraudster', cause, action: null }),
  ];
  if (state.turnActions >= knobs.maxFraudsterActionsPerTurn) return end('action_cap');
  const spent = proposed && proposalsUsed(state) >= knobs.maxProposals;
  return spent && situation.rules.flow.spentProposalsEndTurn ? end('proposals_spent') : [event];
}

function isRefusedProposal(event: MatchEvent): boolean {
  return event.type === 'action.penalised' && event.data.action.actionType === 'propose_ad';
}

function penalty(action: FraudsterAction, reward: number) {
  return (code: PenaltyCode): MatchEvent => ({
    type: 'action.penalised',
    data: { by: 'fraudster', action, code, reward },
  });
}

/** The text; null for a blank one if the ruleset treats it as absent. */
function given(text: string | null, { queue }: Situation['rules']): string | null {
  return text === '' && queue.blankTextIsAbsent ? null : text;
}

/**
 * The trimmed text, cut to a number of code points; null if it is absent or empty. A blank text becomes
 * empty.
 */
function cut(text: string | undefined, codePoints: number): string | null {
  return text === undefined || text === '' ? null : takeCodePoints(trimUnicode(text), codePoints);
}

const present = (text: string | null, otherwise: string): string =>
  text === null || text === '' ? otherwise : text;
