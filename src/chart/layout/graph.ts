import { createHash } from 'node:crypto';
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { cardSize, rowsOf, sizes, stateSize } from './boxes.ts';
import type { Lane, Parts } from './lanes.ts';
import { rootId } from '../model/model.ts';
import type { ChartModel, ChartState, StateId } from '../model/model.ts';

/** The direction of the flow. */
export type Direction = 'down' | 'right';

/**
 * A chart as input of the layout engine: node ids are `state ID` and `dot ID`, edge ids are those of the
 * lanes.
 */
export function graphOf(model: ChartModel, parts: Parts, direction: Direction): ElkNode {
  return {
    id: 'chart',
    layoutOptions: { ...options, 'elk.direction': direction.toUpperCase() },
    children: [...childrenOf(rootId, model, parts, direction)],
    edges: parts.lanes.map((lane) => edgeOf(lane, isBackwards(model, lane))),
  };
}

/** SHA-256 of a graph, hex. Graphs with the same key get the same arrangement. */
export const keyOf = (graph: ElkNode): string =>
  createHash('sha256').update(canonicalJson(graph)).digest('hex');

function childrenOf(
  parent: StateId,
  model: ChartModel,
  parts: Parts,
  direction: Direction,
): readonly ElkNode[] {
  const dots = parts.lanes.filter(({ source, isInitial }) => isInitial && source === parent);
  const children = model.states.filter((state) => state.parent === parent && !parts.chips.has(state.id));
  return [
    ...dots.map(({ source }) => ({ id: `dot ${source}`, width: sizes.dot, height: sizes.dot })),
    ...children.map((state) => nodeOf(state, model, parts, direction)),
  ];
}

function nodeOf(state: ChartState, model: ChartModel, parts: Parts, direction: Direction): ElkNode {
  const size = stateSize(state, rowsOf(parts.rows.get(state.id) ?? [], 'list'));
  const children = childrenOf(state.id, model, parts, direction);
  if (children.length === 0) return { id: `state ${state.id}`, ...size };
  // A line that enters through the head needs space beside the name.
  const isEntered = parts.lanes.some(
    ({ source, target }) => isIn(target, state.id) !== isIn(source, state.id),
  );
  const widthMin = isEntered ? 2 * size.width + 20 : size.width;
  return {
    id: `state ${state.id}`,
    children: [...children],
    layoutOptions: {
      ...inner,
      'elk.padding': `[top=${size.height + 10},left=22,bottom=22,right=22]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // The engine transposes its result for `down`, but not this value.
      'elk.nodeSize.minimum':
        direction === 'down' ? `(${size.height},${widthMin})` : `(${widthMin},${size.height})`,
    },
  };
}

const isIn = (id: StateId, ancestor: StateId): boolean => id.startsWith(`${ancestor}.`);

/**
 * Whether a lane leads to a state that was declared earlier. The engine gets such a lane reversed, so that
 * the picture follows the order of declaration; its own cycle breaking fails in nested states.
 */
export function isBackwards({ states }: ChartModel, { source, target, isInitial }: Lane): boolean {
  const placeOf = (id: StateId): number => states.findIndex((state) => state.id === id);
  return !isInitial && placeOf(target) < placeOf(source);
}

function edgeOf({ id, source, target, isInitial, edges }: Lane, isTurned: boolean): ElkExtendedEdge {
  const ends = [`${isInitial ? 'dot' : 'state'} ${source}`, `state ${target}`];
  const [from = '', to = ''] = isTurned ? ends.reverse() : ends;
  const edge = { id, sources: [from], targets: [to] };
  if (isInitial) return { ...edge, layoutOptions: straight };
  const size = cardSize(rowsOf(edges, 'card'));
  return { ...edge, labels: [{ text: id, ...size, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }] };
}

/** Keeps the line from an initial dot straight. */
const straight: LayoutOptions = {
  'elk.layered.priority.straightness': '20',
  'elk.layered.priority.direction': '20',
};

/** Not inherited: every state with children needs these options itself. */
const inner: LayoutOptions = {
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.spacing.nodeNodeBetweenLayers': '32',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '22',
  'elk.spacing.edgeEdge': '16',
  'elk.spacing.portPort': '16',
};

const options: LayoutOptions = {
  ...inner,
  'elk.algorithm': 'layered',
  'elk.randomSeed': '1',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.edgeRouting': 'ORTHOGONAL',
};
