/** Converts `maxRounds` to `max_rounds`, the spelling of names on the wire. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Converts `max_rounds` to `maxRounds`. */
export function camelCase(name: string): string {
  const known = camelCased.get(name);
  if (known !== undefined) return known;
  const made = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  // The wire has few names. Bounded, because clients can send others.
  if (camelCased.size < namesMax) camelCased.set(name, made);
  return made;
}

const camelCased = new Map<string, string>();
const namesMax = 500;
