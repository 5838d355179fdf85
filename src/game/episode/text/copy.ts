import { invariant } from '../../../shared/invariant.ts';
import type { Draws } from '../../random.ts';
import { businesses } from '../words/businesses/businesses.ts';
import { countSentences } from './count.ts';
import { capitalised, fillerFor, type Subject } from './fill.ts';
import { placeName } from '../words/names.ts';
import { skeletons } from '../words/skeletons.ts';
import {
  claimKinds,
  type BusinessCategory,
  type PressureKind,
  type SentenceKind,
  type TextSplit,
} from '../words/vocabulary.ts';

/** What to advertise, and how. Brand and place have at most 24 characters, or the length of a copy cannot be kept. */
export interface CopyOrder extends Subject {
  /** Which pressure sentences to include, each kind at most once. */
  readonly pressure: readonly PressureKind[];
}

/** Characters of a finished copy. */
export const copyLength = { least: 80, most: 420 } as const;
const targetingLengthMax = 200;
/** A text of unsuitable length is written anew. With the names of `names.ts` that hardly ever happens. */
const attemptsMax = 200;

const sentenceCounts = [
  [2, 15],
  [3, 30],
  [4, 30],
  [5, 25],
] as const;
const pageSentenceCounts = [
  [1, 30],
  [2, 40],
  [3, 30],
] as const;
const pageClaims = { least: 2, most: 4 } as const;

const optionalKinds = ['offer', 'detail', 'action'] as const;
type OptionalKind = (typeof optionalKinds)[number];

/** Something a business of the category offers, for the copy and the page of one ad. */
export function offerOf(draws: Draws, category: BusinessCategory): string {
  return draws.pick(businesses[category].offers);
}

/**
 * An ad's text: 80 to 420 characters, 2 to 5 sentences, naming the brand. The number of sentences is drawn before
 * anything else and does not depend on the claim; a pressure sentence takes the place of another one, since the
 * length of a text is visible for free.
 */
export function writeCopy(draws: Draws, order: CopyOrder): string {
  const count = Math.max(draws.weighted(sentenceCounts), order.pressure.length + 1);
  return writeWithin(copyLength.least, copyLength.most, () => {
    const fill = fillerFor(draws, order);
    const plan = planCopy(draws, count, order.pressure);
    return plan.map((kind) => fill(draws.pick(skeletons[order.split][kind]))).join(' ');
  });
}

/**
 * Whom an ad is shown to: one line of at most 200 characters with audience, ages (adults only), interests and place.
 * Without a place it invents one.
 */
export function writeTargeting(
  draws: Draws,
  category: BusinessCategory,
  split: TextSplit,
  place: string = placeName(draws, split),
): string {
  return writeWithin(1, targetingLengthMax, () => {
    const fill = fillerFor(draws, { category, split, brand: '', place, claim: 'honest' });
    return fill(draws.pick(skeletons[split].targeting));
  });
}

/**
 * What the landing page says: 1 to 3 sentences, and 2 to 4 claims without full stops. Of the claims of a page that
 * claims more than plain fact, one or two are of that kind and the others honest.
 */
export function writePage(draws: Draws, order: Subject): { summary: string; claims: readonly string[] } {
  const fill = fillerFor(draws, order);
  const { pageOpening, pageLine } = skeletons[order.split];
  const lines = draws.shuffle(pageLine).slice(0, draws.weighted(pageSentenceCounts) - 1);
  const summary = [draws.pick(pageOpening), ...lines].map(fill).join(' ');
  return { summary, claims: writeClaims(draws, order) };
}

/**
 * How many distinct copies without pressure the grammar can make, over all claims, without counting brands and
 * places, and before copies of unsuitable length are left out.
 */
export function countCopies(category: BusinessCategory, split: TextSplit): bigint {
  const sentences = skeletons[split];
  return claimKinds.reduce((total, claim) => {
    const count = (kind: SentenceKind) => countSentences(sentences[kind], { category, claim });
    const openings = count('opening');
    // Openings and second offers share slots, so their sentences are counted as pairs.
    const openingsWithOffer = countSentences(
      sentences.opening.flatMap((opening) => sentences.offer.map((offer) => opening + offer)),
      { category, claim },
    );
    const [detail, action] = [count('detail'), count('action')];
    // Claim, detail and second offer stand in any order between the opening and the call to action.
    const bodies = openings * (1n + 2n * detail) + openingsWithOffer * (2n + 6n * detail);
    return total + bodies * (1n + action) * count('claim');
  }, 0n);
}

/** The sentences of a copy or a page summary. */
export function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.?!]) /).filter((sentence) => sentence !== '');
}

// --- helpers ---

/** The kinds of a copy's sentences in order: opening and claim, then what fits; a call to action comes last. */
function planCopy(draws: Draws, count: number, pressure: readonly PressureKind[]): readonly SentenceKind[] {
  // With little room the opening makes the claim as well.
  const merged = count - pressure.length < 2;
  const room = count - pressure.length - (merged ? 1 : 2);
  const chosen: readonly OptionalKind[] = draws.shuffle(optionalKinds).slice(0, room);
  const last: readonly SentenceKind[] = chosen.filter((kind) => kind === 'action');
  const middle: readonly SentenceKind[] = [
    ...(merged ? [] : ['claim' as const]),
    ...pressure,
    ...chosen.filter((kind) => kind !== 'action'),
  ];
  return [merged ? 'lead' : 'opening', ...draws.shuffle(middle), ...last];
}

function writeClaims(draws: Draws, { category, claim }: Subject): readonly string[] {
  const { claims } = businesses[category];
  const count = draws.between(pageClaims.least, pageClaims.most);
  // Some honest claims always remain when there are more than two, as on any page.
  const ownKind = draws.shuffle(claims[claim]).slice(0, claim === 'honest' ? 0 : draws.between(1, 2));
  const honest = draws.shuffle(claims.honest).slice(0, count - ownKind.length);
  return draws.shuffle([...ownKind, ...honest]).map(capitalised);
}

/** The first text of suitable length. */
function writeWithin(least: number, most: number, write: () => string): string {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const text = write();
    if (text.length >= least && text.length <= most) return text;
  }
  invariant(false, `No text of ${least} to ${most} characters came out in ${attemptsMax} attempts.`);
}
