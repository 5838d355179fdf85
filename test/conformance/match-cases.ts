import { targets, type Ad, type Findings, type Target } from '../../src/game/ad.ts';
import type { Role } from '../../src/game/command.ts';
import type { ProposalSource } from '../../src/game/decide/decision.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import { findAd, pending, proposalsUsed, pullsMade, round, verdictsInOrder } from '../../src/game/state.ts';
import { isTaskId } from '../../src/game/task.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { systemClock } from '../../src/match/clock.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import type { Reply } from '../../src/match/match-actor.ts';
import { openingFor } from '../../src/match/new-match.ts';
import { camelCase } from '../../src/shared/case.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { firstDifference } from './compare.ts';

/** One line of `matches.jsonl`; the form is described in the vectors' README, section 3. */
interface MatchCase {
  readonly id: string;
  readonly task_id?: string;
  readonly knobs: Record<string, never>;
  readonly episode: {
    readonly ads: readonly CaseAd[];
    readonly findings: Readonly<Record<string, readonly string[]>>;
    readonly rings: readonly { readonly ring_id: string; readonly member_ad_ids: readonly string[] }[];
  };
  readonly proposal_outcomes: readonly CaseOutcome[];
  readonly start: unknown;
  readonly steps: readonly { readonly role: Role; readonly action: unknown; readonly expect: unknown }[];
  readonly final: unknown;
}

interface CaseAd {
  readonly ad_id: string;
  readonly ad_copy: string;
  readonly category: string;
  readonly targeting_summary: string;
  readonly ground_truth: Ad['truth'];
  readonly fraud_type: string;
  readonly severity: number;
  readonly difficulty: Ad['difficulty'];
}

interface CaseOutcome {
  readonly ad_id: string;
  readonly slot_index: number;
  readonly ground_truth: Ad['truth'];
  readonly fraud_type: string;
  readonly severity: number;
  readonly difficulty: Ad['difficulty'];
  readonly targeting_summary: string;
  readonly content_summary: string;
  readonly landing_page_head: string;
  readonly findings: readonly string[];
}

/** Plays one case through a real actor over a real log; null when everything agrees, else the first difference. */
export async function runMatchCase(testCase: unknown): Promise<string | null> {
  const given = testCase as MatchCase;
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: systemClock, source: injected(given.proposal_outcomes) });
  const actor = await registry.create(matchId('case'), openingOf(given));
  try {
    const { start } = given;
    const atStart = firstDifference(start, { ...startOf(actor), ...stateOf(actor) }, 'start');
    if (atStart !== null) return atStart;
    let sums = actor.position.state.stepRewards;
    for (const [index, step] of given.steps.entries()) {
      if (actor.position.state.grades === null) sums = actor.position.state.stepRewards;
      const reply = await actor.act(step.role, step.action, commandId(`step-${index}`));
      const actual = { ...resultOf(reply, step.role, actor), ...stateOf(actor) };
      const difference = firstDifference(step.expect, actual, `steps[${index}].expect`);
      if (difference !== null) return difference;
    }
    const stepRewards = actor.position.state.grades === null ? actor.position.state.stepRewards : sums;
    return (
      firstDifference(given.final, finalOf(actor, stepRewards), 'final') ??
      firstDifference(given.proposal_outcomes.map(checkedPart), outcomesOf(actor, given), 'proposal_outcomes')
    );
  } finally {
    await registry.close();
    await log.close();
  }
}

function openingOf({ task_id: task, knobs, episode }: MatchCase) {
  const known = Object.fromEntries(Object.entries(knobs).map(([key, value]) => [camelCase(key), value]));
  return openingFor({
    // The original took an unknown task for its first one; this arena refuses it before a match exists.
    task: task !== undefined && isTaskId(task) ? task : 'task_1',
    ruleset: 'classic',
    seed: 0,
    knobs: known,
    episode: {
      episodeVersion: 1,
      arrivals: [],
      ads: episode.ads.map((ad) => adOf(ad, findingsOf(episode.findings[ad.ad_id] ?? []), '')),
      rings: episode.rings.map((ring) => ({
        ringId: ring.ring_id,
        memberAdIds: ring.member_ad_ids,
        edges: [],
      })),
    },
  });
}

function adOf(ad: CaseAd, findings: Findings, pageSummary: string): Ad {
  return {
    adId: ad.ad_id,
    adCopy: ad.ad_copy,
    category: ad.category,
    targetingSummary: ad.targeting_summary,
    pageSummary,
    riskSignals: [],
    truth: ad.ground_truth,
    fraudType: ad.fraud_type,
    severity: ad.severity,
    difficulty: ad.difficulty,
    records: null,
    findings,
  };
}

const findingsOf = (texts: readonly string[]): Findings =>
  Object.fromEntries(targets.map((target, index) => [target, texts[index] ?? ''])) as Findings;

/** Id and label must come from the rules, so what is injected is wrong. */
const unlabelled = {
  ad_id: 'unset',
  ground_truth: 'legit',
  fraud_type: 'unset',
  severity: 0,
  difficulty: 'medium',
} as const;

