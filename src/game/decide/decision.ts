import type { Json } from '../../shared/canonical-json.ts';
import type { Ad, Findings, Target } from '../ad.ts';
import type { MatchEvent } from '../event.ts';
import type { Position } from '../position.ts';
import type { GameState } from '../state.ts';

/** The outcome of a command: the events to store, or the rejection. */
export type Decision =
  | { readonly ok: true; readonly events: readonly MatchEvent[] }
  | { readonly ok: false; readonly rejection: Rejection };

/** A refusal. It costs no reward and changes no state. */
export interface Rejection {
  readonly code: RejectionCode;
  /** One sentence for the sender, without another role's secrets. */
  readonly message: string;
  readonly details: Readonly<Record<string, Json>>;
}

export type RejectionCode =
  | 'invalid_json'
  | 'validation_error'
  | 'phase_violation'
  | 'execution_error'
  | 'flag_type_unknown'
  | 'flag_target_missing'
  | 'flag_target_unknown'
  | 'flags_spent'
  | 'deadline_stale';

/** The fraudster's part of a proposal, trimmed and cut; null for an absent text. */
export interface Submission {
  readonly slot: number;
  readonly category: string;
  readonly adCopy: string;
  readonly pageSummary: string | null;
  readonly targetingSummary: string | null;
  /** The ad whose payment account this one uses too; null for an account of its own. */
  readonly fundedLike: Ad | null;
}

/**
 * Supplies the hidden half of a proposal. Implementations must be pure and seeded: the same match and slot
 * give the same ad. Conformance vectors inject their own.
 */
export interface ProposalSource {
  /** The complete ad. Its id is used if the ruleset's ids are opaque. */
  complete(state: GameState, submission: Submission): Ad;
  /** The given findings of an ad, rendered again after a change of its texts. */
  refresh(state: GameState, ad: Ad, targets: readonly Target[]): Partial<Findings>;
}

/** The context of a decision: the position, and the source of proposals. */
export interface Situation extends Position {
  readonly source: ProposalSource;
}

export const accepted = (...events: MatchEvent[]): Decision => ({ ok: true, events });

/** A rejection. `details` must not contain another role's secrets. */
export function rejected(
  code: RejectionCode,
  message: string,
  details: Readonly<Record<string, Json>> = {},
): Decision & { readonly ok: false } {
  return { ok: false, rejection: { code, message, details } };
}
