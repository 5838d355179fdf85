import type { Truth, VerdictWord } from '../../ad.ts';
import type { AdTexts, GameState } from '../../state.ts';

/**
 * One ad of a finished review with everything the audit reads. The arena builds it from the match, an auditor from
 * its observation: both judge by the same record.
 */
export interface ReviewedAd {
  readonly adId: string;
  readonly category: string;
  /** ISO 3166 alpha-2; null where the episode has no records. */
  readonly country: string | null;
  readonly truth: Truth;
  readonly fraudType: string;
  /** 0..1. */
  readonly severity: number;
  readonly targetingSummary: string;
  /** Every version the ad has had. */
  readonly versions: readonly AdTexts[];
  readonly isProposal: boolean;
  /** Null while undecided. */
  readonly verdict: VerdictWord | null;
  /** Whether the investigator gave the verdict itself. */
  readonly manual: boolean;
  readonly confidence: number;
  readonly rationale: string;
  /** What was pulled on the ad before its verdict, as it read then. */
  readonly evidence: readonly string[];
  /** Whether any of it still described the ad when it was decided. */
  readonly evidenceIsCurrent: boolean;
}

/** A reviewed ad with a verdict of the investigator's own. */
export type ManualAd = ReviewedAd & { readonly verdict: VerdictWord; readonly manual: true };

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

/** The ads the investigator decided itself. */
export function manualAds(ads: readonly ReviewedAd[]): readonly ManualAd[] {
  return ads.filter((ad): ad is ManualAd => ad.manual && ad.verdict !== null);
}
