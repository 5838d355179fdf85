import { targets, verdictWords } from '../game/ad.ts';
import type { VerdictWord } from '../game/ad.ts';
import { flagTypes } from '../game/grading/flag-types.ts';
import { drawsFor } from '../game/random.ts';
import type { InvestigatorObservation } from '../game/view/view.ts';
import { camouflageAds } from './fraud-pool.ts';
import { chooseCategory } from './categories.ts';
import type { Player, WireAction } from './player.ts';
import { flagAction, scriptedAuditor } from './scripted-auditor.ts';

/** Players without skill. A scoring that any of them can beat is broken. */

/** Never moves. */
export function idle(): Player {
  return { act: () => null };
}

/** Commits before proposing anything. */
export function commitAtOnce(): Player<'fraudster'> {
  return { act: () => ({ action_type: 'commit_final' }) };
}

/** Proposes the same ad again and again. */
export function constantFraudster(): Player<'fraudster'> {
  const { copy, blurb, targeting } = camouflageAds[4] ?? { copy: '', blurb: '', targeting: '' };
  return {
    act: (seen) =>
      seen.proposals_remaining <= 0
        ? { action_type: 'commit_final' }
        : {
            action_type: 'propose_ad',
            ad_copy: copy,
            category: chooseCategory('ecommerce', seen.allowed_categories),
            landing_page_blurb: blurb,
            targeting_summary: targeting,
          },
  };
}

/** Sends random actions of the right shape, with random letters as words. */
export function randomFraudster(seed: number): Player<'fraudster'> {
  const draws = drawsFor(seed, 'random_fraudster');
  const word = () =>
    Array.from({ length: draws.between(2, 9) }, () => 'abcdefghijklmnopqrstuvwxyz'[draws.below(26)]).join('');
  const words = () => Array.from({ length: draws.between(1, 20) }, word).join(' ');
  return {
    act: (seen) =>
      draws.pick<() => WireAction>([
        () => ({
          action_type: 'propose_ad',
          ad_copy: words(),
          category: draws.pick([...seen.allowed_categories, 'none']),
        }),
        () => ({ action_type: 'modify_pending_ad', slot_index: draws.below(4), new_ad_copy: words() }),
        () => ({ action_type: 'end_turn' }),
        () => ({ action_type: 'commit_final' }),
      ])(),
  };
}

/** Gives every ad the same verdict. */
export function constantInvestigator(verdict: VerdictWord): Player<'investigator'> {
  return {
    act: (seen) => {
      const [adId] = seen.available_ads;
      if (adId === undefined) return pass(seen);
      const rationale = `Every ad gets the verdict ${verdict} here.`;
      return { action_type: 'verdict', ad_id: adId, verdict, confidence: 0.6, rationale };
    },
  };
}

/** Sends random actions of the right shape on random pending ads. */
export function randomInvestigator(seed: number): Player<'investigator'> {
  const draws = drawsFor(seed, 'random_investigator');
  return {
    act: (seen) => {
      if (seen.available_ads.length === 0) return pass(seen);
      const adId = draws.pick(seen.available_ads);
      return draws.pick<() => WireAction>([
        () => ({ action_type: 'investigate', ad_id: adId, investigation_target: draws.pick(targets) }),
        () => ({
          action_type: 'verdict',
          ad_id: adId,
          verdict: draws.pick(verdictWords),
          confidence: draws.below(101) / 100,
        }),
        () => ({ action_type: 'link_accounts', ad_id: adId, linked_ad_id: draws.pick(seen.available_ads) }),
      ])();
    },
  };
}

function pass(seen: InvestigatorObservation): WireAction {
  return seen.ruleset === 'classic'
    ? { action_type: 'verdict', ad_id: '__noop__', verdict: 'escalate' }
    : { action_type: 'end_turn' };
}

/** Submits an empty report at once. */
export function silentAuditor(): Player<'auditor'> {
  return { act: () => ({ action_type: 'submit_audit_report' }) };
}

/** Sends every flag of the scripted auditor three times. */
export function repeatingAuditor(): Player<'auditor'> {
  const honest = scriptedAuditor();
  let last: WireAction | null = null;
  let repeats = 0;
  return {
    act: async (seen) => {
      if (last !== null && repeats < 2 && last['action_type'] !== 'submit_audit_report') {
        repeats += 1;
        return last;
      }
      repeats = 0;
      last = await honest.act(seen);
      return last;
    },
  };
}

/** Sends two invented flags for every ad, then the scripted auditor's flags. */
export function inventingAuditor(): Player<'auditor'> {
  const honest = scriptedAuditor();
  let invented: WireAction[] | null = null;
  return {
    act: (seen) => {
      invented ??= (seen.full_episode_record.ads ?? []).flatMap((ad) => [
        flagAction({ track: 'A', flagType: 'inconsistency', targetAdId: ad.ad_id, severity: 0.5, note: '' }),
        flagAction({
          track: 'B',
          flagType: 'branding_anomaly',
          targetAdId: ad.ad_id,
          severity: 0.5,
          note: '',
        }),
      ]);
      return invented.shift() ?? honest.act(seen);
    },
  };
}

/** Sends up to seven random flags, then the report. */
export function randomAuditor(seed: number): Player<'auditor'> {
  const draws = drawsFor(seed, 'random_auditor');
  let left = draws.below(8);
  return {
    act: (seen) => {
      const { ads = [] } = seen.full_episode_record;
      left -= 1;
      if (left < 0 || ads.length === 0) return { action_type: 'submit_audit_report' };
      const track = draws.pick(['A', 'B'] as const);
      const flagType = draws.pick<string>(flagTypes[track]);
      return flagAction({ track, flagType, targetAdId: draws.pick(ads).ad_id, severity: 0.5, note: '' });
    },
  };
}
