import type { CaseStudy, WrittenAd } from './case-study.ts';

/**
 * Case study: examinations in the college town of Quillstow. The ring is a coaching school, a laptop outlet
 * and a bursary form, which share several kinds of ids. An honest app and an honest gym look no calmer, and
 * two contestable ads believe their claims.
 */

const honest: readonly WrittenAd[] = [
  // Honest, but a month old and with a very wide audience.
  {
    adId: 'ad_p4tb9czy',
    category: 'saas',
    brand: 'Tonguetwine',
    adCopy:
      'Find someone who speaks what you are learning. Tonguetwine pairs you for twenty minutes a week: ten in your ' +
      'language, ten in theirs, with a question to start from so that nobody has to talk about the weather. You can ' +
      'change partners once a month, and there is no score and no streak to keep. Made by two linguists in Quillstow ' +
      'and free for the first three hundred pairs.',
    targetingSummary:
      'Adults 18 to 45 in university towns of five regions, interested in languages and exchange',
    pageSummary:
      'How pairing works, what we keep about you and for how long. A subscription comes in autumn; nobody is ' +
      'moved to it without asking. The help page is short because we are two.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'hard' },
    account: { form: 'Studio', country: 'ES', accountAgeDays: 31, verifiedBusiness: false },
    history: { totalSpendUsd: 720, approvalPercent: 98, violations: 0, claimReviews: 0, burstPercent: 27 },
    domain: { ending: 'io', registrar: 'Veladns', domainAgeDays: 58, sslValid: true, redirects: 1 },
    page: { similarityPercent: 6, missingElements: 1, disclaimers: 0 },
    claims: ['Twenty minutes a week', 'Ten in your language, ten in theirs'],
    payment: {
      paymentType: 'virtual_card',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 0,
      failedCharges: 1,
    },
    reach: { overlapPercent: 33, regions: 5, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 80, adSets: 2, audienceNetwork: false },
    campaign: { objective: 'conversions', bidStrategy: 'lowest_cost', claimVariants: 1 },
    reader: { hazard: 'none', confidencePercent: 86 },
  },
  {
    adId: 'ad_h7re5kxu',
    category: 'charity',
    brand: 'Margin & Spine',
    adCopy:
      'Margin & Spine takes in the books you will never open again and sells them for the night shelter. Last term ' +
      'the shelves paid for 640 beds.',
    targetingSummary:
      'Students and staff aged 18 and over in Quillstow, interested in reading and second-hand',
    pageSummary:
      "Opening hours, what we cannot take, and last year's accounts as a plain list. The shelter's own report " +
      'is linked beside ours. Volunteers are thanked by name if they like.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'easy' },
    account: { form: 'Trading', country: 'GB', accountAgeDays: 1466, verifiedBusiness: true },
    history: { totalSpendUsd: 4380, approvalPercent: 96, violations: 0, claimReviews: 0, burstPercent: 15 },
    domain: { ending: 'org', registrar: 'Hostwick', domainAgeDays: 1620, sslValid: true, redirects: 0 },
    page: { similarityPercent: 3, missingElements: 0, disclaimers: 0 },
    claims: ['Every book sold pays for the shelter', 'Set texts at half price', 'Accounts on show'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 1,
      failedCharges: 0,
    },
    reach: { overlapPercent: 41, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 42, adSets: 2, audienceNetwork: false },
    campaign: { objective: 'traffic', bidStrategy: 'cost_cap', claimVariants: 1 },
    reader: { hazard: 'none', confidencePercent: 95 },
  },
  // Honest, but with bold guarantees, which it keeps.
  {
    adId: 'ad_8sgn3fqw',
    category: 'fitness',
    brand: 'Rowanrack Gym',
    adCopy:
      'Sit less, sleep better. Rowanrack Gym keeps its rowing machines going until midnight through the ' +
      'examinations, and your joining fee is guaranteed: come eight times, and if you still dislike us, have ' +
      'it back in cash. Showers hot, music low, towels 50 pence.',
    targetingSummary:
      'Students and staff aged 18 and over in Quillstow, interested in rowing, health and sleep',
    pageSummary:
      'Term and year prices, a plan of both floors and the terms of the money-back promise. The booking pages ' +
      'belong to our card supplier. Cancel at the desk or by letter.',
    label: { truth: 'legit', fraudType: '', severity: 0, difficulty: 'medium' },
    account: { form: 'Ltd', country: 'FR', accountAgeDays: 588, verifiedBusiness: true },
    history: { totalSpendUsd: 33_600, approvalPercent: 90, violations: 1, claimReviews: 0, burstPercent: 38 },
    domain: { ending: 'com', registrar: 'Domora', domainAgeDays: 530, sslValid: true, redirects: 1 },
    page: { similarityPercent: 17, missingElements: 0, disclaimers: 0 },
    claims: ['Open until midnight in examination weeks', 'Joining fee back after eight visits'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 5,
      failedCharges: 0,
    },
    reach: { overlapPercent: 47, regions: 1, excludedAudiences: 0, sensitiveInterests: 0 },
    size: { budgetPercent: 160, adSets: 9, audienceNetwork: true },
    campaign: { objective: 'leads', bidStrategy: 'lowest_cost', claimVariants: 2 },
    reader: { hazard: 'none', confidencePercent: 70 },
  },
];

