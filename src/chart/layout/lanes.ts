import type { ChartEdge, ChartModel, ChartState, StateId } from '../model/model.ts';
import { rootId } from '../model/model.ts';

/** The transitions with the same source and target: one line with one card. */
export interface Lane {
  readonly id: string;
  readonly source: StateId;
  readonly target: StateId;
  readonly isInitial: boolean;
  readonly edges: readonly ChartEdge[];
}

/** A model divided into the parts of its picture. Every transition is in exactly one part. */
export interface Parts {
  /** By state: the transitions that do not leave it. */
  readonly rows: ReadonlyMap<StateId, readonly ChartEdge[]>;
  readonly lanes: readonly Lane[];
  /** The root's transitions, which can be taken in any state. */
  readonly rootLanes: readonly Lane[];
  /** States that only the root leads to: they are drawn next to the root's transitions only. */
  readonly chips: ReadonlySet<StateId>;
}

/** Divides a model into rows, lanes and chips. A transition that does not leave its state is a row. */
export function partsOf({ states, edges }: ChartModel): Parts {
  const rows = new Map<StateId, readonly ChartEdge[]>(
    states.map(({ id }) => [id, edges.filter((edge) => edge.source === id && isRow(edge))]),
  );
  const lanes = lanesOf(edges.filter((edge) => !isRow(edge)));
  const isOfRoot = ({ source, isInitial }: Lane): boolean => source === rootId && !isInitial;
  const [rootLanes, others] = [lanes.filter(isOfRoot), lanes.filter((lane) => !isOfRoot(lane))];
  const isAlone = ({ id, parent, kind }: ChartState): boolean =>
    parent === rootId &&
    (kind === 'final' || kind === 'atomic') &&
    others.every(({ source, target }) => source !== id && target !== id);
  const reached = new Set(rootLanes.map(({ target }) => target));
  const chips = states.filter((state) => reached.has(state.id) && isAlone(state)).map(({ id }) => id);
  return { rows, lanes: others, rootLanes, chips: new Set(chips) };
}

const isRow = ({ source, targets }: ChartEdge): boolean =>
  targets.length === 0 || (targets.length === 1 && targets[0] === source);

/** Groups transitions into lanes, in the order of their first transitions. */
function lanesOf(edges: readonly ChartEdge[]): readonly Lane[] {
  const byId = new Map<string, Lane>();
  for (const edge of edges)
    for (const target of edge.targets) {
      const isInitial = edge.kind === 'initial';
      const id = `${edge.source}${isInitial ? '|@initial' : ''}>${target}`;
      const lane = byId.get(id) ?? { id, source: edge.source, target, isInitial, edges: [] };
      byId.set(id, { ...lane, edges: [...lane.edges, edge] });
    }
  return [...byId.values()];
}
