/**
 * The phase of a match. The names are the states of `machines/match.machine.ts` and
 * `machines/review.machine.ts`, and the wire's `phase`. A match never stays in `round_end`: the commit that
 * enters it also leaves it.
 */
export type Phase =
  'fraudster_turn' | 'investigator_turn' | 'round_end' | 'audit_phase' | 'reviewing' | 'done' | 'aborted';
