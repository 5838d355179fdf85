import { sum } from '../arithmetic.ts';
import {
  adultOnlyCategories,
  commonEndings,
  countryTokens,
  cryptoCategories,
  cryptoWords,
  endingsByCountry,
  highRiskEndings,
  minorMarkers,
  targetingTokens,
} from '../lexicon.ts';
import { ownValue, type SurfaceEntry } from '../record.ts';
import { jaccard, normalisedEditDistance, shingles, wholeWord } from '../text.ts';
import { existenceFaults } from './existence-check.ts';
import { fault, settle, type Check, type Fault, type FaultRule } from '../fault.ts';
import type { Component, TallyRules } from './rules.ts';

type SurfaceRules = TallyRules['surface'];

/**
 * The four checks of a single log entry (grading spec, sections 7.1 to 7.4). If the country is null, it is
 * looked for in the copy.
 */
export function checkEntry(
  entry: SurfaceEntry,
  country: string | null,
  { surface }: TallyRules,
): Readonly<Record<Exclude<Component, 'novelty'>, Check>> {
  const copy = firstText(entry.adCopy, entry.newAdCopy);
  const blurb = firstText(entry.landingPageBlurb, entry.newLandingPageBlurb);
  return {
    intrinsic: settle(intrinsicFaults(entry, copy, surface.intrinsic), entry.adId),
    grounding: settle(groundingFaults(copy, blurb, country, surface.grounding), entry.adId),
    existence: settle(existenceFaults(copy, blurb, surface.existence), entry.adId),
    signal: settle(signalFaults(`${copy}\n${blurb}`, surface.signal), entry.adId),
  };
}

/** How different the proposals of a log are, refused ones included (grading spec, section 7.5). */
export function checkNovelty(log: readonly SurfaceEntry[], { surface }: TallyRules): Check {
  const copies = log
    .filter((entry) => entry.actionType === 'propose_ad')
    .flatMap(({ adCopy }) => (adCopy === null || adCopy === '' ? [] : [{ adCopy, grams: shingles(adCopy) }]));
  const pairs = copies.flatMap((a, index) => copies.slice(index + 1).map((b) => [a, b] as const));
  if (pairs.length === 0) return settle([], null);
  const overlap = sum(pairs.map(([a, b]) => jaccard(a.grams, b.grams))) / pairs.length;
  const distance = sum(pairs.map(([a, b]) => normalisedEditDistance(a.adCopy, b.adCopy))) / pairs.length;
  return settle(noveltyFaults(overlap, distance, surface.novelty), null);
}

function firstText(...texts: readonly (string | null)[]): string {
  return texts.find((text) => text !== null && text !== '') ?? '';
}

// --- 7.1 intrinsic consistency ---

function intrinsicFaults(
  entry: SurfaceEntry,
  copy: string,
  rules: SurfaceRules['intrinsic'],
): readonly Fault[] {
  const mismatch = (rule: FaultRule, note: string) => fault('parameter_mismatch', rule, note);
  const category = (entry.category ?? '').toLowerCase();
  if (category === '') {
    return entry.actionType === 'propose_ad'
      ? [mismatch(rules.proposalWithoutCategory, 'Proposed without a category.')]
      : [{ cost: rules.otherWithoutCategory.cost, flag: null }];
  }
  const targeting = (entry.targetingSummary ?? '').toLowerCase();
  const text = `${copy}\n${targeting}`.toLowerCase();
  const expected = ownValue(targetingTokens, category);
  const faults: Fault[] = [];
  if (adultOnlyCategories.includes(category) && holdsAny(targeting, minorMarkers)) {
    faults.push(mismatch(rules.minors, 'Aims an adult-only category at minors.'));
  }
  if (targeting !== '' && expected !== undefined && !holdsAny(targeting, expected)) {
    faults.push(mismatch(rules.targeting, 'The targeting does not fit the category.'));
  }
  if (cryptoCategories.includes(category) && !holdsAny(text, cryptoWords)) {
    faults.push(mismatch(rules.crypto, 'A crypto category without a word of it.'));
  }
  return faults;
}

function holdsAny(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(phrase));
}

// --- 7.2 parameter grounding ---

const countryToken = wholeWord(countryTokens.join('|'), 'u');
const domain = wholeWord(String.raw`[a-z0-9][a-z0-9\-]*\.([a-z]{2,6}(?:\.[a-z]{2})?)`, 'giu');

function groundingFaults(
  copy: string,
  blurb: string,
  givenCountry: string | null,
  rules: SurfaceRules['grounding'],
): readonly Fault[] {
  const country = (givenCountry ?? '').toUpperCase() || (countryToken.exec(copy)?.[0] ?? '');
  const own = ownValue(endingsByCountry, country);
  return domainEndings(blurb, copy).flatMap((ending) => {
    const faults: Fault[] = [];
    if (own !== undefined && !own.includes(ending) && !commonEndings.includes(ending)) {
      faults.push(fault('parameter_mismatch', rules.implausible, `.${ending} is unusual in ${country}.`));
    }
    if (highRiskEndings.includes(ending)) {
      faults.push(fault('branding_anomaly', rules.highRisk, `.${ending} is a high-risk ending.`));
    }
    return faults;
  });
}

/** Distinct and sorted, because the original leaves the order undefined. */
function domainEndings(...texts: readonly string[]): readonly string[] {
  const endings = texts.flatMap((text) => Array.from(text.matchAll(domain), (match) => match[1] ?? ''));
  return [...new Set(endings.map((ending) => ending.toLowerCase()))].sort();
}

// --- 7.4 signal realism ---

/** Identifiers that only occur in evidence; a customer would never see one. */
const fraudMarker = wholeWord(
  String.raw`tmpl_\p{Nd}{3,}|pmt_ring_\p{Nd}{3,}|ring_[a-z0-9]{3,}|cfg_[0-9a-f]{3,}|adv_[a-z0-9]{3,}_fraud`,
  'iu',
);

function signalFaults(text: string, rule: FaultRule): readonly Fault[] {
  return fraudMarker.test(text) ? [fault('branding_anomaly', rule, 'Shows an internal identifier.')] : [];
}

// --- 7.5 pattern novelty ---

function noveltyFaults(overlap: number, distance: number, rules: SurfaceRules['novelty']): readonly Fault[] {
  const faults: Fault[] = [];
  if (overlap >= rules.overlapMin) {
    const cost = rules.overlapCost + rules.overlapSlope * (overlap - rules.overlapMin);
    faults.push(fault('template_repetition', { cost, severity: overlap }, 'The copies share their phrases.'));
  }
  if (distance <= rules.distanceMax) {
    const rule = { cost: rules.distanceCost, severity: 1 - distance };
    faults.push(fault('template_repetition', rule, 'The copies differ in few characters.'));
  }
  return faults;
}
