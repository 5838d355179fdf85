import { numberOf, textOf } from './moment.ts';
import type { Fields } from './moment.ts';

export interface AdVersion {
  readonly seq: number;
  readonly copy: string;
  readonly landingPage: string;
}

export interface Pull {
  readonly seq: number;
  readonly target: string;
  /** Empty where a spectator is not told. */
  readonly text: string;
}

/** An ad as it stands at one moment. What is not known is null or empty. */
export interface Ad {
  readonly id: string;
  readonly category: string;
  readonly versions: readonly AdVersion[];
  readonly pulls: readonly Pull[];
  readonly status: 'pending' | 'approve' | 'reject' | 'escalate';
  /** Decided by the end of the review, not by the investigator. */
  readonly isSettled: boolean;
  readonly confidence: number | null;
  readonly isCorrect: boolean | null;
  /** Why it was decided so, as its investigator said. */
  readonly rationale: string;
  readonly truth: string;
  readonly fraudType: string;
  readonly severity: number | null;
  readonly isProposal: boolean | null;
  /** 0 for the ads of the beginning; null where that is not told. */
  readonly joinedRound: number | null;
}

export interface Link {
  readonly seq: number;
  readonly ads: readonly [string, string];
  readonly reason: string;
  readonly isCorrect: boolean | null;
}

/** The fraudster's ads have places of their own. */
export const isProposal = (data: Fields): boolean => numberOf(data, 'slot_index') !== null;

export function adOf(data: Fields, seq: number, joinedRound: number | null): Ad {
  return {
    ...{ id: textOf(data, 'ad_id'), category: textOf(data, 'category'), versions: [versionOf(data, seq)] },
    ...{
      pulls: [],
      status: 'pending',
      isSettled: false,
      confidence: null,
      isCorrect: null,
      rationale: '',
    },
    ...{ truth: textOf(data, 'ground_truth'), fraudType: textOf(data, 'fraud_type') },
    ...{ severity: numberOf(data, 'severity'), joinedRound },
    isProposal: isProposal(data) || booleanOf(data['is_proposal'] ?? (seq === 0 ? false : null)),
  };
}

export const versionOf = (data: Fields, seq: number): AdVersion => ({
  seq,
  copy: textOf(data, 'ad_copy'),
  landingPage: textOf(data, 'landing_page'),
});

export const booleanOf = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

export function statusOf(value: unknown): Ad['status'] {
  return value === 'approve' || value === 'reject' || value === 'escalate' ? value : 'pending';
}
