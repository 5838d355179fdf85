/** The value of an attribute; undefined omits it. */
type Value = string | number | undefined;

/**
 * Writes one element. Attributes keep the given order, so that equal pictures have equal bytes. A string as
 * `children` is escaped; an array holds elements.
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, Value>>,
  children: readonly string[] | string = [],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  const inner = typeof children === 'string' ? escaped(children) : children.join('');
  return inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}

/** Escapes a text for content or attributes. Characters that XML cannot contain become question marks. */
export const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The path of a line of horizontal and vertical segments, with rounded corners. */
export function roundedPath(points: readonly Point[], radius: number): string {
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${at(point)}`;
      if (after === undefined) return `L${at(point)}`;
      const bend = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
      return `L${at(towards(point, before, bend))}Q${at(point)} ${at(towards(point, after, bend))}`;
    })
    .join('');
}

/** The path of a filled arrow head whose tip is the line's end. */
export function arrowHead(points: readonly Point[], length: number): string {
  const tip = points.at(-1) ?? { x: 0, y: 0 };
  const from = points.at(-2) ?? tip;
  const base = towards(tip, from, length);
  const half = length * 0.42;
  const [dx, dy] = [Math.sign(tip.x - from.x), Math.sign(tip.y - from.y)];
  const left = { x: base.x - dy * half, y: base.y + dx * half };
  const right = { x: base.x + dy * half, y: base.y - dx * half };
  return `M${at(tip)}L${at(left)}L${at(right)}Z`;
}

/** The line without its last `by` pixels, which the arrow head covers. */
export function shortened(points: readonly Point[], by: number): readonly Point[] {
  const [tip, from] = [points.at(-1), points.at(-2)];
  if (tip === undefined || from === undefined) return points;
  return [...points.slice(0, -1), towards(tip, from, by)];
}

const distance = (a: Point, b: Point): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);

function towards(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}

const at = ({ x, y }: Point): string => `${short(x)} ${short(y)}`;

export const short = (value: number): number => Math.round(value * 10) / 10;
