import type { Ring } from '../ad.ts';
import { idsOf, sharedIds } from '../episode/rings.ts';
import type { SharedId } from '../episode/rings.ts';
import type { GameState } from '../state.ts';

/**
 * A ring in wire names (protocol spec, 3.6). A ring is stored as members and edges; its topology and the
 * kinds of shared ids are derived from them and the members' records, so they are only shown with
 * `showsEvidence`, to a viewer who may read all findings. `case_name` and `provenance` are always null: the
 * rings are not modelled on published cases.
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

/**
 * The topology in the original's terms. With fewer edges than pairs it is a hub if one member is the first of
 * every edge, else a chain.
 */
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
