import type { CaseStudy, WrittenAd } from './case-study.ts';

/**
 * Case study: a festival week for the first ferry to the island of Sollay. The ring is a prepaid wallet on an
 * old, quiet account that pays for false cottages and a prize draw. Honest new businesses look just as hasty.
 */

const honest: readonly WrittenAd[] = [
  // Honest, but its refunds for bad weather look like those of a bad product.
  {
    adId: 'ad_t7kz2mqa',
    category: 'travel',
    brand: 'Tarnowick Launches',
    adCopy:
      'Tarnowick Launches has taken people round the Sollay cliffs since the lighthouse still had a keeper. Two hours ' +
      'on the water, twelve seats, and a flask of soup when the wind is up. The seals are usually in; the puffins ' +
      'please themselves. If the skipper calls a trip off, you choose another day or have your fare returned.',
    targetingSummary:
      "Adults 30 to 70 in Orrinquay and within a day's drive, interested in walking, wildlife and boat trips",
    pageSummary:
      'Sailing times for the season, the names of both skippers, and what happens when the sea is too rough. ' +
      'Book by phone or here; you pay on the pontoon.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'medium' },
    account: { form: 'Ltd', country: 'US', accountAgeDays: 2912, verifiedBusiness: true },
    history: { totalSpendUsd: 31_480, approvalPercent: 91, violations: 0, claimReviews: 0, burstPercent: 14 },
    domain: { ending: 'com', registrar: 'Openpost', domainAgeDays: 3307, sslValid: true, redirects: 0 },
    page: { similarityPercent: 6, missingElements: 1, disclaimers: 1 },
    claims: ['Twelve seats and two skippers', 'Pay on the pontoon'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 0,
      disputes: 1,
      refundPercent: 11,
      failedCharges: 0,
    },
    reach: { overlapPercent: 22, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 70, adSets: 3, audienceNetwork: false },
    campaign: { objective: 'conversions', bidStrategy: 'cost_cap', claimVariants: 2 },
    reader: { hazard: 'none', confidencePercent: 88 },
  },
  // Honest, but three weeks old, on a prepaid card, with most ads submitted at once.
  {
    adId: 'ad_9hwn4cxe',
    category: 'local_service',
    brand: 'Spindlemoor Cycles',
    adCopy:
      'New on the quay: Spindlemoor Cycles hires out sturdy bikes from the old net loft. We opened three weeks ago ' +
      'with 30 of them, so book ahead for ferry week.',
    targetingSummary:
      'Adults 18 to 55 staying in or near Orrinquay, interested in cycling, day trips and picnics',
    pageSummary:
      'Bike hire from the net loft on the quay, nine until seven. Choose a frame size, leave a card as ' +
      'deposit, and bring the bike back salty if you must. Our terms page is still being written.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'hard' },
    account: { form: 'Co', country: 'NL', accountAgeDays: 23, verifiedBusiness: false },
    history: { totalSpendUsd: 640, approvalPercent: 96, violations: 0, claimReviews: 0, burstPercent: 64 },
    domain: { ending: 'co', registrar: 'Namehaven', domainAgeDays: 38, sslValid: true, redirects: 0 },
    page: { similarityPercent: 8, missingElements: 1, disclaimers: 0 },
    claims: ['Thirty bikes in four sizes', 'Locks, baskets and a map with every hire'],
    payment: {
      paymentType: 'prepaid_card',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 2,
      failedCharges: 1,
    },
    reach: { overlapPercent: 31, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 95, adSets: 4, audienceNetwork: false },
    campaign: { objective: 'traffic', bidStrategy: 'lowest_cost', claimVariants: 1 },
    reader: { hazard: 'none', confidencePercent: 74 },
  },
  // Honest, but with pressure: an opening night is only once.
  {
    adId: 'ad_d3vrj8yb',
    category: 'entertainment',
    brand: 'Ombrelle Picture House',
    adCopy:
      'Only 40 places are left for opening night at the Ombrelle Picture House! The first ferry brings the ' +
      'first audience: a restored projector from 1931, a live pianist and one rather short silent film. Doors ' +
      'open at eight; tickets from the kiosk or online.',
    targetingSummary:
      'Adults 25 to 75 in Orrinquay and on Sollay, interested in film history, music and evenings out',
    pageSummary:
      'Programme for ferry week, seat plan and prices. Tickets are exchanged rather than refunded, because ' +
      'the house has one screen and ninety seats. Run by a trust, with its accounts on the last page.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'medium' },
    account: { form: 'Group', country: 'CA', accountAgeDays: 1204, verifiedBusiness: true },
    history: { totalSpendUsd: 5260, approvalPercent: 88, violations: 1, claimReviews: 0, burstPercent: 57 },
    domain: { ending: 'org', registrar: 'Regnord', domainAgeDays: 1390, sslValid: true, redirects: 1 },
    page: { similarityPercent: 12, missingElements: 0, disclaimers: 0 },
    claims: ['Ninety seats, one screen', 'A pianist at every silent film', 'Accounts open to all'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 2,
      failedCharges: 0,
    },
    reach: { overlapPercent: 44, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 140, adSets: 6, audienceNetwork: false },
    campaign: { objective: 'conversions', bidStrategy: 'target_cost', claimVariants: 2 },
    reader: { hazard: 'none', confidencePercent: 66 },
  },
];

