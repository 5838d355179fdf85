import type { Counts } from './counts.ts';
import type { ChartEdge, ChartModel } from './model.ts';
import { rootId } from './model.ts';

/** What a set of matches did of all that a chart allows. */
export interface Coverage {
  readonly machine: string;
  /** In the order of the model; the root is no state to enter. */
  readonly states: readonly Covered[];
  readonly edges: readonly CoveredEdge[];
}

export interface Covered {
  readonly id: string;
  /** How often it was entered or taken. */
  readonly count: number;
}

export interface CoveredEdge extends Covered {
  /** As a reader knows it: `round_end --review.closed [areRoundsSpent]--> audit_phase`. */
  readonly label: string;
  /** How often its guard was asked and said no; null where it has none. */
  readonly refused: number | null;
}

export function coverageOf({ machine, states, edges }: ChartModel, counts: Counts): Coverage {
  return {
    machine,
    states: states.filter(({ id }) => id !== rootId).map(({ id }) => ({ id, count: counts.states[id] ?? 0 })),
    edges: edges.map((edge) => ({
      id: edge.id,
      label: labelOf(edge, machine),
      count: counts.edges[edge.id] ?? 0,
      refused: edge.guard === null ? null : (counts.failed[edge.id] ?? 0),
    })),
  };
}

/** How many of them happened at least once. */
export const covered = (all: readonly Covered[]): number => all.filter(({ count }) => count > 0).length;

function labelOf({ source, targets, kind, label, guard, isElse }: ChartEdge, machine: string): string {
  const condition = guard !== null ? `[${guard}]` : isElse ? '[else]' : '';
  const why = [kind === 'initial' ? 'begin' : label, condition].filter((part) => part !== '').join(' ');
  const from = source === rootId ? machine : source;
  return targets.length === 0 ? `${from}: ${why}` : `${from} --${why}--> ${targets.join(', ')}`;
}
