import type { Link } from '../../state.ts';
import { sum } from '../arithmetic.ts';
import { isCorrect } from '../correct.ts';
import { greenPhrases, redPhrases } from '../lexicon.ts';
import type { AuditFlag } from '../record.ts';
import { codePointLength, trimUnicode, wholeWord } from '../text.ts';
import { manualAds } from './reviewed-ad.ts';
import type { ManualAd, ReviewedAd } from './reviewed-ad.ts';
import type { MeritRules } from './rules.ts';

type Numbers = MeritRules['reasoning'];

/**
 * The faults of an investigator's reasoning, track A, at most one per type and target. Reads only accepted
 * verdicts of its own and findings that it had pulled.
 */
export function reasoningFlags(
  ads: readonly ReviewedAd[],
  links: readonly Pick<Link, 'adId1' | 'adId2'>[],
  { reasoning }: MeritRules,
): readonly AuditFlag[] {
  const manual = manualAds(ads);
  return [
    ...miscalibration(manual, reasoning),
    ...manual.flatMap((ad) => missingCitation(ad, reasoning)),
    ...manual.flatMap((ad) => incoherence(ad, reasoning)),
    ...inconsistency(manual, links, reasoning),
    ...bias(manual, reasoning),
  ];
}

/** The score of the reasoning, 0..1: 1 minus the flags' severities divided by the number of verdicts. */
export function reasoningScore(flags: readonly AuditFlag[], manualCount: number): number {
  if (flags.length === 0) return 1;
  return Math.max(0, 1 - sum(flags.map((flag) => flag.severity)) / Math.max(1, manualCount));
}

/** The mean squared error of the confidences (Brier score). It penalises over- and under-confidence alike. */
export function squaredError(manual: readonly ManualAd[]): number {
  return (
    sum(manual.map((ad) => (ad.confidence - Number(isCorrect(ad.verdict, ad.truth))) ** 2)) / manual.length
  );
}

function miscalibration(
  manual: readonly ManualAd[],
  { miscalibration: numbers }: Numbers,
): readonly AuditFlag[] {
  if (manual.length < numbers.manualMin) return [];
  const error = squaredError(manual);
  if (error <= numbers.squaredErrorOver) return [];
  return [flag('miscalibration', null, Math.min(1, error), 'Confidence and correctness do not go together.')];
}

// --- citation ---

function missingCitation(ad: ManualAd, { citation }: Numbers): readonly AuditFlag[] {
  const rationale = trimUnicode(ad.rationale);
  const missing = (severity: number, note: string) => [flag('missing_citation', ad.adId, severity, note)];
  if (codePointLength(rationale) < citation.lengthMin)
    return missing(citation.tooShort, 'Hardly any rationale.');
  if (ad.evidence.length > 0) {
    return cites(rationale, ad.evidence)
      ? []
      : missing(citation.nothingCited, 'Cites nothing that was pulled.');
  }
  const current = ad.versions.at(-1);
  const visible = [ad.category, ad.targetingSummary, current?.adCopy ?? ''];
  return cites(rationale, visible)
    ? []
    : missing(citation.unbacked, 'Nothing was pulled, and nothing visible is cited.');
}

/** Whether the rationale contains a specific word of the texts as a whole word. */
function cites(rationale: string, texts: readonly string[]): boolean {
  const said = new Set(words(rationale));
  return texts.some((text) => words(text).some((word) => isSpecific(word) && said.has(word)));
}

/**
 * Ids, domains, numbers of two or more digits, and words of eight or more letters: a rationale has them only
 * if its author read the text.
 */
function isSpecific(word: string): boolean {
  return /[_.]|\p{Nd}{2}|\p{L}{8}/u.test(word);
}

/** The words of a text in lower case, without surrounding punctuation. */
function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?/gu) ?? [];
}

// --- coherence ---

function incoherence(ad: ManualAd, { coherence }: Numbers): readonly AuditFlag[] {
  if (ad.verdict === 'escalate') return [];
  const contrary = ad.verdict === 'approve' ? redPhrases : greenPhrases;
  const rationale = ad.rationale.toLowerCase();
  const count = contrary.filter((phrase) => affirms(rationale, phrase, coherence.negationWords)).length;
  if (count < coherence.phrasesMin) return [];
  const severity = Math.min(1, coherence.severityBase + coherence.severityPerPhrase * count);
  return [flag('incoherent_rationale', ad.adId, severity, `Says ${count} things against its own verdict.`)];
}

