import type { Layout } from '../layout/layout.ts';
import type { ChartEdge, EdgeId, StateId } from '../model/model.ts';
import { withAncestors } from '../model/overlay.ts';
import type { Heat, Overlay } from '../model/overlay.ts';
import { palettes } from './palette.ts';
import type { Palette, Theme } from './palette.ts';

/** What every part of the painter asks: the colours, and what the overlay says of a state or transition. */
export interface Scene {
  readonly palette: Palette;
  readonly overlay: Overlay;
  readonly heat: Heat | null;
  /** Whether rows keep an empty text for a count, which a page may write. */
  readonly hasCountSlots: boolean;
  readonly edges: ReadonlyMap<EdgeId, ChartEdge>;
  readonly active: ReadonlySet<StateId>;
  readonly last: ReadonlySet<EdgeId>;
  /** The count of the transition, and of the line, that was taken most. */
  readonly hottestEdge: number;
  readonly hottestLane: number;
}

export interface Paint {
  readonly theme?: Theme;
  readonly overlay?: Overlay;
  /** Leaves an empty text of class `count` in every row, where the overlay brings no counts itself. */
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

/** How often any of the transitions was taken. */
export const takenOf = (heat: Heat | null, edges: readonly EdgeId[]): number =>
  edges.reduce((sum, id) => sum + (heat?.edges[id] ?? 0), 0);

/** 0 to 1; a transition taken ten times as often is not ten times as warm, or the others could not be told apart. */
export const warmth = (count: number, hottest: number): number => Math.log1p(count) / Math.log1p(hottest);
