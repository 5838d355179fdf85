import { drawsFor } from '../game/random.ts';
import type { Draws } from '../game/random.ts';
import { present } from '../shared/invariant.ts';
import { trimUnicode } from '../game/grading/text.ts';
import type { FraudsterObservation } from '../game/view/view.ts';
import { chooseCategory } from './categories.ts';
import { camouflageAds, fraudAds, longActivityClaim, trustSignals } from './fraud-pool.ts';
import type { PooledAd } from './fraud-pool.ts';
import type { Player, WireAction } from './player.ts';

const commit: WireAction = { action_type: 'commit_final', rationale: 'No proposals left.' };

/** Proposes blatant ads in the first round, camouflaged ones afterwards. Source: players spec, 1.2. */
export function scriptedFraudster(seed: number): Player<'fraudster'> {
  const draws = drawsFor(seed, 'scripted_fraudster');
  const [blatant, camouflaged] = [deckOf(fraudAds, draws), deckOf(camouflageAds, draws)];
  return {
    act: (seen) => {
      if (seen.proposals_remaining <= 0) return commit;
      return propose(seen.round_number === 1 ? blatant() : camouflaged(), seen);
    },
  };
}

/**
 * Reacts to rejections with camouflage, and to pulled targets with better-looking pages. Source: players
 * spec, 1.3.
 */
export function reactiveFraudster(seed: number): Player<'fraudster'> {
  const draws = drawsFor(seed, 'reactive_fraudster');
  const [blatant, camouflaged] = [deckOf(fraudAds, draws), deckOf(camouflageAds, draws)];
  return {
    act: (seen) => {
      if (seen.proposals_remaining <= 0) return commit;
      const own = seen.prior_verdicts.filter((verdict) => verdict.was_my_proposal);
      const approvals = own.filter(({ verdict }) => verdict === 'approve').length;
      const rejections = own.filter(({ verdict }) => verdict === 'reject').length;
      if (approvals >= 2 && draws.chance(350)) return commit;
      const dominant = dominantTarget(seen);
      const improved = dominant === null ? null : improvePending(seen, draws);
      if (improved !== null) return improved;
      return propose(adapt(rejections >= 1 ? camouflaged() : blatant(), dominant), seen);
    },
  };
}

/** Proposes meaningless letters, as a negative control. Source: players spec, 1.4. */
export function gibberishFraudster(seed: number): Player<'fraudster'> {
  const draws = drawsFor(seed, 'gibberish_fraudster');
  const categories = [...camouflageAds.map((ad) => ad.category), ...fraudAds.map((ad) => ad.category)];
  return {
    act: (seen) => {
      if (seen.proposals_remaining <= 0) return commit;
      const category = draws.pick([...categories, 'gray_area_supplements', 'fake_emergency']);
      const copy = letters(draws, draws.between(40, 120));
      return propose(
        { category, copy, blurb: letters(draws, draws.between(20, 80)), targeting: 'Adults, online' },
        seen,
      );
    },
  };
}

/** Uniform draws that repeat no ad before all were drawn: a repeated copy is detected at once. */
function deckOf(ads: readonly PooledAd[], draws: Draws): () => PooledAd {
  let deck: readonly PooledAd[] = [];
  return () => {
    if (deck.length === 0) deck = draws.shuffle(ads);
    const [top, ...rest] = deck;
    deck = rest;
    return present(top, 'The top of a full deck');
  };
}

function propose(ad: PooledAd, seen: FraudsterObservation): WireAction {
  return {
    action_type: 'propose_ad',
    ad_copy: ad.copy,
    category: chooseCategory(ad.category, seen.allowed_categories),
    landing_page_blurb: ad.blurb,
    targeting_summary: ad.targeting,
  };
}

/** The target pulled most often over all ads; the first one wins ties. */
function dominantTarget(seen: FraudsterObservation): string | null {
  const counts = new Map<string, number>();
  for (const targets of Object.values(seen.investigation_targets_used)) {
    for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  let dominant: string | null = null;
  for (const [target, count] of counts)
    if (dominant === null || count > (counts.get(dominant) ?? 0)) dominant = target;
  return dominant;
}

function improvePending(seen: FraudsterObservation, draws: Draws): WireAction | null {
  const pending = seen.current_queue.filter((ad) => ad.status === 'pending' && ad.slot_index !== undefined);
  const chosen = pending.find(() => draws.chance(250));
  if (chosen === undefined) return null;
  return {
    action_type: 'modify_pending_ad',
    slot_index: chosen.slot_index,
    new_landing_page_blurb: trustSignals,
  };
}

function adapt(ad: PooledAd, dominant: string | null): PooledAd {
  if (dominant === 'landing_page') return { ...ad, blurb: `${trustSignals} ${ad.blurb}` };
  if (dominant === 'advertiser_history') return { ...ad, targeting: `${ad.targeting}, ${longActivityClaim}` };
  return ad;
}

/** Random lower-case letters and blanks (5 of 31 signs), at least 20 characters after trimming. */
function letters(draws: Draws, length: number): string {
  const signs = `abcdefghijklmnopqrstuvwxyz${' '.repeat(5)}`;
  const text = Array.from({ length }, () => signs[draws.below(signs.length)] ?? 'x').join('');
  return trimUnicode(text).padEnd(20, 'x');
}
