import type { TaskId } from '../../task.ts';
import { verdictValues } from '../verdict-value.ts';

/**
 * Every number of the ruleset `classic` (grading spec, sections 3 to 10). Plain JSON, because the content is
 * hashed: a match records by which numbers it was graded.
 */

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** Confidences from `from` up to, but not including, `below`. */
interface Bin {
  readonly from: number;
  readonly below: number;
}

/** The parts of a task's grader besides verdicts, steps and efficiency. */
type GradePart = 'calibration' | 'network' | 'coverage';

/** The five surface checks of an ad, in the order of their weights. */
export const components = ['intrinsic', 'grounding', 'existence', 'signal', 'novelty'] as const;
export type Component = (typeof components)[number];

/** Names as in the results. */
export const auditCounters = [
  'true_miscalibrations_flagged',
  'true_unrealistic_flagged',
  'true_inconsistencies_flagged',
  'true_citation_flagged',
  'true_incoherent_flagged',
  'true_bias_flagged',
  'false_positives',
] as const;
export type AuditCounter = (typeof auditCounters)[number];

const everyPart: readonly GradePart[] = ['calibration', 'network', 'coverage'];
const partsByTask: Readonly<Record<TaskId, readonly GradePart[]>> = {
  task_1: [],
  task_2: ['calibration'],
  task_3: everyPart,
  task_3_unseen: everyPart,
};

// --- sections 3 and 4 ---

const grade = {
  verdict: verdictValues,
  /** For a verdict or a truth outside the table. */
  otherVerdictValue: -0.05,
  missingSeverity: 0.5,
  stepCost: 0.02,
  efficiency: 0.2,
  calibration: { weight: 0.15, manualMin: 3, unknown: 0.5, lowBelow: 0.4, midBelow: 0.7, errorFactor: 2 },
  network: { correctLink: 0.4, incorrectLink: 0.25, edge: 0.4, worstPerLink: 0.2 },
  coverage: 0.1,
  emptyRange: 0.5,
  rangeEpsilon: 1e-8,
  partsByTask,
};

// --- sections 5 and 6 ---

const calibrationBins: readonly Bin[] = [
  { from: 0, below: 0.4 },
  { from: 0.4, below: 0.7 },
  { from: 0.7, below: 1.01 },
];

const reasoningWeights: Readonly<Record<string, number>> = {
  miscalibration: 0.25,
  incoherent_rationale: 0.22,
  inconsistency: 0.2,
  bias: 0.18,
  missing_citation: 0.12,
};

const reasoning = {
  calibration: { manualMin: 3, bins: calibrationBins, binMin: 2, gapOver: 0.3 },
  citation: { lengthMin: 24, tooShort: 0.7, nothingPulled: 0.4, hitsMin: 1, nothingCited: 0.6 },
  coherence: { phrasesMin: 2, severityBase: 0.3, severityPerPhrase: 0.2 },
  consistency: { severity: 0.7 },
  bias: { manualMin: 6, groupMin: 3, groupsMin: 2, gapOver: 0.25 },
  severityBuckets: { lowBelow: 0.33, midBelow: 0.67 },
  score: { weights: reasoningWeights, otherWeight: 0.15, zeroSeverity: 0.5 },
};

// --- sections 7 and 8 ---

const existence = {
  copyLengthMin: 20,
  tooShort: { cost: 0.6, severity: 0.8 },
  denyToken: { cost: 0.7, severity: 1 },
  controlCharacter: { cost: 0.5, severity: 0.9 },
  nonAscii: { shareOver: 0.2, cost: 0.3, severity: 0.7 },
  vowels: { lettersMin: 20, shareMin: 0.28, severityBase: 0.7, severitySlope: 2 },
  words: {
    shareMin: 0.75,
    shortMax: 2,
    consonantRunMax: 4,
    costBase: 0.4,
    costSlope: 1.2,
    costMax: 0.8,
    severityBase: 0.6,
  },
  repetition: { countMax: 4, cost: 0.2, severityBase: 0.2, severityPerCount: 0.1 },
};

const surface = {
  intrinsic: {
    proposalWithoutCategory: { cost: 0.5, severity: 0.5 },
    /** Has no flag. */
    otherWithoutCategory: { cost: 0.3 },
    minors: { cost: 0.7, severity: 1 },
    targeting: { cost: 0.3, severity: 0.6 },
    crypto: { cost: 0.2, severity: 0.4 },
  },
  grounding: {
    implausible: { cost: 0.4, severity: 0.8 },
    highRisk: { cost: 0.15, severity: 0.4 },
  },
  existence,
  signal: { cost: 1, severity: 1 },
  novelty: { overlapMin: 0.7, overlapCost: 0.4, overlapSlope: 0.2, distanceMax: 0.2, distanceCost: 0.3 },
};

const weights: Readonly<Record<Component, number>> = {
  intrinsic: 0.2,
  grounding: 0.2,
  existence: 0.2,
  signal: 0.2,
  novelty: 0.2,
};

const plausibility = {
  weights,
  /** A component below this reduces the whole by the difference. */
  vetoBelow: 0.6,
  emptyQueue: 1,
};

// --- section 10 ---

const counterWeights: Readonly<Record<AuditCounter, number>> = {
  true_miscalibrations_flagged: 1,
  true_unrealistic_flagged: 1,
  true_inconsistencies_flagged: 0.5,
  true_citation_flagged: 0.5,
  true_incoherent_flagged: 0.5,
  true_bias_flagged: 0.5,
  false_positives: -0.5,
};

const counterByFlagType: Readonly<Record<string, AuditCounter>> = {
  miscalibration: 'true_miscalibrations_flagged',
  gibberish: 'true_unrealistic_flagged',
  parameter_mismatch: 'true_unrealistic_flagged',
  template_repetition: 'true_unrealistic_flagged',
  branding_anomaly: 'true_unrealistic_flagged',
  market_implausible: 'true_unrealistic_flagged',
  inconsistency: 'true_inconsistencies_flagged',
  missing_citation: 'true_citation_flagged',
  incoherent_rationale: 'true_incoherent_flagged',
  bias: 'true_bias_flagged',
};

const rewards = {
  fraudster: {
    survivor: 1,
    ban: 1,
    zeroSeverity: 0.5,
    unlistedSeverity: 0.6,
    missingPlausibility: 0,
  },
  investigator: {
    bonus: 0.2,
    missingPlausibility: 1,
    /** A submitted track A flag of these types removes the bonus of its target. */
    strippingFlagTypes: ['missing_citation', 'incoherent_rationale'],
    inconsistencyCost: 0.3,
    inconsistencyMax: 3,
  },
  auditor: { counterWeights, counterByFlagType },
};

export const tallyRules = { grade, reasoning, surface, plausibility, rewards };

export type TallyRules = DeepReadonly<typeof tallyRules>;
