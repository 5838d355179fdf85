/**
 * How a view gets its larger parts: each is made from one part of the state, `of`, and the `terms` that
 * apply. A caller that shows a match repeatedly passes a function that returns the cached result for the same
 * arguments, because most of a view does not change from one action to the next. The cache belongs to the
 * caller; views keep nothing (docs/decisions/0017).
 */
export type Remember = <Of extends object, Terms, Made extends object>(
  make: (of: Of, terms: Terms) => Made,
  of: Of,
  terms: Terms,
  isSame?: (one: Terms, other: Terms) => boolean,
) => Made;

/** Caches nothing. For a view that is made once. */
export const makeAnew: Remember = (make, of, terms) => make(of, terms);
