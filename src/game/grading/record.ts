import type { Target, Truth, VerdictWord } from '../ad.ts';

/** The graders' input from a finished match. */
export interface GradedRecord {
  readonly taskId: string;
  /** Processed actions of the investigator, including faulty ones and links. */
  readonly totalSteps: number;
  readonly actionBudget: number;
  readonly verdicts: readonly GradedVerdict[];
  readonly links: readonly GradedLink[];
  readonly ads: readonly GradedAd[];
  readonly ringSizes: readonly number[];
}

export interface GradedVerdict {
  readonly adId: string;
  readonly verdict: VerdictWord;
  readonly confidence: number | null;
  readonly truth: Truth;
  readonly autoApproved: boolean;
}

export interface GradedLink {
  readonly adId1: string;
  readonly adId2: string;
  readonly correct: boolean;
}

export interface GradedAd {
  readonly adId: string;
  readonly truth: Truth;
  readonly severity?: number | null;
  readonly fraudType?: string | null;
  readonly category?: string | null;
  readonly country?: string | null;
}

/** One line of the fraudster's log as the audit reads it. */
export interface SurfaceEntry {
  readonly actionType: string;
  readonly adId: string | null;
  readonly slotIndex: number | null;
  readonly adCopy: string | null;
  readonly category: string | null;
  readonly landingPageBlurb: string | null;
  readonly targetingSummary: string | null;
  readonly newAdCopy: string | null;
  readonly newLandingPageBlurb: string | null;
}

/** One line of the investigator's log as the audit reads it. */
export interface ReasoningEntry {
  readonly actionType: string;
  readonly adId: string;
  readonly verdict: VerdictWord | null;
  readonly rationale: string | null;
}

/** By ad id, the finding texts that count as evidence. */
export type EvidenceByAd = Readonly<Record<string, Readonly<Partial<Record<Target, string>>>>>;

export type Track = 'A' | 'B';

/** A fault found by a check or claimed by the auditor: track A in the reasoning, track B in the ads. */
export interface AuditFlag {
  readonly track: Track;
  readonly flagType: string;
  readonly targetAdId: string | null;
  /** 0..1. */
  readonly severity: number;
  readonly note: string;
}

/** A table's own entry; undefined for names that objects inherit. Needed because keys are players' texts. */
export function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
