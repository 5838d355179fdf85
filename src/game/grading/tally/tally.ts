import type { AuditFlag, EvidenceByAd, GradedRecord, ReasoningEntry, SurfaceEntry } from '../record.ts';
import { plausibilityOf, type EntryPlausibility, type PlausibilityOptions } from './plausibility.ts';
import { reasoningFlags, reasoningScore } from './reasoning-checks.ts';
import {
  auditCounts,
  auditorReward,
  fraudsterReward,
  investigatorReward,
  type AuditCounts,
  type PerAdPlausibility,
} from './role-rewards.ts';
import type { TallyRules } from './rules.ts';
import { gradeRecord } from './task-grade.ts';

/** The input of the scheme `tally`: a finished match. */
export interface TallyInput {
  readonly record: GradedRecord;
  readonly fraudsterLog: readonly SurfaceEntry[];
  readonly investigatorLog: readonly ReasoningEntry[];
  readonly evidence: EvidenceByAd;
  /** The ad ids of accepted proposals, ordered by slot. */
  readonly fraudsterAdIds: readonly string[];
  /** As the auditor submitted them, with repeats. */
  readonly flags: readonly AuditFlag[];
  readonly options?: PlausibilityOptions;
}

/** Nothing is rounded. Rewards are not clamped; every other number except the counts is 0..1. */
export interface TallyOutcome {
  readonly grade: number;
  readonly rewards: {
    readonly fraudster: number;
    readonly investigator: number;
    readonly auditor: number;
  };
  readonly perAdPlausibility: PerAdPlausibility;
  readonly queuePlausibility: number;
  readonly auditGroundTruth: AuditCounts;
  /** The arena's own findings in the investigator's reasoning. */
  readonly reasoning: { readonly flags: readonly AuditFlag[]; readonly score: number };
  /** The arena's own findings in the fraudster's ads. */
  readonly surface: {
    readonly novelty: number;
    readonly entries: readonly EntryPlausibility[];
    readonly flags: readonly AuditFlag[];
  };
}

/** Grades a match and its roles like the original arena, flaws included. Null for a task without a grader. */
export function tally(input: TallyInput, rules: TallyRules): TallyOutcome | null {
  const { record } = input;
  const grade = gradeRecord(record, rules);
  if (grade === null) return null;
  const flags = reasoningFlags(record, input.investigatorLog, input.evidence, rules);
  const { perAd, queue, ...surface } = plausibilityOf(input.fraudsterLog, rules, input.options);
  const counts = auditCounts(input.flags, [...flags, ...surface.flags], rules);
  return {
    grade,
    rewards: {
      fraudster: fraudsterReward(record, input.fraudsterAdIds, perAd, rules),
      investigator: investigatorReward(grade, record, perAd, input.flags, rules),
      auditor: auditorReward(counts, rules),
    },
    perAdPlausibility: perAd,
    queuePlausibility: queue,
    auditGroundTruth: counts,
    reasoning: { flags, score: reasoningScore(flags, rules) },
    surface,
  };
}
