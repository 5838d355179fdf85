/** Which half of the sentences, brands, places and people a text may use. The halves share nothing. */
export type TextSplit = 'train' | 'held_out';

/** What a business says it does. Every category occurs with honest and with dishonest ads. */
export const businessCategories = [
  'ecommerce',
  'saas',
  'local_service',
  'education',
  'fitness',
  'giveaways',
  'remedies',
  'fashion',
  'loans',
  'crypto',
  'entertainment',
  'brand_outlet',
  'supplements',
  'travel',
  'electronics',
  'payments',
  'charity',
] as const;
export type BusinessCategory = (typeof businessCategories)[number];

export const pressureKinds = ['urgency', 'authority', 'guarantee', 'exclusivity'] as const;
/** A way of pressing the reader. Honest ads press too, only less often. */
export type PressureKind = (typeof pressureKinds)[number];

export const claimKinds = ['honest', 'bold', 'contestable'] as const;
/** How far a claim goes: plain fact, overpromise, or genuine but arguable. */
export type ClaimKind = (typeof claimKinds)[number];

/** What a sentence does. `lead` is an opening that makes the claim as well; `offer` names a second offer. */
export type SentenceKind =
  | 'opening'
  | 'lead'
  | 'claim'
  | 'offer'
  | 'detail'
  | 'action'
  | PressureKind
  | 'pageOpening'
  | 'pageLine'
  | 'targeting';

/** Sentences with slots in braces, such as `{offer}`. The slots are listed in `fill.ts`. */
export type Skeletons = Readonly<Record<SentenceKind, readonly string[]>>;

/**
 * The words of one category. Phrases are lower case and carry no full stop, so that every skeleton can place them.
 *
 * Offers are plural or uncountable and never the subject of a skeleton: no article and no verb has to agree.
 * Details, page lines and claims are whole clauses, in the business's own voice ("we", "our").
 */
export interface Business {
  readonly offers: readonly string[];
  /** Adjectives that may stand before every offer of the category. */
  readonly qualities: readonly string[];
  readonly details: readonly string[];
  /** What the reader can do next, as an order: "book a visit". */
  readonly actions: readonly string[];
  readonly audiences: readonly string[];
  readonly interests: readonly string[];
  readonly pageLines: readonly string[];
  /** All three lists have about the same mean length, since the length of a text is visible for free. */
  readonly claims: Readonly<Record<ClaimKind, readonly string[]>>;
}
