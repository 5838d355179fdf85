import type { ChartModel, EdgeId, StateId } from './model.ts';
import { rootId } from './model.ts';

/** What is painted over a chart: one moment, or the counts of many matches. Every part is optional. */
export interface Overlay {
  /** The innermost active states. Their ancestors are active too. */
  readonly active?: readonly StateId[];
  /** How often each transition was taken and each state entered; absent ids have count 0. */
  readonly heat?: Heat;
  /** The transitions taken most recently. */
  readonly last?: readonly EdgeId[];
  /** A refusal in this state. */
  readonly refused?: { readonly state: StateId; readonly what: string };
  /** The match's version. */
  readonly seq?: number;
}

export interface Heat {
  readonly edges: Readonly<Record<EdgeId, number>>;
  readonly states: Readonly<Record<StateId, number>>;
}

/** The active states: `leaves` and their ancestors, without the root. */
export function withAncestors({ states }: ChartModel, leaves: readonly StateId[]): ReadonlySet<StateId> {
  const parents = new Map(states.map(({ id, parent }) => [id, parent]));
  const active = new Set<StateId>();
  for (const leaf of leaves)
    for (
      let id: StateId | null | undefined = leaf;
      id !== rootId && id !== null && id !== undefined;
      id = parents.get(id)
    )
      active.add(id);
  return active;
}

/** A count as text of at most five characters, to fit the space of the layout. */
export function countText(count: number): string {
  if (count < 10_000) return `×${count}`;
  const [unit, letter] = count < 999_500 ? ([1e3, 'k'] as const) : ([1e6, 'M'] as const);
  const size = count / unit;
  return `×${size < 99.95 && letter === 'M' ? size.toFixed(size < 9.95 ? 1 : 0) : Math.round(size)}${letter}`;
}
