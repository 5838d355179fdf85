import { hash } from 'node:crypto';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { StateDigest } from '../game/event.ts';
import type { Ruleset } from '../game/ruleset.ts';
import type { Moment } from './statechart.ts';

/** SHA-256 of the text's UTF-8 bytes, in hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Two moments have the same digest exactly when phase and state are equal. Each top-level part has a short digest
 * of its own, so that a difference can be located without the other state.
 */
export function digestOf({ phase, match }: Moment): StateDigest {
  const keys = Object.keys(match).sort() as (keyof typeof match)[];
  const parts: Record<string, string> = {};
  // The canonical JSON of {phase, state}, put together from its parts.
  let state = '';
  for (const key of keys) {
    const text = canonicalPart(match[key]);
    state += `${state === '' ? '' : ','}"${key}":${text}`;
    parts[key] = shortDigest(match[key], text);
  }
  return { phase, digest: sha256(`{"phase":"${phase}","state":{${state}}}`), parts };
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
/** The short digests of whole parts, by identity as well. */
const knownDigests = new WeakMap<object, string>();

function shortDigest(part: unknown, text: string): string {
  if (typeof part !== 'object' || part === null) return sha256(text).slice(0, 8);
  let digest = knownDigests.get(part);
  if (digest === undefined) {
    digest = sha256(text).slice(0, 8);
    knownDigests.set(part, digest);
  }
  return digest;
}

function canonicalPart(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > memoDepth) return canonicalJson(value);
  let text = known.get(value);
  if (text === undefined) {
    text = canonicalJson(value, (item) => canonicalPart(item, depth + 1));
    known.set(value, text);
  }
  return text;
}
