import type { ChartEdge, ChartState, EdgeId } from '../model/model.ts';
import { textWidth } from './text-width.ts';

/** Sizes in pixels, for layout and painting. */
export const sizes = {
  /** Font sizes. */
  title: 19,
  prose: 12.5,
  name: 14,
  row: 12.5,
  count: 11.5,
  /** Height of a state's head, from its top to its first line. */
  head: 36,
  actionPitch: 18,
  rowPitch: 21,
  /** Space between a head's line and the rows below. */
  compartment: 6,
  padX: 14,
  stateWidthMin: 112,
  cardPadX: 9,
  cardPadY: 5,
  gap: 5,
  dot: 12,
} as const;

/** One transition as a line of text: event, guard, and space for a count at the right. */
export interface Row {
  readonly edge: EdgeId;
  /** Y of its first line, from the top of the rows. */
  readonly top: number;
  /** The event on a line above the guard; empty for none. */
  readonly heading: string;
  /** The event on the row's own line; empty if a heading or an earlier row shows it. */
  readonly event: string;
  readonly guard: string;
  /** X of the guard; null if it follows the event directly. */
  readonly guardX: number | null;
}

/** Width of the widest count text: larger counts are shortened. */
export const countWidth = 2 * Math.ceil((textWidth('×9999', sizes.count) + sizes.gap) / 2);

/**
 * Rows for the transitions of one state, or between the same two states. An event is named once for
 * consecutive transitions. A `list` has it before its guards; a `card`, which should be narrow, above them.
 */
export function rowsOf(edges: readonly ChartEdge[], form: 'list' | 'card'): readonly Row[] {
  let top = 0;
  return edges.map((edge, index) => {
    const event = eventOf(edge);
    const isRepeated = isOfEvent(edges[index - 1], event);
    const isGroup = isRepeated || isOfEvent(edges[index + 1], event);
    const guard = guardOf(edge);
    const texts = form === 'card' ? inCard(event, guard, isRepeated) : inList(event, isRepeated, isGroup);
    const row = { edge: edge.id, top, guard, ...texts };
    top = endOf(row);
    return row;
  });
}

type Texts = Pick<Row, 'heading' | 'event' | 'guardX'>;

const inCard = (event: string, guard: string, isRepeated: boolean): Texts =>
  guard === ''
    ? { heading: '', event: isRepeated ? '' : event, guardX: null }
    : { heading: isRepeated ? '' : event, event: '', guardX: event === '' ? 0 : indent };

const inList = (event: string, isRepeated: boolean, isGroup: boolean): Texts => ({
  heading: '',
  event: isRepeated ? '' : event,
  guardX: event === '' ? 0 : isGroup ? behind(event) : null,
});

/** A transition as one line of text. */
export const rowText = (edge: ChartEdge): string =>
  [eventOf(edge), guardOf(edge)].filter((text) => text !== '').join(' ');

const guardOf = ({ isElse, guard }: ChartEdge): string =>
  isElse ? 'else' : guard === null ? '' : `[${guard}]`;

const indent = 10;
/** Pixels by which a heading is closer to the row below it. */
export const headingTuck = 3;

const eventOf = ({ kind, label, guard, isElse }: ChartEdge): string =>
  kind === 'event' ? label : guard === null && !isElse ? 'always' : '';

const isOfEvent = (edge: ChartEdge | undefined, event: string): boolean =>
  edge !== undefined && event !== '' && eventOf(edge) === event;

const behind = (event: string): number => Math.round(textWidth(`${event} `, sizes.row));

/** The width of the rows without the space for counts. */
export const rowsWidth = (rows: readonly Row[]): number =>
  Math.max(0, ...rows.map(({ heading }) => textWidth(heading, sizes.row)), ...rows.map(lineWidth));

const lineWidth = ({ event, guard, guardX }: Row): number =>
  guard === '' ? textWidth(event, sizes.row) : (guardX ?? behind(event)) + textWidth(guard, sizes.row);

export function rowsHeight(rows: readonly Row[]): number {
  const last = rows.at(-1);
  return last === undefined ? 0 : endOf(last);
}

const endOf = ({ top, heading }: Pick<Row, 'top' | 'heading'>): number =>
  top + sizes.rowPitch + (heading === '' ? 0 : sizes.rowPitch - headingTuck);

/** Entry and exit actions in UML notation. */
export const actionLines = ({ entry, exit }: ChartState): readonly string[] => [
  ...entry.map((name) => `entry / ${name}`),
  ...exit.map((name) => `exit / ${name}`),
];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a state's head and rows: all of an atomic state, the upper part of any other. */
export function stateSize(state: ChartState, rows: readonly Row[]): Size {
  const lines = actionLines(state);
  const head = nameWidth(state) + countWidth + sizes.dot;
  const widest = Math.max(
    head,
    rowsWidth(rows) + (rows.length === 0 ? 0 : countWidth),
    ...lines.map((line) => textWidth(line, sizes.row)),
  );
  const { headHeight, listHeight } = stateParts(state, rows);
  return {
    width: whole(Math.max(sizes.stateWidthMin, widest + 2 * sizes.padX)),
    height: headHeight + listHeight,
  };
}

export function stateParts(
  state: ChartState,
  rows: readonly Row[],
): { readonly headHeight: number; readonly listHeight: number } {
  const lines = actionLines(state).length;
  return {
    headHeight: sizes.head + (lines === 0 ? 0 : lines * sizes.actionPitch + sizes.compartment - 4),
    listHeight: rows.length === 0 ? 0 : rowsHeight(rows) + 2 * sizes.compartment,
  };
}

/** The text after a state's name. */
export const suffixOf = ({ kind }: ChartState): string => (kind === 'parallel' ? 'parallel' : '');

const nameWidth = (state: ChartState): number => {
  const suffix = suffixOf(state);
  const name = textWidth(state.name, sizes.name, 'bold');
  return suffix === '' ? name : name + sizes.gap + textWidth(suffix, sizes.row);
};

export function cardSize(rows: readonly Row[]): Size {
  return {
    width: whole(rowsWidth(rows) + countWidth + 2 * sizes.cardPadX),
    height: rowsHeight(rows) + 2 * sizes.cardPadY,
  };
}

/** Rounded up to an even number, so that the middle is a whole number. */
const whole = (size: number): number => 2 * Math.ceil(size / 2);
