import { clamp01, sum } from '../arithmetic.ts';
import { ownValue, type AuditFlag, type SurfaceEntry } from '../record.ts';
import { components, type Component, type TallyRules } from './rules.ts';
import { checkEntry, checkNovelty } from './surface-checks.ts';

export interface PlausibilityOptions {
  /** Countries by the key of the results. Without one, the country comes from the copy. */
  readonly countryByAdId?: Readonly<Record<string, string>>;
  /** Overrides of the weights, per component. */
  readonly weights?: Readonly<Partial<Record<Component, number>>>;
}

/** The result of one log entry. */
export interface EntryPlausibility {
  readonly key: string;
  readonly components: Readonly<Record<Component, number>>;
  /** 0..1. */
  readonly plausibility: number;
}

/** The result of the surface checks of a whole log. */
export interface Plausibility {
  /** By ad id, or `slot_<n>` for entries without one, 0..1. The last entry of a key counts. */
  readonly perAd: Readonly<Record<string, number>>;
  /** Mean over the keys, 0..1. */
  readonly queue: number;
  readonly novelty: number;
  readonly entries: readonly EntryPlausibility[];
  readonly flags: readonly AuditFlag[];
}

/**
 * The plausibility of the fraudster's log (grading spec, section 8). Control entries are judged like ads and
 * share the key `slot_None`; the novelty flags are repeated for every entry.
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

/** An empty ad id, which a control action may contain, counts as none. */
function keyOf({ adId, slotIndex }: SurfaceEntry): string {
  return adId === null || adId === '' ? `slot_${slotIndex ?? 'None'}` : adId;
}

/** The weighted mean minus the veto: one very bad component outweighs the others. */
function weigh(
  scores: Readonly<Record<Component, number>>,
  weights: Readonly<Record<Component, number>>,
  vetoBelow: number,
): number {
  const active = components.filter((component) => weights[component] > 0);
  // If all weights are 0, the mean is 0 and there is no veto.
  const total = sum(active.map((component) => weights[component])) || 1;
  const weighted = sum(active.map((component) => scores[component] * weights[component])) / total;
  const veto = Math.max(0, vetoBelow - Math.min(1, ...active.map((component) => scores[component])));
  return clamp01(weighted - veto);
}
