import { it } from 'vitest';

/**
 * How much a test tries. `npm test` tries every kind of case within five minutes; `npm run test:all` sets TEST_SIZE=all
 * and tries the long numbers. A variable of a test's own goes before both.
 */
export const isAll = process.env['TEST_SIZE'] === 'all';

interface Sizes {
  /** Enough to meet every kind of case. */
  readonly small: number;
  readonly all: number;
}

/** The number in the variable, if it is set. */
export function sizeFrom(variable: string, { small, all }: Sizes): number {
  const given = process.env[variable];
  if (given !== undefined && given !== '') return Math.max(1, Math.round(Number(given)));
  return isAll ? all : small;
}

/** For what has no variable of its own. */
export const sizeOf = ({ small, all }: Sizes): number => (isAll ? all : small);

/** All cases, or `small` of them that are spread over all, the first one among them. */
export const someOf = <T>(cases: readonly T[], small: number): readonly T[] =>
  isAll ? cases : cases.filter((_, index) => (index * small) % cases.length < small);

/** Declares a test that belongs to the long sizes only, since another one tries the same kind of case. */
export function itInAll(name: string, check: () => Promise<void>, timeoutMs?: number): void {
  if (isAll) it(name, check, timeoutMs);
}
