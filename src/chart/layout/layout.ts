import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { present } from '../../shared/invariant.ts';
import { arrangementOf } from './arrangement.ts';
import { cardSize, rowsOf, stateParts, stateSize } from './boxes.ts';
import type { Row } from './boxes.ts';
import type { Arrangement } from './elk.ts';
import { graphOf, isBackwards } from './graph.ts';
import type { Direction } from './graph.ts';
import { headerOf } from './header.ts';
import type { Header } from './header.ts';
import { partsOf } from './lanes.ts';
import type { Parts } from './lanes.ts';
import { rootId } from '../model/model.ts';
import type { ChartModel, ChartState, EdgeId, StateId } from '../model/model.ts';

/**
 * The positions of all parts, in pixels from the upper left corner. Every overlay is painted on the same
 * layout.
 */
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
  /** Whether it is a child of a parallel state. */
  readonly isRegion: boolean;
  readonly headHeight: number;
  /**
   * The horizontal extent of name and rows. In a compound state it avoids the lines that cross the upper
   * border.
   */
  readonly head: { readonly x: number; readonly width: number };
  readonly rows: readonly Row[];
}

export interface PlacedLane {
  readonly id: string;
  readonly source: StateId;
  readonly target: StateId;
  readonly edges: readonly EdgeId[];
  /** Corners of the line, from the source to the arrow's tip; all segments are horizontal or vertical. */
  readonly points: readonly Point[];
  /** Null for the line from an initial dot. The dot's centre is then the first point. */
  readonly card: { readonly box: Box; readonly rows: readonly Row[] } | null;
}

/** The layout of a model. Deterministic across processes; cached for recently used models. */
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
/** More than there are machines. Bounded, because a server might be given models from elsewhere. */
const placedMax = 64;

async function place(model: ChartModel, direction: Direction): Promise<Layout> {
  const parts = partsOf(model);
  const arrangement = await arrangementOf(graphOf(model, parts, direction));
  const [graphWidth, graphHeight] = arrangement.size;
  const header = headerOf(model, parts, graphWidth);
  // A narrow graph is centred under a wide header.
  const contentWidth = Math.max(header.width, graphWidth);
  const left = margin + round((contentWidth - graphWidth) / 2);
  const shift = { x: left, y: margin + header.height };
  const lanes = placedLanes(model, parts, arrangement, shift);
  return {
    model,
    direction,
    header,
    lanes,
    width: Math.ceil(contentWidth + 2 * margin),
    height: Math.ceil(shift.y + graphHeight + margin),
    states: placedStates(model, parts, arrangement, shift).map((placed) => withHead(placed, lanes)),
  };
}

export const margin = 24;

function placedStates(
  { states }: ChartModel,
  { rows, chips }: Parts,
  { nodes }: Arrangement,
  shift: Point,
): readonly Omit<PlacedState, 'head'>[] {
  const kinds = new Map(states.map(({ id, kind }) => [id, kind]));
  return states
    .filter(({ id }) => id !== rootId && !chips.has(id))
    .map((state) => {
      const own = rowsOf(rows.get(state.id) ?? [], 'list');
      const [x, y, width, height] = present(nodes[`state ${state.id}`], state.id);
      return {
        state,
        box: { ...moved([x, y], shift), width, height },
        isLeaf: states.every(({ parent }) => parent !== state.id),
        isRegion: state.parent !== null && kinds.get(state.parent) === 'parallel',
        headHeight: stateParts(state, own).headHeight,
        rows: own,
      };
    });
}

function placedLanes(
  model: ChartModel,
  { lanes }: Parts,
  { ways, labels }: Arrangement,
  shift: Point,
): readonly PlacedLane[] {
  return lanes.map((lane) => {
    const corners = present(ways[lane.id], `The way of ${lane.id}`).map((point) => moved(point, shift));
    if (isBackwards(model, lane)) corners.reverse();
    const label = labels[lane.id];
    return {
      id: lane.id,
      source: lane.source,
      target: lane.target,
      edges: lane.edges.map(({ id }) => id),
      points: straightened(corners),
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

/** Places the head of a compound state in the first gap at its top that no line crosses. */
function withHead(placed: Omit<PlacedState, 'head'>, lanes: readonly PlacedLane[]): PlacedState {
  const { state, box, isLeaf, rows } = placed;
  if (isLeaf) return { ...placed, head: { x: box.x, width: box.width } };
  const { width, height } = stateSize(state, rows);
  const crossings = lanes
    .flatMap(({ points }) => points.slice(1).map((end, index) => [points[index] ?? end, end] as const))
    .filter(([start, end]) => Math.min(start.y, end.y) < box.y + height && Math.max(start.y, end.y) > box.y)
    .map(([start, end]) => [Math.min(start.x, end.x), Math.max(start.x, end.x)] as const);
  const isFree = (x: number): boolean => crossings.every(([from, to]) => to <= x || x + width <= from);
  const places = [box.x, ...crossings.map(([, to]) => to).sort((one, other) => one - other)];
  const x =
    places.find((each) => each >= box.x && each + width <= box.x + box.width && isFree(each)) ?? box.x;
  return { ...placed, head: { x, width } };
}

/**
 * Makes segments exactly horizontal or vertical again after rounding, and removes corners on a straight line.
 */
function straightened(points: readonly Point[]): readonly Point[] {
  const straight: Point[] = [];
  for (const point of points) {
    const before = straight.at(-1);
    const [dx, dy] =
      before === undefined ? [9, 9] : [Math.abs(point.x - before.x), Math.abs(point.y - before.y)];
    if (before === undefined || Math.min(dx, dy) === 0 || Math.min(dx, dy) > 1) straight.push(point);
    else straight.push(dx < dy ? { x: before.x, y: point.y } : { x: point.x, y: before.y });
  }
  return straight.filter((point, index) => {
    const [before, after] = [straight[index - 1], straight[index + 1]];
    if (before === undefined || after === undefined) return true;
    const isOnLine =
      (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y);
    return !isOnLine;
  });
}

const moved = ([x, y]: readonly [number, number], shift: Point): Point => ({
  x: round(x + shift.x),
  y: round(y + shift.y),
});

/** Rounds to half pixels, for sharp lines and few digits. */
const round = (value: number): number => Math.round(value * 2) / 2;
