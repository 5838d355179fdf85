import { targets } from '../../../src/game/ad.ts';
import type { Ad, Findings, Ring, Truth } from '../../../src/game/ad.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import { exampleAd } from '../../../src/testing/examples.ts';

/**
 * Ads in which every field that could give something away holds a value found nowhere else, so that a view can be
 * searched for it. A text says itself what it is, as `~kind~ad~`; a number is looked up.
 */
export interface Canary {
  /** The path of the field in an ad, or who wrote it and what, such as `investigator.rationale`. */
  readonly kind: string;
  readonly adId: string;
  readonly text: string;
}

export const sing = (kind: string, adId: string, version = 1): string => `~${kind}~${adId}~${version}~`;

const numbers = new Map<string, Canary>();

/** A whole number of nine digits, or a share with nine of them, of its own for every kind and ad. */
export function number(kind: string, adId: string, isShare = false): number {
  const digits = 500_000_001 + numbers.size * 1117;
  const value = isShare ? Number(`0.${digits}`) : digits;
  numbers.set(String(value), { kind, adId, text: String(value) });
  return value;
}

/** Every canary in the JSON of a view. */
export function canariesIn(json: string): readonly Canary[] {
  const texts = Array.from(json.matchAll(/~([\w.]+)~(\w+)~\d~/g), ([text, kind = '', adId = '']) => ({
    kind,
    adId,
    text,
  }));
  const found = new Set(Array.from(json.matchAll(/\d+(?:\.\d+)?/g), ([text]) => numbers.get(text)));
  return [...texts, ...[...found].filter((canary) => canary !== undefined)];
}

/** What stays as it is: ids and closed lists of words; a word of these betrays nothing by itself. */
const plain: readonly string[] = ['adId', 'truth', 'difficulty', 'category'];

export function canaryAd(adId: string, truth: Truth): Ad {
  const ad = exampleAd(adId, truth);
  const planted = plantIn(ad, '', adId) as Ad;
  return { ...planted, category: sing('category', adId), riskSignals: [sing('riskSignals', adId)] };
}

function plantIn(value: unknown, path: string, adId: string): unknown {
  if (Array.isArray(value)) return [sing(path, adId)];
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => {
      const inside = path === '' ? key : `${path}.${key}`;
      return [key, plain.includes(inside) ? inner : plantIn(inner, inside, adId)] as const;
    });
    return Object.fromEntries(entries);
  }
  if (typeof value === 'number') return number(path, adId, path === 'severity');
  return typeof value === 'string' ? sing(path, adId) : value;
}

export function canaryFindings(adId: string, version: number): Findings {
  const texts = targets.map((target) => [target, sing(`findings.${target}`, adId, version)]);
  return Object.fromEntries(texts) as Findings;
}

/** The hidden half of each proposal, planted. Ids by slot, so that they sort before, among and after the others. */
export const canaryProposals = (ids: readonly string[]): ProposalSource => ({
  complete: (_, { slot, category, adCopy, pageSummary, targetingSummary }) => {
    const adId = ids[slot] ?? `ad_p${slot}`;
    const planted = canaryAd(adId, 'fraud');
    return {
      ...planted,
      category,
      adCopy,
      pageSummary: pageSummary ?? planted.pageSummary,
      targetingSummary: targetingSummary ?? planted.targetingSummary,
    };
  },
  refresh: ({ queue }, { adId }, stale) => {
    const versions = queue.find((entry) => entry.ad.adId === adId)?.versions.length ?? 0;
    const texts = canaryFindings(adId, versions + 1);
    return Object.fromEntries(stale.map((target) => [target, texts[target]]));
  },
});

export const canaryRing = (...memberAdIds: readonly string[]): Ring => ({
  ringId: sing('ring.ringId', 'ring'),
  memberAdIds,
  edges: [],
});
