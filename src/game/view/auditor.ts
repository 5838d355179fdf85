import { targets } from '../ad.ts';
import { recordOf, surfaceEntry } from '../grading/grade-match.ts';
import type { AuditFlag } from '../grading/record.ts';
import { takeCodePoints } from '../grading/text.ts';
import { findAd, verdictsInOrder, proposalsUsed, round } from '../state.ts';
import type { FraudsterEntry, InvestigatorEntry } from '../state.ts';
import { auditorFeedback } from './feedback.ts';
import { ringRow } from './ring.ts';
import { common, episodeReward, isOver, tellsRewards } from './situation.ts';
import type { Seen } from './situation.ts';
import { byName, merged } from '../../shared/objects.ts';

/**
 * The match as the auditor may see it (protocol spec, 3.6). `classic`: everything, at any time. `standard`: nothing
 * but the phase before the audit, then the record of the review with the findings that were really pulled.
 */
export function auditorView(seen: Seen) {
  const { match } = seen;
  const read = mayReadRecord(seen) ? recordRead(seen) : nothingRead;
  return merged(common(seen, match.grades?.rewards.auditor ?? 0), {
    feedback: auditorFeedback(seen),
    full_episode_record: read.full_episode_record,
    investigator_actions: read.investigator_actions,
    fraudster_proposals: read.fraudster_proposals,
    investigation_data_seen: read.investigation_data_seen,
    pending_flags: match.flags.map(flagRow),
    episode_reward: episodeReward(seen, 'auditor'),
  });
}

/** What the auditor reads of the review. */
interface Reading {
  readonly full_episode_record: Partial<EpisodeRecord>;
  readonly investigator_actions: ReturnType<typeof investigatorRows>;
  readonly fraudster_proposals: ReturnType<typeof fraudsterRows>;
  readonly investigation_data_seen: ReturnType<typeof dataSeen>;
}

const nothingRead: Reading = {
  full_episode_record: {},
  investigator_actions: [],
  fraudster_proposals: [],
  investigation_data_seen: {},
};

/** By the queue, with what else the reading is made of. */
const readings = new WeakMap<Seen['match']['queue'], { readonly of: Seen; readonly reading: Reading }>();

/** A review that is over is read again with every flag, and does not change: the same values are given then. */
function recordRead(seen: Seen): Reading {
  const { queue } = seen.match;
  const known = readings.get(queue);
  if (known !== undefined && isSameReview(known.of, seen)) return known.reading;
  const reading = {
    full_episode_record: episodeRecord(seen),
    investigator_actions: investigatorRows(seen),
    fraudster_proposals: fraudsterRows(seen),
    investigation_data_seen: dataSeen(seen),
  };
  readings.set(queue, { of: seen, reading });
  return reading;
}

function isSameReview(one: Seen, other: Seen): boolean {
  return (
    one.phase === other.phase &&
    one.rules === other.rules &&
    one.logTimes?.fraudster === other.logTimes?.fraudster &&
    one.logTimes?.investigator === other.logTimes?.investigator &&
    ofReview.every((part) => one.match[part] === other.match[part])
  );
}

/** The parts of a match, beside its queue, that the record shows. */
const ofReview = [
  ...(['roundsPlayed', 'steps', 'endReason', 'fraudsterLog', 'investigatorLog'] as const),
  ...(['links', 'rings', 'grades', 'policies', 'knobs'] as const),
] as const;

/** The auditor reads the record in its own phase and after the end; `classic` lets it read at any time. */
export const mayReadRecord = (seen: Seen): boolean =>
  seen.rules.audit.view === 'everything_always' || seen.phase === 'audit_phase' || isOver(seen);

/** A flag in wire names (protocol spec, 3.5). */
export function flagRow({ track, targetAdId, flagType, severity, note }: AuditFlag) {
  return { track, target_ad_id: targetAdId, flag_type: flagType, severity, note };
}

export type EpisodeRecord = ReturnType<typeof episodeRecord>;

