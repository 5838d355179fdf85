import { targets } from '../ad.ts';
import { quote } from '../episode/quote.ts';
import { policyFor } from '../policy-lens.ts';
import { findAd, pending, stepsLeft, verdictsInOrder } from '../state.ts';
import type { Ruleset } from '../ruleset.ts';
import type { GameState, QueuedAd, Verdict } from '../state.ts';
import { queueSize, tasks } from '../task.ts';
import { investigatorFeedback } from './feedback.ts';
import { ledgerOf, pulledTargets } from './ledger.ts';
import { makeAnew } from './remember.ts';
import type { Remember } from './remember.ts';
import { common, episodeReward, investigationBudget, withoutUnannounced } from './common.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';
import { byName, merged } from '../../shared/objects.ts';
import { joinNames } from '../../shared/strings.ts';

const digestRowsMax = 12;
const youngAccountDays = 30;

/**
 * The view of the investigator, in wire names (protocol spec, 3.6): the ads' own claims, the free facts, and
 * what it has pulled. Never a label, a ring, who proposed an ad, or a finding that was not pulled. `remember`
 * returns cached parts; see remember.ts.
 */
export function investigatorView(whole: Position, reward: number, remember = makeAnew) {
  return investigatorViewWith(whole, reward, remember, findings);
}

/**
 * As {@link investigatorView}, with the findings made by `findingsOf`. They grow to several times the rest of
 * the view, and a writer may have most of them serialized already.
 */
export function investigatorViewWith<Findings>(
  whole: Position,
  reward: number,
  remember: Remember,
  findingsOf: (position: Position) => Findings,
) {
  const seen = withoutUnannounced(whole);
  const { state } = seen;
  const open = pending(state);
  const focused = focusOf(state);
  const inFocus = inFocusOf(seen);
  return merged(common(seen, reward), {
    queue_summary: queueSummary(state),
    current_ad_info: inFocus === undefined ? '' : adInfo(inFocus),
    investigation_findings: findingsOf(seen),
    verdict_history_summary: verdictHistory(state),
    feedback: investigatorFeedback(seen),
    available_ads: open.map((entry) => entry.ad.adId),
    queue_status: queueStatus(seen),
    queue_may_grow: mayGrow(seen),
    evidence_ledger: byName(
      state.queue
        // A decided ad is left out: showing it as focus would reveal proposals that are not announced yet.
        .filter((entry) => entry.pulls.length > 0 || (entry === focused && entry.verdict === null))
        .map((entry) => [entry.ad.adId, remember(pulledLedger, entry, null)] as const),
    ),
    queue_digest: open.slice(0, digestRowsMax).map((entry) => remember(digestRow, entry, seen.rules)),
    decided_ads: verdictsInOrder(state)
      .filter((entry) => !entry.verdict.autoApproved)
      .map((entry) => remember(decidedRow, entry, null)),
    episode_reward: episodeReward(seen, 'investigator'),
  });
}

const focusOf = (state: GameState): QueuedAd | undefined =>
  state.focus === null ? undefined : findAd(state, state.focus);

/** The ad that is shown in full: the one in focus, if it is undecided and the match is not over. */
function inFocusOf(position: Position): QueuedAd | undefined {
  const focused = focusOf(position.state);
  return isOver(position) || focused?.verdict !== null ? undefined : focused;
}

/**
 * All texts of an ad that the view shows: the ad itself while it is in focus, and its pulled findings. If a
 * modification leaves this unchanged, the investigator does not see it.
 */
export function wordsShown(whole: Position, adId: string): string {
  const position = withoutUnannounced(whole);
  const entry = findAd(position.state, adId);
  if (entry === undefined) return '';
  const whenInFocus = inFocusOf(position) === entry ? [adInfo(entry)] : [];
  return [...whenInFocus, ...findingBlocks(entry, position.rules)].join(findingGap);
}

function queueStatus(position: Position) {
  const { state, rules } = position;
  const open = pending(state).length;
  // `classic` reports the task's initial size, which does not grow.
  const total = rules.queue.reportsTrueTotal ? state.queue.length : queueSize(tasks[state.taskId]);
  return {
    total_ads: total,
    reviewed: state.queue.length - open,
    pending: open,
    investigation_budget: investigationBudget(position),
    steps_remaining: stepsLeft(state),
    step: state.steps,
    task_id: state.taskId,
  };
}

