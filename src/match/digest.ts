import { createHash } from 'node:crypto';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { StateDigest } from '../game/event.ts';
import type { Ruleset } from '../game/ruleset.ts';
import type { Moment } from './statechart.ts';

/** SHA-256 of the text's UTF-8 bytes, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Two moments have the same digest exactly when phase and state are equal. Each top-level part has a short digest
 * of its own, so that a difference can be located without the other state.
 */
export function digestOf({ phase, match }: Moment): StateDigest {
  const keys = Object.keys(match).sort() as (keyof typeof match)[];
  const texts = keys.map((key) => [key, canonicalPart(match[key])] as const);
  // The canonical JSON of {phase, state}, put together from its parts.
  const state = texts.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',');
  return {
    phase,
    digest: sha256(`{"phase":${JSON.stringify(phase)},"state":{${state}}}`),
    parts: Object.fromEntries(texts.map(([key, text]) => [key, sha256(text).slice(0, 8)])),
  };
}

/** What a match publishes of its seed from the first moment; seed and salt, revealed at the end, prove it. */
export function commitmentOf(seed: number, salt: string): string {
  return sha256(`${seed}:${salt}`);
}

/** Content hash of a ruleset: equal values, equal hash. */
export function rulesetHash(ruleset: Ruleset): string {
  return sha256(canonicalJson(ruleset));
}

/**
 * Canonical JSON of ads and log entries by identity: no value of a match is ever mutated, and from one digest to the
 * next nearly all of them are the same. Without it the digests cost more than all other work on a match.
 */
const known = new WeakMap<object, string>();
const memoDepth = 2;

function canonicalPart(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > memoDepth) return canonicalJson(value);
  let text = known.get(value);
  if (text === undefined) {
    text = canonicalJson(value, (item) => canonicalPart(item, depth + 1));
    known.set(value, text);
  }
  return text;
}
