import { pathFor, streamAt, walk } from '../random.ts';
import type { Draws } from '../random.ts';

/** Names the streams of one ad: `path` is (seed, task, ad), to which every part adds its own name. */
export type AdStreams = (part: string) => Draws;

export function streamsOf(seed: number, ...parts: readonly (string | number)[]): AdStreams {
  const path = pathFor(seed, ...parts);
  return (part) => streamAt(walk(path, [part]));
}
