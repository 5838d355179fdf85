import { actionLines, sizes, suffixOf } from '../layout/boxes.ts';
import type { Box, PlacedState } from '../layout/layout.ts';
import { countText } from '../model/overlay.ts';
import { paintRows } from './paint-rows.ts';
import type { Scene } from './scene.ts';
import { element } from './svg.ts';
import { textWidth } from '../layout/text-width.ts';

/**
 * Paints a state with its name, its actions and the transitions that do not leave it. Its children are
 * painted separately.
 */
export function paintState(scene: Scene, placed: PlacedState): string {
  const { state, box, head, headHeight, rows } = placed;
  const { palette } = scene;
  const isActive = scene.active.has(state.id);
  const refused = scene.overlay.refused?.state === state.id ? scene.overlay.refused.what : null;
  const classes = ['state', isActive ? 'active' : '', refused === null ? '' : 'refused'].filter(Boolean);
  const top = box.y + headHeight;
  const line = { x1: box.x, x2: box.x + box.width, y1: top, y2: top, stroke: palette.border };
  const place = {
    box: { ...head, y: top + sizes.compartment, height: 0 },
    textX: head.x + sizes.padX,
    countX: head.x + head.width - sizes.padX,
  };
  return element('g', { class: classes.join(' '), 'data-state': state.id, 'data-kind': state.kind }, [
    state.description === '' ? '' : element('title', {}, state.description),
    ...frame(scene, placed, isActive),
    ...name(scene, placed, isActive),
    refused === null ? '' : refusal(scene, box, refused),
    ...(rows.length === 0 ? [] : [element('line', line), ...paintRows(scene, rows, place)]),
  ]);
}

function frame(
  { palette }: Scene,
  { state, box, isLeaf, isRegion }: PlacedState,
  isActive: boolean,
): readonly string[] {
  const { x, y, width, height } = box;
  const stroke = isActive ? palette.accent : palette.border;
  const fill = isLeaf
    ? isActive
      ? palette.accentSoft
      : palette.state
    : isRegion
      ? palette.page
      : palette.panel;
  const weight = isActive ? (isLeaf ? 2 : 1.5) : undefined;
  const dashes = isRegion && !isLeaf ? '5 4' : undefined;
  const outer = { x, y, width, height, rx: isLeaf ? 9 : 12, fill, stroke, 'stroke-width': weight };
  const inner = { x: x + 3.5, y: y + 3.5, width: width - 7, height: height - 7, rx: 6, fill: 'none', stroke };
  return [
    element('rect', { ...outer, 'stroke-dasharray': dashes }),
    state.kind === 'final' ? element('rect', inner) : '',
  ];
}

function name(scene: Scene, { state, box, head, isLeaf }: PlacedState, isActive: boolean): readonly string[] {
  const { palette, heat } = scene;
  const x = head.x + sizes.padX;
  const y = box.y + 23;
  const suffix = suffixOf(state);
  const nameWidth = textWidth(state.name, sizes.name, 'bold');
  const bold = { 'font-size': sizes.name, 'font-weight': 600, fill: isActive ? palette.accent : undefined };
  const entered = heat?.states[state.id] ?? 0;
  const end = head.x + head.width - sizes.padX;
  const countEnd = isLeaf && isActive ? end - sizes.dot : end;
  const count = { x: countEnd, y, 'text-anchor': 'end', 'font-size': sizes.count, fill: palette.muted };
  return [
    element('text', { x, y, ...bold }, state.name),
    suffix === '' ? '' : element('text', { x: x + nameWidth + sizes.gap, y, fill: palette.muted }, suffix),
    heat === null ? '' : element('text', count, entered === 0 ? '·' : countText(entered)),
    isLeaf && isActive ? element('circle', { cx: end - 2, cy: box.y + 18, r: 4, fill: palette.accent }) : '',
    ...actionLines(state).map((line, index) =>
      element('text', { x, y: y + (index + 1) * sizes.actionPitch, fill: palette.muted }, line),
    ),
  ];
}

/** Marks a refusal with a hollow circle on the state's corner. */
function refusal({ palette }: Scene, { x, y, width }: Box, what: string): string {
  const ring = { cx: x + width, cy: y, r: 6, fill: palette.page, stroke: palette.accent, 'stroke-width': 2 };
  return element('g', { class: 'refusal' }, [element('title', {}, what), element('circle', ring)]);
}
