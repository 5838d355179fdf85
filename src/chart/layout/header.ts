import { cardSize, rowsOf, sizes, stateParts, stateSize } from './boxes.ts';
import type { Row } from './boxes.ts';
import { present } from '../../shared/invariant.ts';
import type { Parts } from './lanes.ts';
import { rootId } from '../model/model.ts';
import type { ChartModel, ChartState, EdgeId, StateId } from '../model/model.ts';
import { textWidth, wrapped } from './text-width.ts';

/** The part above the graph: the machine's name, its description, and the transitions of the root. */
export interface Header {
  readonly width: number;
  readonly height: number;
  readonly prose: readonly string[];
  readonly lines: readonly HeaderLine[];
}

/** The root's transitions to one target. Y is relative to the header's top. */
export interface HeaderLine {
  readonly y: number;
  readonly height: number;
  readonly rows: readonly Row[];
  readonly edges: readonly EdgeId[];
  readonly rowsX: number;
  readonly rowsWidth: number;
  /** Null for transitions without another target. */
  readonly arrow: { readonly from: number; readonly to: number } | null;
  readonly target: HeaderTarget | null;
}

/**
 * The target of a header line. A chip is the state itself, drawn here only; other targets are shown by name.
 */
export interface HeaderTarget {
  readonly state: ChartState;
  readonly isChip: boolean;
  readonly rows: readonly Row[];
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

export const anywhere = 'from anywhere';
export const titleHeight = 26;
export const prosePitch = 18;
const proseWidthMin = 420;
const arrowLength = 40;
const lineGap = 8;

/** Lays out the header of a graph of `graphWidth` pixels. The header may be wider than the graph. */
export function headerOf(model: ChartModel, parts: Parts, graphWidth: number): Header {
  const root = present(model.states[0], 'The root');
  const prose = wrapped(root.description, Math.max(proseWidthMin, graphWidth), sizes.prose);
  let y = titleHeight + prose.length * prosePitch + (prose.length === 0 ? 0 : 4);
  const groups = [
    { edges: parts.rows.get(rootId) ?? [], target: null },
    ...parts.rootLanes.map(({ edges, target }) => ({ edges, target })),
  ].filter(({ edges }) => edges.length > 0);
  const lines = groups.map(({ edges, target }): HeaderLine => {
    const line = lineOf(rowsOf(edges, 'list'), target, model, parts);
    const at = y;
    y += line.height + lineGap;
    return { ...line, y: at, edges: edges.map(({ id }) => id) };
  });
  const widths = [
    ...prose.map((line) => textWidth(line, sizes.prose)),
    ...lines.map(({ rowsX, rowsWidth, target }) =>
      target === null ? rowsX + rowsWidth : target.x + target.width,
    ),
    titleWidth(model),
  ];
  return { width: Math.ceil(Math.max(...widths, 0)), height: y + bottomGap, prose, lines };
}

const bottomGap = 18;

/** Includes space for the event number that an overlay adds after the name. */
const titleWidth = ({ machine, version }: ChartModel): number =>
  textWidth(machine, sizes.title, 'bold') + textWidth(` version ${version} · event 9999999`, sizes.row);

function lineOf(
  rows: readonly Row[],
  target: StateId | null,
  { states }: ChartModel,
  parts: Parts,
): Omit<HeaderLine, 'y' | 'edges'> {
  const rowsX = Math.ceil(textWidth(anywhere, sizes.row)) + sizes.gap;
  const card = cardSize(rows);
  const place = { rows, rowsX, rowsWidth: card.width };
  if (target === null) return { ...place, arrow: null, target: null, height: card.height };
  const state = present(
    states.find(({ id }) => id === target),
    target,
  );
  const targetRows = rowsOf(parts.rows.get(target) ?? [], 'list');
  const { width, height } = stateSize(state, targetRows);
  const from = rowsX + card.width;
  const isChip = parts.chips.has(target);
  return {
    ...place,
    arrow: { from, to: from + arrowLength },
    target: { state, isChip, rows: targetRows, x: from + arrowLength, width, height },
    height: Math.max(card.height, height, stateParts(state, targetRows).headHeight),
  };
}
