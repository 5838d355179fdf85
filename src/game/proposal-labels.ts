import type { Ad, Difficulty } from './ad.ts';

/** The label of a proposal by its category, independent of its text. Used in `classic`. */
export interface ProposalLabels {
  readonly byCategory: Readonly<Record<string, ProposalLabel>>;
  /** For the categories of genuine businesses, and for categories that a match adds. */
  readonly otherwise: ProposalLabel;
}

type ProposalLabel = Pick<Ad, 'fraudType' | 'severity' | 'difficulty'>;

const label = (fraudType: string, severity: number, difficulty: Difficulty): ProposalLabel => ({
  fraudType,
  severity,
  difficulty,
});

const giveaway = label('fake_giveaway', 0.9, 'easy');

/** Source: match spec, section 2.3, and the template table of the episode spec, section 1.1. */
export const proposalLabels: ProposalLabels = {
  byCategory: {
    fake_giveaway: giveaway,
    counterfeit_goods: label('counterfeit', 0.8, 'easy'),
    miracle_cure: label('miracle_cure', 0.95, 'easy'),
    advance_fee: label('advance_fee_scam', 0.85, 'easy'),
    fake_crypto: label('fake_crypto', 0.7, 'medium'),
    celebrity_endorsement_fraud: label('fake_endorsement', 0.65, 'medium'),
    clone_brand: label('brand_impersonation', 0.75, 'medium'),
    gray_area_supplements: label('gray_area', 0.4, 'medium'),
    network_crypto: label('coordinated_network', 0.6, 'hard'),
    network_ecommerce: label('coordinated_network', 0.5, 'hard'),
    network_fintech: label('coordinated_network', 0.55, 'hard'),
    network_health: label('coordinated_network', 0.5, 'hard'),
  },
  otherwise: giveaway,
};

/** The label of a proposal: always fraud; the rest follows from its category. */
export function labelFor(
  category: string,
  { byCategory, otherwise }: ProposalLabels,
): ProposalLabel & Pick<Ad, 'truth'> {
  const known = Object.hasOwn(byCategory, category) ? byCategory[category] : undefined;
  return { truth: 'fraud', ...(known ?? otherwise) };
}
