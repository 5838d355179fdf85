import type { Target, Truth } from '../ad.ts';

/**
 * How evidence speaks about the truth: the one table that generator, documentation and scripted players read.
 *
 * Each target of an ad leans towards one truth, mostly the real one. Its fields are then drawn by that lean, each on
 * its own. So every field's distributions overlap, and the likelihood ratio of any reading follows from this table:
 * P(reading | truth) = sum over leans of P(lean | truth) * product over fields of P(bucket | lean).
 */

export type Lean = Truth;

/** Whole weights by lean: legit, fraud, escalate. */
type Weights = readonly [legit: number, fraud: number, escalate: number];

/** A value the field may take: whole numbers from `least` to `most`, or a word. */
export type Bucket = { readonly weights: Weights } & (
  { readonly least: number; readonly most: number } | { readonly word: string }
);

export interface Field {
  readonly name: string;
  readonly buckets: readonly Bucket[];
}

export interface TargetModel {
  /** P(lean | truth), in thousandths: a row per truth, in the order legit, fraud, escalate. */
  readonly leans: Readonly<Record<Truth, Weights>>;
  readonly fields: readonly Field[];
  /** A stated confidence in whole percent, by whether the lean is the truth: weights right and wrong. */
  readonly confidence?: readonly Sureness[];
}

interface Sureness {
  readonly least: number;
  readonly most: number;
  readonly right: number;
  readonly wrong: number;
}

export const leanOrder: readonly Lean[] = ['legit', 'fraud', 'escalate'];

const range = (least: number, most: number, ...weights: Weights): Bucket => ({ least, most, weights });
const count = (value: number, ...weights: Weights): Bucket => range(value, value, ...weights);
const word = (text: string, ...weights: Weights): Bucket => ({ word: text, weights });

const leans: TargetModel['leans'] = {
  legit: [850, 85, 65],
  fraud: [85, 850, 65],
  escalate: [75, 75, 850],
};

export const evidenceModel: Readonly<Record<Target, TargetModel>> = {
  advertiser_history: {
    leans,
    fields: [
      {
        name: 'approvalPercent',
        buckets: [
          range(40, 69, 2, 36, 6),
          range(70, 84, 12, 36, 44),
          range(85, 94, 42, 20, 38),
          range(95, 100, 44, 8, 12),
        ],
      },
      { name: 'violations', buckets: [count(0, 82, 24, 58), count(1, 14, 31, 29), range(2, 4, 4, 45, 13)] },
      { name: 'claimReviews', buckets: [count(0, 80, 74, 10), count(1, 15, 18, 28), range(2, 5, 5, 8, 62)] },
      { name: 'verifiedBusiness', buckets: [word('yes', 86, 38, 82), word('no', 14, 62, 18)] },
      {
        name: 'burstPercent',
        buckets: [range(4, 15, 70, 22, 62), range(16, 40, 25, 34, 30), range(41, 90, 5, 44, 8)],
      },
    ],
  },
  landing_page: {
    leans,
    fields: [
      {
        name: 'domainAgeDays',
        buckets: [
          range(8, 60, 6, 40, 8),
          range(61, 365, 24, 34, 30),
          range(366, 1500, 42, 18, 40),
          range(1501, 5000, 28, 8, 22),
        ],
      },
      { name: 'sslValid', buckets: [word('yes', 96, 72, 95), word('no', 4, 28, 5)] },
      { name: 'redirects', buckets: [count(0, 84, 38, 78), count(1, 12, 32, 17), range(2, 4, 4, 30, 5)] },
      {
        name: 'similarityPercent',
        buckets: [range(0, 15, 66, 18, 50), range(16, 35, 27, 26, 36), range(36, 90, 7, 56, 14)],
      },
      {
        name: 'missingElements',
        buckets: [count(0, 70, 22, 60), count(1, 22, 30, 29), range(2, 4, 8, 48, 11)],
      },
      { name: 'disclaimers', buckets: [count(0, 64, 62, 10), count(1, 28, 27, 26), range(2, 5, 8, 11, 64)] },
    ],
  },
  payment_method: {
    leans,
    fields: [
      { name: 'disputes', buckets: [count(0, 76, 26, 50), range(1, 2, 19, 32, 37), range(3, 9, 5, 42, 13)] },
      {
        name: 'refundPercent',
        buckets: [range(0, 3, 64, 38, 9), range(4, 8, 28, 30, 25), range(9, 30, 8, 32, 66)],
      },
      {
        name: 'otherAccounts',
        buckets: [count(0, 70, 32, 66), range(1, 2, 24, 38, 27), range(3, 7, 6, 30, 7)],
      },
      { name: 'failedCharges', buckets: [count(0, 81, 33, 74), count(1, 15, 36, 21), range(2, 5, 4, 31, 5)] },
    ],
  },
  targeting_overlap: {
    leans,
    fields: [
      {
        name: 'overlapPercent',
        buckets: [range(5, 25, 55, 18, 46), range(26, 50, 34, 32, 40), range(51, 95, 11, 50, 14)],
      },
      { name: 'regions', buckets: [count(1, 62, 27, 54), range(2, 3, 32, 38, 38), range(4, 9, 6, 35, 8)] },
      {
        name: 'excludedAudiences',
        buckets: [count(0, 78, 32, 72), count(1, 17, 36, 22), range(2, 4, 5, 32, 6)],
      },
      {
        name: 'sensitiveInterests',
        buckets: [count(0, 76, 68, 12), count(1, 18, 22, 26), range(2, 5, 6, 10, 62)],
      },
    ],
  },
  campaign_structure: {
    leans,
    fields: [
      {
        name: 'budgetPercent',
        buckets: [range(40, 120, 74, 26, 68), range(121, 250, 22, 38, 26), range(251, 600, 4, 36, 6)],
      },
      {
        name: 'adSets',
        buckets: [range(1, 4, 72, 26, 64), range(5, 12, 24, 40, 29), range(13, 40, 4, 34, 7)],
      },
      {
        name: 'objective',
        buckets: [
          word('conversions', 46, 16, 42),
          word('leads', 35, 20, 36),
          word('traffic', 13, 36, 15),
          word('reach', 6, 28, 7),
        ],
      },
      {
        name: 'bidStrategy',
        buckets: [
          word('cost_cap', 46, 17, 42),
          word('target_cost', 34, 21, 34),
          word('lowest_cost', 20, 62, 24),
        ],
      },
      {
        name: 'claimVariants',
        buckets: [range(1, 2, 72, 64, 13), range(3, 6, 23, 26, 35), range(7, 15, 5, 10, 52)],
      },
      { name: 'audienceNetwork', buckets: [word('yes', 20, 62, 24), word('no', 80, 38, 76)] },
    ],
  },
  policy_classifier: {
    leans,
    fields: [
      { name: 'hazard', buckets: [word('none', 90, 6, 7), word('S2', 5, 88, 7), word('S6', 5, 6, 86)] },
    ],
    // Surer of itself where it is right, so that its confidence means something.
    confidence: [
      { least: 55, most: 69, right: 20, wrong: 55 },
      { least: 70, most: 84, right: 40, wrong: 33 },
      { least: 85, most: 97, right: 40, wrong: 12 },
    ],
  },
};