/** Hands out the case's outcomes in the order of acceptance. */
function injected(outcomes: readonly CaseOutcome[]): ProposalSource {
  const headOf = new Map(outcomes.map((outcome) => [outcome.ad_id, outcome.landing_page_head]));
  return {
    complete: (_, { slot, adCopy, category, targetingSummary, pageSummary }) => {
      const outcome = outcomes[slot];
      if (outcome === undefined) throw new Error(`The case has no outcome for slot ${slot}.`);
      const summary = pageSummary ?? outcome.content_summary;
      const targeting = targetingSummary ?? outcome.targeting_summary;
      const ad = { ...unlabelled, ad_copy: adCopy, category, targeting_summary: targeting };
      return adOf(ad, findingsOf(outcome.findings), summary);
    },
    refresh: (_, ad, stale: readonly Target[]) =>
      stale.includes('landing_page') ? { landing_page: `${headOf.get(ad.adId) ?? ''}${ad.pageSummary}` } : {},
  };
}

// --- what is compared ---

function startOf({ position: { state } }: MatchActor) {
  const { knobs } = state;
  return {
    task_id: state.taskId,
    max_rounds: knobs.maxRounds,
    max_proposals: knobs.maxProposals,
    max_fraudster_actions_per_turn: knobs.maxFraudsterActionsPerTurn,
    max_investigator_actions_per_turn: knobs.maxInvestigatorActionsPerTurn,
    action_budget: knobs.actionBudget,
    allowed_categories: knobs.allowedCategories,
  };
}

function stateOf({ position: { state, phase } }: MatchActor) {
  return {
    phase,
    round_number: round(state),
    proposals_used: proposalsUsed(state),
    actions_this_turn: state.turnActions,
    end_reason: state.endReason,
    step_count: state.steps,
    remaining_budget: state.knobs.actionBudget - pullsMade(state),
    focused_ad_id: state.focus,
    pending: pending(state).map((entry) => entry.ad.adId),
    done: phase === 'done',
  };
}

function resultOf(reply: Reply, role: Role, { position: { state } }: MatchActor) {
  if (!reply.ok) return { result: reply.rejection.code, reward: null };
  const proposed = reply.events.find((event) => event.type === 'ad.proposed');
  const reward = role === 'auditor' ? (state.grades?.rewards.auditor ?? 0) : rewardOf(reply.events);
  return { result: 'ok', reward, ...(proposed === undefined ? {} : { ad_id: proposed.data.ad.adId }) };
}

function rewardOf(events: readonly MatchEvent[]): number {
  const [first] = events;
  return first !== undefined && 'reward' in first.data ? first.data.reward : 0;
}

function finalOf({ position: { state, phase } }: MatchActor, sums: unknown) {
  const { grades, report, stepRewards } = state;
  return {
    phase,
    end_reason: state.endReason,
    grader_score: grades?.grade ?? null,
    rewards: grades?.rewards ?? { ...stepRewards, auditor: 0 },
    step_reward_sums: sums,
    total_steps: state.fraudsterLog.length + state.investigatorLog.length + state.flags.length,
    per_ad_plausibility: grades?.perAdPlausibility ?? {},
    audit_ground_truth: grades?.auditGroundTruth ?? {},
    report: report && {
      investigator_audit_score: report.investigatorAuditScore,
      fraudster_plausibility_score: report.fraudsterPlausibilityScore,
      track_a_flags: report.trackAFlags.length,
      track_b_flags: report.trackBFlags.length,
    },
    flags: state.flags.map((flag) => ({
      track: flag.track,
      target_ad_id: flag.targetAdId,
      flag_type: flag.flagType,
      severity: flag.severity,
    })),
    verdicts: verdictsInOrder(state).map(({ ad, verdict }) => ({
      ad_id: ad.adId,
      verdict: verdict.verdict,
      confidence: verdict.confidence,
      ground_truth: ad.truth,
      auto_approved: verdict.autoApproved,
    })),
    links: state.links.map(({ adId1, adId2, correct }) => ({ ad_id_1: adId1, ad_id_2: adId2, correct })),
    proposals: state.queue
      .filter((entry) => entry.slot !== null)
      .map(({ ad, slot }) => ({
        ad_id: ad.adId,
        slot_index: slot,
        ad_copy: ad.adCopy,
        landing_page: ad.findings.landing_page,
      })),
  };
}

function checkedPart(outcome: CaseOutcome) {
  const { ad_id, slot_index, ground_truth, fraud_type, severity, difficulty, targeting_summary } = outcome;
  return { ad_id, slot_index, ground_truth, fraud_type, severity, difficulty, targeting_summary };
}

function outcomesOf({ position: { state } }: MatchActor, { proposal_outcomes }: MatchCase) {
  return proposal_outcomes.flatMap(({ ad_id: adId }) => {
    const entry = findAd(state, adId);
    if (entry === undefined) return [];
    const { ad, slot } = entry;
    return {
      ad_id: ad.adId,
      slot_index: slot,
      ground_truth: ad.truth,
      fraud_type: ad.fraudType,
      severity: ad.severity,
      difficulty: ad.difficulty,
      targeting_summary: ad.targetingSummary,
    };
  });
}
