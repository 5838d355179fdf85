import { targets } from '../ad.ts';
import { recordOf, surfaceEntry } from '../grading/grade-match.ts';
import type { AuditFlag } from '../grading/record.ts';
import { takeCodePoints } from '../grading/text.ts';
import { findAd, verdictsInOrder, proposalsUsed, round } from '../state.ts';
import type { FraudsterEntry, InvestigatorEntry } from '../state.ts';
import { auditorFeedback } from './feedback.ts';
import { ringRow } from './ring.ts';
import { makeAnew } from './remember.ts';
import { common, episodeReward, tellsRewards } from './common.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';
import { byName, merged } from '../../shared/objects.ts';

/**
 * The view of the auditor, in wire names (protocol spec, 3.6). `classic`: everything, at any time.
 * `standard`: only the phase until the audit, then the record of the review with the findings that were
 * pulled. `remember` returns cached parts; see remember.ts.
 */
export function auditorView(position: Position, remember = makeAnew) {
  const { state } = position;
  // The review does not change during the audit, so `remember` may reuse its record.
  const read = mayReadRecord(position)
    ? remember(recordRead, state.queue, position, isSameReview)
    : nothingRead;
  return merged(common(position, state.grades?.rewards.auditor ?? 0), {
    feedback: auditorFeedback(position),
    full_episode_record: read.full_episode_record,
    investigator_actions: read.investigator_actions,
    fraudster_proposals: read.fraudster_proposals,
    investigation_data_seen: read.investigation_data_seen,
    pending_flags: state.flags.map(flagRow),
    episode_reward: episodeReward(position, 'auditor'),
  });
}

/** The auditor's record of the review. */
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

function recordRead(_: Position['state']['queue'], position: Position): Reading {
  return {
    full_episode_record: episodeRecord(position),
    investigator_actions: investigatorRows(position),
    fraudster_proposals: fraudsterRows(position),
    investigation_data_seen: dataSeen(position),
  };
}

function isSameReview(one: Position, other: Position): boolean {
  return (
    one.phase === other.phase &&
    one.rules === other.rules &&
    one.logTimes?.fraudster === other.logTimes?.fraudster &&
    one.logTimes?.investigator === other.logTimes?.investigator &&
    ofReview.every((part) => one.state[part] === other.state[part])
  );
}

/** The parts of the state that the record shows, in addition to the queue. */
const ofReview = [
  ...(['roundsPlayed', 'steps', 'endReason', 'fraudsterLog', 'investigatorLog'] as const),
  ...(['links', 'rings', 'grades', 'policies', 'knobs'] as const),
] as const;

/** Whether the auditor may read the record: in `audit_phase` and after the end; in `classic` at any time. */
export const mayReadRecord = (position: Position): boolean =>
  position.rules.audit.view === 'everything_always' || position.phase === 'audit_phase' || isOver(position);

/** A flag in wire names (protocol spec, 3.5). */
export function flagRow({ track, targetAdId, flagType, severity, note }: AuditFlag) {
  return { track, target_ad_id: targetAdId, flag_type: flagType, severity, note };
}

export type EpisodeRecord = ReturnType<typeof episodeRecord>;

function episodeRecord({ state, rules, phase }: Position) {
  const isEverything = rules.audit.view === 'everything_always';
  const record = recordOf(state);
  return {
    task_id: state.taskId,
    round_number: round(state),
    proposals_used: proposalsUsed(state),
    end_reason: state.endReason,
    ads: state.queue.map(({ ad, slot, versions }) => ({
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
    verdicts: verdictsInOrder(state).map(({ ad, verdict }) => ({
      ad_id: ad.adId,
      verdict: verdict.verdict,
      confidence: verdict.confidence,
      ground_truth: ad.truth,
      ...(verdict.autoApproved ? { auto_approved: true } : {}),
    })),
    links: state.links.map(({ adId1, adId2, reason, correct }) => ({
      ad_id_1: adId1,
      ad_id_2: adId2,
      reason,
      correct,
    })),
    // Under `pulled_in_audit` the grade is hidden until the match is done.
    grader_score: isEverything || phase === 'done' ? (state.grades?.grade ?? null) : null,
    total_steps: record.totalSteps,
    action_budget: record.actionBudget,
    fraud_rings: state.rings.map((ring) => ringRow(state, ring, isEverything)),
  };
}

/** `classic`: all six current findings of every ad. `standard`: the pulled ones, as of the pull. */
function dataSeen({ state, rules }: Position) {
  const isEverything = rules.audit.view === 'everything_always';
  return byName(
    state.queue
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

/**
 * The fraudster's log in the form of the original's sockets (protocol spec, 3.8). `ts` is in seconds since
 * the Unix epoch.
 */
export function fraudsterRows(position: Position) {
  const { state, rules, logTimes } = position;
  return state.fraudsterLog.map((entry, index) => ({
    ts: seconds(logTimes?.fraudster[index]),
    // The original reads the phase after an end that the player asks for, but before an automatic one.
    phase:
      entry.action.actionType === 'end_turn' || entry.action.actionType === 'commit_final'
        ? entry.action.actionType === 'commit_final' && rules.flow.commitEnds === 'review'
          ? 'audit_phase'
          : 'investigator_turn'
        : 'fraudster_turn',
    ...fraudsterRow(entry),
    reward: tellsRewards(position) ? entry.reward : null,
  }));
}

const excerptMax = 500;

/**
 * The investigator's log in the form of the original's sockets (protocol spec, 3.8). `ts` is in seconds since
 * the Unix epoch.
 */
export function investigatorRows(position: Position) {
  const { state, logTimes } = position;
  return state.investigatorLog.map((entry, index) => {
    const { actionType, adId, investigationTarget } = entry.action;
    const isPull = actionType === 'investigate' && entry.code === null;
    const pulled = isPull
      ? findAd(state, adId)?.pulls.find(({ target }) => target === investigationTarget)
      : undefined;
    const row = { ts: seconds(logTimes?.investigator[index]), ...investigatorRow(entry) };
    return merged(row, {
      reward: tellsRewards(position) ? entry.reward : null,
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
