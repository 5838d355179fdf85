import { sizeFrom } from '../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import fc from '../property.ts';
import { layoutOf } from '../../src/chart/layout/layout.ts';
import type { Direction } from '../../src/chart/layout/graph.ts';
import { machines } from '../../src/chart/model/machines.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import type { ChartModel } from '../../src/chart/model/model.ts';
import { paintChart } from '../../src/chart/paint/paint.ts';
import { labelFaults, lineFaults, stateFaults, textFaults } from './faults.ts';
import { pictureOf } from './geometry.ts';
import { entered, knotted, nested, regions } from './sample-machines.ts';
import { parseXml } from './xml.ts';

/** Measured on the painted SVG, with the widest counts and the widest font there. */

const models = [...Object.values(machines), nested, knotted, regions, entered].map((machine) =>
  chartOf(machine),
);
const directions: readonly Direction[] = ['down', 'right'];
const cases = models.flatMap((model) =>
  directions.map((direction) => [model.machine, direction, model] as const),
);

describe.each(cases)('the chart of %s, %s', async (_, direction, model) => {
  const layout = await layoutOf(model, direction);
  const painted = {
    bare: paintChart(layout),
    full: paintChart(layout, { overlay: fullest(model) }),
    'with counts of a page': paintChart(layout, { hasCountSlots: true }).replaceAll(
      /(<text class="count"[^>]*)\/>/g,
      '$1>×99</text>',
    ),
  };
  const pictures = Object.entries(painted).map(([name, svg]) => [name, pictureOf(parseXml(svg))] as const);

  it.each(pictures)('%s, has no text over a text, and none outside what it belongs to', (__, picture) => {
    expect(picture.texts.length).toBeGreaterThan(model.edges.length / 2);
    expect(textFaults(model, picture)).toEqual([]);
  });

  it.each(pictures)('%s, has no label over a label or across the border of a state', (__, picture) => {
    expect(labelFaults(picture)).toEqual([]);
  });

  it.each(pictures)('%s, has no state over a state but inside the one it belongs to', (__, picture) => {
    expect(stateFaults(model, picture)).toEqual([]);
  });

  it.each(pictures)('%s, has no line through a text, a foreign label or a foreign state', (__, picture) => {
    expect(picture.lanes).toHaveLength(layout.lanes.length);
    expect(lineFaults(model, picture)).toEqual([]);
  });

  it('keeps room for a page’s counts at every transition that is a line of text', () => {
    const named = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].length;
    const { bare, full, 'with counts of a page': counted } = painted;
    expect(named(counted, /×99</g)).toBe(named(bare, /class="edge"/g));
    expect(named(bare + full, /class="count"/g)).toBe(0);
  });

  it('has level and upright lines only, from the border of one end to that of the other', () => {
    for (const { points, source, target, card } of layout.lanes) {
      for (const [index, point] of points.slice(1).entries())
        expect(point.x === points[index]?.x || point.y === points[index]?.y).toBe(true);
      const boxOf = (id: string) => layout.states.find(({ state }) => state.id === id)?.box;
      expect(isOnBorder(points.at(-1), boxOf(target))).toBe(true);
      if (card !== null) expect(isOnBorder(points[0], boxOf(source))).toBe(true);
    }
  });
});

type Corner = { readonly x: number; readonly y: number } | undefined;

/** To the pixel: places are rounded to halves. */
function isOnBorder(point: Corner, box: (Corner & { width: number; height: number }) | undefined): boolean {
  if (point === undefined || box === undefined) return false;
  const isNear = (a: number, b: number) => Math.abs(a - b) <= 1;
  const isLevel = isNear(point.x, box.x) || isNear(point.x, box.x + box.width);
  return isLevel || isNear(point.y, box.y) || isNear(point.y, box.y + box.height);
}

const flat = fc
  .tuple(
    fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', 'm', 'w', 'i', '_'), minLength: 1, maxLength: 18 }),
      {
        minLength: 1,
      },
    ),
    fc.array(
      fc.record({ from: fc.nat(), to: fc.option(fc.nat()), event: fc.nat(5), isGuarded: fc.boolean() }),
      {
        maxLength: 24,
      },
    ),
  )
  .map(([names, arrows]) => {
    const keys = [...new Set(names)].slice(0, 8);
    const states: Record<string, { readonly on: Record<string, object[]> }> = {};
    for (const key of keys) states[key] = { on: {} };
    const nameOf = (index: number) => keys[index % keys.length] ?? '';
    for (const { from, to, event, isGuarded } of arrows)
      (states[nameOf(from)]?.on ?? {})[`event${'.long'.repeat(event)}`] ??= [
        { ...(to === null ? {} : { target: nameOf(to) }), ...(isGuarded ? { guard: 'isAllowed' } : {}) },
        ...(isGuarded ? [{ target: nameOf(from + 1) }] : []),
      ];
    return chartOf(createMachine({ id: 'random', initial: keys[0] ?? '', states }));
  });

it('has nothing over anything in the chart of any machine whose states lie side by side', async () => {
  await fc.assert(
    fc.asyncProperty(flat, fc.constantFrom(...directions), async (model, direction) => {
      const layout = await layoutOf(model, direction);
      const picture = pictureOf(parseXml(paintChart(layout, { overlay: fullest(model) })));
      const faults = [textFaults(model, picture), labelFaults(picture), stateFaults(model, picture)].flat();
      expect([...faults, ...lineFaults(model, picture)]).toEqual([]);
    }),
    { numRuns: sizeFrom('CHART_MACHINES', { small: 8, all: 20 }) },
  );
});

function fullest({ states, edges }: ChartModel) {
  return {
    active: states.map(({ id }) => id),
    heat: {
      edges: Object.fromEntries(edges.map(({ id }, index) => [id, index % 2 === 0 ? 8888 : 8_888_888])),
      states: Object.fromEntries(states.map(({ id }) => [id, 8888])),
    },
    last: edges.map(({ id }) => id),
    seq: 8_888_888,
  };
}
