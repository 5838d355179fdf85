import { it } from 'vitest';
import { isAll, longOnly } from './sizes.ts';

/** Declares a test of the long sizes: in small ones another test tries the same kind of case. */
export function itInAll(name: string, check: () => Promise<void>, timeoutMs?: number): void {
  if (isAll) it(name, check, timeoutMs);
  else it.skip(name + longOnly, check);
}
