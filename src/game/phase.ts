/**
 * Where a match stands. The names are the states of `machines/match.machine.ts` and `machines/review.machine.ts`, and
 * the wire's `phase`. `round_end` is left within the commit that enters it.
 */
export type Phase =
  'fraudster_turn' | 'investigator_turn' | 'round_end' | 'audit_phase' | 'reviewing' | 'done' | 'aborted';
