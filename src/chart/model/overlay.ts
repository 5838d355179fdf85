import type { ChartModel, EdgeId, StateId } from './model.ts';
import { rootId } from './model.ts';

/** What is painted over a chart: a moment, or what many matches did. Every part may be absent. */
export interface Overlay {
  /** Innermost active states; what contains them is active too. */
  readonly active?: readonly StateId[];
  /** How often each transition was taken and each state entered; what is absent was not. */
  readonly heat?: Heat;
  /** The transitions taken last. */
  readonly last?: readonly EdgeId[];
  /** Something was refused in this state. */
  readonly refused?: { readonly state: StateId; readonly what: string };
  /** The version of the match. */
  readonly seq?: number;
}

export interface Heat {
  readonly edges: Readonly<Record<EdgeId, number>>;
  readonly states: Readonly<Record<StateId, number>>;
}

/** The states that are active when `leaves` are: they and all that contain them, without the root. */
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

/** Short enough for the room that the layout keeps: five characters at most. */
export function countText(count: number): string {
  if (count < 10_000) return `×${count}`;
  const [unit, letter] = count < 999_500 ? ([1e3, 'k'] as const) : ([1e6, 'M'] as const);
  const size = count / unit;
  return `×${size < 99.95 && letter === 'M' ? size.toFixed(size < 9.95 ? 1 : 0) : Math.round(size)}${letter}`;
}
