import { verdictWords, type Truth } from '../../ad.ts';
import { clamp01, sum } from '../arithmetic.ts';
import { correctCount, manualVerdicts } from '../correct.ts';
import { ownValue, type GradedRecord, type GradedVerdict } from '../record.ts';
import { verdictValue } from '../verdict-value.ts';
import type { TallyRules } from './rules.ts';

/** The points so far, with the best and the worst possible ones. */
interface Tallied {
  readonly raw: number;
  readonly best: number;
  readonly worst: number;
}

type GradeRules = TallyRules['grade'];

/**
 * The grade of a match, 0..1 (grading spec, sections 3 and 4); null for a task without a grader. The order of
 * the additions decides the last digit.
 */
export function gradeRecord(record: GradedRecord, rules: TallyRules): number | null {
  const parts = ownValue(rules.grade.partsByTask, record.taskId);
  if (parts === undefined) return null;
  let tallied = addSteps(tallyVerdicts(record, rules.grade), record, rules.grade);
  if (parts.includes('calibration')) tallied = addCalibration(tallied, record, rules.grade);
  if (parts.includes('network')) tallied = addNetwork(tallied, record, rules.grade);
  if (parts.includes('coverage')) tallied = addCoverage(tallied, record, rules.grade);
  return normalise(tallied, rules.grade);
}

function tallyVerdicts(record: GradedRecord, rules: GradeRules): Tallied {
  // An explicit severity of 0 stays 0 here, unlike in the rewards.
  const severities = new Map(record.ads.map((ad) => [ad.adId, ad.severity ?? rules.missingSeverity]));
  let [raw, best, worst] = [0, 0, 0];
  for (const { adId, verdict, truth } of record.verdicts) {
    const severity = severities.get(adId) ?? rules.missingSeverity;
    const values = valuesOf(truth, severity, rules);
    raw += ownValue(values, verdict) ?? rules.otherVerdictValue;
    const reachable = Object.values(values);
    best += reachable.length === 0 ? 0 : Math.max(...reachable);
    worst += reachable.length === 0 ? 0 : Math.min(...reachable);
  }
  return { raw, best, worst };
}

/**
 * The value of each verdict on such an ad; empty for a truth outside the table, which has no bounds either.
 */
function valuesOf(
  truth: Truth,
  severity: number,
  { verdict: table }: GradeRules,
): Readonly<Record<string, number>> {
  if (!Object.hasOwn(table.byTruth, truth)) return {};
  return Object.fromEntries(verdictWords.map((word) => [word, verdictValue(table, word, truth, severity)]));
}

/** Subtracts a cost per step that is not a verdict, and adds the efficiency: right verdicts per step. */
function addSteps(tallied: Tallied, record: GradedRecord, rules: GradeRules): Tallied {
  const investigations = Math.max(0, record.totalSteps - manualVerdicts(record).length);
  // Automatic approvals may count as correct although they took no step.
  const share = record.totalSteps > 0 ? correctCount(record.verdicts) / record.totalSteps : 0;
  return {
    raw: tallied.raw - investigations * rules.stepCost + share * rules.efficiency,
    best: tallied.best + rules.efficiency,
    worst: tallied.worst - record.actionBudget * rules.stepCost,
  };
}

function addCalibration(tallied: Tallied, record: GradedRecord, rules: GradeRules): Tallied {
  const { weight } = rules.calibration;
  return {
    ...tallied,
    raw: tallied.raw + calibration(manualVerdicts(record), rules.calibration) * weight,
    best: tallied.best + weight,
  };
}

/**
 * How well confidence matches correctness, 0..1. Unlike the audit's check, it penalises under-confidence too.
 */
function calibration(verdicts: readonly GradedVerdict[], rules: GradeRules['calibration']): number {
  if (verdicts.length < rules.manualMin) return rules.unknown;
  const { lowBelow, midBelow } = rules;
  const bins = [
    verdicts.filter(({ confidence }) => (confidence ?? 0) < lowBelow),
    verdicts.filter(({ confidence }) => (confidence ?? 0) >= lowBelow && (confidence ?? 0) < midBelow),
    verdicts.filter(({ confidence }) => (confidence ?? 0) >= midBelow),
  ];
  const errors = bins.filter((bin) => bin.length > 0).map((bin) => Math.abs(overconfidence(bin)));
  return Math.max(0, 1 - rules.errorFactor * (sum(errors) / errors.length));
}

/**
 * The mean confidence minus the share of right verdicts; a missing confidence counts as 0. The list must not
 * be empty.
 */
export function overconfidence(verdicts: readonly GradedVerdict[]): number {
  const mean = sum(verdicts.map(({ confidence }) => confidence ?? 0)) / verdicts.length;
  return mean - correctCount(verdicts) / verdicts.length;
}

function addNetwork(tallied: Tallied, record: GradedRecord, { network }: GradeRules): Tallied {
  const correct = record.links.filter((link) => link.correct).length;
  const incorrect = record.links.length - correct;
  // Every ring counts as a complete clique, whatever its topology.
  const edges = sum(record.ringSizes.map((size) => (size * (size - 1)) / 2));
  return {
    raw: tallied.raw + (correct * network.correctLink - incorrect * network.incorrectLink),
    best: tallied.best + Math.max(edges, 1) * network.edge,
    worst: tallied.worst - Math.max(record.links.length, 1) * network.worstPerLink,
  };
}

function addCoverage(tallied: Tallied, record: GradedRecord, { coverage }: GradeRules): Tallied {
  const decided = manualVerdicts(record).length;
  const share = record.ads.length === 0 ? 0 : Math.min(1, decided / record.ads.length);
  return { ...tallied, raw: tallied.raw + share * coverage, best: tallied.best + coverage };
}

function normalise({ raw, best, worst }: Tallied, rules: GradeRules): number {
  const range = best - worst;
  if (range <= 0) return rules.emptyRange;
  return clamp01((raw - worst) / (range + rules.rangeEpsilon));
}
