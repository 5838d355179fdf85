import type { Truth, VerdictWord } from '../ad.ts';

/** The value of a verdict by the ad's truth. Source: grading spec, section 3. */
export interface VerdictValues {
  readonly byTruth: Readonly<Record<Truth, Readonly<Record<VerdictWord, number>>>>;
  /** Added for a rejected fraud, times its severity. */
  readonly caughtFraudPerSeverity: number;
}

export const verdictValues: VerdictValues = {
  byTruth: {
    fraud: { reject: 0.3, approve: -0.5, escalate: -0.05 },
    legit: { reject: -0.35, approve: 0.1, escalate: -0.05 },
    escalate: { reject: -0.1, approve: -0.15, escalate: 0.15 },
  },
  caughtFraudPerSeverity: 0.1,
};

/** The value of one verdict on an ad of this truth and severity (0..1). */
export function verdictValue(
  values: VerdictValues,
  verdict: VerdictWord,
  truth: Truth,
  severity: number,
): number {
  const value = values.byTruth[truth][verdict];
  return truth === 'fraud' && verdict === 'reject' ? value + values.caughtFraudPerSeverity * severity : value;
}
