import type { VerdictWord } from '../../../src/game/ad.ts';
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
  /** Empty when the viewer may not read it. */
  readonly text: string;
}

/** An ad at one moment of the match. Unknown values are null or empty. */
export interface BoardAd {
  readonly id: string;
  readonly category: string;
  readonly versions: readonly AdVersion[];
  readonly pulls: readonly Pull[];
  readonly status: 'pending' | VerdictWord;
  /** The end of the review decided it, not the investigator. */
  readonly isSettled: boolean;
  readonly confidence: number | null;
  readonly isCorrect: boolean | null;
  /** The investigator's reason for the verdict. */
  readonly rationale: string;
  readonly truth: string;
  readonly fraudType: string;
  readonly severity: number | null;
  readonly isProposal: boolean | null;
  /** 0 for the starting ads; null when the source does not say. */
  readonly joinedRound: number | null;
}

export interface BoardLink {
  readonly seq: number;
  readonly ads: readonly [string, string];
  readonly reason: string;
  readonly isCorrect: boolean | null;
}

/** Only the fraudster's ads have a slot. */
export const isProposal = (data: Fields): boolean => numberOf(data, 'slot_index') !== null;

export function adOf(data: Fields, seq: number, joinedRound: number | null): BoardAd {
  return {
    id: textOf(data, 'ad_id'),
    category: textOf(data, 'category'),
    versions: [versionOf(data, seq)],
    pulls: [],
    status: 'pending',
    isSettled: false,
    confidence: null,
    isCorrect: null,
    rationale: '',
    truth: textOf(data, 'ground_truth'),
    fraudType: textOf(data, 'fraud_type'),
    severity: numberOf(data, 'severity'),
    joinedRound,
    isProposal: isProposal(data) || booleanOf(data['is_proposal'] ?? (seq === 0 ? false : null)),
  };
}

export const versionOf = (data: Fields, seq: number): AdVersion => ({
  seq,
  copy: textOf(data, 'ad_copy'),
  landingPage: textOf(data, 'landing_page'),
});

export const booleanOf = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

export function statusOf(value: unknown): BoardAd['status'] {
  return value === 'approve' || value === 'reject' || value === 'escalate' ? value : 'pending';
}
