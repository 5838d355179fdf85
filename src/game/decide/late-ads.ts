import { round } from '../state.ts';
import type { Match, QueuedAd } from '../state.ts';

/** Numbers go on from the queue's length and skip ids that exist. Source: match spec, section 1. */
export function nextSequentialId(match: Match): string {
  const taken = new Set(match.queue.map((entry) => entry.ad.adId));
  for (let number = match.queue.length + 1; ; number += 1) {
    const adId = `ad_${String(number).padStart(3, '0')}`;
    if (!taken.has(adId)) return adId;
  }
}

/** Among the late ads of this round by id, so that neither place nor number tells who proposed an ad. */
export function positionById(match: Match, adId: string): number {
  const current = round(match);
  const isAfter = (entry: QueuedAd) => entry.joinedRound === current && entry.ad.adId > adId;
  const index = match.queue.findIndex(isAfter);
  return index === -1 ? match.queue.length : index;
}
