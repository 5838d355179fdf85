import { pathFor, streamAt, walk } from '../random.ts';
import type { Draws } from '../random.ts';

/** The random streams of one ad, by the name of the part that draws. */
export type AdStreams = (part: string) => Draws;

/** The streams whose names begin with a seed and these parts, such as the task and the ad. */
export function streamsOf(seed: number, ...parts: readonly (string | number)[]): AdStreams {
  const path = pathFor(seed, ...parts);
  return (part) => streamAt(walk(path, [part]));
}