/**
 * What is free to know, by the truth itself. Weak on purpose: the best rule on all of it together stays within ten
 * points of guessing the most frequent truth.
 */
export const freeModel: readonly Field[] = [
  {
    name: 'accountAgeDays',
    buckets: [
      range(5, 60, 16, 24, 18),
      range(61, 365, 27, 30, 29),
      range(366, 1500, 34, 29, 32),
      range(1501, 3500, 23, 17, 21),
    ],
  },
  {
    name: 'country',
    buckets: [
      word('US', 20, 19, 20),
      word('GB', 15, 14, 15),
      word('DE', 13, 11, 13),
      word('CA', 12, 11, 12),
      word('NL', 11, 12, 11),
      word('AU', 11, 11, 11),
      word('FR', 10, 11, 10),
      word('ES', 8, 11, 8),
    ],
  },
  {
    name: 'paymentType',
    buckets: [
      word('credit_card', 36, 33, 35),
      word('bank_account', 21, 17, 20),
      word('corporate_card', 18, 14, 18),
      word('prepaid_card', 9, 14, 10),
      word('virtual_card', 11, 14, 11),
      word('wire_transfer', 5, 8, 6),
    ],
  },
];

/** Chance in thousandths that a copy holds a pressure sentence of a kind. */
export const pressureChance: Readonly<Record<Truth, number>> = { legit: 150, fraud: 220, escalate: 170 };

/** Weights of what a copy claims: honest, bold, contestable. */
export const claimWeights: Readonly<Record<Truth, Weights>> = {
  legit: [50, 30, 20],
  fraud: [38, 42, 20],
  escalate: [36, 26, 38],
};

/**
 * Contradictions that an honest business never has. Chance in thousandths that a fraud whose target leans to fraud
 * shows one there.
 */
export const contradictionChance = {
  /** `advertiser_history`: the account is in another name than the brand's. */
  accountName: 200,
  /** `advertiser_history`: the creation date does not fit the stated age. */
  createdOn: 120,
  /** `landing_page`: the domain belongs to another brand. */
  domain: 200,
  /** `landing_page`: the page is about another line of business. */
  pageBusiness: 120,
} as const;

/** Risk signals follow the text, with noise: chance in thousandths to miss a pattern, and to see one that is not there. */
export const signalNoise = { missed: 200, invented: 60 } as const;

/**
 * Chance in thousandths that a proposal's target that leans to fraud is made to lean to legit, by the number of
 * pressure patterns in its text: who shouts cannot hide.
 */
export const quietProposal: readonly number[] = [250, 120, 0];
