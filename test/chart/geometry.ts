import { textWidth } from '../../src/chart/layout/text-width.ts';
import { allOf, attribute, childrenOf, textOf } from './xml.ts';
import type { Element } from './xml.ts';

/** What is read off a painted chart, independently of its layout. */
export interface Picture {
  readonly page: Box;
  readonly states: readonly Named[];
  readonly cards: readonly Named[];
  readonly texts: readonly Text[];
  readonly lanes: readonly Lane[];
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Named extends Box {
  readonly id: string;
}

export interface Text extends Box {
  readonly text: string;
  /** The state or card whose text it is; empty for the header's. */
  readonly owner: string;
}

export interface Lane {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  /** Each as thin as a line is drawn. */
  readonly segments: readonly Box[];
}

export function pictureOf(svg: Element): Picture {
  const all = allOf(svg);
  const groups = (name: string) => all.filter((each) => attribute(each, 'class').split(' ')[0] === name);
  const numbers = ['width', 'height'].map((name) => Number(attribute(svg, name)));
  const [right = 0, bottom = 0] = numbers;
  const states = groups('state').map((group) => ({ id: attribute(group, 'data-state'), ...firstBox(group) }));
  const dots = groups('lane').flatMap((group) =>
    childrenOf(group)
      .filter(({ name }) => name === 'circle')
      .map((dot) => ({ id: `dot ${attribute(group, 'data-source')}`, ...circle(dot) })),
  );
  return {
    page: { left: 0, top: 0, right, bottom },
    states: [...states, ...dots],
    cards: groups('card').map((group) => ({ id: attribute(group, 'data-lane'), ...firstBox(group) })),
    texts: textsIn(svg, '', 12.5),
    lanes: groups('lane').map(laneOf),
  };
}

export const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export const within = (inner: Box, outer: Box): boolean =>
  inner.left >= outer.left &&
  inner.right <= outer.right &&
  inner.top >= outer.top &&
  inner.bottom <= outer.bottom;

function firstBox(group: Element): Box {
  const rect = childrenOf(group).find(({ name }) => name === 'rect');
  if (rect === undefined) throw new Error(`No box in ${JSON.stringify(group.attributes)}`);
  const [x = 0, y = 0, width = 0, height = 0] = ['x', 'y', 'width', 'height'].map((name) =>
    Number(attribute(rect, name)),
  );
  return { left: x, top: y, right: x + width, bottom: y + height };
}

function circle(element: Element): Box {
  const [x = 0, y = 0, r = 0] = ['cx', 'cy', 'r'].map((name) => Number(attribute(element, name)));
  return { left: x - r, top: y - r, right: x + r, bottom: y + r };
}

function laneOf(group: Element): Lane {
  const line = childrenOf(group).find(
    (child) => child.name === 'path' && attribute(child, 'fill') === 'none',
  );
  const numbers = Array.from(attribute(line ?? group, 'd').matchAll(/-?\d+(?:\.\d+)?/g), ([each]) =>
    Number(each),
  );
  const points = Array.from({ length: numbers.length / 2 }, (_, index) => ({
    x: numbers[2 * index] ?? NaN,
    y: numbers[2 * index + 1] ?? NaN,
  }));
  const segments = points.slice(1).map((point, index) => {
    const before = points[index] ?? point;
    const half = 0.75;
    return {
      left: Math.min(before.x, point.x) - half,
      right: Math.max(before.x, point.x) + half,
      top: Math.min(before.y, point.y) - half,
      bottom: Math.max(before.y, point.y) + half,
    };
  });
  const [id, source, target] = ['data-lane', 'data-source', 'data-target'].map((name) =>
    attribute(group, name),
  );
  return { id: id ?? '', source: source ?? '', target: target ?? '', segments };
}

/** Every line of text as a box of the size it is measured with, counts at the right of their anchor. */
function textsIn(element: Element, owner: string, size: number): readonly Text[] {
  const own = Number(element.attributes['font-size'] ?? size);
  if (element.name === 'title' || element.name === 'desc') return [];
  if (element.name !== 'text') {
    const holder = element.attributes['data-lane'] ?? element.attributes['data-state'];
    return childrenOf(element).flatMap((child) => textsIn(child, holder ?? owner, own));
  }
  const isBold = Number(element.attributes['font-weight'] ?? 400) >= 600;
  const y = Number(attribute(element, 'y'));
  let [x, right] = [Number(attribute(element, 'x')), NaN];
  let text = '';
  const boxes: Text[] = [];
  const finish = () => {
    const width = textWidth(text, own, isBold ? 'bold' : 'regular');
    const left = attribute(element, 'text-anchor') === 'end' ? x - width : x;
    right = left + width;
    // From the height of the tall letters to the depth of the low ones.
    if (text.trim() !== '')
      boxes.push({ text, owner, left, right, top: y - own * 0.75, bottom: y + own * 0.25 });
  };
  for (const child of element.children) {
    const place = typeof child === 'string' ? undefined : child.attributes['x'];
    if (place !== undefined) {
      text = text.trimEnd();
      finish();
      [x, text] = [Number(place), ''];
    }
    text += typeof child === 'string' ? child : textOf(child);
  }
  finish();
  return boxes;
}
