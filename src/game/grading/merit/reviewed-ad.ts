import type { Truth, VerdictWord } from '../../ad.ts';
import type { AdTexts, GameState } from '../../state.ts';

/**
 * One ad of a finished review with everything that the audit reads. The arena makes it from the match, an
 * auditor from its observation, so both judge by the same record.
 */
export interface ReviewedAd {
  readonly adId: string;
  readonly category: string;
  /** ISO 3166 alpha-2; null if the episode has no records. */
  readonly country: string | null;
  readonly truth: Truth;
  readonly fraudType: string;
  /** 0..1. */
  readonly severity: number;
  readonly targetingSummary: string;
  /** The texts of every version of the ad. */
  readonly versions: readonly AdTexts[];
  readonly isProposal: boolean;
  /** Null while undecided. */
  readonly verdict: VerdictWord | null;
  /** Whether the investigator gave the verdict; false for an automatic approval. */
  readonly manual: boolean;
  readonly confidence: number;
  readonly rationale: string;
  /** The texts pulled on the ad before its verdict, as of the pull. */
  readonly evidence: readonly string[];
  /** Whether any pull describes the last version of the ad. */
  readonly evidenceIsCurrent: boolean;
}

/** A reviewed ad with a verdict that the investigator gave. */
export type ManualAd = ReviewedAd & { readonly verdict: VerdictWord; readonly manual: true };

/** Every ad of the queue as the audit reads it, in queue order. Rationales are those of accepted verdicts. */
export function reviewedAds({
  queue,
  investigatorLog,
}: Pick<GameState, 'queue' | 'investigatorLog'>): readonly ReviewedAd[] {
  const rationales = new Map(
    investigatorLog
      .filter(({ action, code }) => action.actionType === 'verdict' && code === null)
      .map(({ action }) => [action.adId, action.rationale ?? '']),
  );
  return queue.map(({ ad, versions, slot, pulls, verdict }) => ({
    adId: ad.adId,
    category: ad.category,
    country: ad.records?.advertiser.country ?? null,
    truth: ad.truth,
    fraudType: ad.fraudType,
    severity: ad.severity,
    targetingSummary: ad.targetingSummary,
    versions,
    isProposal: slot !== null,
    verdict: verdict?.verdict ?? null,
    manual: verdict !== null && !verdict.autoApproved,
    confidence: verdict?.confidence ?? 0,
    rationale: rationales.get(ad.adId) ?? '',
    evidence: pulls.map((pull) => pull.text),
    evidenceIsCurrent: pulls.some((pull) => pull.adVersion === versions.length),
  }));
}

/** The ads that the investigator decided. */
export function manualAds(ads: readonly ReviewedAd[]): readonly ManualAd[] {
  return ads.filter((ad): ad is ManualAd => ad.manual && ad.verdict !== null);
}
