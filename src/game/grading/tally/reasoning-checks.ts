import { targets, type VerdictWord } from '../../ad.ts';
import { clamp01, sum } from '../arithmetic.ts';
import { isCorrect, manualVerdicts } from '../correct.ts';
import { greenPhrases, redPhrases } from '../lexicon.ts';
import {
  ownValue,
  type AuditFlag,
  type EvidenceByAd,
  type GradedAd,
  type GradedRecord,
  type GradedVerdict,
  type ReasoningEntry,
} from '../record.ts';
import { codePointLength, countContained, trimUnicode } from '../text.ts';
import { evidenceHits, evidenceTokens, holdsPolicyCode } from './evidence-tokens.ts';
import type { TallyRules } from './rules.ts';
import { overconfidence } from './task-grade.ts';

type ReasoningRules = TallyRules['reasoning'];

/**
 * The faults in the investigator's reasoning, all of track A: the checks of section 5 of the grading spec, in
 * its order.
 */
export function reasoningFlags(
  record: GradedRecord,
  log: readonly ReasoningEntry[],
  evidence: EvidenceByAd,
  { reasoning }: TallyRules,
): readonly AuditFlag[] {
  // Refused verdicts are logged, so they are judged too.
  const logged = log.filter((entry) => entry.actionType === 'verdict');
  return [
    ...calibrationFlags(manualVerdicts(record), reasoning.calibration),
    ...logged.flatMap((entry) =>
      citationFlags(entry, evidenceText(evidence, entry.adId), reasoning.citation),
    ),
    ...logged.flatMap((entry) => coherenceFlags(entry, reasoning.coherence)),
    ...consistencyFlags(record, reasoning),
    ...biasFlags(record, reasoning),
  ];
}

/**
 * The score of the reasoning, 0..1 (grading spec, section 6): 1 minus a loss per track A flag by type and
 * severity.
 */
export function reasoningScore(flags: readonly AuditFlag[], { reasoning }: TallyRules): number {
  const { weights, otherWeight, zeroSeverity } = reasoning.score;
  const losses = flags
    .filter((flag) => flag.track === 'A')
    .map(({ flagType, severity }) => {
      return (ownValue(weights, flagType) ?? otherWeight) * (severity === 0 ? zeroSeverity : severity);
    });
  return clamp01(1 - sum(losses));
}

function flag(flagType: string, targetAdId: string | null, severity: number, note: string): AuditFlag {
  return { track: 'A', flagType, targetAdId, severity: Math.min(1, severity), note };
}

// --- 5.1 calibration ---

function calibrationFlags(
  verdicts: readonly GradedVerdict[],
  rules: ReasoningRules['calibration'],
): readonly AuditFlag[] {
  if (verdicts.length < rules.manualMin) return [];
  return rules.bins
    .map(({ from, below }) => {
      return verdicts.filter(({ confidence }) => (confidence ?? 0) >= from && (confidence ?? 0) < below);
    })
    .filter((bin) => bin.length >= rules.binMin)
    .map(overconfidence)
    .filter((gap) => gap > rules.gapOver)
    .map((gap) => flag('miscalibration', null, gap, 'More confident than right.'));
}

// --- 5.2 citation ---

function evidenceText(evidence: EvidenceByAd, adId: string): string {
  const findings = ownValue(evidence, adId) ?? {};
  return targets.flatMap((target) => findings[target] ?? []).join('\n');
}

function citationFlags(
  entry: ReasoningEntry,
  findings: string,
  rules: ReasoningRules['citation'],
): readonly AuditFlag[] {
  const rationale = trimUnicode(entry.rationale ?? '');
  const missing = (severity: number, note: string) => [flag('missing_citation', entry.adId, severity, note)];
  if (codePointLength(rationale) < rules.lengthMin)
    return missing(rules.tooShort, 'Too short to cite anything.');
  if (findings === '') {
    if (evidenceTokens(rationale).size > 0) return [];
    return missing(rules.nothingPulled, 'Names no evidence, and none was pulled.');
  }
  if (evidenceHits(rationale, findings) >= rules.hitsMin || holdsPolicyCode(rationale)) return [];
  return missing(rules.nothingCited, 'Names nothing of the evidence.');
}

// --- 5.3 coherence ---

