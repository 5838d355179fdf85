import { levenshtein } from './levenshtein.ts';

/**
 * Text primitives of the checks. They count code points, and are Unicode-aware where the grading spec says so
 * (section 1), because the original ran on a runtime whose `\b`, `\d`, `\s` and trimming are Unicode-aware.
 */

/** Not preceded or followed by a letter, digit or underscore of any script; `\b` only knows ASCII. */
const wordStart = String.raw`(?<![\p{L}\p{N}_])`;
const wordEnd = String.raw`(?![\p{L}\p{N}_])`;

/** A pattern that matches `body` as a whole word. `body` must start and end with a word character. */
export function wholeWord(body: string, flags: 'u' | 'iu' | 'gu' | 'giu'): RegExp {
  return new RegExp(`${wordStart}(?:${body})${wordEnd}`, flags);
}

/** Length in code points. */
export function codePointLength(text: string): number {
  return surrogate.test(text) ? Array.from(text).length : text.length;
}

const surrogate = /[\uD800-\uDFFF]/;

/** The first code points of a text, at most `countMax`. Never splits a surrogate pair. */
export function takeCodePoints(text: string, countMax: number): string {
  if (text.length <= countMax) return text;
  // A code point has at most two units, so a long text need not be split completely.
  return Array.from(text.slice(0, 2 * countMax))
    .slice(0, countMax)
    .join('');
}

const whiteSpace = /^\p{White_Space}$/u;

/**
 * The text without Unicode white space at both ends. Unlike `String.prototype.trim` it removes U+0085 and
 * keeps U+FEFF.
 */
export function trimUnicode(text: string): string {
  // All white space is in the basic plane, so single code units suffice. A scan is linear, `\s+$` is not.
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.test(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The number of phrases that occur in the text, each counted once. Both must be lower-case. */
export function countContained(text: string, phrases: readonly string[]): number {
  return phrases.filter((phrase) => text.includes(phrase)).length;
}

/** The runs of ASCII letters and digits in the lower-cased text, in order. */
export function asciiTokens(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

const gramLength = 5;

/** Every run of five tokens, in order, with repeats; empty for a text with fewer tokens. */
export function fiveGrams(text: string): readonly string[] {
  const tokens = asciiTokens(text);
  return tokens.slice(gramLength - 1).map((_, index) => tokens.slice(index, index + gramLength).join(' '));
}

/** The distinct five-grams, or the single tokens if there are fewer than five (grading spec, section 7.5). */
export function shingles(text: string): ReadonlySet<string> {
  const grams = fiveGrams(text);
  return new Set(grams.length > 0 ? grams : asciiTokens(text));
}

/** The Jaccard index of two sets, 0..1; 1 for two empty sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let shared = 0;
  for (const item of a) if (b.has(item)) shared += 1;
  return shared / (a.size + b.size - shared);
}

/** Code points that are compared at most, which bounds the quadratic cost. */
const editLengthMax = 400;

/**
 * The Levenshtein distance of the trimmed, lower-cased texts, each cut to 400 code points, divided by the
 * longer length, 0..1 (grading spec, section 7.5).
 */
export function normalisedEditDistance(textA: string, textB: string): number {
  const wholeA = trimUnicode(textA).toLowerCase();
  const wholeB = trimUnicode(textB).toLowerCase();
  if (wholeA === wholeB) return 0;
  const a = codePoints(wholeA, editLengthMax);
  const b = codePoints(wholeB, editLengthMax);
  return levenshtein(a, b) / Math.max(a.length, b.length);
}

function codePoints(text: string, countMax: number): readonly number[] {
  return Array.from(takeCodePoints(text, countMax), (character) => character.codePointAt(0) ?? 0);
}
