import type { AdRecords, Target } from '../ad.ts';
import type { Reading } from './evidence.ts';

/** The values that a target of an ad shows, by the evidence model's field names. */
export function readingOf(records: AdRecords, target: Target): Reading {
  const { advertiser, page, payment, targeting, campaign, classification } = records;
  switch (target) {
    case 'advertiser_history':
      return {
        approvalPercent: advertiser.approvalPercent,
        violations: advertiser.violations,
        claimReviews: advertiser.claimReviews,
        verifiedBusiness: advertiser.verifiedBusiness ? 'yes' : 'no',
        burstPercent: advertiser.burstPercent,
      };
    case 'landing_page':
      return {
        domainAgeDays: page.domainAgeDays,
        sslValid: page.sslValid ? 'yes' : 'no',
        redirects: page.redirects,
        similarityPercent: page.similarityPercent,
        missingElements: page.missingElements,
        disclaimers: page.disclaimers,
      };
    case 'payment_method':
      return {
        disputes: payment.disputes,
        refundPercent: payment.refundPercent,
        otherAccounts: payment.accountsOnMethod - 1,
        failedCharges: payment.failedCharges,
      };
    case 'targeting_overlap':
      return {
        overlapPercent: targeting.overlapPercent,
        regions: targeting.regions,
        excludedAudiences: targeting.excludedAudiences,
        sensitiveInterests: targeting.sensitiveInterests,
      };
    case 'campaign_structure':
      return {
        budgetPercent: campaign.budgetPercent,
        adSets: campaign.adSets,
        objective: campaign.objective,
        bidStrategy: campaign.bidStrategy,
        claimVariants: campaign.claimVariants,
        audienceNetwork: campaign.audienceNetwork ? 'yes' : 'no',
      };
    case 'policy_classifier':
      return { hazard: classification.hazard, confidencePercent: classification.confidencePercent };
  }
}
