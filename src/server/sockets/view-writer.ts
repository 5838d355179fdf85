import type { Role } from '../../game/command.ts';
import type { Position } from '../../game/position.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import type { QueuedAd } from '../../game/state.ts';
import { findingBlocks, findingGap, investigatorViewWith } from '../../game/view/investigator.ts';
import type { Remember } from '../../game/view/remember.ts';
import { rewardShown, viewFor } from '../../game/view/view.ts';

/** The cached result for one part of a state, with the terms it was made with. */
interface Made {
  readonly terms: unknown;
  readonly row: object;
}

/** A value that is already JSON text. */
class JsonText {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/** JSON texts of this length or more are cached by the identity of their value. */
const largeFrom = 4096;

/**
 * Writes the views of one role as JSON. Most of a view does not change from one action to the next: unchanged
 * parts are made and written once. The caches hold their keys weakly, so they go with the states.
 */
export class ViewWriter {
  readonly #made = new WeakMap<object, WeakMap<object, Made>>();
  /** JSON texts of the remembered rows; null until first written. */
  readonly #rowTexts = new WeakMap<object, { text: string | null }>();
  readonly #largeTexts = new WeakMap<object, string>();

  /** A role's view, as input of {@link ViewWriter.text}. */
  view(role: Role, position: Position, stepReward: number): object {
    if (role !== 'investigator') return viewFor(role, position, stepReward, this.#remember);
    return investigatorViewWith(position, rewardShown(position, stepReward), this.#remember, (seen) =>
      this.#findings(seen),
    );
  }

  /** Writes objects as one JSON object. No two of them may share a key. */
  text(...parts: readonly object[]): string {
    return record(parts, (value) => (isObject(value) ? this.#field(value) : JSON.stringify(value)));
  }

  readonly #remember: Remember = (make, of, terms, isSame) => {
    let known = this.#made.get(make);
    if (known === undefined) this.#made.set(make, (known = new WeakMap()));
    const before = known.get(of);
    // The cache is by `make`, so its rows have this type.
    type Row = ReturnType<typeof make>;
    if (before !== undefined && (isSame ?? Object.is)(before.terms as typeof terms, terms))
      return before.row as Row;
    const row = make(of, terms);
    known.set(of, { terms, row });
    this.#rowTexts.set(row, { text: null });
    return row;
  };

  /** The findings text, made ad by ad: an ad's blocks are written again only when it has new findings. */
  #findings({ state, rules }: Position): JsonText {
    const texts = state.queue
      .filter(({ pulls }) => pulls.length > 0)
      .map((entry) => this.#remember(writtenFindings, entry, rules).text);
    return new JsonText(`"${texts.join(writtenGap)}"`);
  }

  #field(value: object): string {
    if (value instanceof JsonText) return value.json;
    const known = this.#largeTexts.get(value);
    if (known !== undefined) return known;
    const text = isOfRows(value) ? this.#rows(value) : JSON.stringify(value);
    if (text.length >= largeFrom) this.#largeTexts.set(value, text);
    return text;
  }

  #rows(value: object): string {
    return Array.isArray(value)
      ? `[${value.map((item: unknown) => this.#row(item) ?? 'null').join(',')}]`
      : record([value], (item) => this.#row(item));
  }

  #row(value: unknown): string | undefined {
    if (!isObject(value)) return JSON.stringify(value);
    const known = this.#rowTexts.get(value);
    return known === undefined ? JSON.stringify(value) : (known.text ??= JSON.stringify(value));
  }
}

/** The blocks of an ad as the inside of a JSON string. */
const writtenFindings = (entry: QueuedAd, rules: Ruleset) => ({
  text: within(findingBlocks(entry, rules).join(findingGap)),
});

const within = (text: string): string => JSON.stringify(text).slice(1, -1);
const writtenGap = within(findingGap);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isOfRows = (value: object): boolean => isObject(Object.values(value)[0]);

/**
 * Merges objects into one JSON object. `write` gives the text of each value; values without a text are left
 * out, as `JSON.stringify` does.
 */
function record(parts: readonly object[], write: (value: unknown) => string | undefined): string {
  let text = '';
  for (const part of parts)
    for (const key of Object.keys(part)) {
      const written = write((part as Readonly<Record<string, unknown>>)[key]);
      if (written !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`;
    }
  return `{${text}}`;
}
