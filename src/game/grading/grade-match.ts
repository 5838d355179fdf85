import { targets } from '../ad.ts';
import type { AuditReport, Grades } from '../event.ts';
import type { Ruleset } from '../ruleset.ts';
import { proposals } from '../state.ts';
import type { FraudsterEntry, GameState } from '../state.ts';
import { present } from '../../shared/invariant.ts';
import { assess, merit, meritScores } from './merit/merit.ts';
import type { Assessment } from './merit/merit.ts';
import type { EvidenceByAd, GradedRecord, ReasoningEntry, SurfaceEntry } from './record.ts';
import { tally } from './tally/tally.ts';
import type { TallyOutcome } from './tally/tally.ts';
import type { TallyRules } from './tally/rules.ts';

/**
 * The grade (0..1) and episode rewards of a match after its review and audit, by the scheme of its ruleset:
 * `merit` (`standard`) or `tally` (`classic`). `assessment` is that of the same review, if it is made.
 */
export function gradeMatch(
  state: GameState,
  { grading }: Ruleset,
  assessment: Assessment | null = null,
): Grades {
  if (grading.scheme === 'merit')
    return merit(state, grading.numbers, assessment ?? assess(state, grading.numbers));
  const { grade, rewards, perAdPlausibility, auditGroundTruth } = tallyOf(state, grading.numbers);
  return { grade, rewards, perAdPlausibility, auditGroundTruth: { ...auditGroundTruth }, parts: {} };
}

/**
 * The arena's own findings in a review, which an audit report and its grade share: making them is most of the
 * cost of both. Null for `tally`, which reads the record in another way for each.
 */
export function assessReview(state: GameState, { grading }: Ruleset): Assessment | null {
  return grading.scheme === 'merit' ? assess(state, grading.numbers) : null;
}

/** The arena's own scores for an audit report, 0..1. `assessment` is that of the same review, if it is made. */
export function reportScores(
  state: GameState,
  { grading }: Ruleset,
  assessment: Assessment | null,
): Pick<AuditReport, 'investigatorAuditScore' | 'fraudsterPlausibilityScore'> {
  if (grading.scheme === 'merit') return meritScores(assessment ?? assess(state, grading.numbers));
  const { reasoning, queuePlausibility } = tallyOf(state, grading.numbers);
  return { investigatorAuditScore: reasoning.score, fraudsterPlausibilityScore: queuePlausibility };
}

function tallyOf(state: GameState, rules: TallyRules): TallyOutcome {
  const outcome = tally(
    {
      record: recordOf(state),
      fraudsterLog: state.fraudsterLog.map(surfaceEntry),
      investigatorLog: state.investigatorLog.map(({ action }): ReasoningEntry => ({
        actionType: action.actionType,
        adId: action.adId,
        verdict: action.verdict ?? null,
        rationale: action.rationale ?? null,
      })),
      evidence: currentFindings(state),
      fraudsterAdIds: [...proposals(state)]
        .sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0))
        .map((entry) => entry.ad.adId),
      flags: [...(state.report?.trackAFlags ?? []), ...(state.report?.trackBFlags ?? [])],
    },
    rules,
  );
  return present(outcome, `The grader of ${state.taskId}`);
}

/** The input of the original's graders: verdicts in queue order, and only label and severity of the ads. */
export function recordOf(state: GameState): GradedRecord {
  return {
    taskId: state.taskId,
    totalSteps: state.steps,
    actionBudget: state.knobs.actionBudget,
    verdicts: state.queue.flatMap(({ ad, verdict }) =>
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
    links: state.links,
    ads: state.queue.map(({ ad }) => ({ adId: ad.adId, truth: ad.truth, severity: ad.severity })),
    ringSizes: state.rings.map((ring) => ring.memberAdIds.length),
  };
}

/**
 * A log entry for the audit: the texts as sent. For a modification of a known slot, the ad's texts fill in
 * absent ones.
 */
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

/** All six current findings of every ad, pulled or not. */
function currentFindings(state: GameState): EvidenceByAd {
  return Object.fromEntries(
    state.queue.map(({ ad }) => [
      ad.adId,
      Object.fromEntries(targets.map((target) => [target, ad.findings[target]])),
    ]),
  );
}
