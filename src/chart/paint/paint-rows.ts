import { countWidth, headingTuck, sizes } from '../layout/boxes.ts';
import type { Row } from '../layout/boxes.ts';
import type { Box } from '../layout/layout.ts';
import { countText } from '../model/overlay.ts';
import { warmth } from './scene.ts';
import type { Scene } from './scene.ts';
import { element, escaped, short } from './svg.ts';

export interface RowPlace {
  readonly box: Box;
  /** Where texts start. */
  readonly textX: number;
  /** Where counts end. */
  readonly countX: number;
}

/** Paints transitions as lines of text in a box, with counts at the right. */
export function paintRows(scene: Scene, rows: readonly Row[], place: RowPlace): readonly string[] {
  return rows.map((row) => paintRow(scene, row, place));
}

/**
 * Places rows in a box with space for counts at its right. Without counts the text is centred. Counts that a
 * page adds are then close to the border, with space for two digits: a transition between states is taken
 * once a round.
 */
export function placeInMiddle({ heat }: Scene, box: Box): RowPlace {
  const shift = heat === null ? countWidth / 2 : 0;
  return {
    box: { ...box, x: box.x + shift },
    textX: box.x + shift + sizes.cardPadX,
    countX: box.x + box.width - (heat === null ? sizes.gap : sizes.cardPadX),
  };
}

function paintRow(scene: Scene, row: Row, { box, textX: x, countX }: RowPlace): string {
  const { palette, heat } = scene;
  const { x: left, width } = box;
  const top = box.y + row.top;
  const count = heat?.edges[row.edge] ?? 0;
  const isLast = scene.last.has(row.edge);
  const isDim = heat !== null && count === 0 && !isLast;
  const lineTop = row.heading === '' ? top : top + sizes.rowPitch - headingTuck;
  const y = short(lineTop + 15);
  const ink = isLast ? palette.accent : isDim ? palette.muted : undefined;
  const { description } = scene.edges.get(row.edge) ?? { description: '' };
  return element('g', { class: isLast ? 'edge last' : 'edge', 'data-edge': row.edge }, [
    description === '' ? '' : element('title', {}, description),
    ...bars(scene, count, isLast, { x: left, y: lineTop, width, height: sizes.rowPitch }),
    row.heading === '' ? '' : element('text', { x, y: short(top + 15) }, row.heading),
    lineOf(row, { x, y, fill: ink }, isLast ? undefined : palette.muted),
    paintCount(scene, count, isLast, { x: countX, y }),
  ]);
}

function lineOf(
  { event, guard, guardX }: Row,
  place: { readonly x: number; readonly y: number; readonly fill: string | undefined },
  guardFill: string | undefined,
): string {
  if (guard === '') return element('text', place, event);
  const fill = guardFill ?? place.fill;
  if (event === '') return element('text', { ...place, x: place.x + (guardX ?? 0), fill }, guard);
  const behind = element('tspan', { x: guardX === null ? undefined : place.x + guardX, fill }, guard);
  return element('text', place, [`${escaped(event)} `, behind]);
}

/** The count as a bar behind the text, and the mark of the transition taken last. */
function bars(
  { palette, heat, hottestEdge }: Scene,
  count: number,
  isLast: boolean,
  { x, y, width, height }: Box,
): readonly string[] {
  const length = short(Math.max(6, (width - 2) * warmth(count, hottestEdge)));
  const bar = { x: x + 1, y: y + 1, height: height - 2, rx: 3 };
  return [
    heat === null || count === 0 ? '' : element('rect', { ...bar, width: length, fill: palette.heat }),
    isLast ? element('rect', { ...bar, width: 3, rx: 1.5, fill: palette.accent }) : '',
  ];
}

function paintCount(
  { palette, heat, hasCountSlots }: Scene,
  count: number,
  isLast: boolean,
  { x, y }: { readonly x: number; readonly y: number },
): string {
  const fill = isLast ? palette.accent : palette.muted;
  const place = { x, y, 'text-anchor': 'end', 'font-size': sizes.count, fill };
  if (heat === null) return hasCountSlots ? element('text', { class: 'count', ...place }) : '';
  return element('text', place, count === 0 ? '·' : countText(count));
}
