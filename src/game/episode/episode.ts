import type { Ad, Ring } from '../ad.ts';

/** A genuine ad that joins the queue while the match runs, so that being late does not mean being fraud. */
export interface Arrival {
  /** The round at the end of whose fraudster turn the ad joins, from 1. */
  readonly round: number;
  readonly ad: Ad;
}

/** The queue of a match with its truth. Immutable: a match extends it by events, never by mutation. */
export interface Episode {
  /** The form of this document; a reader refuses a newer one. */
  readonly episodeVersion: 1;
  readonly ads: readonly Ad[];
  readonly rings: readonly Ring[];
  readonly arrivals: readonly Arrival[];
}
