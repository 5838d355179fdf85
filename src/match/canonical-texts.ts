import { LRUCache } from 'lru-cache';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { Match } from '../game/state.ts';
import { sha256 } from './sha256.ts';

/** A value with its canonical JSON, and the same of what stands directly inside it. */
interface Place {
  readonly value: object;
  readonly text: string;
  /** By index or key; a value that is no object has no place. */
  readonly inner: readonly (Place | null)[];
}

/** Ads and log entries, and what stands directly in them: deeper things change with these only. */
const depthMax = 3;

/**
 * The canonical JSON of one match from state to state. No value of a match is ever mutated, and from one state to the
 * next nearly all of them are the same: their texts are kept, and only what changed is written again.
 */
export class CanonicalTexts {
  readonly #places = new Map<string, Place>();
  /** The short digests of the parts whose text is known. */
  readonly #digests = new Map<string, { readonly text: string; readonly digest: string }>();

  /** The whole state as text, and a digest of eight hex digits for each part. */
  of(match: Match): { readonly text: string; readonly parts: Readonly<Record<string, string>> } {
    const parts: Record<string, string> = {};
    let text = '';
    for (const key of Object.keys(match).sort() as (keyof Match)[]) {
      const part = this.#partOf(key, match[key]);
      text += `${text === '' ? '' : ','}"${key}":${part}`;
      parts[key] = this.#digestOf(key, part);
    }
    return { text: `{${text}}`, parts };
  }

  #partOf(key: string, value: unknown): string {
    if (typeof value !== 'object' || value === null) return canonicalJson(value);
    const place = placeOf(value, this.#places.get(key), 1);
    this.#places.set(key, place);
    return place.text;
  }

  #digestOf(key: string, text: string): string {
    const known = this.#digests.get(key);
    if (known?.text === text) return known.digest;
    const digest = sha256(text).slice(0, 8);
    this.#digests.set(key, { text, digest });
    return digest;
  }
}

/** Of the matches that were digested last: several times the size of their state each, so not of all that live. */
const recent = new LRUCache<object, CanonicalTexts>({ max: 512 });

/** The texts of a match, by whatever stands for it as long as it lives. */
export function textsOf(owner: object): CanonicalTexts {
  const known = recent.get(owner);
  if (known !== undefined) return known;
  const texts = new CanonicalTexts();
  recent.set(owner, texts);
  return texts;
}

export function forgetTextsOf(owner: object): void {
  recent.delete(owner);
}

function placeOf(value: object, before: Place | null | undefined, depth: number): Place {
  if (before?.value === value) return before;
  if (depth === depthMax) return { value, text: canonicalJson(value), inner: [] };
  const inner: (Place | null)[] = [];
  const text = canonicalJson(value, (item) => {
    const place =
      typeof item === 'object' && item !== null
        ? placeOf(item, formerOf(item, before?.inner, inner.length), depth + 1)
        : null;
    inner.push(place);
    return place === null ? canonicalJson(item) : place.text;
  });
  return { value, text, inner };
}

/** The former place of an item: its own wherever it stood, since ads join in the middle; else that of its place. */
function formerOf(item: object, former: Place['inner'] | undefined, at: number): Place | null | undefined {
  const same = former?.[at];
  if (former === undefined || same?.value === item) return same;
  return former.find((place) => place?.value === item) ?? same;
}
