import type { Json } from '../../shared/canonical-json.ts';
import type { Ad, Findings, Target } from '../ad.ts';
import type { MatchEvent } from '../event.ts';
import type { Position } from '../position.ts';
import type { GameState } from '../state.ts';

/** What a command comes to: the events to store, or the reason why nothing happens. */
export type Decision =
  | { readonly ok: true; readonly events: readonly MatchEvent[] }
  | { readonly ok: false; readonly rejection: Rejection };

/** A refusal. Costs nothing and changes nothing. */
export interface Rejection {
  readonly code: RejectionCode;
  /** One sentence the sender can act on, without another role's secrets. */
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

/** What a fraudster hands in with a proposal, trimmed and cut; absent where it gave none. */
export interface Submission {
  readonly slot: number;
  readonly category: string;
  readonly adCopy: string;
  readonly pageSummary: string | null;
  readonly targetingSummary: string | null;
  /** The ad whose payment account is used again. */
  readonly fundedLike: Ad | null;
}

/**
 * Where the hidden half of a proposal comes from. Pure and seeded: the same match and slot give the same ad.
 * Conformance vectors inject their own.
 */
export interface ProposalSource {
  /** The whole ad; its id is used where the ruleset's ids are opaque. */
  complete(state: GameState, submission: Submission): Ad;
  /** The named findings of an ad whose texts have changed. */
  refresh(state: GameState, ad: Ad, targets: readonly Target[]): Partial<Findings>;
}

/** What a command is decided in. */
export interface Situation extends Position {
  readonly source: ProposalSource;
}

export const accepted = (...events: MatchEvent[]): Decision => ({ ok: true, events });

export function rejected(
  code: RejectionCode,
  message: string,
  details: Readonly<Record<string, Json>> = {},
): Decision & { readonly ok: false } {
  return { ok: false, rejection: { code, message, details } };
}