const contestable: readonly WrittenAd[] = [
  {
    adId: 'ad_n5vd2jma',
    category: 'education',
    brand: 'Parlendine',
    adCopy:
      'Speak by the end of term: Parlendine teaches one language in 30 evenings of conversation, and our ' +
      'graduates say most strangers understand them by then. No grammar tables, no homework, five learners to ' +
      'a table. Try one evening in Quillstow for the price of the tea.',
    targetingSummary:
      'Adults 20 to 60 in and around Quillstow, interested in languages, travel and evening classes',
    pageSummary:
      "The 30-evening method in our founders' words, with recordings of learners on the first night and the " +
      'last. We chose the recordings. An outside examination is offered for a fee.',
    label: { truth: 'escalate', fraudType: 'contestable_claim', severity: 0.4, difficulty: 'medium' },
    account: { form: 'Partners', country: 'ES', accountAgeDays: 1388, verifiedBusiness: true },
    history: { totalSpendUsd: 38_050, approvalPercent: 80, violations: 1, claimReviews: 2, burstPercent: 10 },
    domain: { ending: 'com', registrar: 'Trueroot', domainAgeDays: 1105, sslValid: true, redirects: 0 },
    page: { similarityPercent: 26, missingElements: 0, disclaimers: 2 },
    claims: ['Understood by strangers after 30 evenings', 'Five learners to a table'],
    payment: {
      paymentType: 'prepaid_card',
      otherAccounts: 0,
      disputes: 2,
      refundPercent: 16,
      failedCharges: 0,
    },
    reach: { overlapPercent: 22, regions: 2, excludedAudiences: 0, sensitiveInterests: 1 },
    size: { budgetPercent: 100, adSets: 5, audienceNetwork: false },
    campaign: { objective: 'leads', bidStrategy: 'target_cost', claimVariants: 4 },
    reader: { hazard: 'none', confidencePercent: 69 },
  },
  {
    adId: 'ad_c6wy8hpt',
    category: 'supplements',
    brand: 'Mindlowe',
    adCopy:
      'Two Mindlowe capsules with breakfast, and the page stays where you put it. In a small study, readers recalled ' +
      'a fifth more words after four weeks of sage, iodine and B vitamins.',
    targetingSummary:
      'Adults 18 to 50 in Quillstow and the next county, interested in study, memory and nutrition',
    pageSummary:
      'The capsule, its label and the four-week study of 44 readers, paid for by us. Results for memory are ' +
      'mixed elsewhere, and we link to those too. Not for those on thyroid medicine.',
    label: { truth: 'escalate', fraudType: 'contestable_claim', severity: 0.4, difficulty: 'hard' },
    account: { form: 'Group', country: 'CA', accountAgeDays: 263, verifiedBusiness: true },
    history: { totalSpendUsd: 12_400, approvalPercent: 77, violations: 1, claimReviews: 1, burstPercent: 19 },
    domain: { ending: 'store', registrar: 'Regnord', domainAgeDays: 340, sslValid: true, redirects: 0 },
    page: { similarityPercent: 30, missingElements: 1, disclaimers: 4 },
    claims: ['A fifth more words after four weeks', 'Studied with 44 readers', 'Sage, iodine, B vitamins'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 1,
      disputes: 1,
      refundPercent: 14,
      failedCharges: 0,
    },
    reach: { overlapPercent: 53, regions: 2, excludedAudiences: 0, sensitiveInterests: 3 },
    size: { budgetPercent: 190, adSets: 7, audienceNetwork: true },
    campaign: { objective: 'conversions', bidStrategy: 'lowest_cost', claimVariants: 10 },
    reader: { hazard: 'S2', confidencePercent: 57 },
    riskSignals: ['fake_authority_claim'],
  },
];