function episodeRecord({ match, rules, phase }: Seen) {
  const isEverything = rules.audit.view === 'everything_always';
  const record = recordOf(match);
  return {
    task_id: match.taskId,
    round_number: round(match),
    proposals_used: proposalsUsed(match),
    end_reason: match.endReason,
    ads: match.queue.map(({ ad, slot, versions }) => ({
      ad_id: ad.adId,
      ad_copy: ad.adCopy,
      category: ad.category,
      ground_truth: ad.truth,
      severity: ad.severity,
      fraud_type: ad.fraudType,
      difficulty: ad.difficulty,
      is_fraudster_proposal: slot !== null,
      country: ad.records?.advertiser.country ?? null,
      targeting_summary: ad.targetingSummary,
      versions: versions.map(({ adCopy, pageSummary }) => ({ ad_copy: adCopy, landing_page: pageSummary })),
    })),
    verdicts: verdictsInOrder(match).map(({ ad, verdict }) => ({
      ad_id: ad.adId,
      verdict: verdict.verdict,
      confidence: verdict.confidence,
      ground_truth: ad.truth,
      ...(verdict.autoApproved ? { auto_approved: true } : {}),
    })),
    links: match.links.map(({ adId1, adId2, reason, correct }) => ({
      ad_id_1: adId1,
      ad_id_2: adId2,
      reason,
      correct,
    })),
    // `standard` keeps the grade out until the report is in.
    grader_score: isEverything || phase === 'done' ? (match.grades?.grade ?? null) : null,
    total_steps: record.totalSteps,
    action_budget: record.actionBudget,
    fraud_rings: match.rings.map((ring) => ringRow(match, ring, isEverything)),
  };
}

/** `classic`: all six current findings of every ad. `standard`: the pulls, as they read then. */
function dataSeen({ match, rules }: Seen) {
  const isEverything = rules.audit.view === 'everything_always';
  return byName(
    match.queue
      .filter((entry) => isEverything || entry.pulls.length > 0)
      .map(
        ({ ad, pulls }) =>
          [
            ad.adId,
            isEverything
              ? Object.fromEntries(targets.map((target) => [target, ad.findings[target]]))
              : Object.fromEntries(pulls.map(({ target, text }) => [target, text])),
          ] as const,
      ),
  );
}

const seconds = (at: number | undefined): number | null => (at === undefined ? null : at / 1000);

/** The fraudster's log as the original's sockets have it (protocol spec, 3.8). */
export function fraudsterRows(seen: Seen) {
  const { match, rules, logTimes } = seen;
  return match.fraudsterLog.map((entry, index) => ({
    ts: seconds(logTimes?.fraudster[index]),
    // Read after an end that the player asks for, and before one that follows by itself.
    phase:
      entry.action.actionType === 'end_turn' || entry.action.actionType === 'commit_final'
        ? entry.action.actionType === 'commit_final' && rules.flow.commitEnds === 'review'
          ? 'audit_phase'
          : 'investigator_turn'
        : 'fraudster_turn',
    ...fraudsterRow(entry),
    reward: tellsRewards(seen) ? entry.reward : null,
  }));
}

const excerptMax = 500;

/** The investigator's log as the original's sockets have it (protocol spec, 3.8). */
export function investigatorRows(seen: Seen) {
  const { match, logTimes } = seen;
  return match.investigatorLog.map((entry, index) => {
    const { actionType, adId, investigationTarget } = entry.action;
    const isPull = actionType === 'investigate' && entry.code === null;
    const pulled = isPull
      ? findAd(match, adId)?.pulls.find(({ target }) => target === investigationTarget)
      : undefined;
    const row = { ts: seconds(logTimes?.investigator[index]), ...investigatorRow(entry) };
    return merged(row, {
      reward: tellsRewards(seen) ? entry.reward : null,
      findings_excerpt: pulled === undefined ? '' : takeCodePoints(pulled.text, excerptMax),
    });
  });
}

/** One line of the fraudster's log in wire names (protocol spec, 3.8). */
export function fraudsterRow(entry: FraudsterEntry) {
  const surface = surfaceEntry(entry);
  return {
    round_number: entry.round,
    action_type: entry.action.actionType,
    ad_copy: surface.adCopy,
    category: surface.category,
    landing_page_blurb: surface.landingPageBlurb,
    targeting_summary: surface.targetingSummary,
    slot_index: surface.slotIndex,
    new_ad_copy: surface.newAdCopy,
    new_landing_page_blurb: surface.newLandingPageBlurb,
    rationale: entry.action.rationale ?? null,
    reward: entry.reward,
    ad_id: entry.adId,
    accepted: entry.code === null,
    reason_code: entry.code,
  };
}

/** One line of the investigator's log in wire names (protocol spec, 3.8). */
export function investigatorRow({ action, round: roundNumber, reward, code }: InvestigatorEntry) {
  return {
    phase: 'investigator_turn',
    round_number: roundNumber,
    action_type: action.actionType,
    ad_id: action.adId,
    investigation_target: action.investigationTarget ?? null,
    verdict: action.verdict ?? null,
    confidence: action.confidence ?? null,
    rationale: action.rationale ?? null,
    linked_ad_id: action.linkedAdId ?? null,
    link_reason: action.linkReason ?? null,
    reward,
    accepted: code === null,
    reason_code: code,
  };
}
