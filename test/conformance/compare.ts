/** How the vectors are compared: section 2 of their README. */

const toleranceMax = 1e-9;

/** The first place where the values differ, with its path; null when they agree. Objects must have the same keys. */
export function firstDifference(expected: unknown, actual: unknown, path: string): string | null {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) <= toleranceMax ? null : different(expected, actual, path);
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) {
      return different(`${expected.length} items`, `${actual.length} items`, path);
    }
    return firstOf(expected.keys(), (index) =>
      firstDifference(expected[index], actual[index], `${path}[${index}]`),
    );
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return firstOf(keys, (key) => keyDifference(expected, actual, key, path));
  }
  return expected === actual ? null : different(expected, actual, path);
}

/** A flag list in a fixed order and with what is compared only: flag lists are compared as multisets. */
export function asFlagMultiset(flags: unknown): unknown {
  if (!Array.isArray(flags)) return flags;
  return flags.map(comparedPart).toSorted((a, b) => {
    return compareKeys(a.kind, b.kind) || Number(a.severity) - Number(b.severity);
  });
}

interface ComparedFlag {
  readonly kind: string;
  readonly severity: unknown;
}

function comparedPart(flag: unknown): ComparedFlag {
  if (!isObject(flag)) return { kind: JSON.stringify(flag), severity: null };
  return {
    kind: JSON.stringify([flag['flag_type'], flag['target_ad_id']]),
    severity: flag['severity'],
  };
}

function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function keyDifference(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  key: string,
  path: string,
): string | null {
  const place = `${path}.${key}`;
  if (!Object.hasOwn(expected, key)) return different('no such key', actual[key], place);
  if (!Object.hasOwn(actual, key)) return different(expected[key], 'no such key', place);
  return firstDifference(expected[key], actual[key], place);
}

function firstOf<Key>(keys: Iterable<Key>, differenceAt: (key: Key) => string | null): string | null {
  for (const key of keys) {
    const difference = differenceAt(key);
    if (difference !== null) return difference;
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function different(expected: unknown, actual: unknown, path: string): string {
  return `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}
