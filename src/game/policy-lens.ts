/** The part of the arena's ad policies that concerns a category. */
export interface PolicyLens {
  readonly code: string;
  readonly section: string;
  readonly subsection: string;
}

const lens = (code: string, section: string, subsection: string): PolicyLens => ({
  code,
  section,
  subsection,
});

/** Every category needs an entry: a missing one would reveal dishonest ads for free. */
const lenses: Readonly<Record<string, PolicyLens>> = {
  ecommerce: lens('COM-GEN-01', 'Commerce', 'Goods sold at a distance'),
  saas: lens('COM-SUB-02', 'Commerce', 'Subscriptions and trials'),
  local_service: lens('COM-LOC-03', 'Commerce', 'Licensed trades'),
  education: lens('EDU-ACC-01', 'Education', 'Degrees and certificates'),
  fitness: lens('HLT-FIT-01', 'Health', 'Training and equipment'),
  fake_giveaway: lens('DEC-PRZ-01', 'Deception', 'Prizes'),
  counterfeit_goods: lens('IPR-CTF-01', 'Intellectual property', 'Copied goods'),
  miracle_cure: lens('HLT-CLM-02', 'Health', 'Claims to cure'),
  advance_fee: lens('FIN-ADV-01', 'Finance', 'Fees in advance'),
  fake_crypto: lens('FIN-CRY-02', 'Finance', 'Digital assets'),
  celebrity_endorsement_fraud: lens('DEC-END-02', 'Deception', 'Endorsements'),
  clone_brand: lens('IPR-IMP-02', 'Intellectual property', 'Impersonation'),
  gray_area_supplements: lens('HLT-SUP-03', 'Health', 'Supplements'),
  network_crypto: lens('FIN-CRY-03', 'Finance', 'Coordinated promotion of digital assets'),
  network_ecommerce: lens('COM-NET-04', 'Commerce', 'Coordinated shops'),
  network_fintech: lens('FIN-NET-04', 'Finance', 'Coordinated money services'),
  network_health: lens('HLT-NET-04', 'Health', 'Coordinated health offers'),
  giveaways: lens('DEC-PRZ-01', 'Deception', 'Prizes'),
  remedies: lens('HLT-CLM-02', 'Health', 'Claims to cure'),
  fashion: lens('IPR-CTF-01', 'Intellectual property', 'Copied goods'),
  loans: lens('FIN-ADV-01', 'Finance', 'Fees in advance'),
  crypto: lens('FIN-CRY-02', 'Finance', 'Digital assets'),
  entertainment: lens('DEC-END-02', 'Deception', 'Endorsements'),
  brand_outlet: lens('IPR-IMP-02', 'Intellectual property', 'Impersonation'),
  supplements: lens('HLT-SUP-03', 'Health', 'Supplements'),
  travel: lens('COM-TRV-05', 'Commerce', 'Travel and bookings'),
  electronics: lens('COM-ELE-06', 'Commerce', 'Electronics'),
  payments: lens('FIN-PAY-05', 'Finance', 'Money transfer'),
  charity: lens('SOC-DON-01', 'Society', 'Donations'),
};

const none = lens('GEN-ALL-00', 'General', 'All advertising');

/** The policy of a category; the general one for an unknown category. */
export function policyFor(category: string): PolicyLens {
  return (Object.hasOwn(lenses, category) ? lenses[category] : undefined) ?? none;
}
