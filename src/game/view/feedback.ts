import { targets } from '../ad.ts';
import type { PenaltyCode } from '../event.ts';
import { isCorrect } from '../grading/correct.ts';
import { trimUnicode } from '../grading/text.ts';
import { gradeMatch } from '../grading/grade-match.ts';
import { findAd, pending, proposalsUsed, pullsMade, round, stepsLeft } from '../state.ts';
import type { FraudsterEntry, InvestigatorEntry, GameState, QueuedAd } from '../state.ts';
import { joinNames } from '../../shared/strings.ts';
import { pulledTargets } from './ledger.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';

/**
 * The feedback of each role about its last action, as text (match spec, section 12). While the review runs,
 * nothing here depends on a hidden truth.
 */

export function fraudsterFeedback(position: Position): string {
  const { state } = position;
  const { knobs } = state;
  if (isOver(position)) return overFeedback(position, 'fraudster');
  const last = state.fraudsterLog.at(-1);
  if (last === undefined)
    return `Round 1 of ${knobs.maxRounds}. You may propose ${knobs.maxProposals} ads in the match and take ${knobs.maxFraudsterActionsPerTurn} actions per turn.`;
  const passed = position.phase === 'fraudster_turn' ? '' : ' The turn has passed.';
  return `${fraudsterOutcome(state, last)}${passed}`;
}

function fraudsterOutcome(state: GameState, { action, code, adId, slot }: FraudsterEntry): string {
  if (code !== null) return fraudsterPenalty(state, code, adId);
  switch (action.actionType) {
    case 'propose_ad':
      return `Proposal ${(slot ?? 0) + 1} is in the queue as ${adId ?? ''} (${action.category ?? ''}); the queue holds ${state.queue.length} ads.`;
    case 'modify_pending_ad': {
      const changed = [
        ...(isBlank(action.newAdCopy) ? [] : ['copy']),
        ...(isBlank(action.newLandingPageBlurb) ? [] : ['landing page']),
      ];
      return `${adId ?? ''} changed: ${changed.join(' and ')}.`;
    }
    case 'end_turn':
      return 'You ended your turn; the investigator acts next.';
    case 'commit_final':
      return 'You committed: no more proposals.';
  }
}

const isBlank = (text: string | undefined): boolean => trimUnicode(text ?? '') === '';

function fraudsterPenalty(state: GameState, code: PenaltyCode, adId: string | null): string {
  const { maxProposals, allowedCategories } = state.knobs;
  const isShown = state.policies.verdictsToFraudster !== 'none';
  const verdict = adId === null || !isShown ? undefined : findAd(state, adId)?.verdict?.verdict;
  const sentences: Partial<Record<PenaltyCode, string>> = {
    proposals_spent: `Refused: ${proposalsUsed(state)} of ${maxProposals} proposals are used.`,
    ad_copy_missing: 'Refused: a proposal needs an ad copy.',
    category_missing: 'Refused: a proposal needs a category.',
    category_not_allowed: `Refused: the category must be one of ${allowedCategories.join(', ')}.`,
    slot_missing: 'Refused: name the proposal to change by its slot_index.',
    slot_unknown: 'Refused: you have no proposal in that slot.',
    ad_already_decided: `Refused: ${adId ?? 'that ad'} has its verdict already (${verdict ?? 'decided'}).`,
    nothing_to_change: 'Nothing changed: give a new copy or a new landing-page text that differs.',
  };
  return sentences[code] ?? `Refused: ${code}.`;
}

// --- investigator ---

export function investigatorFeedback(position: Position): string {
  const { state, phase } = position;
  if (isOver(position)) return overFeedback(position, 'investigator');
  const last = state.investigatorLog.at(-1);
  const isReview = phase === 'reviewing';
  if (phase === 'audit_phase') return reviewEndFeedback(position);
  if (phase === 'fraudster_turn' && last === undefined)
    return 'Waiting for the fraudster; the queue may grow before your turn.';
  const told =
    last === undefined
      ? `Your turn. ${pending(state).length} ads wait for a verdict.`
      : investigatorOutcome(position, last);
  const isLastRound = !isReview && phase === 'fraudster_turn' && round(state) === state.knobs.maxRounds;
  const warning = isLastRound
    ? 'The last round begins: what is undecided after your next turn stands as approved.\n'
    : '';
  return `${warning}${pressure(state)}${told}`;
}

/** A warning when actions or pulls run short for the pending ads; empty otherwise. */
function pressure(state: GameState): string {
  const open = pending(state).length;
  const steps = stepsLeft(state);
  const pullsLeft = state.knobs.actionBudget - pullsMade(state);
  if (state.steps === 0 || open === 0) return '';
  if (steps <= 2 * open) return `${steps} actions are left for ${open} pending ads: decide.\n`;
  return pullsLeft <= open ? `${pullsLeft} pulls are left for ${open} pending ads: decide.\n` : '';
}

function investigatorOutcome({ state, rules }: Position, { action, code }: InvestigatorEntry): string {
  const entry = findAd(state, action.adId);
  if (code !== null) return investigatorPenalty({ state, rules }, code, action);
  switch (action.actionType) {
    case 'investigate':
      return pullOutcome(action, entry, rules.queue.pullsPerAd);
    case 'verdict':
      return `${action.adId}: ${action.verdict ?? ''} with confidence ${(entry?.verdict?.confidence ?? 0.5).toFixed(2)}. ${pending(state).length} ads are pending.`;
    case 'link_accounts':
      return `${action.adId} and ${action.linkedAdId ?? ''} are linked: ${action.linkReason ?? 'no reason given'}.`;
    case 'end_turn':
      return 'You ended your turn.';
  }
}

