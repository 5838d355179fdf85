import { LRUCache } from 'lru-cache';
import type { GameState } from '../../game/state.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { inOnePiece } from '../../shared/strings.ts';
import type { MatchId } from '../../shared/ids.ts';
import { sha256 } from './sha256.ts';

/** A value with its text in the digest, and the same for the objects directly inside it. */
interface Place {
  readonly value: object;
  /** Its canonical JSON; if that is long, `#` and its SHA-256 in hex. */
  readonly written: string;
  /** In the order of the canonical JSON; null for a value that is no object. */
  readonly inner: readonly (Place | null)[];
}

/**
 * Part of digest form 2; they must never change. Objects down to level 3 (the state is level 0, its parts
 * level 1) are written separately, deeper ones inside their parent. A text of 256 UTF-16 units or more is
 * replaced by its digest.
 */
const [deepest, longFrom] = [3, 256];

/**
 * The digest cache of one match. A value is written as canonical JSON in which every long object or array is
 * replaced by `#` and its digest. Values of a match are immutable and mostly the same from one state to the
 * next, so only changed ones are written and hashed again.
 */
export class PartDigests {
  /** By the name of the part, in sorted order. Every state has the same names. */
  readonly #parts = new Map<keyof GameState, Part>();

  /** The digest (SHA-256, hex) of the state, and its parts with their own digests by name. */
  of(match: GameState): { readonly state: string; readonly parts: ReadonlyMap<keyof GameState, Part> } {
    const keys =
      this.#parts.size > 0 ? this.#parts.keys() : (Object.keys(match) as (keyof GameState)[]).sort();
    let state = '{';
    for (const key of keys) {
      const part = partOf(match[key], this.#parts.get(key));
      this.#parts.set(key, part);
      state += `${state === '{' ? '' : ','}"${key}":${part.written}`;
    }
    return { state: sha256(`${state}}`), parts: this.#parts };
  }
}

/** A part of a state as a {@link Place}, with its own digest. */
interface Part extends Omit<Place, 'value'> {
  readonly value: GameState[keyof GameState];
  readonly digest: string;
}

function partOf(value: Part['value'], before: Part | undefined): Part {
  if (before !== undefined && before.value === value) return before;
  const { written, inner } =
    typeof value === 'object' && value !== null
      ? placeOf(value, before, 1)
      : { written: canonicalJson(value), inner: none };
  const digest = before?.written === written ? before.digest : digestOf(written);
  return { value, written, inner, digest };
}

const none: Place['inner'] = [];

const digestOf = (written: string): string => (written.startsWith('#') ? written.slice(1) : sha256(written));

/** Called only when the value differs from the former one of this place. */
function placeOf(value: object, before: Pick<Place, 'inner'> | null | undefined, level: number): Place {
  const inner: (Place | null)[] = [];
  const text =
    level === deepest
      ? canonicalJson(value)
      : canonicalJson(value, (item) => {
          const place =
            typeof item === 'object' && item !== null
              ? innerPlaceOf(item, before?.inner, inner.length, level + 1)
              : null;
          inner.push(place);
          return place?.written ?? canonicalJson(item);
        });
  return { value, written: inOnePiece(text.length < longFrom ? text : `#${sha256(text)}`), inner };
}

function innerPlaceOf(item: object, former: Place['inner'] | undefined, at: number, level: number): Place {
  const before = formerOf(item, former, at);
  return before?.value === item ? before : placeOf(item, before, level);
}

/**
 * The former place of an item: the place of the same object at any index, because ads may join in the middle;
 * otherwise the one at the same index.
 */
function formerOf(item: object, former: Place['inner'] | undefined, at: number): Place | null | undefined {
  const same = former?.[at];
  if (former === undefined || same?.value === item) return same;
  return former.find((place) => place?.value === item) ?? same;
}

/** The number of matches with cached digests. A cache takes as much memory as the match's state. */
const keptMax = 1024;

/** The digest caches of a registry's matches; drops the least recently used ones. */
export class DigestCache {
  readonly #recent = new LRUCache<MatchId, PartDigests>({ max: keptMax });

  of(match: MatchId): PartDigests {
    const known = this.#recent.get(match);
    if (known !== undefined) return known;
    const digests = new PartDigests();
    this.#recent.set(match, digests);
    return digests;
  }

  forget(match: MatchId): void {
    this.#recent.delete(match);
  }
}
