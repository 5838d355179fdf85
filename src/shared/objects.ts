/**
 * `{ ...one, ...other }` for code that runs with every action. The engine of Node 20 takes a microsecond for
 * each new key after a spread in a literal, and a fiftieth of that here. (A spread at the end of a literal
 * costs nothing, nor do keys that exist already.)
 */
export function merged<One extends object, Other extends object>(
  one: One,
  other: Other,
): Omit<One, keyof Other> & Other {
  return Object.assign({}, one, other);
}

/**
 * An object whose keys are specific to one match. It has no prototype: otherwise the engine would create and
 * keep a shape for every set of names.
 */
export function byName<Value>(
  entries: Iterable<readonly [name: string, value: Value]>,
): Record<string, Value> {
  const named = Object.create(null) as Record<string, Value>;
  for (const [name, value] of entries) named[name] = value;
  return named;
}
