import type { Target, Truth } from '../ad.ts';

/**
 * How evidence depends on the truth: the one table that generator, documentation and scripted players use.
 * Each target of an ad leans towards one truth, mostly the real one. Its fields are then drawn by that lean,
 * independently. So the distributions of every field overlap, and the likelihood of a reading follows from
 * this table:
 * P(reading | truth) = sum over leans of P(lean | truth) * product over fields of P(bucket | lean).
 */

export type Lean = Truth;

/** Integer weights by lean: legit, fraud, escalate. */
type Weights = readonly [legit: number, fraud: number, escalate: number];

/** The values of a bucket: integers from `least` to `most`, inclusive, or a word. */
export type Bucket = { readonly weights: Weights } & (
  { readonly least: number; readonly most: number } | { readonly word: string }
);

/** A field of a target with the distribution of its values by lean. */
export interface Field {
  readonly name: string;
  readonly buckets: readonly Bucket[];
}

/** The evidence model of one target. */
export interface TargetModel {
  /** P(lean | truth), in thousandths: one row per truth, in the order legit, fraud, escalate. */
  readonly leans: Readonly<Record<Truth, Weights>>;
  readonly fields: readonly Field[];
  /** The stated confidence in whole percent, with weights by whether the lean is the truth. */
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
  legit: [850, 95, 55],
  fraud: [95, 850, 55],
  escalate: [70, 70, 860],
};

