import { sizes } from '../layout/boxes.ts';
import type { PlacedLane } from '../layout/layout.ts';
import { paintRows, placeInMiddle } from './paint-rows.ts';
import { takenOf, warmth } from './scene.ts';
import type { Scene } from './scene.ts';
import { arrowHead, element, roundedPath, short, shortened } from './svg.ts';

const headLength = 8;

/** Paints the line between two states with its arrow head. */
export function paintLane(scene: Scene, { id, source, target, edges, points, card }: PlacedLane): string {
  const { colour, weight } = strokeOf(scene, edges);
  const [start] = points;
  const isInitial = card === null;
  const from = { cx: start?.x, cy: start?.y, r: 5, stroke: 'none' };
  const path = roundedPath(shortened(points, headLength - 1), 8);
  return element(
    'g',
    {
      class: isInitial ? 'lane initial' : 'lane',
      'data-lane': id,
      'data-source': source,
      'data-target': target,
      ...(isInitial ? { 'data-edge': edges[0] } : {}),
      stroke: colour,
      fill: colour,
    },
    [
      element('path', { d: path, fill: 'none', 'stroke-width': weight }),
      element('path', { d: arrowHead(points, headLength), stroke: 'none' }),
      isInitial ? element('circle', from) : '',
    ],
  );
}

export function strokeOf(
  { palette, heat, last, hottestLane }: Scene,
  edges: PlacedLane['edges'],
): { readonly colour: string; readonly weight: number } {
  if (edges.some((id) => last.has(id))) return { colour: palette.accent, weight: 4 };
  const count = takenOf(heat, edges);
  if (count === 0) return { colour: palette.line, weight: 1.5 };
  const warm = warmth(count, hottestLane);
  const colour = palette.warm[warm < 0.4 ? 0 : warm < 0.75 ? 1 : 2];
  return { colour, weight: short(1.5 + 2 * warm) };
}

/** Paints a lane's events and guards on a background, so that they are readable over lines. */
export function paintCard(scene: Scene, { id, card, edges }: PlacedLane): string {
  if (card === null) return '';
  const { palette, last } = scene;
  const { box, rows } = card;
  const stroke = edges.some((id) => last.has(id)) ? palette.accent : undefined;
  const ground = { ...box, rx: 7, fill: palette.card, stroke };
  const inner = { ...box, y: box.y + sizes.cardPadY };
  return element('g', { class: 'card', 'data-lane': id }, [
    element('rect', ground),
    ...paintRows(scene, rows, placeInMiddle(scene, inner)),
  ]);
}
