import type { Ad, Ring } from '../ad.ts';

/** A genuine ad that joins the queue during the match, so that a late ad is not necessarily a fraud. */
export interface Arrival {
  /** The ad joins at the end of this round's fraudster turn. From 1. */
  readonly round: number;
  readonly ad: Ad;
}

/**
 * The initial queue of a match with its labels, and its late genuine ads. Immutable: a match extends it by
 * events.
 */
export interface Episode {
  /** The version of this format; a reader refuses a newer one. */
  readonly episodeVersion: 1;
  readonly ads: readonly Ad[];
  readonly rings: readonly Ring[];
  readonly arrivals: readonly Arrival[];
}