function pullOutcome(
  { adId, investigationTarget: target }: InvestigatorEntry['action'],
  entry: QueuedAd | undefined,
  pullsPerAd: number,
): string {
  const pulls = entry?.pulls ?? [];
  const text = pulls.find((pull) => pull.target === target)?.text ?? '';
  const advice =
    pulls.length < 2 ? '' : `\n${pulls.length} of ${pullsPerAd} targets of this ad are pulled: decide it.`;
  return `${target ?? ''} of ${adId}:\n${text}${advice}`;
}

function investigatorPenalty(
  { state: match, rules }: Pick<Position, 'state' | 'rules'>,
  code: PenaltyCode,
  action: InvestigatorEntry['action'],
): string {
  const entry = findAd(match, action.adId);
  const pulled = entry === undefined ? [] : pulledTargets(entry);
  const fresh = targets.filter((target) => !pulled.includes(target)).sort();
  const focus = match.focus === null ? '' : ` In focus: ${match.focus}.`;
  const { attemptsPerAd, pullsPerAd } = rules.queue;
  const attempts = entry?.attempts ?? 0;
  const sentences: Partial<Record<PenaltyCode, string>> = {
    unknown_ad: `There is no ad "${action.adId}". Ads: ${joinNames(match.queue.map(({ ad }) => ad.adId).sort())}.`,
    ad_already_decided: `${action.adId} has its verdict already.${pending(match).length === 0 ? ' None is pending.' : focus}`,
    attempts_spent: `${attempts} tries on ${action.adId}; pulled: ${joinNames(pulled)}. Give a verdict.${focus}`,
    target_already_pulled: `${action.investigationTarget ?? ''} of ${action.adId} is pulled already (try ${attempts} of ${attemptsPerAd}). Not yet pulled: ${joinNames(fresh)}.`,
    pulls_spent: `${action.adId} allows ${pullsPerAd} targets; pulled: ${joinNames(pulled)}. Give a verdict.${focus}`,
    verdict_already_given: `${action.adId} has its verdict already.`,
    linked_ad_unknown: `There is no ad "${action.linkedAdId ?? ''}" to link to.`,
    linked_to_itself: 'An ad cannot be linked to itself.',
    link_already_recorded: 'This link is recorded already.',
  };
  return sentences[code] ?? `Refused: ${code}.`;
}

/** `classic` reports the result at once; `standard` only that the review is over. */
function reviewEndFeedback({ state, rules }: Position): string {
  if (!rules.audit.resultBeforeAudit) return 'The review is closed; the audit is under way.';
  const decided = state.queue.flatMap(({ ad, verdict }) => (verdict === null ? [] : [{ ad, ...verdict }]));
  const manual = decided.filter((each) => !each.autoApproved);
  const count = (holds: (each: (typeof decided)[number]) => boolean) => decided.filter(holds).length;
  const right = manual.filter(({ verdict, ad }) => isCorrect(verdict, ad.truth)).length;
  const links =
    state.links.length === 0
      ? ''
      : ` Links: ${state.links.filter((link) => link.correct).length} of ${state.links.length} right.`;
  return [
    `The review is over. Grade ${gradeMatch(state, rules).grade.toFixed(3)};`,
    `${manual.length} of ${state.queue.length} ads decided, ${right} of them right;`,
    `${count(({ ad, verdict }) => ad.truth !== 'fraud' && verdict === 'reject')} honest ads rejected,`,
    `${count(({ ad, verdict }) => ad.truth === 'fraud' && verdict !== 'reject')} frauds let through,`,
    `${count(({ ad, autoApproved }) => ad.truth === 'fraud' && autoApproved)} of them undecided.${links}`,
  ].join(' ');
}

// --- auditor ---

export function auditorFeedback(position: Position): string {
  const { state, phase } = position;
  if (isOver(position)) return overFeedback(position, 'auditor');
  if (phase !== 'audit_phase') return 'The match is running; the audit comes after the review.';
  const last = state.flags.at(-1);
  const repeats = state.repeatedFlags.A + state.repeatedFlags.B;
  if (repeats > 0)
    return `${state.flags.length} flags raised; ${repeats} were sent again, which counts as wrong.`;
  return last === undefined
    ? 'Your audit. Flag faults of the investigator (track A) and the fraudster (track B), then report.'
    : `Flag ${state.flags.length}: track ${last.track}, ${last.flagType}, severity ${last.severity.toFixed(2)}.`;
}

function overFeedback({ state, phase }: Position, role: 'fraudster' | 'investigator' | 'auditor'): string {
  const { grades, report } = state;
  if (phase === 'aborted' || grades === null) return 'The match was ended without a grade.';
  const audit =
    report === null
      ? ''
      : ` Audit: ${report.trackAFlags.length} flags on the investigator, ${report.trackBFlags.length} on the fraudster; scores ${report.investigatorAuditScore.toFixed(2)} and ${report.fraudsterPlausibilityScore.toFixed(2)}.`;
  return `The match is over (${state.endReason ?? 'done'}). Grade ${grades.grade.toFixed(3)}; your reward ${grades.rewards[role].toFixed(3)}.${audit}`;
}
