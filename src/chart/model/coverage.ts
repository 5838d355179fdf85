import type { Counts } from './counts.ts';
import type { ChartEdge, ChartModel } from './model.ts';
import { rootId } from './model.ts';

/** How much of a chart a set of matches covered. */
export interface Coverage {
  readonly machine: string;
  /** In the order of the model, without the root. */
  readonly states: readonly Covered[];
  readonly edges: readonly CoveredEdge[];
}

export interface Covered {
  readonly id: string;
  /** How often it was entered or taken. */
  readonly count: number;
}

export interface CoveredEdge extends Covered {
  /** For display: `round_end --review.closed [areRoundsSpent]--> audit_phase`. */
  readonly label: string;
  /** How often its guard was false; null without a guard. */
  readonly refused: number | null;
}

/** The coverage of a chart by `counts`, which may be of one match or of many. */
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

/** How many of them have a count above 0. */
export const covered = (all: readonly Covered[]): number => all.filter(({ count }) => count > 0).length;

function labelOf({ source, targets, kind, label, guard, isElse }: ChartEdge, machine: string): string {
  const condition = guard !== null ? `[${guard}]` : isElse ? '[else]' : '';
  const why = [kind === 'initial' ? 'begin' : label, condition].filter((part) => part !== '').join(' ');
  const from = source === rootId ? machine : source;
  return targets.length === 0 ? `${from}: ${why}` : `${from} --${why}--> ${targets.join(', ')}`;
}