const crew: readonly WrittenAd[] = [
  // Fraud with an old account and domain; the rooms of its classes are never announced.
  {
    adId: 'ad_y2zk6bne',
    category: 'education',
    brand: 'Crestmarkham Tutors',
    adCopy:
      'The examiners repeat themselves; Crestmarkham Tutors keeps count. Our private list of likely questions ' +
      'has been right on seven papers in ten, and only 25 places remain for the Quillstow sitting. Pay the ' +
      'term ahead, and sit in on any evening you please.',
    targetingSummary:
      'Students aged 18 to 30 in three regions around Quillstow, interested in study and revision',
    pageSummary:
      'Evening classes in twelve subjects, question lists for each, and letters from grateful students. Fees ' +
      'are for the whole term and paid ahead. Rooms are announced the day before.',
    label: { truth: 'fraud', fraudType: 'phantom_goods', severity: 0.7, difficulty: 'hard' },
    account: { form: 'Co', country: 'NL', accountAgeDays: 1655, verifiedBusiness: false },
    history: { totalSpendUsd: 15_600, approvalPercent: 84, violations: 0, claimReviews: 0, burstPercent: 24 },
    domain: { ending: 'net', registrar: 'Namehaven', domainAgeDays: 1210, sslValid: true, redirects: 0 },
    page: { similarityPercent: 29, missingElements: 1, disclaimers: 0 },
    claims: ['Twelve subjects', 'Right on seven papers in ten', 'Sit in on any evening'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 2,
      disputes: 3,
      refundPercent: 5,
      failedCharges: 1,
    },
    reach: { overlapPercent: 36, regions: 3, excludedAudiences: 1, sensitiveInterests: 0 },
    size: { budgetPercent: 115, adSets: 4, audienceNetwork: false },
    campaign: { objective: 'conversions', bidStrategy: 'cost_cap', claimVariants: 3 },
    reader: { hazard: 'S2', confidencePercent: 71 },
  },
  {
    adId: 'ad_4jxh7mrs',
    category: 'brand_outlet',
    brand: 'Kestrelid Outlet',
    adCopy:
      "Kestrelid Outlet clears last year's thin laptops for students: the same quality as the shop on the square, at " +
      'a third of the price.',
    targetingSummary:
      'Students aged 18 to 35 in college towns of five regions, interested in laptops and bargains',
    pageSummary:
      'Forty models in one long list. Serial numbers are removed to protect the shops that supply us. Returns ' +
      'go to the depot address printed inside the lid.',
    label: { truth: 'fraud', fraudType: 'counterfeit', severity: 0.8, difficulty: 'easy' },
    account: { form: 'Trading', country: 'FR', accountAgeDays: 74, verifiedBusiness: false },
    history: { totalSpendUsd: 3940, approvalPercent: 72, violations: 1, claimReviews: 0, burstPercent: 47 },
    domain: { ending: 'shop', registrar: 'Portly', domainAgeDays: 33, sslValid: true, redirects: 0 },
    page: { similarityPercent: 49, missingElements: 1, disclaimers: 0 },
    claims: ['Forty models in stock', 'Boxed and sealed', 'A sleeve with every one'],
    payment: {
      paymentType: 'credit_card',
      otherAccounts: 2,
      disputes: 4,
      refundPercent: 9,
      failedCharges: 1,
    },
    reach: { overlapPercent: 64, regions: 5, excludedAudiences: 1, sensitiveInterests: 0 },
    size: { budgetPercent: 210, adSets: 14, audienceNetwork: true },
    campaign: { objective: 'traffic', bidStrategy: 'lowest_cost', claimVariants: 2 },
    reader: { hazard: 'S2', confidencePercent: 88 },
  },
  // Fraud with a clean account whose page sells something else.
  {
    adId: 'ad_u9ec5tgv',
    category: 'giveaways',
    brand: 'Grantle Circle',
    adCopy:
      'Twelve bursaries of 500 are waiting in Quillstow. Grantle Circle enters you for all of them with one form, ' +
      'hand-picked for your subject; log in required.',
    targetingSummary:
      'Students aged 18 to 40 in six regions, interested in bursaries, student life and prize draws',
    pageSummary:
      'Drive away this week: car loans from two to seven years, with old cars taken in part payment. Check ' +
      'what you could borrow; it leaves no mark on your file. Finance comes from a panel of lenders.',
    label: { truth: 'fraud', fraudType: 'data_harvest', severity: 0.6, difficulty: 'hard' },
    account: { form: 'Group', country: 'GB', accountAgeDays: 522, verifiedBusiness: true },
    history: { totalSpendUsd: 20_870, approvalPercent: 96, violations: 0, claimReviews: 0, burstPercent: 9 },
    domain: { ending: 'com', registrar: 'Openpost', domainAgeDays: 260, sslValid: true, redirects: 2 },
    page: { similarityPercent: 37, missingElements: 0, disclaimers: 0 },
    claims: ['Decisions within the hour', 'Old cars taken in part payment'],
    payment: {
      paymentType: 'bank_account',
      otherAccounts: 0,
      disputes: 0,
      refundPercent: 0,
      failedCharges: 1,
    },
    reach: { overlapPercent: 77, regions: 6, excludedAudiences: 2, sensitiveInterests: 0 },
    size: { budgetPercent: 130, adSets: 14, audienceNetwork: true },
    campaign: { objective: 'traffic', bidStrategy: 'lowest_cost', claimVariants: 2 },
    reader: { hazard: 'none', confidencePercent: 62 },
    riskSignals: ['exclusivity_manipulation'],
  },
];

export const springTerm: CaseStudy = {
  ads: [...honest, ...contestable, ...crew],
  ring: {
    ringId: 'grp_s5kd9wyc',
    topology: 'clique',
    memberAdIds: ['ad_y2zk6bne', 'ad_4jxh7mrs', 'ad_u9ec5tgv'],
    shares: ['creative', 'payment', 'analytics'],
  },
  // The innocent reason: both rent the mailing list of one campus newsletter.
  collision: { shares: 'audience', adIds: ['ad_h7re5kxu', 'ad_8sgn3fqw'] },
};
