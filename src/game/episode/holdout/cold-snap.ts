import type { CaseStudy, WrittenAd } from './case-study.ts';

/**
 * Case study: a cold winter in the town of Fellmarrow; all ads sell warmth. The ring uses a potter's account
 * that was taken over, and an advance-fee grant desk for the same audience. A lone fraud collects donations
 * in a charity's name. The honest ad of a two-week-old workshop looks worse than the frauds.
 */

const honest: readonly WrittenAd[] = [
  {
    adId: 'ad_q2nh6wve',
    category: 'local_service',
    brand: 'Ashgrate Sweeps',
    adCopy:
      'Ashgrate Sweeps cleans chimneys in Fellmarrow and the farms above it. A camera look at the flue, a written ' +
      'note for your insurer, and no soot on the rug.',
    targetingSummary:
      'Home owners aged 30 to 80 within twenty miles of Fellmarrow, interested in stoves and old houses',
    pageSummary:
      'Prices per flue, the villages we reach, and what to do until we come. Two brothers, one van, 26 ' +
      'winters. The note we leave is the one insurers ask for.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'easy' },
    account: { form: 'Co', country: 'AU', accountAgeDays: 3105, verifiedBusiness: true },
    history: { totalSpendUsd: 18_720, approvalPercent: 97, violations: 0, claimReviews: 0, burstPercent: 8 },
    domain: { ending: 'co', registrar: 'Hostwick', domainAgeDays: 4410, sslValid: true, redirects: 0 },
    page: { similarityPercent: 4, missingElements: 0, disclaimers: 0 },
    claims: ['A camera look at every flue', 'A note for your insurer', '26 winters'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 1,
      disputes: 0,
      refundPercent: 1,
      failedCharges: 0,
    },
    reach: { overlapPercent: 14, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 55, adSets: 2, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'cost_cap', claimVariants: 1 },
    reader: { hazard: 'none', confidencePercent: 93 },
  },
  // Honest, but the account is nine days old and the copy has pressure: the batch really is small.
  {
    adId: 'ad_z8ct5rfj',
    category: 'ecommerce',
    brand: 'Wollenhang',
    adCopy:
      'Hurry while stocks last: the first 60 pairs of Wollenhang door curtains, cut from mill ends and lined ' +
      'with felt, leave our loft this weekend. One rod, four hooks, and the draught stays in the hall. Sewn in ' +
      'Fellmarrow by three sisters with one very loud machine.',
    targetingSummary:
      'Adults 25 to 75 in cold upland towns, interested in sewing, old houses and saving heat',
    pageSummary:
      'Door curtains in grey, moss and rust. Measure twice, tell us once, and send them back unworn within a ' +
      'month. Our address is the loft above the feed shop; the telephone comes next week.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'hard' },
    account: { form: 'Studio', country: 'DE', accountAgeDays: 9, verifiedBusiness: false },
    history: { totalSpendUsd: 310, approvalPercent: 86, violations: 0, claimReviews: 0, burstPercent: 71 },
    domain: { ending: 'store', registrar: 'Portly', domainAgeDays: 12, sslValid: true, redirects: 0 },
    page: { similarityPercent: 11, missingElements: 1, disclaimers: 0 },
    claims: ['Cut from mill ends', 'Lined with felt', 'Sewn in Fellmarrow'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 1,
      disputes: 0,
      refundPercent: 0,
      failedCharges: 0,
    },
    reach: { overlapPercent: 20, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 104, adSets: 3, audienceNetwork: true },
    campaign: { objective: 'conversions', bidStrategy: 'lowest_cost', claimVariants: 2 },
    reader: { hazard: 'S2', confidencePercent: 64 },
  },
  // Honest, but its audience overlaps with that of most other ads.
  {
    adId: 'ad_j5xu9bkd',
    category: 'loans',
    brand: 'Pennimoor Lenders',
    adCopy:
      'Boiler gone in the worst week? Pennimoor Lenders makes small fixed-rate loans for heating repairs and is ' +
      'owned by the people who save with it. You see the whole cost on one page before you sign, and paying ' +
      'early costs nothing. Visits by appointment in Fellmarrow market hall.',
    targetingSummary:
      'Home owners aged 25 to 70 in Fellmarrow and its villages, interested in home repair and family budgets',
    pageSummary:
      'Rates, the full cost of three example loans, and the rules of membership. We lend from savings, never ' +
      'more than a household can bear, and we say no when we should.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'medium' },
    account: { form: 'Partners', country: 'CA', accountAgeDays: 1730, verifiedBusiness: true },
    history: { totalSpendUsd: 46_900, approvalPercent: 90, violations: 0, claimReviews: 0, burstPercent: 17 },
    domain: { ending: 'org', registrar: 'Trueroot', domainAgeDays: 2050, sslValid: true, redirects: 0 },
    page: { similarityPercent: 13, missingElements: 0, disclaimers: 1 },
    claims: ['The whole cost on one page', 'No charge for paying early', 'Owned by its savers'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 1,
      failedCharges: 0,
    },
    reach: { overlapPercent: 58, regions: 2, excludedAudiences: 1, sensitiveInterests: 0 },
    size: { budgetPercent: 118, adSets: 6, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'target_cost', claimVariants: 2 },
    reader: { hazard: 'none', confidencePercent: 60 },
    riskSignals: ['unrealistic_guarantee'],
  },
];

