import type { Ring, Truth } from '../../ad.ts';
import { truths } from '../../ad.ts';
import type { Link } from '../../state.ts';
import { clamp01, sum } from '../arithmetic.ts';
import { squaredError } from './reasoning.ts';
import { manualAds } from './reviewed-ad.ts';
import type { ReviewedAd } from './reviewed-ad.ts';
import type { MeritRules } from './rules.ts';

type Numbers = MeritRules['grade'];

/**
 * The grade of a review with its unweighted parts: `decisions` is at most 1, and negative for verdicts worse
 * than approving everything; `calibration` and `links` are 0..1; `faults` is the deduction.
 */
export interface TaskGrade {
  /** 0..1. */
  readonly grade: number;
  /** The grade before clamping; negative for a review worse than none. */
  readonly raw: number;
  readonly decisions: number;
  readonly calibration: number;
  readonly links: number;
  readonly faults: number;
}

/**
 * The grade of a review. 0 is no review at all, in which every ad is approved; 1 is every ad right with full
 * and justified confidence, and every ring found. Undecided ads count as approved, whatever ended the review
 * (docs/decisions/0004).
 */
export function gradeReview(
  ads: readonly ReviewedAd[],
  links: readonly Link[],
  rings: readonly Ring[],
  faultCount: number,
  { grade }: MeritRules,
): TaskGrade {
  const { weights } = grade;
  const decisions = decisionSkill(ads, grade);
  const calibration = calibrationOf(ads, grade);
  const found = linkScore(links, rings, grade);
  const faults = Math.min(grade.faultCostMax, faultCount * grade.faultCost);
  const linkWeight = found === null ? 0 : weights.links;
  const whole = weights.decisions + weights.calibration + linkWeight;
  const earned =
    weights.decisions * decisions + weights.calibration * calibration + linkWeight * (found ?? 0);
  const raw = earned / whole - faults;
  return { grade: clamp01(raw), raw, decisions, calibration, links: found ?? 0, faults };
}

/**
 * The mean credit over the truths that occur, with equal weights, rescaled so that approving everything is 0.
 */
function decisionSkill(ads: readonly ReviewedAd[], numbers: Numbers): number {
  const present = truths.filter((truth) => ads.some((ad) => ad.truth === truth));
  if (present.length === 0) return 0;
  const balanced = (credit: (ad: ReviewedAd) => number) =>
    sum(present.map((truth) => meanCredit(ads, truth, credit, numbers))) / present.length;
  const earned = balanced((ad) => numbers.credit[ad.truth][ad.verdict ?? 'approve']);
  const idle = balanced((ad) => numbers.credit[ad.truth].approve);
  return idle >= 1 ? earned - idle : (earned - idle) / (1 - idle);
}

function meanCredit(
  ads: readonly ReviewedAd[],
  truth: Truth,
  credit: (ad: ReviewedAd) => number,
  { severityWeight }: Numbers,
): number {
  const weighted = ads
    .filter((ad) => ad.truth === truth)
    .map((ad) => {
      const weight = truth === 'fraud' ? severityWeight.base + severityWeight.slope * ad.severity : 1;
      return { weight, credit: weight * credit(ad) };
    });
  return sum(weighted.map((ad) => ad.credit)) / sum(weighted.map((ad) => ad.weight));
}

/** One minus the scaled squared error, times the share of ads decided manually. */
function calibrationOf(ads: readonly ReviewedAd[], numbers: Numbers): number {
  const manual = manualAds(ads);
  if (manual.length === 0) return 0;
  return (manual.length / ads.length) * Math.max(0, 1 - squaredError(manual) / numbers.ignorantSquaredError);
}

/** The F1 score of the links against the rings' real edges; null for an episode without rings. */
function linkScore(
  links: readonly Link[],
  rings: readonly Ring[],
  { sameRingCredit }: Numbers,
): number | null {
  const edges = rings.flatMap(edgesOf);
  if (edges.length === 0) return null;
  const credit = ({ adId1, adId2 }: Link): number => {
    if (edges.some((edge) => edge.includes(adId1) && edge.includes(adId2))) return 1;
    const sharesRing = rings.some(
      (ring) => ring.memberAdIds.includes(adId1) && ring.memberAdIds.includes(adId2),
    );
    return sharesRing ? sameRingCredit : 0;
  };
  const earned = sum(links.map(credit));
  const exact = links.filter((link) => credit(link) === 1).length;
  if (earned === 0) return 0;
  const precision = earned / links.length;
  const recall = Math.min(1, Math.max(exact, earned) / edges.length);
  return (2 * precision * recall) / (precision + recall);
}

function edgesOf(ring: Ring): readonly (readonly [string, string])[] {
  if (ring.edges.length > 0) return ring.edges;
  return ring.memberAdIds.flatMap((a, index) =>
    ring.memberAdIds.slice(index + 1).map((b) => [a, b] as const),
  );
}
