import type { CaseStudy, WrittenAd } from './case-study.ts';

/**
 * The island of Sollay gets its first summer ferry from Orrinquay, and a week of festivities fills the harbour. A
 * prepaid wallet on an old, quiet account pays for its crew's other fronts, cottages that nobody has seen and a prize
 * draw; beside them honest newcomers look just as hasty.
 */
const honest: readonly WrittenAd[] = [
  // Refunds for bad weather look like those of a product that disappoints.
  {
    adId: 'ad_t7kz2mqa',
    category: 'travel',
    brand: 'Tarnowick Launches',
    adCopy:
      'Tarnowick Launches has taken people round the Sollay cliffs since the lighthouse still had a keeper. ' +
      'Two hours on the water, twelve seats, and a flask of soup when the wind is up. If the skipper calls a ' +
      'trip off, you choose another day or have your fare returned.',
    targetingSummary:
      "Adults 30 to 70 in Orrinquay and within a day's drive, interested in walking, wildlife and boat trips",
    pageSummary:
      'Sailing times for the season, the names of both skippers, and what happens when the sea is too rough. ' +
      'Book by phone or here; you pay on the pontoon.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'medium' },
    account: { form: 'Ltd', country: 'US', accountAgeDays: 2912, totalSpendUsd: 31_480 },
    history: {
      ...{ approvalPercent: 91, violations: 0, claimReviews: 0, verifiedBusiness: true, burstPercent: 14 },
    },
    site: { ending: 'com', registrar: 'Openpost', claims: ['Twelve seats and two skippers', 'Pay on the pontoon'] },
    page: {
      ...{ domainAgeDays: 3307, sslValid: true, redirects: 0 },
      ...{ similarityPercent: 6, missingElements: 1, disclaimers: 1 },
    },
    payment: { paymentType: 'credit_card', otherAccounts: 0, disputes: 1, refundPercent: 11, failedCharges: 0 },
    reach: { overlapPercent: 22, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    campaign: {
      ...{ budgetPercent: 70, adSets: 3, objective: 'conversions', bidStrategy: 'cost_cap' },
      ...{ claimVariants: 2, audienceNetwork: false },
    },
    reader: { hazard: 'none', confidencePercent: 88 },
  },
];
