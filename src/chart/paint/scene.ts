import type { Layout } from '../layout/layout.ts';
import type { ChartEdge, EdgeId, StateId } from '../model/model.ts';
import { withAncestors } from '../model/overlay.ts';
import type { Heat, Overlay } from '../model/overlay.ts';
import { palettes } from './palette.ts';
import type { Palette, Theme } from './palette.ts';

/** What all painters share: the colours, and the overlay by state and transition. */
export interface Scene {
  readonly palette: Palette;
  readonly overlay: Overlay;
  readonly heat: Heat | null;
  /** Whether rows keep an empty text for a count that a page fills in. */
  readonly hasCountSlots: boolean;
  readonly edges: ReadonlyMap<EdgeId, ChartEdge>;
  readonly active: ReadonlySet<StateId>;
  readonly last: ReadonlySet<EdgeId>;
  /** The highest count of any transition, and of any lane; at least 1. */
  readonly hottestEdge: number;
  readonly hottestLane: number;
}

export interface Paint {
  readonly theme?: Theme;
  readonly overlay?: Overlay;
  /** Adds an empty text of class `count` to every row if the overlay has no counts. */
  readonly hasCountSlots?: boolean;
}

export function sceneOf(
  { model, lanes }: Layout,
  { theme = 'light', overlay = {}, hasCountSlots = false }: Paint,
): Scene {
  const heat = overlay.heat ?? null;
  return {
    palette: palettes[theme],
    overlay,
    heat,
    hasCountSlots,
    edges: new Map(model.edges.map((edge) => [edge.id, edge])),
    active: withAncestors(model, overlay.active ?? []),
    last: new Set(overlay.last ?? []),
    hottestEdge: Math.max(1, ...model.edges.map(({ id }) => heat?.edges[id] ?? 0)),
    hottestLane: Math.max(1, ...lanes.map(({ edges }) => takenOf(heat, edges))),
  };
}

/** The sum of the transitions' counts. */
export const takenOf = (heat: Heat | null, edges: readonly EdgeId[]): number =>
  edges.reduce((sum, id) => sum + (heat?.edges[id] ?? 0), 0);

/** Warmth from 0 to 1, on a logarithmic scale, so that low counts remain distinguishable. */
export const warmth = (count: number, hottest: number): number => Math.log1p(count) / Math.log1p(hottest);
