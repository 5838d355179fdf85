import type { Truth, VerdictWord } from '../../ad.ts';
import type { FaultRule } from '../fault.ts';

/**
 * Every number of the scheme `merit`, by which the ruleset `standard` grades. Plain JSON, because its content
 * is hashed. Reasons for the values: docs/rules.md.
 */
export interface MeritRules {
  readonly grade: GradeNumbers;
  readonly rewards: RewardNumbers;
  readonly reasoning: ReasoningNumbers;
  readonly surface: SurfaceNumbers;
}

interface GradeNumbers {
  /** The credit of a verdict by the ad's truth, 0..1. An undecided ad counts as approved. */
  readonly credit: Readonly<Record<Truth, Readonly<Record<VerdictWord, number>>>>;
  /** The weight of a fraud among the frauds: base + slope * severity. */
  readonly severityWeight: { readonly base: number; readonly slope: number };
  /** Weights of the parts of the grade; links count only if the episode has rings. */
  readonly weights: { readonly decisions: number; readonly calibration: number; readonly links: number };
  /** The mean squared error at which calibration earns nothing: that of a constant confidence of 0.5. */
  readonly ignorantSquaredError: number;
  /** The credit of a link between two members of a ring that share no edge. */
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
  /** Per proposal, divided by the number of proposals that the match allows. */
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
  /** Compared with the most similar earlier proposal. */
  readonly copied: FaultRule & { readonly overlapMin: number; readonly distanceMax: number };
  /** If the worst check scores below this, the ad loses the difference on top of the mean. */
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