const contestable: readonly WrittenAd[] = [
  {
    adId: 'ad_v3gm7yps',
    category: 'electronics',
    brand: 'Wattmuffle',
    adCopy:
      'Wattmuffle is a plug that rests your heaters for a few minutes each hour. In our own tests on 18 homes, ' +
      'winter bills fell by up to 30 per cent.',
    targetingSummary:
      'Bill payers aged 25 to 75 in cold regions, interested in energy saving, gadgets and home improvement',
    pageSummary:
      'What the plug does, minute by minute, and how we ran our test on 18 homes in one valley. Your saving ' +
      'may be smaller. Laboratory results are promised for autumn.',
    label: { truth: 'escalate', fraudType: 'contestable_claim', severity: 0.4, difficulty: 'medium' },
    account: { form: 'Ltd', country: 'NL', accountAgeDays: 905, verifiedBusiness: true },
    history: { totalSpendUsd: 22_310, approvalPercent: 79, violations: 1, claimReviews: 2, burstPercent: 14 },
    domain: { ending: 'com', registrar: 'Namehaven', domainAgeDays: 702, sslValid: true, redirects: 0 },
    page: { similarityPercent: 18, missingElements: 1, disclaimers: 3 },
    claims: ['Up to 30 per cent off a winter bill', 'Tested on 18 homes', 'Two years on parts'],
    payment: {
      paymentType: 'wire_transfer',
      otherAccounts: 0,
      disputes: 1,
      refundPercent: 12,
      failedCharges: 0,
    },
    reach: { overlapPercent: 34, regions: 3, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 130, adSets: 6, audienceNetwork: false },
    campaign: { objective: 'conversions', bidStrategy: 'target_cost', claimVariants: 8 },
    reader: { hazard: 'S6', confidencePercent: 77 },
  },
  {
    adId: 'ad_6ykd2ehn',
    category: 'supplements',
    brand: 'Gingerknot',
    adCopy:
      'A spoon of Gingerknot in hot water, morning and night, and let the others cough. Our tonic is ginger, thyme and ' +
      'honey from hives above Fellmarrow, boiled in copper and bottled the same day. Three regulars in four say they ' +
      'caught fewer colds last winter, and the fourth mostly came back for the taste. It warms the throat whatever ' +
      'you make of our figures. At the market every second week, or by post.',
    targetingSummary:
      'Adults 30 to 80 in Fellmarrow and the hill towns, interested in herbs, honey and cooking',
    pageSummary:
      'Ingredients, hive by hive, and the survey of 212 regulars behind our three in four. It was our own ' +
      'survey, and nobody kept a second group. Not a medicine; honey is honey.',
    label: { truth: 'escalate', fraudType: 'contestable_claim', severity: 0.4, difficulty: 'hard' },
    account: { form: 'Co', country: 'US', accountAgeDays: 47, verifiedBusiness: false },
    history: { totalSpendUsd: 1190, approvalPercent: 87, violations: 0, claimReviews: 0, burstPercent: 30 },
    domain: { ending: 'shop', registrar: 'Openpost', domainAgeDays: 220, sslValid: true, redirects: 0 },
    page: { similarityPercent: 28, missingElements: 0, disclaimers: 2 },
    claims: ['Three regulars in four report fewer colds', 'Ginger, thyme and honey, nothing else'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 9,
      failedCharges: 0,
    },
    reach: { overlapPercent: 40, regions: 1, excludedAudiences: 0, sensitiveInterests: 2 },
    size: { budgetPercent: 75, adSets: 3, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'cost_cap', claimVariants: 2 },
    reader: { hazard: 'S6', confidencePercent: 68 },
  },
];

