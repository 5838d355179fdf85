import { LRUCache } from 'lru-cache';
import type { GameState } from '../../game/state.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { inOnePiece } from '../../shared/strings.ts';
import type { MatchId } from '../../shared/ids.ts';
import { sha256 } from './sha256.ts';

/** A value, how it is written where it stands, and the same of what stands directly inside it. */
interface Place {
  readonly value: object;
  /** Its canonical JSON; where that is long, `#` and its SHA-256. */
  readonly written: string;
  /** By index or key; a value that is no object has no place. */
  readonly inner: readonly (Place | null)[];
}

/**
 * Both are part of the form of digests, and never to be changed: down to what stands directly in ads and log entries an
 * object is written by itself (the root is level 0, its parts level 1), and so long a text is replaced by its digest.
 */
const [deepest, longFrom] = [3, 256];

/**
 * The digests of one match from state to state. A value is written as canonical JSON in which every object and array
 * whose own text is long is replaced by `#` and its digest. No value of a match is ever mutated, and from one state to
 * the next nearly all of them are the same: only what changed is written and digested again.
 */
export class PartDigests {
  /** By the name of a part, in the order of the names: every state has the same. */
  readonly #parts = new Map<keyof GameState, Part>();

  /** The digest of the state, and that of each part by its name. */
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

/** A part of a state, as a {@link Place}, with the digest of its own. */
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

/** The former value of the place is known to be another one. */
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

/** The former place of an item: its own wherever it stood, since ads join in the middle; else that of its place. */
function formerOf(item: object, former: Place['inner'] | undefined, at: number): Place | null | undefined {
  const same = former?.[at];
  if (former === undefined || same?.value === item) return same;
  return former.find((place) => place?.value === item) ?? same;
}

/** Matches whose digests are kept. Those of a match take as much room as its state. */
const keptMax = 1024;

/** The digests of the matches of one registry that were digested last. */
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
