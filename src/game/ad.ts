/**
 * An ad with all its data. Made by the episode generator, an episode file or the completion of a proposal;
 * stored in `match.created`, `ad.proposed` and `ad.arrived`.
 */

export const targets = [
  'advertiser_history',
  'landing_page',
  'payment_method',
  'targeting_overlap',
  'campaign_structure',
  'policy_classifier',
] as const;
/** The targets of an investigation, in canonical order. */
export type Target = (typeof targets)[number];

export const truths = ['fraud', 'legit', 'escalate'] as const;
/** The true label of an ad. Hidden from fraudster, investigator and spectators until the match is over. */
export type Truth = (typeof truths)[number];

export const verdictWords = ['approve', 'reject', 'escalate'] as const;
export type VerdictWord = (typeof verdictWords)[number];

export const difficulties = ['easy', 'medium', 'hard'] as const;
export type Difficulty = (typeof difficulties)[number];

/** The evidence texts of an ad, one per target. */
export type Findings = Readonly<Record<Target, string>>;

/** The advertiser's account and its history. Percentages are whole numbers 0..100. */
export interface Advertiser {
  readonly advertiserId: string;
  readonly accountName: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly accountAgeDays: number;
  /** ISO 8601 date, `yyyy-mm-dd`. */
  readonly createdOn: string;
  readonly verifiedBusiness: boolean;
  readonly totalSpendUsd: number;
  readonly approvalPercent: number;
  readonly violations: number;
  /** The number of claims sent to human review within a year. */
  readonly claimReviews: number;
  /** The largest share of its ads submitted within one day, in whole percent. */
  readonly burstPercent: number;
  /** An opaque id of the billing contact. */
  readonly billingContact: string;
}

/** A payment method and its history. */
export interface Payment {
  readonly paymentId: string;
  readonly paymentType: string;
  readonly accountsOnMethod: number;
  readonly disputes: number;
  readonly refundPercent: number;
  readonly failedCharges: number;
}

/** The audience of an ad. */
export interface Targeting {
  readonly targetingFingerprint: string;
  /** The share of the audience that other ads also have, in whole percent. */
  readonly overlapPercent: number;
  readonly regions: number;
  readonly excludedAudiences: number;
  readonly sensitiveInterests: number;
}

/** The structure of an ad's campaign. */
export interface Campaign {
  readonly creativeFingerprint: string;
  readonly objective: string;
  readonly bidStrategy: string;
  readonly dailyBudgetUsd: number;
  /** The daily budget in whole percent of the usual one. */
  readonly budgetPercent: number;
  readonly adSets: number;
  readonly claimVariants: number;
  readonly audienceNetwork: boolean;
}

/** Facts about the landing page. Percentages are whole numbers 0..100. */
export interface LandingPage {
  readonly domain: string;
  readonly domainAgeDays: number;
  readonly registrar: string;
  readonly analyticsId: string;
  readonly sslValid: boolean;
  readonly redirects: number;
  readonly similarityPercent: number;
  readonly missingElements: number;
  readonly disclaimers: number;
  readonly claims: readonly string[];
}

/** The output of the policy classifier for the ad's text. */
export interface Classification {
  readonly verdict: 'safe' | 'unsafe';
  /** A hazard code, or `none`. */
  readonly hazard: string;
  /** In whole percent. */
  readonly confidencePercent: number;
  /** The pressure patterns that occur in the text; see episode/markers.ts. */
  readonly markers: readonly string[];
}

/** The structured facts of an ad: the findings are rendered from them, and the evidence ledger reads them. */
export interface AdRecords {
  readonly brand: string;
  readonly advertiser: Advertiser;
  readonly payment: Payment;
  readonly targeting: Targeting;
  readonly campaign: Campaign;
  readonly page: LandingPage;
  readonly classification: Classification;
}

/** An ad: its public texts, its hidden label, and its evidence. */
export interface Ad {
  readonly adId: string;
  /** The line of business that the ad claims. */
  readonly category: string;
  readonly adCopy: string;
  readonly targetingSummary: string;
  /** The text of the landing page. For a proposal, the fraudster's own text. */
  readonly pageSummary: string;
  readonly riskSignals: readonly string[];
  readonly truth: Truth;
  readonly fraudType: string;
  /** 0..1. */
  readonly severity: number;
  readonly difficulty: Difficulty;
  /** Null in episodes with ready-made findings only, such as the conformance vectors. */
  readonly records: AdRecords | null;
  readonly findings: Findings;
}

/** A group of ads run by one actor. */
export interface Ring {
  readonly ringId: string;
  readonly memberAdIds: readonly string[];
  /** The pairs of members that share an id. Empty means every pair. */
  readonly edges: readonly (readonly [string, string])[];
}
