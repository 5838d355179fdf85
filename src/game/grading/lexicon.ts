/**
 * The matching constants of the grading spec's Appendix A, verbatim: every audit verdict depends on them. All
 * are lower-case and searched in lower-case text, unless stated otherwise.
 */

/** Phrases of a rationale that speak against an ad. */
export const redPhrases: readonly string[] = [
  'advance fee',
  'budget to age ratio',
  'budget/age ratio',
  'burst activity',
  'burst submission',
  'celebrity endorsement fraud',
  'clone template',
  'counterfeit',
  'expired certificate',
  'guaranteed returns',
  'high spend velocity',
  'known scam template',
  'miracle cure',
  'near-duplicate',
  'network overlap',
  'new account',
  'new domain',
  'no ssl',
  'phishing',
  'policy violation',
  'previous ban',
  'prior ban',
  'privacy proxy',
  'privacy registrar',
  'redirect chain',
  'ring member',
  'scam similarity',
  'shared payment',
  'shared registrar',
  'shared template',
  'suspicious redirect',
  'template reuse',
  'unverified account',
  'unverified business',
  'whois privacy',
  'young account',
  'young domain',
];

/** Phrases of a rationale that speak for an ad. */
export const greenPhrases: readonly string[] = [
  'aged domain',
  'clean record',
  'consistent activity',
  'established domain',
  'high approval rate',
  'historical approval',
  'legitimate domain',
  'long tenure',
  'mainstream registrar',
  'no violations',
  'organic growth',
  'recognized brand',
  'reputable registrar',
  'ssl valid',
  'steady cadence',
  'typical targeting',
  'valid ssl',
  'verified business',
];

/** Signs of a text that addresses a language model instead of a customer. */
export const denyTokens: readonly string[] = [
  '<bypass>',
  '<adversarial>',
  '<jailbreak>',
  '<system>',
  '<<</>>',
  '</instructions>',
  'ignore previous',
  'ignore all previous',
  'disregard instructions',
  'disregard previous',
];

export const adultOnlyCategories: readonly string[] = [
  'advance_fee',
  'celebrity_endorsement_fraud',
  'fake_crypto',
  'fake_giveaway',
  'gray_area_supplements',
  'miracle_cure',
  'network_crypto',
  'network_fintech',
];

export const minorMarkers: readonly string[] = [
  'children',
  'kids',
  'minors',
  'schoolers',
  'teenagers',
  'teens',
  'under 18',
  'under-18',
];

/** Categories whose text must contain one of `cryptoWords`. */
export const cryptoCategories: readonly string[] = ['fake_crypto', 'network_crypto'];
export const cryptoWords: readonly string[] = ['crypto', 'investing'];

/** Upper-case country tokens recognised in a copy. */
export const countryTokens: readonly string[] = [
  'US',
  'USA',
  'UK',
  'GB',
  'DE',
  'FR',
  'ES',
  'CA',
  'AU',
  'NL',
  'BR',
  'IN',
  'JP',
  'CN',
  'RU',
  'NG',
];

/** Domain endings that are plausible for every country. */
export const commonEndings: readonly string[] = [
  'com',
  'net',
  'org',
  'io',
  'co',
  'shop',
  'store',
  'xyz',
  'online',
  'site',
];

/** A country's own endings, by upper-case country code. For an unlisted country every ending is plausible. */
export const endingsByCountry: Readonly<Record<string, readonly string[]>> = {
  US: ['us'],
  UK: ['uk', 'co.uk'],
  GB: ['uk', 'co.uk'],
  DE: ['de'],
  FR: ['fr'],
  ES: ['es'],
  IT: ['it'],
  NL: ['nl'],
  CA: ['ca'],
  AU: ['au', 'com.au'],
  IN: ['in'],
  JP: ['jp'],
  CN: ['cn', 'com.cn'],
  RU: ['ru'],
  NG: ['ng'],
  BR: ['br', 'com.br'],
  MX: ['mx'],
};

export const highRiskEndings: readonly string[] = ['cn', 'ru', 'tk', 'ml', 'ga', 'cf', 'xyz'];

/**
 * Words of which a category's targeting should contain at least one. The space after `it` and `kids` is part
 * of the token.
 */
export const targetingTokens: Readonly<Record<string, readonly string[]>> = {
  ecommerce: ['adults', 'shoppers', 'shopping', 'fashion', 'home', 'kitchen', 'beauty', 'gift'],
  saas: ['adults', 'professionals', 'business', 'developers', 'technology', 'it ', 'b2b'],
  local_service: ['local', 'homeowners', 'neighborhood', 'residents', 'adults'],
  education: ['students', 'learners', 'adults', 'teachers', 'parents', 'kids '],
  fitness: ['adults', 'fitness', 'athletes', 'gym', 'workout', 'health'],
  fake_giveaway: ['adults', '18+', 'sweepstakes', 'rewards', 'gift'],
  counterfeit_goods: ['shoppers', 'fashion', 'adults', 'deals'],
  miracle_cure: ['adults', 'health', 'wellness', 'weight loss', 'senior'],
  advance_fee: ['adults', 'finance', 'investing', 'entrepreneurs'],
  fake_crypto: ['adults', 'crypto', 'investing', 'finance'],
  celebrity_endorsement_fraud: ['adults', 'fans', 'investing', 'lifestyle'],
  clone_brand: ['shoppers', 'fashion', 'adults', 'bargain'],
  gray_area_supplements: ['adults', 'wellness', 'fitness', 'health'],
  network_crypto: ['adults', 'crypto', 'investing', 'finance'],
  network_ecommerce: ['adults', 'shoppers', 'shopping'],
  network_fintech: ['adults', 'finance', 'investing', 'business'],
  network_health: ['adults', 'health', 'wellness'],
};

/** Domain registrars that count as evidence when a rationale names one. */
export const registrars: readonly string[] = [
  'njalla',
  'epik',
  'namesilo',
  'godaddy',
  'cloudflare',
  'tucows',
];
