import type * as z from 'zod';
import { takeCodePoints } from '../game/grading/text.ts';

/** What is wrong with a value from outside, where, and by which rule. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export function faultsOf(error: z.ZodError): readonly Fault[] {
  return error.issues
    .slice(0, faultsMax)
    .map((issue) => ({ path: issue.path.join('.'), message: told(issue.message) }));
}

/** The faults as the details of an error. */
export function detailsOfFaults(faults: readonly Fault[]): {
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
} {
  return faults.length === 0 ? {} : { faults: faults.map(({ path, message }) => ({ path, message })) };
}

const faultsMax = 20;
const messageMax = 512;

/** The names of unknown fields come from the sender, and a refusal is stored: cut, and without half surrogates. */
function told(message: string): string {
  return takeCodePoints(message, messageMax).replace(/\p{Surrogate}/gu, '\uFFFD');
}
