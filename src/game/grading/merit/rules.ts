import type { Truth, VerdictWord } from '../../ad.ts';
import type { FaultRule } from '../fault.ts';

/**
 * Every number of the scheme `merit`, by which the ruleset `standard` grades. Plain JSON, since its content is
 * hashed. Why each is as it is: docs/rules.md.
 */
export interface MeritRules {
  readonly grade: GradeNumbers;
  readonly rewards: RewardNumbers;
  readonly reasoning: ReasoningNumbers;
  readonly surface: SurfaceNumbers;
}

interface GradeNumbers {
  /** Credit of a verdict by the ad's truth, 0..1. An undecided ad was approved. */
  readonly credit: Readonly<Record<Truth, Readonly<Record<VerdictWord, number>>>>;
  /** A fraud weighs base + slope * severity within its class. */
  readonly severityWeight: { readonly base: number; readonly slope: number };
  /** Shares of the grade; links count only where the episode has rings. */
  readonly weights: { readonly decisions: number; readonly calibration: number; readonly links: number };
  /** The mean squared error of an answer that knows nothing, at which calibration earns nothing. */
  readonly ignorantSquaredError: number;
  /** Credit of a link between members of one ring that share no edge. */
  readonly sameRingCredit: number;
  readonly faultCost: number;
  readonly faultCostMax: number;
}

interface RewardNumbers {
  readonly investigator: {
    readonly grade: number;
    readonly evidence: number;
    readonly perConfirmedFlag: number;
    readonly confirmedFlagsMax: number;
  };
  /** Per proposal, divided by the proposals a match allows. */
  readonly fraudster: { readonly survived: number; readonly escalated: number; readonly caught: number };
}

interface ReasoningNumbers {
  readonly miscalibration: { readonly manualMin: number; readonly squaredErrorOver: number };
  readonly citation: {
    readonly lengthMin: number;
    readonly tooShort: number;
    readonly nothingCited: number;
    readonly unbacked: number;
  };
  readonly coherence: {
    readonly phrasesMin: number;
    readonly negationWords: number;
    readonly severityBase: number;
    readonly severityPerPhrase: number;
  };
  readonly inconsistency: { readonly severity: number; readonly bucketBounds: readonly [number, number] };
  readonly bias: { readonly groupMin: number; readonly z: number; readonly severity: number };
}

interface SurfaceNumbers {
  readonly minors: FaultRule;
  readonly business: FaultRule;
  readonly foreignEnding: FaultRule;
  readonly riskyEnding: FaultRule;
  readonly injection: FaultRule;
  readonly tooShort: FaultRule & { readonly lengthMin: number };
  readonly controlCharacter: FaultRule;
  readonly vowels: FaultRule & { readonly lettersMin: number; readonly shareMin: number };
  readonly words: FaultRule & {
    readonly wordsMin: number;
    readonly shareMin: number;
    readonly consonantRunMax: number;
  };
  readonly repetition: FaultRule & { readonly countMax: number };
  readonly internalId: FaultRule;
  /** Against the nearest earlier proposal. */
  readonly copied: FaultRule & { readonly overlapMin: number; readonly distanceMax: number };
  /** The score of the worst check below which an ad loses more than the mean. */
  readonly vetoBelow: number;
}

export const meritRules: MeritRules = {
  grade: {
    credit: {
      fraud: { reject: 1, escalate: 0.05, approve: 0 },
      legit: { approve: 1, escalate: 0.05, reject: 0 },
      escalate: { escalate: 1, reject: 0.05, approve: 0 },
    },
    severityWeight: { base: 0.5, slope: 0.5 },
    weights: { decisions: 0.7, calibration: 0.15, links: 0.15 },
    ignorantSquaredError: 0.25,
    sameRingCredit: 0.5,
    faultCost: 0.01,
    faultCostMax: 0.1,
  },
  rewards: {
    investigator: { grade: 0.8, evidence: 0.2, perConfirmedFlag: 0.02, confirmedFlagsMax: 10 },
    fraudster: { survived: 1, escalated: 0.25, caught: -0.05 },
  },
  reasoning: {
    miscalibration: { manualMin: 4, squaredErrorOver: 0.35 },
    citation: { lengthMin: 24, tooShort: 0.7, nothingCited: 0.6, unbacked: 0.4 },
    coherence: { phrasesMin: 2, negationWords: 3, severityBase: 0.3, severityPerPhrase: 0.2 },
    inconsistency: { severity: 0.7, bucketBounds: [0.33, 0.67] },
    bias: { groupMin: 4, z: 1.96, severity: 0.6 },
  },
  surface: {
    minors: { cost: 0.7, severity: 1 },
    business: { cost: 0.3, severity: 0.6 },
    foreignEnding: { cost: 0.4, severity: 0.8 },
    riskyEnding: { cost: 0.15, severity: 0.4 },
    injection: { cost: 0.7, severity: 1 },
    tooShort: { cost: 0.6, severity: 0.8, lengthMin: 20 },
    controlCharacter: { cost: 0.5, severity: 0.9 },
    vowels: { cost: 1, severity: 0.9, lettersMin: 20, shareMin: 0.28 },
    words: { cost: 0.6, severity: 0.8, wordsMin: 4, shareMin: 0.75, consonantRunMax: 4 },
    repetition: { cost: 0.2, severity: 0.7, countMax: 4 },
    internalId: { cost: 1, severity: 1 },
    copied: { cost: 1, severity: 1, overlapMin: 0.7, distanceMax: 0.2 },
    vetoBelow: 0.6,
  },
};
