import { levenshtein } from './levenshtein.ts';

/**
 * Text primitives of the checks. They count code points and follow Unicode where the rules say so (section 1),
 * because the original ran on a runtime whose `\b`, `\d`, `\s` and trimming are Unicode-aware.
 */

/** Not preceded, or not followed, by a letter, digit or underscore of any script: `\b` knows ASCII only. */
const wordStart = String.raw`(?<![\p{L}\p{N}_])`;
const wordEnd = String.raw`(?![\p{L}\p{N}_])`;

/** A pattern that matches `body` as a whole word; body starts and ends with a word character. */
export function wholeWord(body: string, flags: 'u' | 'iu' | 'gu' | 'giu'): RegExp {
  return new RegExp(`${wordStart}(?:${body})${wordEnd}`, flags);
}

/** Length in code points. */
export function codePointLength(text: string): number {
  return surrogate.test(text) ? Array.from(text).length : text.length;
}

const surrogate = /[\uD800-\uDFFF]/;

/** The text's first code points, `countMax` at most; never half of a surrogate pair. */
export function takeCodePoints(text: string, countMax: number): string {
  if (text.length <= countMax) return text;
  // No code point takes more than two units, so a long text need not be split whole.
  return Array.from(text.slice(0, 2 * countMax))
    .slice(0, countMax)
    .join('');
}

const whiteSpace = /^\p{White_Space}$/u;

/**
 * Without the Unicode white space at both ends. Unlike `String.prototype.trim` it removes U+0085 and keeps
 * U+FEFF.
 */
export function trimUnicode(text: string): string {
  // All white space is in the basic plane, so single code units suffice; a scan stays linear where `\s+$` does not.
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.test(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** How many of the phrases, each counted once, occur in the text. Both are lower-cased already. */
export function countContained(text: string, phrases: readonly string[]): number {
  return phrases.filter((phrase) => text.includes(phrase)).length;
}

/** Runs of ASCII letters and digits of the lower-cased text, in order. */
export function asciiTokens(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

const gramLength = 5;

/** Every run of five tokens, in order, repeats included; none for a text of fewer tokens. */
export function fiveGrams(text: string): readonly string[] {
  const tokens = asciiTokens(text);
  return tokens.slice(gramLength - 1).map((_, index) => tokens.slice(index, index + gramLength).join(' '));
}

/** The distinct five-grams; the single tokens instead when there are fewer than five (section 7.5). */
export function shingles(text: string): ReadonlySet<string> {
  const grams = fiveGrams(text);
  return new Set(grams.length > 0 ? grams : asciiTokens(text));
}

/** Shared share of two sets, 0..1; two empty sets are the same. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let shared = 0;
  for (const item of a) if (b.has(item)) shared += 1;
  return shared / (a.size + b.size - shared);
}

/** Texts are cut to this many code points before they are compared, which bounds the quadratic distance. */
const editLengthMax = 400;

/**
 * Levenshtein distance of the trimmed, lower-cased texts over the longer one's length in code points, 0..1;
 * each cut to 400 code points (section 7.5).
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
