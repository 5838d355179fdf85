import { clamp01, sum } from '../arithmetic.ts';
import { ownValue, type AuditFlag, type SurfaceEntry } from '../record.ts';
import { components, type Component, type TallyRules } from './rules.ts';
import { checkEntry, checkNovelty } from './surface-checks.ts';

export interface PlausibilityOptions {
  /** By the key the results have; without it only a copy can name its country. */
  readonly countryByAdId?: Readonly<Record<string, string>>;
  /** Overrides, per component. */
  readonly weights?: Readonly<Partial<Record<Component, number>>>;
}

/** One log entry's result. */
export interface EntryPlausibility {
  readonly key: string;
  readonly components: Readonly<Record<Component, number>>;
  /** 0..1. */
  readonly plausibility: number;
}

export interface Plausibility {
  /** By ad id, or `slot_<n>` for entries without one. The last entry of a key counts. */
  readonly perAd: Readonly<Record<string, number>>;
  /** Mean over the keys, 0..1. */
  readonly queue: number;
  readonly novelty: number;
  readonly entries: readonly EntryPlausibility[];
  readonly flags: readonly AuditFlag[];
}

/**
 * How believable the fraudster's log is, by section 8. Control entries are judged like ads and share the key
 * `slot_None`; the novelty flags come again with every entry.
 */
export function plausibilityOf(
  fullLog: readonly SurfaceEntry[],
  rules: TallyRules,
  options: PlausibilityOptions = {},
): Plausibility {
  const log = fullLog.filter((entry) => entry.actionType !== 'skip');
  const weights = { ...rules.plausibility.weights, ...options.weights };
  const novelty = checkNovelty(log, rules);
  const judged = log.map((entry) => {
    const key = keyOf(entry);
    const country = ownValue(options.countryByAdId ?? {}, key) ?? null;
    const checks = { ...checkEntry(entry, country, rules), novelty };
    const scores = {
      intrinsic: checks.intrinsic.score,
      grounding: checks.grounding.score,
      existence: checks.existence.score,
      signal: checks.signal.score,
      novelty: checks.novelty.score,
    };
    const plausibility = weigh(scores, weights, rules.plausibility.vetoBelow);
    const flags = components.flatMap((component) => checks[component].flags);
    return { entry: { key, components: scores, plausibility }, flags };
  });
  const perAd = new Map(judged.map(({ entry }) => [entry.key, entry.plausibility]));
  return {
    perAd: Object.fromEntries(perAd),
    queue: perAd.size === 0 ? rules.plausibility.emptyQueue : sum([...perAd.values()]) / perAd.size,
    novelty: novelty.score,
    entries: judged.map(({ entry }) => entry),
    flags: judged.flatMap(({ flags }) => flags),
  };
}

/** An empty ad id, which a sender may have put into a control action, is none. */
function keyOf({ adId, slotIndex }: SurfaceEntry): string {
  return adId === null || adId === '' ? `slot_${slotIndex ?? 'None'}` : adId;
}

/** The weighted mean less the veto: one very bad component outweighs the others. */
function weigh(
  scores: Readonly<Record<Component, number>>,
  weights: Readonly<Record<Component, number>>,
  vetoBelow: number,
): number {
  const active = components.filter((component) => weights[component] > 0);
  // With every weight at 0 the mean is 0 and nothing is vetoed.
  const total = sum(active.map((component) => weights[component])) || 1;
  const weighted = sum(active.map((component) => scores[component] * weights[component])) / total;
  const veto = Math.max(0, vetoBelow - Math.min(1, ...active.map((component) => scores[component])));
  return clamp01(weighted - veto);
}
