import { targets } from '../ad.ts';
import { quote } from '../episode/quote.ts';
import { policyFor } from '../policy-lens.ts';
import { findAd, pending, stepsLeft, verdictsInOrder } from '../state.ts';
import type { Ruleset } from '../ruleset.ts';
import type { Match, QueuedAd, Verdict } from '../state.ts';
import { queueSize, tasks } from '../task.ts';
import { investigatorFeedback } from './feedback.ts';
import { JsonText, kept, keptOn } from './kept.ts';
import { ledgerOf, pulledTargets } from './ledger.ts';
import { common, episodeReward, investigationBudget, isOver, withoutUnannounced } from './situation.ts';
import type { Seen } from './situation.ts';
import { byName, merged } from '../../shared/objects.ts';
import { joinNames } from '../../shared/strings.ts';

const digestRowsMax = 12;
const youngAccountDays = 30;

/**
 * The match as the investigator may see it (protocol spec, 3.6): the ads' own claims, what is free to know, and
 * what it has pulled. Never a label, a ring, who proposed an ad, or an unpulled finding.
 */
export function investigatorView(whole: Seen, reward: number) {
  return viewWith(whole, reward, findings);
}

/**
 * As {@link investigatorView}, to be written as JSON: its findings, which grow to several times all the rest, are written
 * ad by ad, and again only where an ad has new ones.
 */
export function investigatorViewToWrite(whole: Seen, reward: number) {
  return viewWith(whole, reward, findingsWritten);
}

function viewWith<Findings>(whole: Seen, reward: number, findingsOf: (seen: Seen) => Findings) {
  const seen = withoutUnannounced(whole);
  const { match } = seen;
  const open = pending(match);
  const focused = focusOf(match);
  const inFocus = inFocusOf(seen);
  return merged(common(seen, reward), {
    queue_summary: queueSummary(match),
    current_ad_info: inFocus === undefined ? '' : adInfo(inFocus),
    investigation_findings: findingsOf(seen),
    verdict_history_summary: verdictHistory(match),
    feedback: investigatorFeedback(seen),
    available_ads: open.map((entry) => entry.ad.adId),
    queue_status: queueStatus(seen),
    queue_may_grow: mayGrow(seen),
    evidence_ledger: byName(
      match.queue
        // A decided ad is in no focus: whether it still were would tell of proposals not yet announced.
        .filter((entry) => entry.pulls.length > 0 || (entry === focused && entry.verdict === null))
        .map((entry) => [entry.ad.adId, pulledLedger(entry)] as const),
    ),
    queue_digest: open.slice(0, digestRowsMax).map((entry) => digestRow(entry, seen.rules)),
    decided_ads: verdictsInOrder(match)
      .filter((entry) => !entry.verdict.autoApproved)
      .map((entry) => decidedRow(entry)),
    episode_reward: episodeReward(seen, 'investigator'),
  });
}

const focusOf = (match: Match): QueuedAd | undefined =>
  match.focus === null ? undefined : findAd(match, match.focus);

/** The ad that is shown whole: the one in focus while it is undecided. */
function inFocusOf(seen: Seen): QueuedAd | undefined {
  const focused = focusOf(seen.match);
  return isOver(seen) || focused?.verdict !== null ? undefined : focused;
}

/**
 * All that the view shows of an ad's words: the ad itself while it is in focus, and what was pulled of it. An ad whose
 * words change while this stays the same changes unseen.
 */
export function wordsShown(whole: Seen, adId: string): string {
  const seen = withoutUnannounced(whole);
  const entry = findAd(seen.match, adId);
  if (entry === undefined) return '';
  const whenInFocus = inFocusOf(seen) === entry ? [adInfo(entry)] : [];
  return [...whenInFocus, ...findingBlocks(entry, seen.rules)].join('\n\n');
}

function queueStatus(seen: Seen) {
  const { match, rules } = seen;
  const open = pending(match).length;
  // `classic` reports the task's starting size, which does not grow.
  const total = rules.queue.reportsTrueTotal ? match.queue.length : queueSize(tasks[match.taskId]);
  return {
    total_ads: total,
    reviewed: match.queue.length - open,
    pending: open,
    investigation_budget: investigationBudget(seen),
    steps_remaining: stepsLeft(match),
    step: match.steps,
    task_id: match.taskId,
  };
}

/** `classic` always says yes in a match; `standard` says what the rounds left allow, whatever the fraudster did. */
function mayGrow({ match, rules }: Seen): boolean {
  if (match.machine === 'review') return false;
  return !rules.queue.reportsTrueTotal || match.roundsPlayed + 1 < match.knobs.maxRounds;
}

function queueSummary(match: Match): string {
  const task = tasks[match.taskId];
  const open = pending(match).length;
  return [
    `${task.name} (${task.difficulty}): ${queueSize(task)} ads to begin with.`,
    `${match.queue.length - open} decided, ${open} pending.`,
    `${stepsLeft(match)} of ${match.knobs.actionBudget} actions left; ${match.steps} used.`,
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

/** One labelled block per pull. A snapshot of an older version of the ad says so. */
const findingBlocks = keptOn(({ ad, pulls, versions }: QueuedAd, { queue }: Ruleset): readonly string[] =>
  pulls.map(({ target, text, adVersion }) => {
    const isSnapshot = queue.findings === 'as_pulled';
    const isStale = isSnapshot && adVersion < versions.length;
    const label = `[${ad.adId} ${target}${isStale ? ', STALE: the ad has changed since' : ''}]`;
    return `${label}\n${isSnapshot ? text : ad.findings[target]}`;
  }),
);

const findings = ({ match, rules }: Seen): string =>
  match.queue.flatMap((entry) => findingBlocks(entry, rules)).join('\n\n');

function findingsWritten({ match, rules }: Seen): JsonText {
  let text = '"';
  for (const entry of match.queue)
    if (entry.pulls.length > 0) text += (text === '"' ? '' : '\\n\\n') + writtenBlocks(entry, rules).text;
  return new JsonText(`${text}"`);
}

/** An ad's blocks as they stand within a text that is written as JSON. */
const writtenBlocks = keptOn((entry: QueuedAd, rules: Ruleset) => ({
  text: JSON.stringify(findingBlocks(entry, rules).join('\n\n')).slice(1, -1),
}));

const pulledLedger = kept((entry: QueuedAd) => ledgerOf(entry, pulledTargets(entry)));

const decidedRow = kept((entry: QueuedAd & { readonly verdict: Verdict }) => ({
  ad_id: entry.ad.adId,
  verdict: entry.verdict.verdict,
  confidence: entry.verdict.confidence,
  ...ledgerOf(entry, pulledTargets(entry)),
}));

function verdictHistory(match: Match): string {
  const manual = verdictsInOrder(match).filter((entry) => !entry.verdict.autoApproved);
  const idsOf = (word: string) =>
    manual.filter((entry) => entry.verdict.verdict === word).map((entry) => entry.ad.adId);
  const parts = ['reject', 'approve', 'escalate'].map((word) => {
    const ids = idsOf(word);
    return `${word} ${ids.length}${ids.length === 0 ? '' : ` (${joinNames(ids)})`}`;
  });
  return `${manual.length} verdicts: ${parts.join('; ')}.`;
}

/** What the queue shows of a pending ad without any pull. */
const digestRow = keptOn(({ ad }: QueuedAd, rules: Ruleset) => {
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
});