const negations = ['no', 'not', 'without', 'never', 'neither', 'nor', "isn't", 'lacks', 'lacking'];

/**
 * Whether the phrase occurs in the lower-cased text as whole words, with no negation among the last few words
 * before it.
 */
function affirms(text: string, phrase: string, negationWords: number): boolean {
  // A cheap test first: most texts do not contain the phrase.
  if (!text.includes(phrase)) return false;
  const escaped = phrase.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  for (const found of text.matchAll(wholeWord(escaped, 'gu'))) {
    const before = text
      .slice(0, found.index)
      .split(/[^\p{L}']+/u)
      .filter((word) => word !== '');
    if (!before.slice(-negationWords).some((word) => negations.includes(word))) return true;
  }
  return false;
}

// --- consistency ---

/**
 * One flag per ad that was judged wrongly although a similar ad was judged rightly, or that was approved
 * against its own link.
 */
function inconsistency(
  manual: readonly ManualAd[],
  links: readonly Pick<Link, 'adId1' | 'adId2'>[],
  { inconsistency: numbers }: Numbers,
): readonly AuditFlag[] {
  const wrong = manual.filter(
    (ad) =>
      !isCorrect(ad.verdict, ad.truth) &&
      manual.some(
        (other) => isCorrect(other.verdict, other.truth) && areAlike(ad, other, numbers.bucketBounds),
      ),
  );
  const byId = new Map(manual.map((ad) => [ad.adId, ad]));
  const approvedAgainstLink = links.flatMap(({ adId1, adId2 }) => {
    const [one, other] = [byId.get(adId1), byId.get(adId2)];
    if (one === undefined || other === undefined || one.verdict === other.verdict) return [];
    return [one, other].filter((ad) => ad.verdict === 'approve');
  });
  const adIds = new Set([...wrong, ...approvedAgainstLink].map((ad) => ad.adId));
  const note = 'Judged unlike an ad of the same kind, or against its own link.';
  return [...adIds].map((adId) => flag('inconsistency', adId, numbers.severity, note));
}

function areAlike(a: ManualAd, b: ManualAd, [low, high]: readonly [number, number]): boolean {
  const bucket = ({ severity }: ManualAd) => Number(severity >= low) + Number(severity >= high);
  const sameKind = a.category === b.category || (a.fraudType !== '' && a.fraudType === b.fraudType);
  return a.adId !== b.adId && a.truth === b.truth && sameKind && bucket(a) === bucket(b);
}

// --- bias ---

/**
 * At most one flag: among ads of the same truth, some country or category is judged so much worse than
 * another that their Wilson intervals do not overlap.
 */
function bias(manual: readonly ManualAd[], { bias: numbers }: Numbers): readonly AuditFlag[] {
  const attributes: readonly ((ad: ManualAd) => string | null)[] = [(ad) => ad.country, (ad) => ad.category];
  const truths = [...new Set(manual.map((ad) => ad.truth))];
  const isBiased = truths.some((truth) =>
    attributes.some((attribute) => {
      const groups = new Map<string, boolean[]>();
      for (const ad of manual) {
        const value = attribute(ad);
        if (ad.truth !== truth || value === null) continue;
        groups.set(value, [...(groups.get(value) ?? []), isCorrect(ad.verdict, ad.truth)]);
      }
      const intervals = [...groups.values()]
        .filter((group) => group.length >= numbers.groupMin)
        .map((group) => wilson(group.filter(Boolean).length, group.length, numbers.z));
      return intervals.some(([low]) => intervals.some(([, high]) => low > high));
    }),
  );
  return isBiased
    ? [flag('bias', null, numbers.severity, 'Judges one group of like ads worse than another.')]
    : [];
}

/** The Wilson score interval of `successes / count`. */
function wilson(successes: number, count: number, z: number): readonly [number, number] {
  const share = successes / count;
  const denominator = 1 + (z * z) / count;
  const centre = share + (z * z) / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return [(centre - spread) / denominator, (centre + spread) / denominator];
}

function flag(flagType: string, targetAdId: string | null, severity: number, note: string): AuditFlag {
  return { track: 'A', flagType, targetAdId, severity, note };
}
