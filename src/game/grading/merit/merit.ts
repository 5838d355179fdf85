import type { Grades } from '../../event.ts';
import type { GameState } from '../../state.ts';
import { clamp01, sum } from '../arithmetic.ts';
import { isCorrect } from '../correct.ts';
import type { AuditFlag, Track } from '../record.ts';
import { reasoningFlags, reasoningScore } from './reasoning.ts';
import { manualAds, reviewedAds } from './reviewed-ad.ts';
import type { ReviewedAd } from './reviewed-ad.ts';
import type { MeritRules } from './rules.ts';
import { plausibilityOf } from './surface.ts';
import type { Plausibility } from './surface.ts';
import { gradeReview } from './task-grade.ts';
import type { TaskGrade } from './task-grade.ts';

/** The grade (0..1) and rewards (-1..1 on every task) of a finished match under `standard`. */
export function merit(state: GameState, rules: MeritRules, assessment: Assessment): Grades {
  const { ads, plausibility, flags } = assessment;
  const faults = state.investigatorLog.filter((entry) => entry.code !== null).length;
  const task = gradeReview(ads, state.links, state.rings, faults, rules);
  const truth = [...flags, ...plausibility.flags];
  const agreement = { A: agree(state, truth, 'A'), B: agree(state, truth, 'B') };
  const evidence = backedShare(ads, state.knobs.actionBudget);
  const confirmed = agreement.A.confirmed;
  return {
    grade: task.grade,
    rewards: {
      fraudster: fraudsterReward(ads, plausibility, state.knobs.maxProposals, rules),
      investigator: investigatorReward(task, evidence, confirmed, rules),
      auditor: auditorReward(state, agreement),
    },
    perAdPlausibility: plausibility.perAd,
    auditGroundTruth: {
      track_a_true: agreement.A.total,
      track_a_confirmed: confirmed,
      track_a_wrong: agreement.A.wrong,
      track_b_true: agreement.B.total,
      track_b_confirmed: agreement.B.confirmed,
      track_b_wrong: agreement.B.wrong,
    },
    parts: {
      decisions: task.decisions,
      calibration: task.calibration,
      links: task.links,
      faults: task.faults,
      evidence,
      agreement_a: agreement.A.score,
      agreement_b: agreement.B.score,
    },
  };
}

/** The arena's own scores for the report, 0..1. */
export function meritScores({ ads, flags, plausibility }: Assessment) {
  return {
    investigatorAuditScore: reasoningScore(flags, manualAds(ads).length),
    fraudsterPlausibilityScore: plausibility.mean,
  };
}

/** The arena's own findings in a review. They depend on no flag or report of the auditor. */
export interface Assessment {
  readonly ads: readonly ReviewedAd[];
  /** Flags on the investigator's reasoning, track A. */
  readonly flags: readonly AuditFlag[];
  readonly plausibility: Plausibility;
}

export function assess({ queue, links, investigatorLog }: GameState, rules: MeritRules): Assessment {
  const ads = reviewedAds({ queue, investigatorLog });
  return { ads, flags: reasoningFlags(ads, links, rules), plausibility: plausibilityOf(ads, rules) };
}

/** The weighted grade plus a share for right verdicts with evidence, minus a penalty per confirmed flag. */
function investigatorReward(
  task: TaskGrade,
  evidence: number,
  confirmed: number,
  { rewards }: MeritRules,
): number {
  const { grade, evidence: share, perConfirmedFlag, confirmedFlagsMax } = rewards.investigator;
  const penalty = perConfirmedFlag * Math.min(confirmed, confirmedFlagsMax);
  return Math.max(-1, Math.min(1, grade * task.raw + share * evidence - penalty));
}

/**
 * Right verdicts with pulled, still valid evidence, as a share (0..1) of how many the action budget allows.
 */
function backedShare(ads: readonly ReviewedAd[], actionBudget: number): number {
  const backed = manualAds(ads).filter(
    (ad) => isCorrect(ad.verdict, ad.truth) && ad.evidenceIsCurrent,
  ).length;
  // Each takes one pull and one verdict.
  const attainable = Math.max(1, Math.min(ads.length, Math.floor(actionBudget / 2)));
  return clamp01(backed / attainable);
}

/**
 * Divided by the proposals that the match allows: severity times plausibility for a survivor, a part of it
 * for an escalated one, a small loss for a rejected one.
 */
function fraudsterReward(
  ads: readonly ReviewedAd[],
  plausibility: Plausibility,
  maxProposals: number,
  { rewards }: MeritRules,
): number {
  const { survived, escalated, caught } = rewards.fraudster;
  if (maxProposals === 0) return 0;
  const earned = ads
    .filter((ad) => ad.isProposal)
    .map((ad) => {
      if (ad.verdict === 'reject') return caught;
      const share = ad.verdict === 'escalate' ? escalated : survived;
      return share * ad.severity * (plausibility.perAd[ad.adId] ?? 0);
    });
  return sum(earned) / maxProposals;
}

interface Agreement {
  readonly total: number;
  readonly confirmed: number;
  readonly wrong: number;
  /** The F1 score of the flags against the arena's own; 1 if neither has any. */
  readonly score: number;
}

function agree({ flags, repeatedFlags }: GameState, truth: readonly AuditFlag[], track: Track): Agreement {
  const key = ({ flagType, targetAdId }: AuditFlag) => `${flagType} ${targetAdId ?? ''}`;
  const keysOf = (all: readonly AuditFlag[]) => new Set(all.filter((flag) => flag.track === track).map(key));
  const [said, real] = [keysOf(flags), keysOf(truth)];
  const confirmed = [...said].filter((each) => real.has(each)).length;
  const wrong = said.size - confirmed + repeatedFlags[track];
  const claims = confirmed + wrong;
  const score = claims + real.size === 0 ? 1 : (2 * confirmed) / (claims + real.size);
  return { total: real.size, confirmed, wrong, score };
}

/** The mean of both tracks; 0 for a missed audit. */
function auditorReward(state: GameState, agreement: Readonly<Record<Track, Agreement>>): number {
  if (state.report === null || state.report.missed) return 0;
  return (agreement.A.score + agreement.B.score) / 2;
}
