import type { Ruleset } from '../ruleset.ts';
import { findAd, queued, round } from '../state.ts';
import type { Ad } from '../ad.ts';
import type { GameState, QueuedAd } from '../state.ts';

/**
 * The next sequential ad id: numbers continue from the queue's length and skip existing ids. Source: match
 * spec, section 1.
 */
export function nextSequentialId(state: GameState): string {
  const taken = new Set(state.queue.map((entry) => entry.ad.adId));
  for (let number = state.queue.length + 1; ; number += 1) {
    const adId = `ad_${String(number).padStart(3, '0')}`;
    if (!taken.has(adId)) return adId;
  }
}

/**
 * The index by id among the late ads of this round, so that neither index nor order reveals who proposed an
 * ad.
 */
function positionById(state: GameState, adId: string): number {
  const current = round(state);
  const isAfter = (entry: QueuedAd) => entry.joinedRound === current && entry.ad.adId > adId;
  const index = state.queue.findIndex(isAfter);
  return index === -1 ? state.queue.length : index;
}

/** The index at which a late ad joins the queue, and the focus after it. */
export function joining(
  state: GameState,
  ad: Ad,
  slot: number | null,
  { queue }: Ruleset,
): { readonly position: number; readonly focus: string | null } {
  const focused = state.focus === null ? undefined : findAd(state, state.focus);
  const isOpen = focused !== undefined && focused.verdict === null;
  if (queue.lateAds === 'at_the_end')
    return { position: state.queue.length, focus: isOpen ? state.focus : ad.adId };
  const position = positionById(state, ad.adId);
  // The focus moves to the first undecided ad, not to the ad that happened to arrive first.
  const after = state.queue.toSpliced(position, 0, queued(ad, slot, round(state)));
  const keeps = isOpen && focused.joinedRound < round(state);
  const first = after.find((entry) => entry.verdict === null);
  return { position, focus: keeps ? state.focus : (first?.ad.adId ?? null) };
}
