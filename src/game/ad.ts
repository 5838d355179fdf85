/**
 * An ad and everything that belongs to it. Written by the episode generator, an episode file or the completion
 * of a proposal; stored inside `match.created`, `ad.proposed` and `ad.arrived`.
 */

export const targets = [
  'advertiser_history',
  'landing_page',
  'payment_method',
  'targeting_overlap',
  'campaign_structure',
  'policy_classifier',
] as const;
/** What an investigator can pull evidence from, in canonical order. */
export type Target = (typeof targets)[number];

export const truths = ['fraud', 'legit', 'escalate'] as const;
/** What an ad really is. Hidden from fraudster, investigator and spectators until the match is over. */
export type Truth = (typeof truths)[number];

export const verdictWords = ['approve', 'reject', 'escalate'] as const;
export type VerdictWord = (typeof verdictWords)[number];

export const difficulties = ['easy', 'medium', 'hard'] as const;
export type Difficulty = (typeof difficulties)[number];

/** One finished text per target. */
export type Findings = Readonly<Record<Target, string>>;

/** Who advertises, and how the account has behaved. */
export interface Advertiser {
  readonly advertiserId: string;
  readonly accountName: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly accountAgeDays: number;
  /** ISO date. */
  readonly createdOn: string;
  readonly verifiedBusiness: boolean;
  readonly totalSpendUsd: number;
  readonly approvalPercent: number;
  readonly violations: number;
  /** Claims sent to human review within a year. */
  readonly claimReviews: number;
  /** The largest share of ads handed in within one day. */
  readonly burstPercent: number;
  /** Who receives the bills; opaque. */
  readonly billingContact: string;
}

export interface Payment {
  readonly paymentId: string;
  readonly paymentType: string;
  readonly accountsOnMethod: number;
  readonly disputes: number;
  readonly refundPercent: number;
  readonly failedCharges: number;
}

export interface Targeting {
  readonly targetingFingerprint: string;
  /** Audience shared with other ads. */
  readonly overlapPercent: number;
  readonly regions: number;
  readonly excludedAudiences: number;
  readonly sensitiveInterests: number;
}

export interface Campaign {
  readonly creativeFingerprint: string;
  readonly objective: string;
  readonly bidStrategy: string;
  readonly dailyBudgetUsd: number;
  /** The budget against what the category usually spends. */
  readonly budgetPercent: number;
  readonly adSets: number;
  readonly claimVariants: number;
  readonly audienceNetwork: boolean;
}

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

/** What an automatic reader of the ad's text said of it. */
export interface Classification {
  readonly verdict: 'safe' | 'unsafe';
  /** Hazard code, or none. */
  readonly hazard: string;
  /** Whole percent. */
  readonly confidencePercent: number;
  /** Patterns that really occur in the text. */
  readonly markers: readonly string[];
}

/** What the findings are rendered from, and what the evidence ledger reads. */
export interface AdRecords {
  readonly brand: string;
  readonly advertiser: Advertiser;
  readonly payment: Payment;
  readonly targeting: Targeting;
  readonly campaign: Campaign;
  readonly page: LandingPage;
  readonly classification: Classification;
}

export interface Ad {
  readonly adId: string;
  /** The business the ad claims to be. */
  readonly category: string;
  readonly adCopy: string;
  readonly targetingSummary: string;
  /** What the landing page says. For a proposal, the fraudster's own words. */
  readonly pageSummary: string;
  readonly riskSignals: readonly string[];
  readonly truth: Truth;
  readonly fraudType: string;
  /** 0..1. */
  readonly severity: number;
  readonly difficulty: Difficulty;
  /** Null in episodes that bring finished findings only, such as the conformance vectors. */
  readonly records: AdRecords | null;
  readonly findings: Findings;
}

/** A group of ads run by one actor. */
export interface Ring {
  readonly ringId: string;
  readonly memberAdIds: readonly string[];
  /** The pairs that really share a value. Empty means: every pair of members. */
  readonly edges: readonly (readonly [string, string])[];
}
