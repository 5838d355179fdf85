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

export interface Advertiser {
  readonly advertiserId: string;
  readonly accountName: string;
  readonly accountAgeDays: number;
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly verifiedBusiness: boolean;
  readonly totalSpendUsd: number;
  readonly adsLast30Days: number;
  /** 0..1. */
  readonly approvalRate: number;
  readonly violations: number;
}

export interface Payment {
  readonly paymentId: string;
  readonly paymentType: string;
  readonly accountsOnMethod: number;
  readonly disputes: number;
}

export interface Campaign {
  readonly objective: string;
  readonly bidStrategy: string;
  readonly dailyBudgetUsd: number;
  readonly adSets: number;
  readonly placements: readonly string[];
  readonly targetingFingerprint: string;
  readonly creativeFingerprint: string;
  /** Audience shared with other ads, whole percent. */
  readonly audienceOverlapPercent: number;
}

export interface LandingPage {
  readonly domain: string;
  readonly domainAgeDays: number;
  readonly registrar: string;
  readonly sslValid: boolean;
  readonly redirects: number;
  readonly similarityPercent: number;
  readonly claims: readonly string[];
  readonly missing: readonly string[];
}

/** What the findings are rendered from, and what the evidence ledger reads. */
export interface AdRecords {
  readonly advertiser: Advertiser;
  readonly payment: Payment;
  readonly campaign: Campaign;
  readonly page: LandingPage;
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
