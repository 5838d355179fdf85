import { greenPhrases, redPhrases, registrars } from '../lexicon.ts';
import { countContained, wholeWord } from '../text.ts';

/**
 * The shape of a policy code: two to five capitals, a hyphen, two or three capitals, a hyphen, two or three
 * digits.
 */
const policyCode = wholeWord(String.raw`[A-Z]{2,5}-[A-Z]{2,3}-\p{Nd}{2,3}`, 'gu');

/**
 * What counts as evidence (grading spec, table of section 5.2). Money and percentages need no word boundary.
 */
const evidencePatterns: readonly RegExp[] = [
  wholeWord('pmt_[a-z0-9_]{4,}', 'giu'),
  wholeWord(String.raw`[a-z0-9][a-z0-9\-]+\.[a-z]{2,24}`, 'giu'),
  wholeWord('tmpl_[a-z0-9]{3,}', 'giu'),
  wholeWord('ring_[a-z0-9_]{2,}', 'giu'),
  wholeWord('adv_[a-z0-9_]{3,}', 'giu'),
  /\$[\p{Nd},]+(?:\.\p{Nd}{1,2})?/gu,
  /\p{Nd}{1,3}\p{White_Space}?%/gu,
  wholeWord(registrars.join('|'), 'giu'),
  policyCode,
];

/** The distinct pieces of evidence in a text, lower-cased. */
export function evidenceTokens(text: string): ReadonlySet<string> {
  return new Set(
    evidencePatterns.flatMap((pattern) => (text.match(pattern) ?? []).map((token) => token.toLowerCase())),
  );
}

/** Whether a text cites a policy; such a text needs no other evidence. */
export function holdsPolicyCode(text: string): boolean {
  return text.match(policyCode) !== null;
}

/** The number of tokens and phrases of the rationale that the findings also contain. */
export function evidenceHits(rationale: string, findings: string): number {
  const [said, found] = [rationale.toLowerCase(), findings.toLowerCase()];
  const tokens = [...evidenceTokens(rationale)].filter((token) => found.includes(token)).length;
  const phrases = [...redPhrases, ...greenPhrases].filter((phrase) => said.includes(phrase));
  return tokens + countContained(found, phrases);
}
