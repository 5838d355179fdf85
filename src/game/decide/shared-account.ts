import type { Ad, Ring } from '../ad.ts';
import { proposals } from '../state.ts';
import type { GameState } from '../state.ts';

/**
 * The ring that a proposal forms or joins by sharing a payment account with earlier proposals; null if it
 * shares none. The new ad is linked to every ad with that account.
 */
export function ringBySharedAccount(state: GameState, ad: Ad): Ring | null {
  const account = ad.records?.payment.paymentId;
  const sharing = proposals(state).filter(
    (entry) => account !== undefined && entry.ad.records?.payment.paymentId === account,
  );
  if (sharing.length === 0) return null;
  const holders = sharing.map((entry) => entry.ad.adId);
  const known = state.rings.find((ring) => ring.memberAdIds.some((adId) => holders.includes(adId)));
  const ring = known ?? { ringId: `grp_${ad.adId}`, memberAdIds: holders, edges: [] };
  return {
    ...ring,
    memberAdIds: [...ring.memberAdIds, ad.adId],
    edges: [...ring.edges, ...holders.map((holder) => [holder, ad.adId] as const)],
  };
}
