import type { Ad, AdRecords, Findings, Target } from '../ad.ts';
import { quote } from './quote.ts';

/** The parts of an ad that findings are rendered from. */
type Described = Pick<Ad, 'targetingSummary' | 'pageSummary'> & { readonly records: AdRecords };

/** All six findings of an ad, each a block of lines `label: value`. Every ad has the same lines. */
export function renderFindings(ad: Described): Findings {
  return {
    advertiser_history: renderFinding(ad, 'advertiser_history'),
    landing_page: renderFinding(ad, 'landing_page'),
    payment_method: renderFinding(ad, 'payment_method'),
    targeting_overlap: renderFinding(ad, 'targeting_overlap'),
    campaign_structure: renderFinding(ad, 'campaign_structure'),
    policy_classifier: renderFinding(ad, 'policy_classifier'),
  };
}

export function renderFinding(ad: Described, target: Target): string {
  let text = '';
  for (const [label, value] of lines[target](ad)) text += `${text === '' ? '' : '\n'}${label}: ${value}`;
  return text;
}

type Line = readonly [label: string, value: string | number];

const lines: Readonly<Record<Target, (ad: Described) => readonly Line[]>> = {
  advertiser_history: ({ records: { advertiser } }) => [
    [
      'Account name',
      `${advertiser.accountName} (${advertiser.verifiedBusiness ? 'verified' : 'not verified'})`,
    ],
    ['Account age', `${advertiser.accountAgeDays} days, created ${advertiser.createdOn}`],
    ['Country', advertiser.country],
    ['Spend to date', dollars(advertiser.totalSpendUsd)],
    ['Ads approved', `${advertiser.approvalPercent}%`],
    ['Violations', advertiser.violations],
    ['Claims sent to review', advertiser.claimReviews],
    ['Most ads in one day', `${advertiser.burstPercent}% of all`],
    ['Billing contact', advertiser.billingContact],
  ],
  landing_page: ({ pageSummary, records: { page } }) => [
    ['Domain', page.domain],
    ['Domain age', `${page.domainAgeDays} days`],
    ['Registrar', page.registrar],
    ['Certificate', page.sslValid ? 'valid' : 'missing or expired'],
    ['Redirects', page.redirects],
    ['Likeness to known bad pages', `${page.similarityPercent}%`],
    ['Missing elements', page.missingElements],
    ['Disclaimers', page.disclaimers],
    ['Analytics id', page.analyticsId],
    ['Claims (advertiser-supplied)', page.claims.map(quote).join('; ')],
    ['Page text (advertiser-supplied)', quote(pageSummary)],
  ],
  payment_method: ({ records: { payment, advertiser } }) => [
    ['Method', payment.paymentType],
    ['Payment id', payment.paymentId],
    ['Accounts on the method', payment.accountsOnMethod],
    ['Disputes', payment.disputes],
    ['Refunds', `${payment.refundPercent}%`],
    ['Failed charges', payment.failedCharges],
    ['First charge', `${advertiser.accountAgeDays} days ago`],
  ],
  targeting_overlap: ({ targetingSummary, records: { targeting } }) => [
    ['Declared targeting (advertiser-supplied)', quote(targetingSummary)],
    ['Audience fingerprint', targeting.targetingFingerprint],
    ['Audience shared with other ads', `${targeting.overlapPercent}%`],
    ['Regions', targeting.regions],
    ['Excluded audiences', targeting.excludedAudiences],
    ['Sensitive interests', targeting.sensitiveInterests],
  ],
  campaign_structure: ({ records: { campaign } }) => [
    ['Objective', campaign.objective],
    ['Bid strategy', campaign.bidStrategy],
    ['Daily budget', dollars(campaign.dailyBudgetUsd)],
    ['Budget against the usual', `${campaign.budgetPercent}%`],
    ['Ad sets', campaign.adSets],
    ['Versions of the claim', campaign.claimVariants],
    ['Audience network', campaign.audienceNetwork ? 'yes' : 'no'],
    ['Creative fingerprint', campaign.creativeFingerprint],
  ],
  policy_classifier: ({ records: { classification } }) => [
    ['Verdict', classification.verdict],
    ['Confidence', `${classification.confidencePercent}%`],
    ['Hazard', classification.hazard],
    [
      'Patterns in the text',
      classification.markers.length === 0 ? 'none' : classification.markers.join(', '),
    ],
  ],
};

/** Formats like `$12,345`, independent of locale. */
function dollars(amount: number): string {
  return `$${String(amount).replace(/\B(?=(\d{3})+$)/g, ',')}`;
}
