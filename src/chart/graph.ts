import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import { cardSize, rowsOf, sizes, stateSize } from './boxes.ts';
import type { Lane, Parts } from './lanes.ts';
import { rootId } from './model.ts';
import type { ChartModel, ChartState, StateId } from './model.ts';

/** Where the flow goes. */
export type Direction = 'down' | 'right';

/** A chart as the layout engine takes it: nodes are `state ID` and `dot ID`, edges bear the ids of their lanes. */
export function graphOf(model: ChartModel, parts: Parts, direction: Direction): ElkNode {
  return {
    id: 'chart',
    layoutOptions: { ...options, 'elk.direction': direction.toUpperCase() },
    children: [...childrenOf(rootId, model, parts)],
    edges: parts.lanes.map(edgeOf),
  };
}

function childrenOf(parent: StateId, model: ChartModel, parts: Parts): readonly ElkNode[] {
  const dots = parts.lanes.filter(({ source, isInitial }) => isInitial && source === parent);
  const children = model.states.filter((state) => state.parent === parent && !parts.chips.has(state.id));
  return [
    ...dots.map(({ source }) => ({ id: `dot ${source}`, width: sizes.dot, height: sizes.dot })),
    ...children.map((state) => nodeOf(state, model, parts)),
  ];
}

function nodeOf(state: ChartState, model: ChartModel, parts: Parts): ElkNode {
  const size = stateSize(state, rowsOf(parts.rows.get(state.id) ?? [], 'list'));
  const children = childrenOf(state.id, model, parts);
  if (children.length === 0) return { id: `state ${state.id}`, ...size };
  return {
    id: `state ${state.id}`,
    children: [...children],
    layoutOptions: {
      ...spacing,
      'elk.padding': `[top=${size.height + 10},left=22,bottom=22,right=22]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${size.width},${size.height})`,
    },
  };
}

function edgeOf(lane: Lane): ElkExtendedEdge {
  const { id, source, target, isInitial, edges } = lane;
  const ends = { id, sources: [`${isInitial ? 'dot' : 'state'} ${source}`], targets: [`state ${target}`] };
  if (isInitial) return { ...ends, layoutOptions: straight };
  const label = {
    text: id,
    ...cardSize(rowsOf(edges, 'card')),
    layoutOptions: { 'elk.edgeLabels.inline': 'true' },
  };
  return { ...ends, labels: [label] };
}

/** The way in is a straight one. */
const straight: LayoutOptions = {
  'elk.layered.priority.straightness': '20',
  'elk.layered.priority.direction': '20',
};

/** Not inherited: every compound state asks for it. */
const spacing: LayoutOptions = {
  'elk.layered.spacing.nodeNodeBetweenLayers': '32',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '22',
  'elk.spacing.edgeEdge': '16',
};

const options: LayoutOptions = {
  ...spacing,
  'elk.algorithm': 'layered',
  'elk.randomSeed': '1',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.edgeLabels.placement': 'CENTER',
  // What was declared later comes later; where nothing is gained by it, the engine may choose.
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};
