import { clamp01 } from './arithmetic.ts';
import type { AuditFlag } from './record.ts';

/** The cost of a fault, subtracted from a check's score (0..1), and the severity (0..1) of its flag. */
export interface FaultRule {
  readonly cost: number;
  readonly severity: number;
}

/** A fault found by a surface check: its cost, and the flag it raises, if any. */
export interface Fault {
  readonly cost: number;
  readonly flag: Pick<AuditFlag, 'flagType' | 'severity' | 'note'> | null;
}

/** The result of a check: its score (0..1), and its flags, all of track B. */
export interface Check {
  readonly score: number;
  readonly flags: readonly AuditFlag[];
}

/** A fault with a flag; its severity is at most 1. */
export function fault(flagType: string, { cost, severity }: FaultRule, note: string): Fault {
  return { cost, flag: { flagType, severity: Math.min(1, severity), note } };
}

/**
 * Subtracts the costs from 1 in the given order, which decides the last digit, clamps to 0..1, and sets the
 * flags' target.
 */
export function settle(faults: readonly Fault[], targetAdId: string | null): Check {
  return {
    score: clamp01(faults.reduce((score, { cost }) => score - cost, 1)),
    flags: faults.flatMap(({ flag }) =>
      flag === null ? [] : [{ track: 'B' as const, targetAdId, ...flag }],
    ),
  };
}
