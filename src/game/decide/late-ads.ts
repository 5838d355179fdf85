import type { Ruleset } from '../ruleset.ts';
import { findAd, queued, round } from '../state.ts';
import type { Ad } from '../ad.ts';
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
function positionById(match: Match, adId: string): number {
  const current = round(match);
  const isAfter = (entry: QueuedAd) => entry.joinedRound === current && entry.ad.adId > adId;
  const index = match.queue.findIndex(isAfter);
  return index === -1 ? match.queue.length : index;
}

/** Where a late ad joins the queue, and what is in focus then. */
export function joining(
  match: Match,
  ad: Ad,
  slot: number | null,
  { queue }: Ruleset,
): { readonly position: number; readonly focus: string | null } {
  const focused = match.focus === null ? undefined : findAd(match, match.focus);
  const isOpen = focused !== undefined && focused.verdict === null;
  if (queue.lateAds === 'at_the_end')
    return { position: match.queue.length, focus: isOpen ? match.focus : ad.adId };
  const position = positionById(match, ad.adId);
  // The focus moves to the first of this round's ads, never to the one that happened to come first.
  const after = match.queue.toSpliced(position, 0, queued(ad, slot, round(match)));
  const keeps = isOpen && focused.joinedRound < round(match);
  const first = after.find((entry) => entry.verdict === null);
  return { position, focus: keeps ? match.focus : (first?.ad.adId ?? null) };
}
