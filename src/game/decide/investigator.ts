import type { InvestigatorAction } from '../command.ts';
import { evolve } from '../evolve.ts';
import type { MatchEvent, PenaltyCode } from '../event.ts';
import { verdictValue } from '../grading/verdict-value.ts';
import { findAd, pending } from '../state.ts';
import type { GameState, QueuedAd } from '../state.ts';
import { accepted, rejected } from './decision.ts';
import type { Decision, Situation } from './decision.ts';
import { closeReview, endInvestigatorTurn, reviewEnd } from './endings.ts';

/**
 * Decides an investigator's action in `investigator_turn` or `reviewing`. Source: match spec, sections 6 and
 * 8.2.
 * Rejection: `validation_error` for `end_turn` if the ruleset or a solo review has none. Any other faulty
 * action is a penalty.
 */
export function decideInvestigator(situation: Situation, action: InvestigatorAction): Decision {
  if (action.actionType === 'end_turn') {
    // A solo review has no turns.
    return situation.rules.flow.investigatorMayEndTurn && situation.state.machine === 'match'
      ? accepted(...endInvestigatorTurn(situation, { by: 'investigator', cause: 'player', action }))
      : rejected('validation_error', 'The investigator has no end_turn here.', { path: 'action_type' });
  }
  const entry = findAd(situation.state, action.adId);
  const event = entry === undefined ? unknownAd(situation, action) : actOnAd(situation, entry, action);
  return accepted(...withEnding(situation, event, entry === undefined));
}

function actOnAd(situation: Situation, entry: QueuedAd, action: InvestigatorAction): MatchEvent {
  switch (action.actionType) {
    case 'investigate':
      return investigate(situation, entry, action);
    case 'verdict':
      return giveVerdict(situation, entry, action);
    default:
      return link(situation, entry, action);
  }
}

function unknownAd({ state, rules }: Situation, action: InvestigatorAction): MatchEvent {
  return penalty(state, action)('unknown_ad', rules.stepRewards.unknownAd);
}

function investigate({ state, rules }: Situation, entry: QueuedAd, action: InvestigatorAction): MatchEvent {
  const { queue, stepRewards } = rules;
  const { adId } = entry.ad;
  const refuse = penalty(state, action);
  const rotated = pending(state).find((other) => other.ad.adId !== adId)?.ad.adId ?? state.focus;
  const target = action.investigationTarget;

  if (entry.verdict !== null) return refuse('ad_already_decided', stepRewards.alreadyDecided, rotated);
  if (entry.attempts + 1 > queue.attemptsPerAd)
    return refuse('attempts_spent', stepRewards.attemptsSpent, rotated);
  if (target === undefined || entry.pulls.some((pull) => pull.target === target))
    return refuse('target_already_pulled', stepRewards.alreadyPulled);
  if (entry.pulls.length >= queue.pullsPerAd) return refuse('pulls_spent', stepRewards.pullsSpent, rotated);

  const pulls = entry.pulls.length + 1;
  return {
    type: 'finding.revealed',
    data: {
      action,
      adId,
      target,
      text: entry.ad.findings[target],
      adVersion: entry.versions.length,
      // The last allowed pull of an ad does not move the focus.
      focus: pulls < queue.pullsPerAd || state.focus === null ? adId : state.focus,
      reward: stepRewards.pull[pulls - 1] ?? 0,
    },
  };
}

function giveVerdict({ state, rules }: Situation, entry: QueuedAd, action: InvestigatorAction): MatchEvent {
  const { adId, truth, severity } = entry.ad;
  if (entry.verdict !== null || action.verdict === undefined)
    return penalty(state, action)('verdict_already_given', rules.stepRewards.alreadyDecided);
  const next = pending(state).find((other) => other.ad.adId !== adId);
  return {
    type: 'verdict.given',
    data: {
      action,
      adId,
      verdict: action.verdict,
      confidence: action.confidence ?? 0.5,
      focus: next?.ad.adId ?? state.focus,
      reward: verdictValue(rules.stepRewards.verdict, action.verdict, truth, severity),
    },
  };
}

function link({ state, rules }: Situation, entry: QueuedAd, action: InvestigatorAction): MatchEvent {
  const { stepRewards } = rules;
  const refuse = penalty(state, action);
  const adId1 = entry.ad.adId;
  const adId2 = action.linkedAdId ?? '';
  if (findAd(state, adId2) === undefined) return refuse('linked_ad_unknown', stepRewards.linkFaulty);
  if (adId1 === adId2) return refuse('linked_to_itself', stepRewards.linkFaulty);
  const repeats = state.links.some(
    (known) =>
      (known.adId1 === adId1 && known.adId2 === adId2) || (known.adId1 === adId2 && known.adId2 === adId1),
  );
  if (repeats) return refuse('link_already_recorded', stepRewards.linkRepeated);
  const correct = state.rings.some(
    (ring) => ring.memberAdIds.includes(adId1) && ring.memberAdIds.includes(adId2),
  );
  return {
    type: 'accounts.linked',
    data: {
      action,
      adId1,
      adId2,
      reason: action.linkReason ?? '',
      correct,
      reward: correct ? stepRewards.linkCorrect : stepRewards.linkWrong,
    },
  };
}

/** Appends the end of the review, or else of the turn, if one is reached. */
function withEnding(situation: Situation, event: MatchEvent, adIsUnknown: boolean): MatchEvent[] {
  const after = { ...situation, state: evolve(situation.state, event) };
  const tested = !adIsUnknown || situation.rules.flow.endTestAfterUnknownAd;
  const reason = tested ? reviewEnd(after) : null;
  if (reason !== null) return [event, ...closeReview(after, reason)];
  return after.state.turnActions >= after.state.knobs.maxInvestigatorActionsPerTurn
    ? [event, ...endInvestigatorTurn(after, { by: 'investigator', cause: 'action_cap', action: null })]
    : [event];
}

function penalty(state: GameState, action: InvestigatorAction) {
  return (code: PenaltyCode, reward: number, focus = state.focus): MatchEvent => ({
    type: 'action.penalised',
    data: { by: 'investigator', action, code, reward, focus },
  });
}
