/** Thrown for a bug in the code. It stops the affected match, never the server. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Asserts a condition that only a bug can violate. @throws InvariantError with the sentence */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new InvariantError(sentence);
}

/** The value, which the caller knows to be present. @throws InvariantError if it is null or undefined */
export function present<T>(value: T | null | undefined, what: string): T {
  invariant(value !== null && value !== undefined, `${what} is missing.`);
  return value;
}
