import type { Ring } from '../ad.ts';
import { idsOf, sharedIds } from '../episode/rings.ts';
import type { SharedId } from '../episode/rings.ts';
import type { GameState } from '../state.ts';

/**
 * A ring in wire names (protocol spec, 3.6). Stored are its members and edges; its shape and the kinds of id that it
 * shares follow from them and from the members' records, so they go only to who may read all findings. Rings here are
 * drawn, not modelled on a published case, so none has a case to name.
 */
export function ringRow(state: GameState, ring: Ring, showsEvidence: boolean) {
  return {
    ring_id: ring.ringId,
    topology: showsEvidence ? topologyOf(ring) : null,
    case_name: null,
    provenance: null,
    member_ad_ids: ring.memberAdIds,
    shared_signal_types: showsEvidence ? sharedSignals(state, ring) : [],
  };
}

/** In the original's words. Fewer edges than pairs make a hub where the first member stands in each, else a chain. */
function topologyOf({ memberAdIds: { length: size }, edges }: Ring): 'clique' | 'chain' | 'hub_spoke' {
  const pairs = (size * (size - 1)) / 2;
  if (edges.length === 0 || edges.length >= pairs) return 'clique';
  const centre = edges[0]?.[0];
  return edges.every(([from]) => from === centre) ? 'hub_spoke' : 'chain';
}

const wireNames: Readonly<Record<SharedId, string>> = {
  payment: 'payment_method',
  audience: 'targeting_overlap',
  creative: 'creative_template',
  analytics: 'analytics',
  billing: 'billing',
};

function sharedSignals({ queue }: GameState, { memberAdIds }: Ring): readonly string[] {
  const ids = queue.flatMap(({ ad }) =>
    memberAdIds.includes(ad.adId) && ad.records !== null ? [idsOf(ad.records)] : [],
  );
  return sharedIds
    .filter((kind) => new Set(ids.map((of) => of[kind])).size < ids.length)
    .map((kind) => wireNames[kind]);
}
