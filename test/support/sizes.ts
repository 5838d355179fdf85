/**
 * How much a test tries. `npm test` tries every kind of case in small numbers; `npm run test:all` sets TEST_SIZE=all
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

/** Ends the name of a test that small sizes leave out; the count of these stands at the end of a run. */
export const longOnly = ' (npm run test:all)';
