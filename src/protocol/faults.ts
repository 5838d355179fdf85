import type * as z from 'zod';
import { takeCodePoints } from '../game/grading/text.ts';

/** A fault of an external value: its path, dot-separated, and the violated rule. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The first 20 faults of a failed parse. */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  return error.issues
    .slice(0, faultsMax)
    .map((issue) => ({ path: issue.path.join('.'), message: told(issue.message) }));
}

/** The faults as details of an error; empty for none. */
export function detailsOfFaults(faults: readonly Fault[]): {
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
} {
  return faults.length === 0 ? {} : { faults: faults.map(({ path, message }) => ({ path, message })) };
}

const faultsMax = 20;
const messageMax = 512;

/**
 * Limits a message to 512 code points without lone surrogates: it may contain the sender's field names, and
 * refusals are stored.
 */
function told(message: string): string {
  return takeCodePoints(message, messageMax).replace(/\p{Surrogate}/gu, '\uFFFD');
}
