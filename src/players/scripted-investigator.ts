import { truths, verdictWords } from '../game/ad.ts';
import type { Target, Truth, VerdictWord } from '../game/ad.ts';
import { likelihoods } from '../game/episode/evidence.ts';
import { evidenceModel } from '../game/episode/evidence-model.ts';
import { takeCodePoints } from '../game/grading/text.ts';
import { meritRules } from '../game/grading/merit/rules.ts';
import { tasks } from '../game/task.ts';
import type { TaskId } from '../game/task.ts';
import type { InvestigatorObservation } from '../game/view/view.ts';
import type { Player, WireAction } from './player.ts';
import { FindingsReader } from './reading.ts';
import type { ReadFinding } from './reading.ts';

/** The order in which targets are pulled. All have the same weight of evidence. */
const pullOrder: readonly Target[] = [
  'landing_page',
  'policy_classifier',
  'advertiser_history',
  'targeting_overlap',
  'payment_method',
  'campaign_structure',
];

const pullsPerAd = 3;
/** The probability from which it decides without another pull. */
const sureFrom = 0.9;

/**
 * Weighs its findings by the published evidence model, pulls more while it is unsure and has actions to
 * spare, links ads that share an id, and states its confidence.
 */
export function scriptedInvestigator(): Player<'investigator'> {
  const reader = new FindingsReader();
  const linked = new Set<string>();
  const leftApproved = new Set<string>();
  return {
    act: (seen) => {
      const findings = reader.read(seen.investigation_findings);
      const link = newLink(findings, linked);
      if (link !== null) return link;
      const fresh = seen.available_ads.filter((adId) => !leftApproved.has(adId));
      for (const adId of fresh) {
        const own = findings.filter((finding) => finding.adId === adId);
        const beliefs = believe(own, seen.queue_status.task_id);
        const action =
          nextPull(seen, adId, own, beliefs) ?? verdict(adId, beliefs, own, seen.current_ad_info);
        if (action['verdict'] !== 'approve' || !areActionsShort(seen)) return action;
        leftApproved.add(adId);
      }
      const [left] = seen.available_ads;
      if (left === undefined || seen.queue_may_grow) return nothingPending(seen);
      const own = findings.filter((finding) => finding.adId === left);
      return verdict(left, believe(own, seen.queue_status.task_id), own, seen.current_ad_info);
    },
  };
}

function nextPull(
  seen: InvestigatorObservation,
  adId: string,
  own: readonly ReadFinding[],
  beliefs: Readonly<Record<Truth, number>>,
): WireAction | null {
  const target = pullOrder.find((each) => !own.some((finding) => finding.target === each));
  const isSure = Math.max(...Object.values(beliefs)) >= sureFrom;
  if (own.length >= pullsFor(seen) || isSure || target === undefined) return null;
  return { action_type: 'investigate', ad_id: adId, investigation_target: target };
}

/** An ad left undecided counts as approved. If actions are short, an approval is not worth one. */
function areActionsShort(seen: InvestigatorObservation): boolean {
  return seen.queue_status.steps_remaining < 2 * seen.available_ads.length;
}

/**
 * How many pulls an ad gets: what the remaining actions allow for every pending ad, at least 1, since a
 * verdict without evidence is worth less than leaving the last ads undecided.
 */
function pullsFor(seen: InvestigatorObservation): number {
  const { steps_remaining: steps } = seen.queue_status;
  const perAd = Math.floor(steps / Math.max(1, seen.available_ads.length)) - 1;
  return Math.max(1, Math.min(pullsPerAd, perAd));
}

/** P(truth | findings), with equal priors, as the grade weighs the truths. */
function believe(findings: readonly ReadFinding[], taskId: TaskId): Readonly<Record<Truth, number>> {
  const weights = { legit: 1, fraud: 1, escalate: tasks[taskId].escalate > 0 ? 1 : 0 };
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
  adInfo: string,
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
  const copy = /^Copy[^:]*: (.*)$/m.exec(adInfo)?.[1] ?? '';
  const basis = seen.length === 0 ? `nothing was pulled; the copy says ${copy}` : seen.join('; ');
  return {
    action_type: 'verdict',
    ad_id: adId,
    verdict: word,
    confidence: Math.round(beliefs[meant[word]] * 100) / 100,
    rationale: takeCodePoints(`Verdict ${word}: ${basis}.`, 2000),
  };
}

/** A link action for two ads that share an id and are not linked yet; null for none. */
function newLink(findings: readonly ReadFinding[], linked: Set<string>): WireAction | null {
  const holders = new Map<string, string>();
  for (const { adId, ids } of findings) {
    for (const id of ids) {
      const other = holders.get(id);
      if (other === undefined) holders.set(id, adId);
      if (other === undefined || other === adId) continue;
      const pair = [adId, other].sort().join(' ');
      if (linked.has(pair)) continue;
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

/** In rulesets without `end_turn` the investigator has to spend an action. */
function nothingPending(seen: InvestigatorObservation): WireAction {
  return seen.ruleset === 'classic'
    ? { action_type: 'verdict', ad_id: '__noop__', verdict: 'escalate', confidence: 0.3 }
    : { action_type: 'end_turn' };
}
