import { isCorrect } from '../game/grading/correct.ts';
import type { Ad } from '../game/ad.ts';
import type { MatchEvent } from '../game/event.ts';
import { findAd, round } from '../game/state.ts';
import type { GameState } from '../game/state.ts';
import { flagRow } from '../game/view/auditor.ts';
import type { StoredCommit } from '../log/event-log.ts';
import { foldStream } from '../match/fold/replay.ts';
import type { MatchId } from '../shared/ids.ts';
import type { Json } from '../shared/canonical-json.ts';
import { snakeCase } from '../shared/case.ts';

/** One event of a finished match with all its data, in wire names. */
export interface RecordedEvent {
  readonly version: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly by: 'fraudster' | 'investigator' | 'auditor' | 'host';
  /**
   * The name that spectators' frames use for the event, or the event's type if they show none. `data` has
   * more fields.
   */
  readonly event: string;
  readonly round: number;
  readonly data: Fields;
  /** The action that the role sent; null for an event without one. */
  readonly action: Fields | null;
  readonly reward: number | null;
}

type Fields = Readonly<Record<string, Json>>;

/**
 * Every event of a match, with all secrets. Show it only after the end of a match that reveals itself.
 * @throws AppError `replay_diverged`
 */
export function recordedEvents(match: MatchId, commits: readonly StoredCommit[]): readonly RecordedEvent[] {
  return [...foldStream(match, commits)].flatMap(({ commit, steps }) =>
    steps.map(({ event, at, after }, index) => {
      const { action = null, reward = null } = event.data as { action?: object | null; reward?: number };
      return {
        version: commit.expectedVersion + index + 1,
        at,
        by: byOf(event),
        event: names[event.type] ?? event.type,
        round: round(after.state),
        data: dataOf(event, after.state),
        action: action === null ? null : sent(action),
        reward,
      };
    }),
  );
}

/** The ads of a `match.created` event in wire names; empty for any other event. */
export function startingAds(event: MatchEvent | undefined): readonly Fields[] {
  return event?.type === 'match.created' ? event.data.episode.ads.map(adRow) : [];
}

/** Types whose name in spectators' frames differs. */
const names: Partial<Record<MatchEvent['type'], string>> = {
  'ad.proposed': 'ad.joined',
  'ad.arrived': 'ad.joined',
  'ad.modified': 'ad.changed',
};

function byOf(event: MatchEvent): RecordedEvent['by'] {
  switch (event.type) {
    case 'ad.proposed':
    case 'ad.modified':
    case 'proposals.committed':
      return 'fraudster';
    case 'finding.revealed':
    case 'verdict.given':
    case 'accounts.linked':
      return 'investigator';
    case 'flag.raised':
    case 'audit.submitted':
      return 'auditor';
    case 'turn.ended':
    case 'action.penalised':
    case 'action.refused':
      return event.data.by;
    case 'seat.claimed':
    case 'seat.dropped':
    case 'seat.resumed':
    case 'seat.released':
      return event.data.role;
    default:
      return 'host';
  }
}

/** The data of an event, without its action and reward. */
function dataOf(event: MatchEvent, state: GameState): Fields {
  switch (event.type) {
    case 'ad.proposed':
      return { ...adRow(event.data.ad), slot_index: event.data.slot, is_proposal: true };
    case 'ad.arrived':
      return { ...adRow(event.data.ad), is_proposal: false };
    case 'ad.modified': {
      const { adId, slot, version, adCopy, pageSummary } = event.data;
      return { ad_id: adId, slot_index: slot, version, ad_copy: adCopy, landing_page: pageSummary };
    }
    case 'finding.revealed':
      return { ad_id: event.data.adId, target: event.data.target, text: event.data.text };
    case 'verdict.given': {
      const { adId, verdict, confidence } = event.data;
      const truth = findAd(state, adId)?.ad.truth;
      return {
        ad_id: adId,
        verdict,
        confidence,
        ...(truth === undefined ? {} : { correct: isCorrect(verdict, truth) }),
      };
    }
    case 'accounts.linked': {
      const { adId1, adId2, reason, correct } = event.data;
      return { ad_id_1: adId1, ad_id_2: adId2, reason, correct };
    }
    default:
      return ruledData(event);
  }
}

/** The data of penalties, refusals, turns, endings and the audit. */
function ruledData(event: MatchEvent): Fields {
  switch (event.type) {
    case 'action.penalised': {
      const { action, code, by } = event.data;
      return {
        by,
        action_type: action.actionType,
        reason_code: code,
        ...('adId' in action ? { ad_id: action.adId } : {}),
      };
    }
    case 'action.refused': {
      const { by, code, message, phase, attempt } = event.data;
      return { by, code, message, phase, attempt };
    }
    case 'turn.ended':
      return { by: event.data.by, cause: event.data.cause };
    case 'review.closed':
      return { end_reason: event.data.reason, settled: event.data.settled };
    case 'flag.raised':
      return flagRow(event.data.flag);
    case 'audit.submitted': {
      const { investigatorAuditScore, fraudsterPlausibilityScore, notes, missed } = event.data.report;
      return {
        investigator_audit_score: investigatorAuditScore,
        fraudster_plausibility_score: fraudsterPlausibilityScore,
        notes,
        missed,
      };
    }
    case 'match.graded': {
      const { grade, rewards, parts } = event.data;
      return { grader_score: grade, rewards: { ...rewards }, parts: { ...parts } };
    }
    case 'match.aborted':
      return { reason: event.data.reason };
    case 'state.digested':
      return { phase: event.data.phase, digest: event.data.digest };
    default:
      return {};
  }
}

function adRow({
  adId,
  adCopy,
  category,
  pageSummary,
  targetingSummary,
  truth,
  severity,
  fraudType,
}: Ad): Fields {
  return {
    ad_id: adId,
    ad_copy: adCopy,
    category,
    landing_page: pageSummary,
    targeting_summary: targetingSummary,
    ground_truth: truth,
    severity,
    fraud_type: fraudType,
  };
}

const sent = (action: object): Fields =>
  Object.fromEntries(Object.entries(action).map(([key, value]) => [snakeCase(key), value as Json]));
