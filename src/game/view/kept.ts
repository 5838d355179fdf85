/** Every row that was made by {@link kept}, with its text once it was written. */
const all = new WeakMap<object, { text: string | null }>();

/**
 * Rows that a view shows again as they are: made once for what they show, which is never changed. The same row is the
 * same object in every view, so that whoever writes it may keep the text.
 */
export function kept<Of extends object, Row extends object>(make: (of: Of) => Row): (of: Of) => Row {
  const rows = new WeakMap<Of, Row>();
  return (of) => {
    const known = rows.get(of);
    if (known !== undefined) return known;
    // Whoever is shown it must not change what is shown next.
    const row = Object.freeze(make(of)) as Row;
    rows.set(of, row);
    all.set(row, { text: null });
    return row;
  };
}

/** As {@link kept}, for rows that are otherwise on other terms: those of a ruleset, or of a match's policies. */
export function keptOn<Of extends object, Terms extends object, Row extends object>(
  make: (of: Of, terms: Terms) => Row,
): (of: Of, terms: Terms) => Row {
  const byTerms = new WeakMap<Terms, (of: Of) => Row>();
  return (of, terms) => {
    let rows = byTerms.get(terms);
    if (rows === undefined) {
      rows = kept((each) => make(each, terms));
      byTerms.set(terms, rows);
    }
    return rows(of);
  };
}

/** A value of a view as JSON, which of a row that comes again is written once. */
export function rowText(value: object): string {
  const known = all.get(value);
  return known === undefined ? JSON.stringify(value) : (known.text ??= JSON.stringify(value));
}

/** A value of a view that is JSON already. */
export class JsonText {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}
