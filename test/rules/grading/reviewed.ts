import type { Truth, VerdictWord } from '../../../src/game/ad.ts';
import type { ReviewedAd } from '../../../src/game/grading/merit/reviewed-ad.ts';

/** The right verdict for each truth. */
export const right: Readonly<Record<Truth, VerdictWord>> = {
  fraud: 'reject',
  legit: 'approve',
  escalate: 'escalate',
};

/** An honest ad nobody has decided; no check finds a fault in it. */
export function undecided(adId: string, changes: Partial<ReviewedAd> = {}): ReviewedAd {
  return {
    adId,
    category: 'ecommerce',
    country: 'DE',
    truth: 'legit',
    fraudType: '',
    severity: 0,
    targetingSummary: 'adults who cook at home',
    versions: [
      {
        adCopy: 'Plain wooden bowls and spoons, made by hand in our own workshop.',
        pageSummary: 'A small shop for kitchen goods. Orders leave the house within two days.',
      },
    ],
    isProposal: false,
    verdict: null,
    manual: false,
    confidence: 0,
    rationale: '',
    evidence: [],
    evidenceIsCurrent: false,
    ...changes,
  };
}

/** An ad decided by hand on evidence that its rationale cites. */
export function decided(adId: string, verdict: VerdictWord, changes: Partial<ReviewedAd> = {}): ReviewedAd {
  return undecided(adId, {
    verdict,
    manual: true,
    confidence: 1,
    rationale: 'The certificate of bowls-and-spoons.example is in order.',
    evidence: ['Domain: bowls-and-spoons.example\nCertificate: valid'],
    evidenceIsCurrent: true,
    ...changes,
  });
}

/** A proposal with these texts, not decided. */
export function proposal(adCopy: string, changes: Partial<ReviewedAd> = {}, pageSummary = ''): ReviewedAd {
  return undecided(changes.adId ?? 'ad_p', {
    truth: 'fraud',
    severity: 0.9,
    isProposal: true,
    versions: [{ adCopy, pageSummary }],
    ...changes,
  });
}
