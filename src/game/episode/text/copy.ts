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

/**
 * What to advertise, and how. Brand and place must have at most 24 characters each, or the length of a copy
 * cannot be kept.
 */
export interface CopyOrder extends Subject {
  /** The pressure sentences to include, each kind at most once. */
  readonly pressure: readonly PressureKind[];
}

/** The length of a copy in UTF-16 units. */
export const copyLength = { least: 80, most: 420 } as const;
const targetingLengthMax = 200;
/**
 * A text of unsuitable length is written again, at most this often. With the names of `names.ts` that is
 * rare.
 */
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

/** Draws an offer of a business category, to be used in both the copy and the page of an ad. */
export function offerOf(draws: Draws, category: BusinessCategory): string {
  return draws.pick(businesses[category].offers);
}

/**
 * Writes an ad's copy: 80 to 420 characters, 2 to 5 sentences, with the brand. The number of sentences is
 * drawn first and does not depend on the claim; a pressure sentence replaces another one, because the length
 * of a text is visible without a pull.
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
 * Writes the targeting summary: one line of at most 200 characters with audience, ages (adults only),
 * interests and place. The default place is drawn.
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
 * Writes the landing page: 1 to 3 sentences, and 2 to 4 claims without full stops. Unless the claim kind is
 * honest, one or two claims are of that kind and the others honest.
 */
export function writePage(draws: Draws, order: Subject): { summary: string; claims: readonly string[] } {
  const fill = fillerFor(draws, order);
  const { pageOpening, pageLine } = skeletons[order.split];
  const lines = draws.shuffle(pageLine).slice(0, draws.weighted(pageSentenceCounts) - 1);
  const summary = [draws.pick(pageOpening), ...lines].map(fill).join(' ');
  return { summary, claims: writeClaims(draws, order) };
}

/**
 * The number of distinct copies without pressure that the grammar can make over all claims, not counting
 * brands and places, before those of unsuitable length are removed.
 */
export function countCopies(category: BusinessCategory, split: TextSplit): bigint {
  const sentences = skeletons[split];
  return claimKinds.reduce((total, claim) => {
    const count = (kind: SentenceKind) => countSentences(sentences[kind], { category, claim });
    const openings = count('opening');
    // Openings and offers share slots, so their sentences are counted as pairs.
    const openingsWithOffer = countSentences(
      sentences.opening.flatMap((opening) => sentences.offer.map((offer) => opening + offer)),
      { category, claim },
    );
    const [detail, action] = [count('detail'), count('action')];
    // Claim, detail and second offer come in any order between the opening and the call to action.
    const bodies = openings * (1n + 2n * detail) + openingsWithOffer * (2n + 6n * detail);
    return total + bodies * (1n + action) * count('claim');
  }, 0n);
}

/** The sentences of a copy or a page summary. */
export function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.?!]) /).filter((sentence) => sentence !== '');
}

// --- helpers ---

/**
 * Plans the kinds of a copy's sentences in order: opening and claim, then whatever fits; a call to action
 * comes last.
 */
function planCopy(draws: Draws, count: number, pressure: readonly PressureKind[]): readonly SentenceKind[] {
  // If there is only one sentence for both, the opening also makes the claim.
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
  // With more than two claims, some are always honest, as on any page.
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
