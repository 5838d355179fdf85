import elkjs from 'elkjs/lib/elk.bundled.js';
import type { ELK, ElkNode } from 'elkjs/lib/elk.bundled.js';
import { present } from '../../shared/invariant.ts';

type Corner = readonly [x: number, y: number];

/** The result of the layout engine, in its own pixel coordinates, by the ids of the graph. */
export interface Arrangement {
  readonly size: readonly [width: number, height: number];
  readonly nodes: Readonly<Record<string, readonly [x: number, y: number, width: number, height: number]>>;
  /** The corner points of lines, both ends included. */
  readonly ways: Readonly<Record<string, readonly Corner[]>>;
  /** The upper left corners of the lines' labels. */
  readonly labels: Readonly<Record<string, Corner>>;
}

// The package is CommonJS: its class is the default export of the default export.
const Elk = elkjs as unknown as new () => ELK;

/** Runs the layout engine on the caller's thread, which takes about 0.1 s, and longer the first time. */
export async function arranged(graph: ElkNode): Promise<Arrangement> {
  const { width = 0, height = 0, edges = [], ...root } = await new Elk().layout(graph);
  const nodes = descendantsOf(root).map(
    ({ id, x = 0, y = 0, width: wide = 0, height: high = 0 }) => [id, [x, y, wide, high]] as const,
  );
  const ways = edges.map(({ id, sections }) => {
    const { startPoint, bendPoints = [], endPoint } = present(sections?.[0], `The way of ${id}`);
    return [id, [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [x, y] as const)] as const;
  });
  const labels = edges.flatMap(({ id, labels: [label] = [] }) =>
    label === undefined ? [] : [[id, [label.x ?? 0, label.y ?? 0]] as const],
  );
  return {
    size: [width, height],
    nodes: Object.fromEntries(nodes),
    ways: Object.fromEntries(ways),
    labels: Object.fromEntries(labels),
  };
}

const descendantsOf = (node: ElkNode): readonly ElkNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...descendantsOf(child)]);
