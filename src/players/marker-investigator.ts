import { trimUnicode } from '../game/grading/text.ts';
import type { InvestigatorObservation } from '../game/view/view.ts';
import { policyFor } from '../game/policy-lens.ts';
import type { Player, WireAction } from './player.ts';

const suspiciousMarkers = [
  'free iphone',
  'guaranteed',
  'one weird trick',
  'miracle',
  'lose 20 pounds',
  '50x return',
  'risk-free',
  'giveaway ends',
  'first 500 customers',
  'doctors hate',
  'mooncoin',
  'pre-sale bonus',
];
const legitMarkers = [
  '14-day free trial',
  'free shipping',
  'warranty',
  'return policy',
  'refurbished',
  'certified',
  'office hours',
  'insured',
  'verified',
];

/**
 * The original's baseline. It pulls every landing page, then decides by phrases found anywhere in the
 * findings, so that one ad's findings contaminate all later verdicts. Kept for comparable `classic` results.
 * Source: players spec, section 2.
 */
export function markerInvestigator(): Player<'investigator'> {
  const investigated = new Set<string>();
  const decided = new Set<string>();
  return {
    act: (seen) => {
      const adId = seen.available_ads.find((each) => !decided.has(each));
      if (adId === undefined)
        return { action_type: 'verdict', ad_id: '__noop__', verdict: 'escalate', confidence: 0.3 };
      if (!investigated.has(adId)) {
        investigated.add(adId);
        return { action_type: 'investigate', ad_id: adId, investigation_target: 'landing_page' };
      }
      decided.add(adId);
      return decide(adId, seen);
    },
  };
}

function decide(adId: string, seen: InvestigatorObservation): WireAction {
  const text = `${seen.investigation_findings}\n${seen.current_ad_info}`.toLowerCase();
  const category = trimUnicode(/^category: (.*)$/m.exec(text)?.[1] ?? '');
  const suspicious =
    suspiciousMarkers.some((marker) => text.includes(marker)) || /^(fake_|gray_area_)/.test(category);
  const legit = legitMarkers.some((marker) => text.includes(marker));
  const [verdict, confidence] =
    suspicious === legit
      ? (['escalate', 0.5] as const)
      : suspicious
        ? (['reject', 0.85] as const)
        : (['approve', 0.8] as const);
  const policy = verdict === 'reject' ? ` Policy ${policyFor(category).code}.` : '';
  const reasons = `${suspicious ? 'suspicious' : 'no suspicious'} phrases, ${legit ? 'signs' : 'no signs'} of honesty`;
  const rationale = `${verdict} ${adId} with confidence ${confidence}: ${reasons}.${policy}`;
  return { action_type: 'verdict', ad_id: adId, verdict, confidence, rationale };
}
