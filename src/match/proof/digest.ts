import { canonicalJson } from '../../shared/canonical-json.ts';
import { PartDigests } from './part-digests.ts';
import { sha256 } from './sha256.ts';
import type { StateDigest } from '../../game/event.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import type { ChartState } from '../fold/chart.ts';

/** The form of the digests that are written now. */
export const digestForm = 2;

/**
 * The digest of phase and state: equal digests mean equal phase and state (SHA-256, hex). Each top-level part
 * of the state also has a short digest, which locates a difference without the other state. `digests` is the
 * cache of one match, so that only changed parts are hashed.
 */
export function digestOf({ phase, state: match }: ChartState, digests = new PartDigests()): StateDigest {
  const { state, parts } = digests.of(match);
  const digest = sha256(`{"phase":"${phase}","state":#${state}}`);
  const named: Record<string, string> = {};
  for (const [key, part] of parts) named[key] = part.digest.slice(0, shortDigits);
  return { form: digestForm, phase, digest, parts: named };
}

/** Hex digits of a part's short digest. */
const shortDigits = 8;

/** The digest in the given form, to compare it with a recorded one. */
export function digestInForm(
  form: StateDigest['form'],
  moment: ChartState,
  digests?: PartDigests,
): StateDigest {
  return form === 1 ? wholeDigestOf(moment) : digestOf(moment, digests);
}

/** Form 1: the SHA-256 of the whole state as canonical JSON. Its cost grows with the state. */
function wholeDigestOf({ phase, state }: ChartState): StateDigest {
  const parts = Object.entries(state)
    .map(([key, part]) => [key, sha256(canonicalJson(part)).slice(0, shortDigits)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const digest = sha256(canonicalJson({ phase, state }));
  return { form: 1, phase, digest, parts: Object.fromEntries(parts) };
}

/**
 * The seed commitment: SHA-256 (hex) of `seed:salt`. It is published from the start; seed and salt, revealed
 * at the end, prove it.
 */
export function commitmentOf(seed: number, salt: string): string {
  return sha256(`${seed}:${salt}`);
}

/** The content hash of a ruleset: SHA-256 (hex) of its canonical JSON. */
export function rulesetHash(ruleset: Ruleset): string {
  let hash = rulesetHashes.get(ruleset);
  if (hash === undefined) {
    hash = sha256(canonicalJson(ruleset));
    rulesetHashes.set(ruleset, hash);
  }
  return hash;
}

/** Cached, because rulesets are immutable and shared by all matches. */
const rulesetHashes = new WeakMap<Ruleset, string>();
