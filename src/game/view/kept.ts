/** Every row that was made by {@link kept}. */
const all = new WeakSet<object>();

/**
 * Rows that a view shows again as they are: made once for what they show, which is never changed. The same row is the
 * same object in every view, so that whoever writes it may keep the text.
 */
export function kept<Of extends object, Row extends object>(make: (of: Of) => Row): (of: Of) => Row {
  const rows = new WeakMap<Of, Row>();
  return (of) => {
    const known = rows.get(of);
    if (known !== undefined) return known;
    const row = make(of);
    rows.set(of, row);
    all.add(row);
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

/** Whether a value of a view comes again as the same object. */
export const isKept = (value: object): boolean => all.has(value);
