import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/chart/layout.ts';
import type { Direction } from '../../src/chart/graph.ts';
import { machines } from '../../src/chart/machines.ts';
import { chartOf } from '../../src/chart/model.ts';
import type { ChartModel } from '../../src/chart/model.ts';
import { paintChart } from '../../src/chart/paint.ts';
import { overlap, pictureOf, within } from './geometry.ts';
import type { Picture } from './geometry.ts';
import { knotted, nested, regions } from './sample-machines.ts';
import { parseXml } from './xml.ts';

/** Measured on the painted SVG, with the widest counts and the widest font there. */

const models = [...Object.values(machines), nested, knotted, regions].map((machine) => chartOf(machine));
const directions: readonly Direction[] = ['down', 'right'];
const cases = models.flatMap((model) =>
  directions.map((direction) => [model.machine, direction, model] as const),
);

describe.each(cases)('the chart of %s, %s', async (_, direction, model) => {
  const layout = await layoutOf(model, direction);
  const pictures = [paintChart(layout), paintChart(layout, { overlay: fullest(model) })].map((svg) =>
    pictureOf(parseXml(svg)),
  );

  it.each(pictures)('has no text over a text, and none outside what it belongs to', (picture) => {
    const { page, states, cards, texts } = picture;
    expect(texts.length).toBeGreaterThan(model.edges.length / 2);
    expect(pairs(texts).filter(([a, b]) => overlap(a, b))).toEqual([]);
    const frames = new Map([...states, ...cards].map((each) => [each.id, each]));
    expect(texts.filter((text) => !within(text, frames.get(text.owner) ?? page))).toEqual([]);
    const around = withAncestors(model);
    const foreign = texts.flatMap((text) =>
      [...states, ...cards].filter(
        (box) => overlap(text, box) && !isOwner(text.owner, box.id, around, picture),
      ),
    );
    expect(foreign).toEqual([]);
  });

  it.each(pictures)('has no label over a label or across the border of a state', ({ states, cards }) => {
    expect(pairs(cards).filter(([a, b]) => overlap(a, b))).toEqual([]);
    const across = cards.flatMap((card) =>
      states.filter((state) => overlap(card, state) && !within(card, state)).map(({ id }) => [card.id, id]),
    );
    expect(across).toEqual([]);
  });

  it.each(pictures)('has no state over a state but inside the one it belongs to', ({ page, states }) => {
    const around = withAncestors(model);
    const wrong = pairs(states).filter(([a, b]) =>
      (around.get(b.id) ?? []).includes(a.id)
        ? !within(b, a)
        : (around.get(a.id) ?? []).includes(b.id)
          ? !within(a, b)
          : overlap(a, b),
    );
    expect(wrong).toEqual([]);
    expect(states.filter((state) => !within(state, page))).toEqual([]);
  });

  it.each(pictures)('has no line through a text, a foreign label or a foreign state', (picture) => {
    const { page, states, cards, texts, lanes } = picture;
    const around = withAncestors(model);
    expect(lanes.filter(({ segments }) => segments.length === 0)).toEqual([]);
    for (const lane of lanes) {
      const own = [lane.source, lane.target].flatMap((id) => [id, ...(around.get(id) ?? [])]);
      const ends = new Set([...own, `dot ${lane.source}`]);
      const crossed = lane.segments.flatMap((segment) => [
        ...cards.filter(({ id, ...box }) => id !== lane.id && overlap(segment, box)),
        ...texts.filter((text) => text.owner !== lane.id && overlap(segment, text)),
        ...states.filter(({ id, ...box }) => !ends.has(id) && overlap(segment, box)),
      ]);
      expect(crossed, lane.id).toEqual([]);
      expect(lane.segments.filter((segment) => !within(segment, page))).toEqual([]);
    }
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

const pairs = <Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] =>
  items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b] as const));

/** Of every state, and of the dot inside each compound one, the states around it. */
function withAncestors({ states }: ChartModel): ReadonlyMap<string, readonly string[]> {
  const around = new Map<string, readonly string[]>();
  for (const { id, parent } of states) {
    around.set(id, parent === null ? [] : [parent, ...(around.get(parent) ?? [])]);
    around.set(`dot ${id}`, [id, ...(around.get(id) ?? [])]);
  }
  return around;
}

/** Whether a text may stand on a box: it is the box's own, or that of something inside it. */
function isOwner(
  owner: string,
  box: string,
  around: ReadonlyMap<string, readonly string[]>,
  { lanes }: Picture,
): boolean {
  if (owner === box) return true;
  const lane = lanes.find(({ id }) => id === owner);
  const inside = lane === undefined ? [owner] : [lane.source, lane.target];
  return inside.some((id) => id === box || (around.get(id) ?? []).includes(box));
}

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
