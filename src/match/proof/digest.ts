import { canonicalJson } from '../../shared/canonical-json.ts';
import { PartDigests } from './part-digests.ts';
import { sha256 } from './sha256.ts';
import type { StateDigest } from '../../game/event.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import type { ChartState } from '../fold/chart.ts';

/** The form in which digests are recorded now. */
export const digestForm = 2;

/**
 * Two moments have the same digest exactly when phase and state are equal. Each top-level part has a short digest
 * of its own, so that a difference can be located without the other state. `digests` keeps what the digests of one match
 * have in common: nearly everything.
 */
export function digestOf({ phase, state: match }: ChartState, digests = new PartDigests()): StateDigest {
  const { state, parts } = digests.of(match);
  const digest = sha256(`{"phase":"${phase}","state":#${state}}`);
  const named: Record<string, string> = {};
  for (const [key, part] of parts) named[key] = part.digest.slice(0, shortDigits);
  return { form: digestForm, phase, digest, parts: named };
}

/** Of the digest of a part: enough to say where two states part ways. */
const shortDigits = 8;

/** The digest in the form in which an earlier one was recorded. */
export function digestInForm(
  form: StateDigest['form'],
  moment: ChartState,
  digests?: PartDigests,
): StateDigest {
  return form === 1 ? wholeDigestOf(moment) : digestOf(moment, digests);
}

/** The first form: of the whole state written out, which takes longer the larger it is. */
function wholeDigestOf({ phase, state }: ChartState): StateDigest {
  const parts = Object.entries(state)
    .map(([key, part]) => [key, sha256(canonicalJson(part)).slice(0, shortDigits)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const digest = sha256(canonicalJson({ phase, state }));
  return { form: 1, phase, digest, parts: Object.fromEntries(parts) };
}

/** What a match publishes of its seed from the first moment; seed and salt, revealed at the end, prove it. */
export function commitmentOf(seed: number, salt: string): string {
  return sha256(`${seed}:${salt}`);
}

/** Content hash of a ruleset: equal values, equal hash. */
export function rulesetHash(ruleset: Ruleset): string {
  let hash = rulesetHashes.get(ruleset);
  if (hash === undefined) {
    hash = sha256(canonicalJson(ruleset));
    rulesetHashes.set(ruleset, hash);
  }
  return hash;
}

/** Rulesets never change: every match has the same few. */
const rulesetHashes = new WeakMap<Ruleset, string>();
