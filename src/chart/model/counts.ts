import type { EdgeId, StateId } from './model.ts';
import type { Taken } from './trace.ts';

/** Counts of what happened, in one match up to a moment or in many matches. Ids with count 0 are absent. */
export interface Counts {
  /** Transitions taken, including those from initial dots. */
  readonly edges: Readonly<Record<EdgeId, number>>;
  /** States entered. */
  readonly states: Readonly<Record<StateId, number>>;
  /** Guards that were evaluated to false, by transition. A guard that was true is a transition taken. */
  readonly failed: Readonly<Record<EdgeId, number>>;
}

export const noCounts: Counts = { edges: {}, states: {}, failed: {} };

/** The counts after more events. */
export function counted(counts: Counts, taken: readonly Taken[]): Counts {
  return added(counts, {
    edges: tally(taken.flatMap(({ edges }) => edges)),
    states: tally(taken.flatMap(({ entered }) => entered)),
    failed: tally(taken.flatMap(({ failed }) => failed)),
  });
}

/** The sum of two counts. */
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
