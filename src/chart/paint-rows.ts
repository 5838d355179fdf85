import { headingTuck, sizes } from './boxes.ts';
import type { Row } from './boxes.ts';
import type { Box } from './layout.ts';
import { countText } from './overlay.ts';
import { warmth } from './scene.ts';
import type { Scene } from './scene.ts';
import { element, escaped, short } from './svg.ts';

/** Transitions as lines of text in a box, counts at its right. */
export function paintRows(scene: Scene, rows: readonly Row[], box: Box, padX: number): readonly string[] {
  return rows.map((row) => paintRow(scene, row, { ...box, y: box.y + row.top }, padX));
}

function paintRow(scene: Scene, row: Row, { x: left, y: top, width }: Box, padX: number): string {
  const { palette, heat } = scene;
  const count = heat?.edges[row.edge] ?? 0;
  const isLast = scene.last.has(row.edge);
  const isDim = heat !== null && count === 0 && !isLast;
  const x = left + padX;
  const lineTop = row.heading === '' ? top : top + sizes.rowPitch - headingTuck;
  const y = short(lineTop + 15);
  const ink = isLast ? palette.accent : isDim ? palette.muted : undefined;
  const { description } = scene.edges.get(row.edge) ?? { description: '' };
  return element('g', { class: isLast ? 'edge last' : 'edge', 'data-edge': row.edge }, [
    description === '' ? '' : element('title', {}, description),
    ...bars(scene, count, isLast, { x: left, y: lineTop, width, height: sizes.rowPitch }),
    row.heading === '' ? '' : element('text', { x, y: short(top + 15) }, row.heading),
    lineOf(row, { x, y, fill: ink }, isLast ? undefined : palette.muted),
    heat === null ? '' : paintCount(scene, count, isLast, { x: left + width - padX, y }),
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

/** How often, as a bar behind the text; and the mark of the transition taken last. */
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
  { palette }: Scene,
  count: number,
  isLast: boolean,
  { x, y }: { readonly x: number; readonly y: number },
): string {
  const fill = isLast ? palette.accent : palette.muted;
  const place = { x, y, 'text-anchor': 'end', 'font-size': sizes.count, fill };
  return element('text', place, count === 0 ? '·' : countText(count));
}
