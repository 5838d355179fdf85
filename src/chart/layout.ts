import { createHash } from 'node:crypto';
import elkjs from 'elkjs/lib/elk.bundled.js';
import type { ELK, ElkExtendedEdge, ElkNode, ElkPoint, LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import { canonicalJson } from '../shared/canonical-json.ts';
import { present } from '../shared/invariant.ts';
import { cardSize, rowsOf, sizes, stateParts, stateSize } from './boxes.ts';
import type { Row } from './boxes.ts';
import { headerOf } from './header.ts';
import type { Header } from './header.ts';
import { partsOf } from './lanes.ts';
import type { Lane, Parts } from './lanes.ts';
import { rootId } from './model.ts';
import type { ChartModel, ChartState, EdgeId, StateId } from './model.ts';

/** Where the flow goes. */
export type Direction = 'down' | 'right';

/** Where everything stands, in pixels from the upper left corner. Any overlay is painted on the same layout. */
export interface Layout {
  readonly model: ChartModel;
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
  readonly header: Header;
  /** Parents before their children. */
  readonly states: readonly PlacedState[];
  readonly lanes: readonly PlacedLane[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedState {
  readonly state: ChartState;
  readonly box: Box;
  readonly isLeaf: boolean;
  /** Child of a parallel state. */
  readonly isRegion: boolean;
  readonly headHeight: number;
  readonly rows: readonly Row[];
}

export interface PlacedLane {
  readonly id: string;
  readonly source: StateId;
  readonly target: StateId;
  readonly edges: readonly EdgeId[];
  /** Corners of the line, from the source to the arrow's tip; every part of it is level or upright. */
  readonly points: readonly Point[];
  /** Null for the way from an initial dot, whose middle is the first point. */
  readonly card: { readonly box: Box; readonly rows: readonly Row[] } | null;
}

/** The same place for the same model, in any process. Kept for models that were placed before. */
export function layoutOf(model: ChartModel, direction: Direction): Promise<Layout> {
  const key = createHash('sha256').update(canonicalJson({ model, direction })).digest('hex');
  const known = placed.get(key);
  if (known !== undefined) return known;
  const fresh = place(model, direction);
  placed.set(key, fresh);
  const [oldest = key] = placed.keys();
  if (placed.size > placedMax) placed.delete(oldest);
  return fresh;
}

const placed = new Map<string, Promise<Layout>>();
/** More than there are machines; a server that is given models from elsewhere must not keep them all. */
const placedMax = 64;

// The package is CommonJS: its class is the default of the default.
const Elk = elkjs as unknown as new () => ELK;

async function place(model: ChartModel, direction: Direction): Promise<Layout> {
  const parts = partsOf(model);
  const graph = await new Elk().layout(graphOf(model, parts, direction));
  const header = headerOf(model, parts, graph.width ?? 0);
  // A narrow graph stands in the middle under a wide header.
  const contentWidth = Math.max(header.width, graph.width ?? 0);
  const left = margin + round((contentWidth - (graph.width ?? 0)) / 2);
  const shift = { x: left, y: margin + header.height };
  const nodes = new Map(descendantsOf(graph).map((node) => [node.id, node]));
  return {
    ...{ model, direction, header },
    width: Math.ceil(contentWidth + 2 * margin),
    height: Math.ceil(shift.y + (graph.height ?? 0) + margin),
    states: placedStates(model, parts, nodes, shift),
    lanes: placedLanes(parts, graph.edges ?? [], shift),
  };
}

export const margin = 24;

function placedStates(
  { states }: ChartModel,
  { rows, chips }: Parts,
  nodes: ReadonlyMap<string, ElkNode>,
  shift: Point,
): readonly PlacedState[] {
  const kinds = new Map(states.map(({ id, kind }) => [id, kind]));
  return states
    .filter(({ id }) => id !== rootId && !chips.has(id))
    .map((state) => {
      const own = rowsOf(rows.get(state.id) ?? [], 'list');
      const { width = 0, height = 0, ...corner } = present(nodes.get(`state ${state.id}`), state.id);
      return {
        state,
        box: { ...moved(corner, shift), width, height },
        isLeaf: states.every(({ parent }) => parent !== state.id),
        isRegion: state.parent !== null && kinds.get(state.parent) === 'parallel',
        headHeight: stateParts(state, own).headHeight,
        rows: own,
      };
    });
}

function placedLanes(
  { lanes }: Parts,
  edges: readonly ElkExtendedEdge[],
  shift: Point,
): readonly PlacedLane[] {
  const byId = new Map(edges.map((edge) => [edge.id, edge]));
  return lanes.map((lane) => {
    const { sections, labels } = present(byId.get(lane.id), lane.id);
    const { startPoint, bendPoints = [], endPoint } = present(sections?.[0], `The way of ${lane.id}`);
    const corners = straightened([startPoint, ...bendPoints, endPoint].map((point) => moved(point, shift)));
    const label = labels?.[0];
    return {
      ...{ id: lane.id, source: lane.source, target: lane.target },
      edges: lane.edges.map(({ id }) => id),
      points: corners,
      card:
        label === undefined
          ? null
          : {
              box: { ...moved(label, shift), ...cardSize(rowsOf(lane.edges, 'card')) },
              rows: rowsOf(lane.edges, 'card'),
            },
    };
  });
}

/** Without corners that are none. */
function straightened(points: readonly Point[]): readonly Point[] {
  return points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before === undefined || after === undefined) return true;
    const isOnLine =
      (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y);
    return !isOnLine;
  });
}

const moved = ({ x = 0, y = 0 }: Partial<ElkPoint>, shift: Point): Point => ({
  x: round(x + shift.x),
  y: round(y + shift.y),
});

/** Half pixels: sharp lines and few digits. */
const round = (value: number): number => Math.round(value * 2) / 2;

const descendantsOf = (node: ElkNode): readonly ElkNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...descendantsOf(child)]);

// --- The graph as the layout engine takes it ---

function graphOf(model: ChartModel, parts: Parts, direction: Direction): ElkNode {
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