const crew: readonly WrittenAd[] = [
  // Fraud from a taken-over account with five good years of history.
  {
    adId: 'ad_r9fz4xtc',
    category: 'electronics',
    brand: 'Emberlode',
    adCopy:
      'Warm the room you sit in, not the street. Emberlode panels hang like a picture and glow within a minute. ' +
      "We bought a hotel's whole order when it closed: ninety, at half price.",
    targetingSummary:
      'Home owners and tenants aged 25 to 75 in four upland counties, interested in heating and saving on bills',
    pageSummary:
      'One model, three sizes, ninety left from a hotel that closed. Pay by transfer or card and we send a ' +
      'parcel number within the day. Bulk buyers may ask for pallets.',
    label: { truth: 'fraud', fraudType: 'phantom_goods', severity: 0.7, difficulty: 'hard' },
    account: { form: 'Ltd', country: 'DE', accountAgeDays: 1987, verifiedBusiness: true },
    history: { totalSpendUsd: 9940, approvalPercent: 94, violations: 0, claimReviews: 0, burstPercent: 11 },
    domain: { ending: 'com', registrar: 'Regnord', domainAgeDays: 71, sslValid: true, redirects: 1 },
    page: { similarityPercent: 38, missingElements: 1, disclaimers: 0 },
    claims: ['Warm within a minute', 'Draws less than a kettle', 'Sent the same day'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 0,
      disputes: 5,
      refundPercent: 4,
      failedCharges: 0,
    },
    reach: { overlapPercent: 61, regions: 4, excludedAudiences: 1, sensitiveInterests: 0 },
    size: { budgetPercent: 290, adSets: 7, audienceNetwork: true },
    campaign: { objective: 'conversions', bidStrategy: 'lowest_cost', claimVariants: 1 },
    reader: { hazard: 'none', confidencePercent: 79 },
    lie: { accountName: 'Slipglaze Pottery Studio' },
  },
  {
    adId: 'ad_3mqs8uwg',
    category: 'loans',
    brand: 'Hobgrant Desk',
    adCopy:
      'Fellmarrow homes can still claim up to 900 towards a new boiler, says Hobgrant Desk, and hardly anyone does, ' +
      'because the forms run to twelve pages. We fill them in, sit through the telephone queue and send you the ' +
      'cheque. A handling fee of 45 starts your file and is set against the grant. Have a heating bill and a card to ' +
      'hand when you call; most files take one cup of tea.',
    targetingSummary:
      'Home owners aged 35 to 80 in four upland counties, interested in grants, heating and saving on bills',
    pageSummary:
      'Nine in ten of our files are paid, most within three weeks. The handling fee covers the search and is ' +
      'set against your grant. Office by appointment; please do not write to the council directly.',
    label: { truth: 'fraud', fraudType: 'advance_fee', severity: 0.85, difficulty: 'medium' },
    account: { form: 'Partners', country: 'GB', accountAgeDays: 133, verifiedBusiness: true },
    history: { totalSpendUsd: 4020, approvalPercent: 83, violations: 2, claimReviews: 0, burstPercent: 44 },
    domain: { ending: 'org', registrar: 'Domora', domainAgeDays: 118, sslValid: true, redirects: 0 },
    page: { similarityPercent: 27, missingElements: 2, disclaimers: 1 },
    claims: ['Nine files in ten are paid', 'The fee is set against your grant'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 2,
      disputes: 1,
      refundPercent: 2,
      failedCharges: 0,
    },
    reach: { overlapPercent: 57, regions: 4, excludedAudiences: 1, sensitiveInterests: 0 },
    size: { budgetPercent: 96, adSets: 4, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'target_cost', claimVariants: 2 },
    reader: { hazard: 'S2', confidencePercent: 66 },
  },
];

/** A fraud outside the ring: no link reveals it. */
const stranger: WrittenAd = {
  adId: 'ad_5wje7vhx',
  category: 'charity',
  brand: 'Pipewarm Appeal',
  adCopy:
    'Tonight an old neighbour sits in a coat. The Pipewarm Appeal brings oil, blankets and hot suppers to ' +
    'pensioners on the hill farms above Fellmarrow, endorsed by the parish kitchens. A gift of 20 fills a tank ' +
    'for a week, and 100% of it goes up the hill.',
  targetingSummary: 'Adults 40 to 85 across seven counties, interested in giving, church life and local news',
  pageSummary:
    'Choose what to send: oil, blankets or suppers. Gifts are taken by card and by voucher code. Our ' +
    'volunteers stay unnamed at the wish of those they help.',
  label: { truth: 'fraud', fraudType: 'impersonation', severity: 0.75, difficulty: 'easy' },
  account: { form: 'Trading', country: 'AU', accountAgeDays: 806, verifiedBusiness: false },
  history: { totalSpendUsd: 2700, approvalPercent: 68, violations: 3, claimReviews: 0, burstPercent: 52 },
  domain: { ending: 'online', registrar: 'Veladns', domainAgeDays: 29, sslValid: true, redirects: 2 },
  page: { similarityPercent: 58, missingElements: 3, disclaimers: 0 },
  claims: ['Every gift goes up the hill', 'A tank filled for 20', 'Known to the parish kitchens'],
  payment: { paymentType: 'prepaid_card', otherAccounts: 1, disputes: 3, refundPercent: 0, failedCharges: 2 },
  reach: { overlapPercent: 55, regions: 7, excludedAudiences: 2, sensitiveInterests: 1 },
  size: { budgetPercent: 150, adSets: 11, audienceNetwork: true },
  campaign: { objective: 'reach', bidStrategy: 'lowest_cost', claimVariants: 4 },
  reader: { hazard: 'S2', confidencePercent: 91 },
  riskSignals: ['fake_authority_claim'],
  lie: { createdOn: '2023-05-28' },
};

export const coldSnap: CaseStudy = {
  ads: [...honest, ...contestable, ...crew, stranger],
  ring: {
    ringId: 'grp_b7xe3snw',
    topology: 'chain',
    memberAdIds: ['ad_r9fz4xtc', 'ad_3mqs8uwg'],
    shares: ['audience'],
  },
  // The innocent reason: both use the card of the traders' co-operative.
  collision: { shares: 'payment', adIds: ['ad_q2nh6wve', 'ad_z8ct5rfj'] },
};