/** `classic`: always true in a match. `standard`: whether rounds are left, whatever the fraudster did. */
function mayGrow({ state, rules }: Position): boolean {
  if (state.machine === 'review') return false;
  return !rules.queue.reportsTrueTotal || state.roundsPlayed + 1 < state.knobs.maxRounds;
}

function queueSummary(state: GameState): string {
  const task = tasks[state.taskId];
  const open = pending(state).length;
  return [
    `${task.name} (${task.difficulty}): ${queueSize(task)} ads to begin with.`,
    `${state.queue.length - open} decided, ${open} pending.`,
    `${stepsLeft(state)} of ${state.knobs.actionBudget} actions left; ${state.steps} used.`,
  ].join(' ');
}

function adInfo(entry: QueuedAd): string {
  const { ad, attempts } = entry;
  const policy = policyFor(ad.category);
  const advertiser = ad.records?.advertiser;
  const pulled = pulledTargets(entry);
  const list = (items: readonly string[]) => (items.length === 0 ? 'none' : joinNames(items));
  return [
    ...(attempts >= 3 ? [`Warning: ${attempts} tries to investigate this ad already.`] : []),
    `Ad: ${ad.adId}`,
    `Category: ${ad.category}`,
    `Policy: ${policy.code}, ${policy.section}, ${policy.subsection}`,
    `Copy (advertiser-supplied): ${quote(ad.adCopy)}`,
    `Targeting (advertiser-supplied): ${quote(ad.targetingSummary)}`,
    `Risk signals: ${list(ad.riskSignals)}`,
    ...(advertiser === undefined
      ? []
      : [
          `Advertiser country: ${advertiser.country}`,
          `Account age: ${advertiser.accountAgeDays} days`,
          ...(advertiser.accountAgeDays < youngAccountDays ? ['Note: a new account.'] : []),
        ]),
    `Targets pulled: ${list(pulled)}`,
    `Targets not yet pulled: ${list(targets.filter((target) => !pulled.includes(target)))}`,
  ].join('\n');
}

/**
 * The pulled findings of an ad, one labelled block per pull. A snapshot of an older version of the ad is
 * marked as stale.
 */
export function findingBlocks({ ad, pulls, versions }: QueuedAd, { queue }: Ruleset): readonly string[] {
  const isSnapshot = queue.findings === 'as_pulled';
  return pulls.map(({ target, text, adVersion }) => {
    const isStale = isSnapshot && adVersion < versions.length;
    const label = `[${ad.adId} ${target}${isStale ? ', STALE: the ad has changed since' : ''}]`;
    return `${label}\n${isSnapshot ? text : ad.findings[target]}`;
  });
}

/** The separator of two blocks. */
export const findingGap = '\n\n';

const findings = ({ state, rules }: Position): string =>
  state.queue.flatMap((entry) => findingBlocks(entry, rules)).join(findingGap);

const pulledLedger = (entry: QueuedAd) => ledgerOf(entry, pulledTargets(entry));

const decidedRow = (entry: QueuedAd & { readonly verdict: Verdict }) => ({
  ad_id: entry.ad.adId,
  verdict: entry.verdict.verdict,
  confidence: entry.verdict.confidence,
  ...ledgerOf(entry, pulledTargets(entry)),
});

function verdictHistory(state: GameState): string {
  const manual = verdictsInOrder(state).filter((entry) => !entry.verdict.autoApproved);
  const idsOf = (word: string) =>
    manual.filter((entry) => entry.verdict.verdict === word).map((entry) => entry.ad.adId);
  const parts = ['reject', 'approve', 'escalate'].map((word) => {
    const ids = idsOf(word);
    return `${word} ${ids.length}${ids.length === 0 ? '' : ` (${joinNames(ids)})`}`;
  });
  return `${manual.length} verdicts: ${parts.join('; ')}.`;
}

/** The facts of a pending ad that are visible without a pull. */
function digestRow({ ad }: QueuedAd, rules: Ruleset) {
  const { adId, category, records } = ad;
  if (records === null) return { ad_id: adId, category };
  const { advertiser, payment, page } = records;
  const row = {
    ad_id: adId,
    category,
    country: advertiser.country,
    account_age_days: advertiser.accountAgeDays,
    payment_type: payment.paymentType,
  };
  return rules.queue.digestShowsPage ? merged(row, { domain: page.domain, registrar: page.registrar }) : row;
}
