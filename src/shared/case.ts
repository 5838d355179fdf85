/** `max_rounds` for `maxRounds`: names on the wire are written with underscores. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `maxRounds` for `max_rounds`. */
export function camelCase(name: string): string {
  const known = camelCased.get(name);
  if (known !== undefined) return known;
  const made = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  // The names of the wire are few; a stranger's need not be kept.
  if (camelCased.size < namesMax) camelCased.set(name, made);
  return made;
}

const camelCased = new Map<string, string>();
const namesMax = 500;
