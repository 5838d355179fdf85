import { canonicalJson } from '../shared/canonical-json.ts';
import { CanonicalTexts } from './canonical-texts.ts';
import { sha256 } from './sha256.ts';
import type { StateDigest } from '../game/event.ts';
import type { Ruleset } from '../game/ruleset.ts';
import type { Moment } from './statechart.ts';

/**
 * Two moments have the same digest exactly when phase and state are equal. Each top-level part has a short digest
 * of its own, so that a difference can be located without the other state. `texts` keeps what the digests of one match
 * have in common: nearly everything.
 */
export function digestOf({ phase, match }: Moment, texts = new CanonicalTexts()): StateDigest {
  const { text: state, parts } = texts.of(match);
  return { phase, digest: sha256(`{"phase":"${phase}","state":${state}}`), parts };
}

/** What a match publishes of its seed from the first moment; seed and salt, revealed at the end, prove it. */
export function commitmentOf(seed: number, salt: string): string {
  return sha256(`${seed}:${salt}`);
}

/** Content hash of a ruleset: equal values, equal hash. */
export function rulesetHash(ruleset: Ruleset): string {
  return sha256(canonicalJson(ruleset));
}