function coherenceFlags(entry: ReasoningEntry, rules: ReasoningRules['coherence']): readonly AuditFlag[] {
  const contradicting = contradictingPhrases(entry.verdict);
  const count = countContained((entry.rationale ?? '').toLowerCase(), contradicting);
  if (count < rules.phrasesMin) return [];
  const severity = rules.severityBase + rules.severityPerPhrase * count;
  return [flag('incoherent_rationale', entry.adId, severity, 'The reasons speak against the verdict.')];
}

function contradictingPhrases(verdict: VerdictWord | null): readonly string[] {
  if (verdict === 'approve') return redPhrases;
  return verdict === 'reject' ? greenPhrases : [];
}

// --- 5.4 consistency ---

interface JudgedAd {
  readonly verdict: GradedVerdict;
  readonly ad: GradedAd;
}

/** The manual verdicts on known ads, with the ad. */
function judgedAds(record: GradedRecord): readonly JudgedAd[] {
  const ads = new Map(record.ads.map((ad) => [ad.adId, ad]));
  return manualVerdicts(record).flatMap((verdict) => {
    const ad = ads.get(verdict.adId);
    return ad === undefined ? [] : [{ verdict, ad }];
  });
}

function consistencyFlags(record: GradedRecord, rules: ReasoningRules): readonly AuditFlag[] {
  // Plain string order: ad_10 comes before ad_2, and the first of a pair is the one flagged.
  const judged = judgedAds(record).toSorted((a, b) => (a.ad.adId < b.ad.adId ? -1 : 1));
  return judged.flatMap((first, index) =>
    judged
      .slice(index + 1)
      .filter((second) => first.verdict.verdict !== second.verdict.verdict)
      .filter((second) => areSimilar(first.ad, second.ad, rules.severityBuckets))
      .map((second) => {
        const note = `Judged otherwise than the similar ${second.ad.adId}.`;
        return flag('inconsistency', first.ad.adId, rules.consistency.severity, note);
      }),
  );
}

function areSimilar(a: GradedAd, b: GradedAd, buckets: ReasoningRules['severityBuckets']): boolean {
  const shareType = isGiven(a.fraudType) && a.fraudType === b.fraudType;
  const shareCategory = isGiven(a.category) && a.category === b.category;
  return (
    a.truth === b.truth &&
    (shareType || shareCategory) &&
    severityBucket(a, buckets) === severityBucket(b, buckets)
  );
}

function isGiven(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}

function severityBucket({ severity }: GradedAd, buckets: ReasoningRules['severityBuckets']): string {
  const value = severity ?? 0;
  if (value < buckets.lowBelow) return 'low';
  return value < buckets.midBelow ? 'mid' : 'high';
}

// --- 5.5 bias ---

function biasFlags(record: GradedRecord, rules: ReasoningRules): readonly AuditFlag[] {
  if (manualVerdicts(record).length < rules.bias.manualMin) return [];
  const judged = judgedAds(record);
  const dimensions = {
    country: (ad: GradedAd) => ad.country,
    category: (ad: GradedAd) => ad.category,
    severity: (ad: GradedAd) => severityBucket(ad, rules.severityBuckets),
  };
  return Object.entries(dimensions).flatMap(([name, groupOf]) => {
    const gap = accuracyGap(judged, groupOf, rules.bias);
    return gap > rules.bias.gapOver ? [flag('bias', null, gap, `Accuracy differs by ${name}.`)] : [];
  });
}

/**
 * The best minus the worst share of right verdicts among large enough groups; 0 if there are too few groups.
 */
function accuracyGap(
  judged: readonly JudgedAd[],
  groupOf: (ad: GradedAd) => string | null | undefined,
  rules: ReasoningRules['bias'],
): number {
  const groups = new Map<string, boolean[]>();
  for (const { ad, verdict } of judged) {
    const group = groupOf(ad);
    if (!isGiven(group)) continue;
    groups.set(group, [...(groups.get(group) ?? []), isCorrect(verdict.verdict, verdict.truth)]);
  }
  const accuracies = [...groups.values()]
    .filter((results) => results.length >= rules.groupMin)
    .map((results) => results.filter(Boolean).length / results.length);
  return accuracies.length < rules.groupsMin ? 0 : Math.max(...accuracies) - Math.min(...accuracies);
}
