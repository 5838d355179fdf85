/**
 * How a view gets its larger parts: made of one part of the state and of the terms that hold for it. Whoever shows a
 * match again and again passes a function that gives back what it got before, since most of a view does not change
 * from one action to the next. The function lives where the match is shown; the views themselves keep nothing.
 */
export type Remember = <Of extends object, Terms, Made extends object>(
  make: (of: Of, terms: Terms) => Made,
  of: Of,
  terms: Terms,
  isSame?: (one: Terms, other: Terms) => boolean,
) => Made;

/** For a view that is made once. */
export const makeAnew: Remember = (make, of, terms) => make(of, terms);
