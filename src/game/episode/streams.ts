import { drawsFor } from '../random.ts';
import type { Draws } from '../random.ts';

/** Names the streams of one ad: `path` is (seed, task, ad), to which every part adds its own name. */
export type AdStreams = (part: string) => Draws;

export const streamsOf =
  (seed: number, ...path: readonly (string | number)[]): AdStreams =>
  (part) =>
    drawsFor(seed, ...path, part);