export const evidenceModel: Readonly<Record<Target, TargetModel>> = {
  advertiser_history: {
    leans,
    fields: [
      {
        name: 'approvalPercent',
        buckets: [
          range(40, 69, 1, 38, 4),
          range(70, 84, 10, 38, 47),
          range(85, 94, 43, 19, 39),
          range(95, 100, 46, 6, 10),
        ],
      },
      { name: 'violations', buckets: [count(0, 87, 22, 62), count(1, 10, 30, 27), range(2, 4, 2, 47, 10)] },
      { name: 'claimReviews', buckets: [count(0, 85, 80, 7), count(1, 11, 15, 26), range(2, 5, 3, 6, 67)] },
      { name: 'verifiedBusiness', buckets: [word('yes', 90, 36, 86), word('no', 10, 64, 14)] },
      {
        name: 'burstPercent',
        buckets: [range(4, 15, 75, 20, 66), range(16, 40, 22, 34, 28), range(41, 90, 3, 46, 6)],
      },
    ],
  },
  landing_page: {
    leans,
    fields: [
      {
        name: 'domainAgeDays',
        buckets: [
          range(8, 60, 3, 44, 5),
          range(61, 365, 22, 36, 30),
          range(366, 1500, 47, 15, 45),
          range(1501, 5000, 27, 5, 20),
        ],
      },
      { name: 'sslValid', buckets: [word('yes', 99, 78, 98), word('no', 1, 22, 2)] },
      { name: 'redirects', buckets: [count(0, 92, 40, 87), count(1, 7, 31, 11), range(2, 4, 2, 29, 2)] },
      {
        name: 'similarityPercent',
        buckets: [range(0, 15, 74, 14, 55), range(16, 35, 22, 23, 35), range(36, 90, 4, 64, 10)],
      },
      {
        name: 'missingElements',
        buckets: [count(0, 79, 19, 68), count(1, 17, 28, 25), range(2, 4, 4, 53, 7)],
      },
      { name: 'disclaimers', buckets: [count(0, 72, 70, 6), count(1, 24, 23, 22), range(2, 5, 4, 7, 73)] },
    ],
  },
  payment_method: {
    leans,
    fields: [
      { name: 'disputes', buckets: [count(0, 92, 21, 60), range(1, 2, 8, 30, 35), range(3, 9, 1, 49, 5)] },
      {
        name: 'refundPercent',
        buckets: [range(0, 3, 80, 42, 2), range(4, 8, 18, 27, 14), range(9, 30, 2, 31, 83)],
      },
      {
        name: 'otherAccounts',
        buckets: [count(0, 86, 31, 82), range(1, 2, 13, 42, 16), range(3, 7, 1, 27, 1)],
      },
      { name: 'failedCharges', buckets: [count(0, 95, 33, 90), count(1, 5, 38, 9), range(2, 5, 1, 29, 1)] },
    ],
  },
  targeting_overlap: {
    leans,
    fields: [
      {
        name: 'overlapPercent',
        buckets: [range(5, 25, 68, 10, 53), range(26, 50, 29, 28, 41), range(51, 95, 4, 62, 6)],
      },
      { name: 'regions', buckets: [count(1, 76, 22, 64), range(2, 3, 23, 42, 34), range(4, 9, 1, 36, 2)] },
      {
        name: 'excludedAudiences',
        buckets: [count(0, 93, 31, 89), count(1, 6, 38, 10), range(2, 4, 1, 31, 1)],
      },
      {
        name: 'sensitiveInterests',
        buckets: [count(0, 92, 86, 4), count(1, 7, 11, 17), range(2, 5, 1, 3, 79)],
      },
    ],
  },
  campaign_structure: {
    leans,
    fields: [
      {
        name: 'budgetPercent',
        buckets: [range(40, 120, 87, 22, 81), range(121, 250, 12, 41, 17), range(251, 600, 1, 37, 2)],
      },
      {
        name: 'adSets',
        buckets: [range(1, 4, 85, 22, 76), range(5, 12, 15, 44, 21), range(13, 40, 1, 34, 2)],
      },
      {
        name: 'objective',
        buckets: [
          word('conversions', 55, 12, 49),
          word('leads', 36, 17, 38),
          word('traffic', 7, 43, 9),
          word('reach', 2, 29, 3),
        ],
      },
      {
        name: 'bidStrategy',
        buckets: [
          word('cost_cap', 53, 10, 47),
          word('target_cost', 33, 14, 34),
          word('lowest_cost', 14, 77, 19),
        ],
      },
      {
        name: 'claimVariants',
        buckets: [range(1, 2, 85, 78, 7), range(3, 6, 14, 18, 32), range(7, 15, 1, 4, 61)],
      },
      { name: 'audienceNetwork', buckets: [word('yes', 10, 69, 14), word('no', 90, 31, 86)] },
    ],
  },
  policy_classifier: {
    leans,
    fields: [
      { name: 'hazard', buckets: [word('none', 92, 5, 6), word('S2', 4, 91, 6), word('S6', 4, 5, 89)] },
    ],
    // Higher if it is right, so that its confidence means something.
    confidence: [
      { least: 55, most: 69, right: 20, wrong: 55 },
      { least: 70, most: 84, right: 40, wrong: 33 },
      { least: 85, most: 97, right: 40, wrong: 12 },
    ],
  },
};

/**
 * The facts that need no pull, by the truth. Weak on purpose: the best rule on all of them together stays
 * within ten points of guessing the most frequent truth.
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

/** The chance, in thousandths, that a copy contains a pressure sentence of a kind. */
export const pressureChance: Readonly<Record<Truth, number>> = { legit: 150, fraud: 220, escalate: 170 };

/** Weights of the kind of claim of a copy: honest, bold, contestable. */
export const claimWeights: Readonly<Record<Truth, Weights>> = {
  legit: [50, 30, 20],
  fraud: [38, 42, 20],
  escalate: [36, 26, 38],
};

/**
 * Contradictions that an honest business never has: the chance, in thousandths, that a fraud whose target
 * leans to fraud shows one there.
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

/**
 * The noise of risk signals: the chance, in thousandths, to miss a pattern of the text, and to report one
 * that is not there.
 */
export const signalNoise = { missed: 200, invented: 60 } as const;

/**
 * The chance, in thousandths, that a proposal's target that leans to fraud leans to legit instead, by the
 * number of pressure patterns in its text: with two or more, no record is made quieter.
 */
export const quietProposal: readonly number[] = [250, 120, 0];
