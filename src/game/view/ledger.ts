import type { QueuedAd } from '../state.ts';
import { targets } from '../ad.ts';
import type { Target } from '../ad.ts';

/** Facts about an ad by their wire names. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/**
 * The facts known of an ad from its pulled targets, taken from its records and never parsed from text.
 * Category, country and account age need no pull (match spec, 13.2).
 */
export function ledgerOf({ ad }: QueuedAd, pulled: readonly Target[]): Facts {
  const base: Facts = { category: ad.category };
  if (ad.records === null) return base;
  const { advertiser, payment, targeting, campaign, page } = ad.records;
  const byTarget: Readonly<Record<Target, Facts>> = {
    advertiser_history: {
      advertiser_id: advertiser.advertiserId,
      verified_business: advertiser.verifiedBusiness,
    },
    landing_page: { domain: page.domain, registrar: page.registrar, domain_age_days: page.domainAgeDays },
    payment_method: { payment_id: payment.paymentId, payment_type: payment.paymentType },
    targeting_overlap: { targeting_fingerprint: targeting.targetingFingerprint },
    campaign_structure: { creative_fingerprint: campaign.creativeFingerprint },
    policy_classifier: {},
  };
  return Object.assign(
    base,
    { country: advertiser.country, account_age_days: advertiser.accountAgeDays },
    ...pulled.map((target) => byTarget[target]),
  ) as Facts;
}

/** Interned names: serializing them is faster than the strings from a player's frame (see strings.ts). */
const names = Object.fromEntries(targets.map((target) => [target, target])) as Readonly<
  Record<Target, Target>
>;

export const pulledTargets = ({ pulls }: QueuedAd): readonly Target[] =>
  pulls.map(({ target }) => names[target]);
