import type { Role } from '../../game/command.ts';
import type { Position } from '../../game/position.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import type { QueuedAd } from '../../game/state.ts';
import { findingBlocks, findingGap, investigatorViewWith } from '../../game/view/investigator.ts';
import type { Remember } from '../../game/view/remember.ts';
import { rewardShown, viewFor } from '../../game/view/view.ts';

/** What was made of a part of a state, and on which terms. */
interface Made {
  readonly terms: unknown;
  readonly row: object;
}

/** A value that is JSON already. */
class JsonText {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/** A value that no view promises to give again is worth keeping from this length on. */
const largeFrom = 4096;

/**
 * Writes the views of one role as JSON. From one action to the next most of a view stays as it is: parts that come again
 * are made and written once. What it keeps goes with the states that it was made of.
 */
export class ViewWriter {
  readonly #made = new WeakMap<object, WeakMap<object, Made>>();
  /** Of rows: null until they are written for the first time. */
  readonly #rowTexts = new WeakMap<object, { text: string | null }>();
  readonly #largeTexts = new WeakMap<object, string>();

  /** The view of a role, for {@link ViewWriter.text}. */
  view(role: Role, position: Position, stepReward: number): object {
    if (role !== 'investigator') return viewFor(role, position, stepReward, this.#remember);
    return investigatorViewWith(position, rewardShown(position, stepReward), this.#remember, (seen) =>
      this.#findings(seen),
    );
  }

  /** Objects as one JSON text: no two of them have a key in common. */
  text(...parts: readonly object[]): string {
    return record(parts, (value) => (isObject(value) ? this.#field(value) : JSON.stringify(value)));
  }

  readonly #remember: Remember = (make, of, terms, isSame) => {
    let known = this.#made.get(make);
    if (known === undefined) this.#made.set(make, (known = new WeakMap()));
    const before = known.get(of);
    // What `make` has made of this part, on these terms.
    type Row = ReturnType<typeof make>;
    if (before !== undefined && (isSame ?? Object.is)(before.terms as typeof terms, terms))
      return before.row as Row;
    const row = make(of, terms);
    known.set(of, { terms, row });
    this.#rowTexts.set(row, { text: null });
    return row;
  };

  /** The findings ad by ad: an ad's are written again only when it has new ones. */
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

/** An ad's blocks as they stand within a text that is written as JSON. */
const writtenFindings = (entry: QueuedAd, rules: Ruleset) => ({
  text: within(findingBlocks(entry, rules).join(findingGap)),
});

const within = (text: string): string => JSON.stringify(text).slice(1, -1);
const writtenGap = within(findingGap);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isOfRows = (value: object): boolean => isObject(Object.values(value)[0]);

/** Objects as one, by what `write` makes of their values; as JSON does, without those that have no text. */
function record(parts: readonly object[], write: (value: unknown) => string | undefined): string {
  let text = '';
  for (const part of parts)
    for (const key of Object.keys(part)) {
      const written = write((part as Readonly<Record<string, unknown>>)[key]);
      if (written !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`;
    }
  return `{${text}}`;
}
