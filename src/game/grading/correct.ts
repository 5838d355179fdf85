import type { Truth, VerdictWord } from '../ad.ts';
import type { GradedRecord, GradedVerdict } from './record.ts';

const correctVerdicts: Readonly<Record<Truth, VerdictWord>> = {
  fraud: 'reject',
  legit: 'approve',
  escalate: 'escalate',
};

/** Whether the verdict is the right one for the ad's truth (grading spec, section 1). */
export function isCorrect(verdict: VerdictWord, truth: Truth): boolean {
  return correctVerdicts[truth] === verdict;
}

/** The number of right verdicts. */
export function correctCount(verdicts: readonly GradedVerdict[]): number {
  return verdicts.filter(({ verdict, truth }) => isCorrect(verdict, truth)).length;
}

/** The verdicts that the investigator gave, in queue order, without automatic approvals. */
export function manualVerdicts(record: GradedRecord): readonly GradedVerdict[] {
  return record.verdicts.filter((verdict) => !verdict.autoApproved);
}
