import type { Direction } from '../live/api.ts';

/** A chart with letters that are read well, or all of it at once, however small. */
export type ChartSize = 'readable' | 'whole';

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Fit {
  readonly direction: Direction;
  readonly scale: number;
}

/** The letters of a chart's rows, 12.5 pixels high, are about 10 then. */
const readableScale = 0.78;

/**
 * How a chart that can be drawn in some directions is shown in a room: in the one that shows the most of it, the first
 * where they are equal; never larger than it was drawn.
 */
export function fitOf(
  pictures: readonly (Extent & { readonly direction: Direction })[],
  room: Extent,
  size: ChartSize,
): Fit {
  const [best] = pictures
    .map(({ direction, width, height }) => {
      const whole = Math.min(1, room.width / width, room.height / height);
      if (size === 'whole') return { direction, scale: whole, worth: whole };
      const scale = Math.max(whole, readableScale);
      const seen = Math.min(1, room.width / (width * scale)) * Math.min(1, room.height / (height * scale));
      return { direction, scale, worth: seen };
    })
    .sort((one, other) => other.worth - one.worth);
  return best ?? { direction: 'down', scale: 1 };
}
