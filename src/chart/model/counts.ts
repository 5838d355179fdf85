import type { EdgeId, StateId } from './model.ts';
import type { Taken } from './trace.ts';

/** How often what happened: in a match up to a moment, or in many matches together. What never did is absent. */
export interface Counts {
  /** Transitions taken, the ways in from initial dots included. */
  readonly edges: Readonly<Record<EdgeId, number>>;
  /** States entered. */
  readonly states: Readonly<Record<StateId, number>>;
  /** Guards that were asked and said no, by transition. A guard that said yes is a transition taken. */
  readonly failed: Readonly<Record<EdgeId, number>>;
}

export const noCounts: Counts = { edges: {}, states: {}, failed: {} };

/** The counts after some more events. */
export function counted(counts: Counts, taken: readonly Taken[]): Counts {
  return added(counts, {
    edges: tally(taken.flatMap(({ edges }) => edges)),
    states: tally(taken.flatMap(({ entered }) => entered)),
    failed: tally(taken.flatMap(({ failed }) => failed)),
  });
}

/** The counts of two sets of matches together. */
export function added(some: Counts, more: Counts): Counts {
  return {
    edges: sums(some.edges, more.edges),
    states: sums(some.states, more.states),
    failed: sums(some.failed, more.failed),
  };
}

function tally(ids: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

function sums(
  some: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  const counts = { ...some };
  for (const [id, count] of Object.entries(more)) counts[id] = (counts[id] ?? 0) + count;
  return counts;
}
