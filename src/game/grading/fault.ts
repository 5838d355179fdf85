import { clamp01 } from './arithmetic.ts';
import type { AuditFlag } from './record.ts';

/** What a fault takes off a check's score, and how severe its flag is. */
export interface FaultRule {
  readonly cost: number;
  readonly severity: number;
}

/** Something a check of the surface found: what it takes off the score, and the flag it raises, if any. */
export interface Fault {
  readonly cost: number;
  readonly flag: Pick<AuditFlag, 'flagType' | 'severity' | 'note'> | null;
}

/** A check's result: its score, 0..1, and its flags, all of track B. */
export interface Check {
  readonly score: number;
  readonly flags: readonly AuditFlag[];
}

/** A fault that raises a flag, of severity 1 at most. */
export function fault(flagType: string, { cost, severity }: FaultRule, note: string): Fault {
  return { cost, flag: { flagType, severity: Math.min(1, severity), note } };
}

/** Takes the costs off 1 in the order given, since the last digit depends on it, and targets the flags. */
export function settle(faults: readonly Fault[], targetAdId: string | null): Check {
  return {
    score: clamp01(faults.reduce((score, { cost }) => score - cost, 1)),
    flags: faults.flatMap(({ flag }) =>
      flag === null ? [] : [{ track: 'B' as const, targetAdId, ...flag }],
    ),
  };
}
