import { targets } from '../ad.ts';
import type { AuditReport, Grades } from '../event.ts';
import type { Ruleset } from '../ruleset.ts';
import { proposals } from '../state.ts';
import type { FraudsterEntry, Match } from '../state.ts';
import { present } from '../../shared/invariant.ts';
import { merit, meritScores } from './merit/merit.ts';
import type { EvidenceByAd, GradedRecord, ReasoningEntry, SurfaceEntry } from './record.ts';
import { tally } from './tally/tally.ts';
import type { TallyOutcome } from './tally/tally.ts';
import type { TallyRules } from './tally/rules.ts';

/** Grade and episode rewards of a match whose review, and audit if it has one, are over. */
export function gradeMatch(match: Match, { grading }: Ruleset): Grades {
  if (grading.scheme === 'merit') return merit(match, grading.numbers);
  const { grade, rewards, perAdPlausibility, auditGroundTruth } = tallyOf(match, grading.numbers);
  return { grade, rewards, perAdPlausibility, auditGroundTruth: { ...auditGroundTruth }, parts: {} };
}

/** The arena's own scores for an audit report. */
export function reportScores(
  match: Match,
  { grading }: Ruleset,
): Pick<AuditReport, 'investigatorAuditScore' | 'fraudsterPlausibilityScore'> {
  if (grading.scheme === 'merit') return meritScores(match, grading.numbers);
  const { reasoning, queuePlausibility } = tallyOf(match, grading.numbers);
  return { investigatorAuditScore: reasoning.score, fraudsterPlausibilityScore: queuePlausibility };
}

function tallyOf(match: Match, rules: TallyRules): TallyOutcome {
  const outcome = tally(
    {
      record: recordOf(match),
      fraudsterLog: match.fraudsterLog.map(surfaceEntry),
      investigatorLog: match.investigatorLog.map(({ action }): ReasoningEntry => ({
        actionType: action.actionType,
        adId: action.adId,
        verdict: action.verdict ?? null,
        rationale: action.rationale ?? null,
      })),
      evidence: currentFindings(match),
      fraudsterAdIds: [...proposals(match)]
        .sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0))
        .map((entry) => entry.ad.adId),
      flags: [...(match.report?.trackAFlags ?? []), ...(match.report?.trackBFlags ?? [])],
    },
    rules,
  );
  return present(outcome, `The grader of ${match.taskId}`);
}

/** Verdicts in queue order; of the ads no more than label and severity, as the original kept it. */
export function recordOf(match: Match): GradedRecord {
  return {
    taskId: match.taskId,
    totalSteps: match.steps,
    actionBudget: match.knobs.actionBudget,
    verdicts: match.queue.flatMap(({ ad, verdict }) =>
      verdict === null
        ? []
        : [
            {
              adId: ad.adId,
              verdict: verdict.verdict,
              confidence: verdict.confidence,
              truth: ad.truth,
              autoApproved: verdict.autoApproved,
            },
          ],
    ),
    links: match.links,
    ads: match.queue.map(({ ad }) => ({ adId: ad.adId, truth: ad.truth, severity: ad.severity })),
    ringSizes: match.rings.map((ring) => ring.memberAdIds.length),
  };
}

/** Raw as sent; a modification of a known slot brings the ad's texts where the sender gave none. */
export function surfaceEntry({ action, adId, slot, texts }: FraudsterEntry): SurfaceEntry {
  const given = (...candidates: readonly (string | undefined)[]) =>
    candidates.find((text) => text !== undefined && text !== '') ?? null;
  return {
    actionType: action.actionType,
    adId,
    slotIndex: slot ?? action.slotIndex ?? null,
    adCopy: given(action.adCopy, ...(texts === null ? [] : [action.newAdCopy, texts.adCopy])),
    category: action.category ?? null,
    landingPageBlurb: given(
      action.landingPageBlurb,
      ...(texts === null ? [] : [action.newLandingPageBlurb, texts.pageSummary]),
    ),
    targetingSummary: given(action.targetingSummary, texts?.targetingSummary),
    newAdCopy: action.newAdCopy ?? null,
    newLandingPageBlurb: action.newLandingPageBlurb ?? null,
  };
}

/** All six findings of every ad as they stand now, pulled or not. */
function currentFindings(match: Match): EvidenceByAd {
  return Object.fromEntries(
    match.queue.map(({ ad }) => [
      ad.adId,
      Object.fromEntries(targets.map((target) => [target, ad.findings[target]])),
    ]),
  );
}
