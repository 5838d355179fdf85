import type { Direction } from '../live/api.ts';

/** `readable` keeps the letters large enough to read; `whole` shows the whole chart at any size. */
export type ChartSize = 'readable' | 'whole';

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Fit {
  readonly direction: Direction;
  readonly scale: number;
}

/** Reduces the letters of a chart's rows from 12.5 to about 10 pixels. */
const readableScale = 0.78;

/**
 * Chooses the direction and scale of a chart for a box. It takes the direction that shows the largest part of
 * the chart, the first one if they are equal, and never enlarges the picture.
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
