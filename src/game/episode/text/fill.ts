import { invariant } from '../../../shared/invariant.ts';
import type { Draws } from '../../random.ts';
import { businesses } from '../words/businesses/businesses.ts';
import { personName } from '../words/names.ts';
import type { BusinessCategory, ClaimKind, TextSplit } from '../words/vocabulary.ts';

/** The parameters of a text. */
export interface Subject {
  readonly category: BusinessCategory;
  readonly split: TextSplit;
  readonly brand: string;
  readonly place: string;
  readonly claim: ClaimKind;
  /** The first offer to use, one of the category's. An ad and its page are consistent if they share it. */
  readonly offer?: string;
}

/** Small numbers that fit days, places and pieces. */
const counts = ['3', '4', '5', '6', '7', '8', '9', '12', '14', '20'] as const;
/** Ads reach adults only. */
const ages = [
  '18+',
  '21+',
  '25+',
  '30+',
  '18-34',
  '18-44',
  '21-45',
  '25-44',
  '25-54',
  '30-49',
  '30-65',
  '35-54',
  '35-65',
  '40-65',
  '45+',
  '50+',
] as const;

/** The words for each slot that is filled from a list. */
export function poolsOf({ category, claim }: Pick<Subject, 'category' | 'claim'>) {
  const business = businesses[category];
  return {
    offer: business.offers,
    quality: business.qualities,
    audience: business.audiences,
    detail: business.details,
    action: business.actions,
    interest: business.interests,
    line: business.pageLines,
    claim: business.claims[claim],
    count: counts,
    ages,
  } satisfies Readonly<Record<string, readonly string[]>>;
}

/** The slots of a skeleton in order, such as `['brand', 'quality', 'offer']`. */
export function slotsOf(skeleton: string): readonly string[] {
  return Array.from(skeleton.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '');
}

/**
 * Returns a function that fills skeletons. No word of a list is used twice by one filler, so a text does not
 * repeat.
 */
export function fillerFor(draws: Draws, subject: Subject): (skeleton: string) => string {
  let offer = subject.offer;
  const pools: Readonly<Record<string, readonly string[]>> = poolsOf(subject);
  invariant(
    offer === undefined || pools['offer']?.includes(offer),
    `${offer ?? ''} is no offer of ${subject.category}.`,
  );
  const used = new Set<string>();
  const word = (slot: string): string => {
    if (slot === 'brand') return subject.brand;
    if (slot === 'place') return subject.place;
    if (slot === 'person') return personName(draws, subject.split);
    const words = pools[slot] ?? [];
    invariant(
      words.some((each) => !used.has(each)),
      `No word is left for the slot ${slot}.`,
    );
    let chosen = slot === 'offer' && offer !== undefined ? offer : draws.pick(words);
    while (used.has(chosen)) chosen = draws.pick(words);
    if (slot === 'offer') offer = undefined;
    used.add(chosen);
    return chosen;
  };
  return (skeleton) => {
    let text = '';
    for (const [index, piece] of piecesOf(skeleton).entries()) text += index % 2 === 0 ? piece : word(piece);
    return capitalised(text);
  };
}

/** Fixed text and slot names alternately, starting with text. */
const piecesOf = (skeleton: string): readonly string[] => skeleton.split(/\{(\w+)\}/);

/** The text with a capital first letter. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