const contestable: readonly WrittenAd[] = [
  {
    adId: 'ad_m6pq9ktu',
    category: 'remedies',
    brand: 'Stillwake',
    adCopy:
      'Stillwake wristbands press one small point below the palm, and many of our customers tell us their ' +
      'stomachs settle within ten minutes of the harbour wall. No tablets, nothing to swallow. Fits either ' +
      'wrist, washes in salt water, sold in pairs at the ferry office.',
    targetingSummary:
      'Adults 25 to 65 booking coach, ferry or small-boat travel, interested in comfort on long journeys',
    pageSummary:
      'How the bands work, in our words: steady pressure on the wrist calms the queasiness of small boats. ' +
      'Two trials with 31 sailors are linked below; neither was large. Ask a doctor if you are expecting.',
    label: { truth: 'escalate', fraudType: 'contestable_claim', severity: 0.4, difficulty: 'easy' },
    account: { form: 'Co', country: 'DE', accountAgeDays: 640, verifiedBusiness: true },
    history: { totalSpendUsd: 17_900, approvalPercent: 82, violations: 0, claimReviews: 3, burstPercent: 12 },
    domain: { ending: 'shop', registrar: 'Trueroot', domainAgeDays: 890, sslValid: true, redirects: 0 },
    page: { similarityPercent: 21, missingElements: 0, disclaimers: 4 },
    claims: ['Calms the stomach within ten minutes', 'Tried by 31 sailors', 'Washes in salt water'],
    payment: {
      paymentType: 'virtual_card',
      otherAccounts: 0,
      disputes: 1,
      refundPercent: 17,
      failedCharges: 0,
    },
    reach: { overlapPercent: 38, regions: 2, excludedAudiences: 0, sensitiveInterests: 3 },
    size: { budgetPercent: 110, adSets: 4, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'cost_cap', claimVariants: 9 },
    reader: { hazard: 'S6', confidencePercent: 81 },
  },
  // Contestable: a real ferry with an unverified claim.
  {
    adId: 'ad_2xbf7gsh',
    category: 'travel',
    brand: 'Verdwater Crossings',
    adCopy:
      'Verdwater Crossings calls its new ferry to Sollay the first carbon-neutral sailing on the firth. Return fares ' +
      'from the pier office, bicycles free, dogs on leads welcome.',
    targetingSummary:
      'Adults 18 to 80 in Orrinquay and the firth villages, interested in island walks and greener travel',
    pageSummary:
      'Our sums for the carbon-neutral crossing, reckoned by our own engineer and not yet by anyone else. ' +
      'Fares, tides and the winter timetable. The hedge stands at 4,100 metres.',
    label: { truth: 'escalate', fraudType: 'contestable_claim', severity: 0.4, difficulty: 'hard' },
    account: { form: 'Group', country: 'GB', accountAgeDays: 118, verifiedBusiness: true },
    history: { totalSpendUsd: 6150, approvalPercent: 93, violations: 0, claimReviews: 2, burstPercent: 22 },
    domain: { ending: 'net', registrar: 'Portly', domainAgeDays: 96, sslValid: true, redirects: 0 },
    page: { similarityPercent: 9, missingElements: 0, disclaimers: 3 },
    claims: ['Carbon-neutral from pier to pier', 'Bicycles travel free', 'Hedges planted for every sailing'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 2,
      failedCharges: 0,
    },
    reach: { overlapPercent: 29, regions: 2, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 118, adSets: 8, audienceNetwork: false },
    campaign: { objective: 'reach', bidStrategy: 'target_cost', claimVariants: 7 },
    reader: { hazard: 'none', confidencePercent: 63 },
  },
];

