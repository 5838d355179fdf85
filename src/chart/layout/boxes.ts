import type { ChartEdge, ChartState, EdgeId } from '../model/model.ts';
import { textWidth } from './text-width.ts';

/** Sizes in pixels; the painter uses the same. */
export const sizes = {
  /** Of the letters. */
  title: 19,
  prose: 12.5,
  name: 14,
  row: 12.5,
  count: 11.5,
  /** A state's head, from its top to its first line. */
  head: 36,
  actionPitch: 18,
  rowPitch: 21,
  /** Between a head and the rows under its line. */
  compartment: 6,
  padX: 14,
  stateWidthMin: 112,
  cardPadX: 9,
  cardPadY: 5,
  gap: 5,
  dot: 12,
} as const;

/** One transition as a line of text: its event, its guard, and at the right room for a count. */
export interface Row {
  readonly edge: EdgeId;
  /** Of its first line, from the top of the rows. */
  readonly top: number;
  /** On a line of its own above; empty where there is none. */
  readonly heading: string;
  /** Empty where it stands above. */
  readonly event: string;
  readonly guard: string;
  /** Where the guard begins, where it stands under or over another; else behind the event. */
  readonly guardX: number | null;
}

/** The widest count that is written: larger ones are shortened. */
export const countWidth = 2 * Math.ceil((textWidth('×9999', sizes.count) + sizes.gap) / 2);

/**
 * Transitions of one state, or between the same two, as lines; an event is named once. In a `list` it stands before
 * its guards, in a `card`, which should be narrow, above them.
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

/** A transition in one line. */
export const rowText = (edge: ChartEdge): string =>
  [eventOf(edge), guardOf(edge)].filter((text) => text !== '').join(' ');

const guardOf = ({ isElse, guard }: ChartEdge): string =>
  isElse ? 'else' : guard === null ? '' : `[${guard}]`;

const indent = 10;
/** A heading stands closer to what it heads. */
export const headingTuck = 3;

const eventOf = ({ kind, label, guard, isElse }: ChartEdge): string =>
  kind === 'event' ? label : guard === null && !isElse ? 'always' : '';

const isOfEvent = (edge: ChartEdge | undefined, event: string): boolean =>
  edge !== undefined && event !== '' && eventOf(edge) === event;

const behind = (event: string): number => Math.round(textWidth(`${event} `, sizes.row));

/** Without the room for counts. */
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

/** Entry and exit actions as a reader of UML knows them. */
export const actionLines = ({ entry, exit }: ChartState): readonly string[] => [
  ...entry.map((name) => `entry / ${name}`),
  ...exit.map((name) => `exit / ${name}`),
];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A state's own head and rows: all of an atomic state, the upper part of any other. */
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

/** What stands behind a state's name. */
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

/** Even, so that a middle is a whole number. */
const whole = (size: number): number => 2 * Math.ceil(size / 2);
