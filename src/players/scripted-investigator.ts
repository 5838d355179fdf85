import { truths, verdictWords } from '../game/ad.ts';
import type { Target, Truth, VerdictWord } from '../game/ad.ts';
import { likelihoods } from '../game/episode/evidence.ts';
import { evidenceModel } from '../game/episode/evidence-model.ts';
import { meritRules } from '../game/grading/merit/rules.ts';
import type { InvestigatorObservation } from '../game/view/view.ts';
import type { Player, WireAction } from './player.ts';
import { readFindings } from './reading.ts';
import type { ReadFinding } from './reading.ts';

/** The order in which targets are pulled; each is read with the same weight of evidence. */
const pullOrder: readonly Target[] = [
  'landing_page',
  'policy_classifier',
  'advertiser_history',
  'targeting_overlap',
  'payment_method',
  'campaign_structure',
];

const pullsPerAd = 3;
/** Sure enough to decide without another pull. */
const sureFrom = 0.9;

/**
 * Weighs what it pulled by the published evidence model, pulls more where it is unsure and actions are to spare,
 * links ads that share an id, and says how sure it is.
 */
export function scriptedInvestigator(): Player<'investigator'> {
  const linked = new Set<string>();
  return {
    act: (seen) => {
      const findings = readFindings(seen.investigation_findings);
      const adId = seen.available_ads[0];
      const spare = seen.queue_status.steps_remaining - seen.available_ads.length;
      const link = spare > 0 ? newLink(findings, linked) : null;
      if (link !== null) return link;
      if (adId === undefined) return nothingPending(seen);
      const own = findings.filter((finding) => finding.adId === adId);
      const beliefs = believe(own);
      const target = pullOrder.find((each) => !own.some((finding) => finding.target === each));
      const isSure = Math.max(...Object.values(beliefs)) >= sureFrom;
      if (spare > 0 && own.length < pullsPerAd && !isSure && target !== undefined)
        return { action_type: 'investigate', ad_id: adId, investigation_target: target };
      return verdict(adId, beliefs, own);
    },
  };
}

/** P(truth | what was read), every truth equally likely beforehand, as the grade weighs them. */
function believe(findings: readonly ReadFinding[]): Readonly<Record<Truth, number>> {
  const weights = { legit: 1, fraud: 1, escalate: 1 };
  for (const { target, reading } of findings) {
    const evidence = likelihoods(evidenceModel[target], reading);
    for (const truth of truths) weights[truth] *= evidence[truth];
  }
  const total = truths.reduce((sum, truth) => sum + weights[truth], 0);
  return { legit: weights.legit / total, fraud: weights.fraud / total, escalate: weights.escalate / total };
}

function verdict(
  adId: string,
  beliefs: Readonly<Record<Truth, number>>,
  findings: readonly ReadFinding[],
): WireAction {
  const { credit } = meritRules.grade;
  const worth = (word: VerdictWord) =>
    truths.reduce((sum, truth) => sum + beliefs[truth] * credit[truth][word], 0);
  const word = verdictWords.reduce((best, each) => (worth(each) > worth(best) ? each : best));
  const meant: Readonly<Record<VerdictWord, Truth>> = {
    approve: 'legit',
    reject: 'fraud',
    escalate: 'escalate',
  };
  const seen = findings.flatMap(({ target, lines }) =>
    lines.slice(1, 4).map((line) => `${target} shows ${line}`),
  );
  const basis = seen.length === 0 ? 'nothing was pulled; judged by the copy alone' : seen.join('; ');
  return {
    action_type: 'verdict',
    ad_id: adId,
    verdict: word,
    confidence: Math.round(beliefs[meant[word]] * 100) / 100,
    rationale: `Verdict ${word}: ${basis}.`.slice(0, 2000),
  };
}

/** A pair of ads that share an id and are not linked yet. */
function newLink(findings: readonly ReadFinding[], linked: Set<string>): WireAction | null {
  const holders = new Map<string, string>();
  for (const { adId, ids } of findings) {
    for (const id of ids) {
      const other = holders.get(id);
      if (other === undefined) holders.set(id, adId);
      const pair = [adId, other].sort().join(' ');
      if (other === undefined || other === adId || linked.has(pair)) continue;
      linked.add(pair);
      return {
        action_type: 'link_accounts',
        ad_id: other,
        linked_ad_id: adId,
        link_reason: `Both show ${id}.`,
      };
    }
  }
  return null;
}

/** Rulesets without an end of turn make the investigator burn an action. */
function nothingPending(seen: InvestigatorObservation): WireAction {
  return seen.ruleset === 'classic'
    ? { action_type: 'verdict', ad_id: '__noop__', verdict: 'escalate', confidence: 0.3 }
    : { action_type: 'end_turn' };
}