const crew: readonly WrittenAd[] = [
  // Fraud with six years of clean history; deposits are not returned.
  {
    adId: 'ad_w4ec8nzk',
    category: 'payments',
    brand: 'Quaytill',
    adCopy:
      'Leave the purse at home in ferry week. Quaytill is a prepaid wallet taken at stalls, bars and the pier: ' +
      'top it up from your bank, tap, and see every spend on one page. Load 50 for your trip and we add 10. ' +
      'What you do not spend comes back to you on Sunday evening.',
    targetingSummary:
      'Adults 18 to 60 travelling to Orrinquay this month, interested in festivals, food stalls and mobile banking',
    pageSummary:
      'Open a wallet in two minutes with a card or a bank account. Stalls that take Quaytill are shown on the ' +
      'harbour map. Balances are held for you by a partner bank, named in the full terms on request.',
    label: { truth: 'fraud', fraudType: 'advance_fee', severity: 0.85, difficulty: 'hard' },
    account: { form: 'Trading', country: 'CA', accountAgeDays: 2144, verifiedBusiness: true },
    history: { totalSpendUsd: 8900, approvalPercent: 92, violations: 0, claimReviews: 0, burstPercent: 13 },
    domain: { ending: 'io', registrar: 'Domora', domainAgeDays: 52, sslValid: true, redirects: 2 },
    page: { similarityPercent: 41, missingElements: 2, disclaimers: 0 },
    claims: ['Taken at every stall on the quay', 'Unspent money returned on Sunday'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 2,
      disputes: 2,
      refundPercent: 6,
      failedCharges: 1,
    },
    reach: { overlapPercent: 68, regions: 3, excludedAudiences: 1, sensitiveInterests: 0 },
    size: { budgetPercent: 180, adSets: 9, audienceNetwork: true },
    campaign: { objective: 'traffic', bidStrategy: 'lowest_cost', claimVariants: 2 },
    reader: { hazard: 'none', confidencePercent: 72 },
  },
  // Fraud with a good page; the cottages belong to other people.
  {
    adId: 'ad_f8su3dhr',
    category: 'travel',
    brand: 'Nestlewrack Lets',
    adCopy:
      'Wake to the lighthouse. Nestlewrack Lets has eleven whitewashed cottages on Sollay for ferry week, each with a ' +
      "stove, two bedrooms and its own bit of beach. The baker's van comes at nine, the ferry is a short walk, and the " +
      'evenings are as quiet as you like. A third of the rent by transfer holds your dates; the keys are under the blue ' +
      'pot by the door. Families come back year after year, so ask early.',
    targetingSummary:
      'Adults 28 to 65 within four hours of Orrinquay, interested in holiday cottages, islands and open fires',
    pageSummary:
      'Eleven cottages, photographs of each, and a calendar that is filling up. Deposits hold the week you ' +
      'choose; the rest is due on arrival. Our island manager answers letters on weekdays.',
    label: { truth: 'fraud', fraudType: 'phantom_goods', severity: 0.7, difficulty: 'hard' },
    account: { form: 'Studio', country: 'ES', accountAgeDays: 412, verifiedBusiness: true },
    history: { totalSpendUsd: 11_230, approvalPercent: 76, violations: 1, claimReviews: 0, burstPercent: 18 },
    domain: { ending: 'com', registrar: 'Hostwick', domainAgeDays: 388, sslValid: true, redirects: 0 },
    page: { similarityPercent: 19, missingElements: 1, disclaimers: 0 },
    claims: ['Eleven cottages by the sea', 'A stove in every one', 'Dogs welcome out of season'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 2,
      disputes: 4,
      refundPercent: 3,
      failedCharges: 0,
    },
    reach: { overlapPercent: 27, regions: 2, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 128, adSets: 5, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'lowest_cost', claimVariants: 2 },
    reader: { hazard: 'S2', confidencePercent: 58 },
  },
  // Fraud that collects birth dates and card numbers, under another brand's domain.
  {
    adId: 'ad_kb5y6qjm',
    category: 'giveaways',
    brand: 'Brinefold Draw',
    adCopy:
      'Win a season of crossings! Answer three questions about Orrinquay and Brinefold Draw puts your name in ' +
      'the drum for ten summer ferry passes. Entry costs nothing and ends on Sunday; we ring winners the same ' +
      'evening to confirm your details and the sailing you fancy.',
    targetingSummary:
      'Adults 18 to 70 in Orrinquay and six nearby towns, interested in competitions and days out',
    pageSummary:
      'Three questions, one form, ten passes. Give the name, birth date and card you travel with so that the ' +
      "pier can print your pass. Winners' first names appear here on Monday.",
    label: { truth: 'fraud', fraudType: 'data_harvest', severity: 0.6, difficulty: 'medium' },
    account: { form: 'Co', country: 'US', accountAgeDays: 61, verifiedBusiness: false },
    history: { totalSpendUsd: 2050, approvalPercent: 84, violations: 0, claimReviews: 0, burstPercent: 35 },
    domain: { ending: 'shop', registrar: 'Veladns', domainAgeDays: 44, sslValid: true, redirects: 1 },
    page: { similarityPercent: 33, missingElements: 2, disclaimers: 1 },
    claims: ['Ten passes in the drum', 'Drawn in public on Sunday'],
    payment: {
      paymentType: 'virtual_card',
      otherAccounts: 0,
      disputes: 1,
      refundPercent: 1,
      failedCharges: 1,
    },
    reach: { overlapPercent: 72, regions: 5, excludedAudiences: 1, sensitiveInterests: 1 },
    size: { budgetPercent: 88, adSets: 4, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'cost_cap', claimVariants: 1 },
    reader: { hazard: 'S2', confidencePercent: 90 },
    lie: { domain: 'cobblewickoffers.shop' },
  },
];

export const ferryWeek: CaseStudy = {
  ads: [...honest, ...contestable, ...crew],
  ring: {
    ringId: 'grp_h4qm7tza',
    topology: 'hub',
    memberAdIds: ['ad_w4ec8nzk', 'ad_f8su3dhr', 'ad_kb5y6qjm'],
    shares: ['payment', 'analytics'],
  },
  // The innocent reason: one agency receives the bills of both.
  collision: { shares: 'billing', adIds: ['ad_9hwn4cxe', 'ad_d3vrj8yb'] },
};
