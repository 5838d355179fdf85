/**
 * `{ ...one, ...other }`, for the code that runs with every action: the engine of Node 20 takes a microsecond for each new
 * key that follows a spread in a literal, and a fiftieth of that for this. (A spread that stands last costs nothing, nor do
 * keys that it has already.)
 */
export function merged<One extends object, Other extends object>(
  one: One,
  other: Other,
): Omit<One, keyof Other> & Other {
  return Object.assign({}, one, other);
}

/**
 * An object whose keys are names that were made for one match. Without a prototype: the engine would make, and keep, a
 * shape of its own for every set of names.
 */
export function byName<Value>(
  entries: Iterable<readonly [name: string, value: Value]>,
): Record<string, Value> {
  const named = Object.create(null) as Record<string, Value>;
  for (const [name, value] of entries) named[name] = value;
  return named;
}
