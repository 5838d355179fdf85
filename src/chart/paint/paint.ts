import { rowsHeight, sizes, stateParts } from '../layout/boxes.ts';
import { anywhere, prosePitch, titleHeight } from '../layout/header.ts';
import type { HeaderLine } from '../layout/header.ts';
import { margin } from '../layout/layout.ts';
import type { Layout } from '../layout/layout.ts';
import { rootId } from '../model/model.ts';
import type { ChartModel } from '../model/model.ts';
import type { Overlay } from '../model/overlay.ts';
import { paintCard, paintLane, strokeOf } from './paint-lanes.ts';
import { paintRows, placeInMiddle } from './paint-rows.ts';
import { paintState } from './paint-states.ts';
import { sceneOf } from './scene.ts';
import type { Paint, Scene } from './scene.ts';
import { arrowHead, element, shortened, roundedPath } from './svg.ts';
import { fontStack, textWidth } from '../layout/text-width.ts';

/**
 * Paints a chart as one SVG element. Equal arguments give equal bytes. Colours and fonts are attributes, not
 * styles, so that the SVG works on a page whose policy forbids styles; a page can select parts by
 * `data-state` and `data-edge`.
 */
export function paintChart(layout: Layout, paint: Paint = {}): string {
  const { model, width, height, states, lanes } = layout;
  const { theme = 'light', overlay = {} } = paint;
  const scene = sceneOf(layout, paint);
  const { palette } = scene;
  const id = `chart-${model.machine}`;
  const [outer, leaves] = [states.filter(({ isLeaf }) => !isLeaf), states.filter(({ isLeaf }) => isLeaf)];
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-desc`,
      class: 'chart',
      'data-machine': model.machine,
      'data-version': model.version,
      'data-theme': theme,
      'data-direction': layout.direction,
      'data-seq': overlay.seq,
      'font-family': fontStack,
      'font-size': sizes.row,
      fill: palette.ink,
    },
    [
      element('title', { id: `${id}-title` }, `Statechart of ${model.machine}`),
      element('desc', { id: `${id}-desc` }, description(model, overlay)),
      element('rect', { width, height, fill: palette.page }),
      paintHeader(scene, layout),
      ...outer.map((placed) => paintState(scene, placed)),
      ...lanes.map((lane) => paintLane(scene, lane)),
      ...leaves.map((placed) => paintState(scene, placed)),
      ...lanes.map((lane) => paintCard(scene, lane)),
    ].map((part) => (part === '' ? '' : `\n${part}`)),
  );
}

/** The picture in words, for screen readers. */
function description({ version, states, edges }: ChartModel, overlay: Overlay): string {
  const transitions = edges.filter(({ kind }) => kind !== 'initial').length;
  const { active, last, refused, seq } = overlay;
  return [
    states[0]?.description ?? '',
    `Version ${version}: ${states.length - 1} states, ${transitions} transitions.`,
    seq === undefined ? '' : `Event ${seq}.`,
    active === undefined ? '' : `Active: ${active.join(', ')}.`,
    last === undefined || last.length === 0 ? '' : `Taken last: ${last.join(', ')}.`,
    refused === undefined ? '' : `Refused in ${refused.state}: ${refused.what}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function paintHeader(scene: Scene, { model, header }: Layout): string {
  const { palette, overlay } = scene;
  const nameWidth = textWidth(model.machine, sizes.title, 'bold');
  const notes = [
    model.version === '' ? '' : `version ${model.version}`,
    overlay.seq === undefined ? '' : `event ${overlay.seq}`,
  ].filter((note) => note !== '');
  const name = { x: margin, y: margin + 14, 'font-size': sizes.title, 'font-weight': 700 };
  return element('g', { class: 'header', 'data-state': rootId, 'data-kind': model.states[0]?.kind }, [
    element('text', name, model.machine),
    element(
      'text',
      { x: margin + Math.ceil(nameWidth) + 8, y: margin + 14, fill: palette.muted },
      notes.join(' · '),
    ),
    ...header.prose.map((line, index) => {
      const y = margin + titleHeight + index * prosePitch + 12;
      return element('text', { x: margin, y, fill: palette.muted }, line);
    }),
    ...header.lines.map((line, index) => paintHeaderLine(scene, line, index === 0)),
  ]);
}

function paintHeaderLine(scene: Scene, line: HeaderLine, isFirst: boolean): string {
  const { palette } = scene;
  const middle = margin + line.y + line.height / 2;
  const { rows, rowsX, rowsWidth: width, arrow, target, edges } = line;
  const rowsTop = middle - rowsHeight(rows) / 2;
  const rowBox = { x: margin + rowsX, y: rowsTop, width, height: 0 };
  const parts = [
    isFirst ? element('text', { x: margin, y: middle + 4.5, fill: palette.muted }, anywhere) : '',
    ...paintRows(scene, rows, placeInMiddle(scene, rowBox)),
  ];
  if (arrow === null || target === null) return element('g', { class: 'anywhere' }, parts);
  const { colour, weight } = strokeOf(scene, edges);
  const points = [arrow.from, arrow.to].map((x) => ({ x: margin + x, y: middle }));
  const path = {
    d: roundedPath(shortened(points, 7), 0),
    fill: 'none',
    stroke: colour,
    'stroke-width': weight,
  };
  const { state, isChip, x, width: chipWidth, height } = target;
  const box = { x: margin + x, y: middle - height / 2, width: chipWidth, height };
  const { headHeight } = stateParts(state, target.rows);
  const name = { x: box.x + 6, y: middle + 4.5, 'font-weight': 600 };
  return element('g', { class: 'anywhere' }, [
    ...parts,
    element('path', path),
    element('path', { d: arrowHead(points, 8), fill: colour }),
    isChip
      ? paintState(scene, {
          state,
          box,
          isLeaf: true,
          isRegion: false,
          head: box,
          headHeight,
          rows: target.rows,
        })
      : element('text', name, state.name),
  ]);
}
