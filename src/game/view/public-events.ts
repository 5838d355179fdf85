import type { Json } from '../../shared/canonical-json.ts';
import type { Viewer } from '../command.ts';
import { policiesOf } from '../event.ts';
import type { EventOf } from '../event.ts';
import { findAd } from '../state.ts';
import type { QueuedAd } from '../state.ts';
import { mayReadRecord } from './auditor.ts';
import { showsTargets } from './fraudster.ts';
import { wordsShown } from './investigator.ts';
import { withoutUnannounced } from './common.ts';
import type { Position, Step } from '../position.ts';

/** The part of an event that a viewer may learn, in wire names. */
export interface PublicEvent {
  readonly event: string;
  readonly [field: string]: Json;
}

/**
 * What a viewer may learn of one event: nothing that its views before and after the event do not show. Every
 * case lists its fields explicitly; unlisted fields are never sent. Refusals, digests, grades and seats are
 * not sent here.
 */
export function publicEvents(viewer: Viewer, change: Step): readonly PublicEvent[] {
  switch (viewer) {
    case 'fraudster':
      return toFraudster(change);
    case 'investigator':
      return [...joined(change).map(adHeard), ...toInvestigator(change)];
    case 'auditor':
      return mayReadRecord(change.after) ? toAuditor(change) : toAnybody(change);
    case 'spectator':
      return [...joined(change).map(adJoined), ...toSpectator(change)];
  }
}

const none: readonly PublicEvent[] = [];

/** Sent to every viewer: the opening, and the ends of turns and of the review. */
function toAnybody({ event, after }: Step): readonly PublicEvent[] {
  switch (event.type) {
    case 'match.created':
      return [created(event.data, after)];
    case 'turn.ended':
      return [{ event: 'turn.ended', by: event.data.by }];
    case 'review.closed':
      return [{ event: 'review.closed' }];
    default:
      return none;
  }
}

function created(data: EventOf<'match.created'>['data'], { state }: Position): PublicEvent {
  const policies = policiesOf(state);
  return {
    event: 'match.created',
    machine: data.machine,
    task_id: data.taskId,
    ruleset: data.ruleset.name,
    ruleset_version: data.ruleset.version,
    ruleset_hash: data.ruleset.hash,
    max_rounds: data.knobs.maxRounds,
    seed_commitment: data.seedCommitment,
    turn_ms: data.deadlines.turnMs,
    audit_ms: data.deadlines.auditMs,
    match_ms: data.deadlines.matchMs,
    policies: {
      step_rewards: policies.stepRewards,
      verdicts_to_fraudster: policies.verdictsToFraudster,
      legal_hints: policies.legalHints,
      spectators: policies.spectators,
      spectator_delay: policies.spectatorDelay,
      reveal_at_end: policies.revealAtEnd,
      open_state: policies.openState,
      auth: policies.auth,
    },
  };
}

/** The ads that become visible with this step to a viewer who does not see a running fraudster turn. */
function joined({ before, after }: Step): readonly QueuedAd[] {
  // The queue only grows, and what is announced of it changes only with the turn.
  const isSameTurn = before.phase === after.phase && before.state.roundsPlayed === after.state.roundsPlayed;
  if (isSameTurn && before.state.queue.length === after.state.queue.length) return [];
  const known = new Set(withoutUnannounced(before).state.queue.map(({ ad }) => ad.adId));
  return withoutUnannounced(after).state.queue.filter(({ ad }) => !known.has(ad.adId));
}

const adJoined = ({ ad }: Pick<QueuedAd, 'ad'>): PublicEvent => ({
  event: 'ad.joined',
  ad_id: ad.adId,
  category: ad.category,
  ad_copy: ad.adCopy,
});

/** Without the copy: the investigator sees it only when the ad is in focus, which takes an action. */
const adHeard = ({ ad }: Pick<QueuedAd, 'ad'>): PublicEvent => ({
  event: 'ad.joined',
  ad_id: ad.adId,
  category: ad.category,
});

/** A modification of an ad, unless nothing that the investigator sees has changed. */
function changedToInvestigator({ event, before, after }: Step): readonly PublicEvent[] {
  if (event.type !== 'ad.modified') return none;
  const { adId } = event.data;
  return wordsShown(before, adId) === wordsShown(after, adId) ? none : [{ event: 'ad.changed', ad_id: adId }];
}

function changedToSpectator({ event, before }: Step): readonly PublicEvent[] {
  if (event.type !== 'ad.modified') return none;
  const { adId, adCopy } = event.data;
  const known = findAd(withoutUnannounced(before).state, adId);
  if (known === undefined || known.ad.adCopy === adCopy) return none;
  return [{ event: 'ad.changed', ad_id: adId, ad_copy: adCopy }];
}

function toFraudster(change: Step): readonly PublicEvent[] {
  const { event, after } = change;
  const { policies } = after.state;
  const own = (reward: number) => (policies.stepRewards === 'shown' ? { reward } : {});
  switch (event.type) {
    case 'ad.proposed': {
      const { ad, slot, reward } = event.data;
      return [{ ...adJoined({ ad }), slot_index: slot, ...own(reward) }];
    }
    case 'ad.arrived':
      return [adJoined(event.data)];
    case 'ad.modified': {
      const { adId, slot, adCopy, reward } = event.data;
      return [{ event: 'ad.changed', ad_id: adId, slot_index: slot, ad_copy: adCopy, ...own(reward) }];
    }
    case 'proposals.committed':
      return [{ event: 'proposals.committed', ...own(event.data.reward) }];
    case 'action.penalised':
      if (event.data.by !== 'fraudster') return repeatedVerdict(change);
      return [
        {
          event: 'action.penalised',
          action_type: event.data.action.actionType,
          reason_code: event.data.code,
          ...own(event.data.reward),
        },
      ];
    case 'finding.revealed': {
      const { adId, target } = event.data;
      return showsTargets(policies) ? [{ event: 'finding.revealed', ad_id: adId, target }] : none;
    }
    case 'verdict.given': {
      if (policies.verdictsToFraudster === 'none') return none;
      const { adId, verdict, action } = event.data;
      const told = { event: 'verdict.given', ad_id: adId, verdict };
      if (policies.verdictsToFraudster !== 'full') return [told];
      return [{ ...told, confidence: action.confidence ?? null, rationale: action.rationale ?? null }];
    }
    case 'review.closed':
      return [
        {
          event: 'review.closed',
          ...(policies.verdictsToFraudster === 'none' ? {} : { settled: event.data.settled }),
        },
      ];
    default:
      return toAnybody(change);
  }
}

/** Under `full` the fraudster also sees refused verdicts, as in the original. */
function repeatedVerdict({ event, after }: Step): readonly PublicEvent[] {
  if (after.state.policies.verdictsToFraudster !== 'full') return none;
  if (event.type !== 'action.penalised' || event.data.by !== 'investigator') return none;
  const { actionType, adId, verdict = null, confidence = null, rationale = null } = event.data.action;
  if (actionType !== 'verdict') return none;
  return [{ event: 'verdict.refused', ad_id: adId, verdict, confidence, rationale }];
}

function toInvestigator(change: Step): readonly PublicEvent[] {
  const { event, after } = change;
  const isShown = after.state.policies.stepRewards === 'shown';
  const own = (reward: number) => (isShown ? { reward } : {});
  switch (event.type) {
    case 'ad.modified':
      return changedToInvestigator(change);
    case 'finding.revealed': {
      const { adId, target, text, reward } = event.data;
      return [{ event: 'finding.revealed', ad_id: adId, target, text, ...own(reward) }];
    }
    case 'verdict.given': {
      const { adId, verdict, confidence, reward } = event.data;
      return [{ event: 'verdict.given', ad_id: adId, verdict, confidence, ...own(reward) }];
    }
    case 'accounts.linked': {
      const { adId1, adId2, reason, reward } = event.data;
      return [{ event: 'accounts.linked', ad_id_1: adId1, ad_id_2: adId2, reason, ...own(reward) }];
    }
    case 'action.penalised':
      if (event.data.by !== 'investigator') return none;
      return [
        {
          event: 'action.penalised',
          action_type: event.data.action.actionType,
          ad_id: event.data.action.adId,
          reason_code: event.data.code,
          ...own(event.data.reward),
        },
      ];
    case 'review.closed':
      return [closed(event.data)];
    default:
      return toAnybody(change);
  }
}

const closed = ({ reason, settled }: EventOf<'review.closed'>['data']): PublicEvent => ({
  event: 'review.closed',
  end_reason: reason,
  settled,
});

function toSpectator(change: Step): readonly PublicEvent[] {
  const { event } = change;
  switch (event.type) {
    case 'ad.modified':
      return changedToSpectator(change);
    case 'finding.revealed':
      return [{ event: 'finding.revealed', ad_id: event.data.adId, target: event.data.target }];
    case 'verdict.given':
      return [{ event: 'verdict.given', ad_id: event.data.adId, verdict: event.data.verdict }];
    case 'accounts.linked':
      return [{ event: 'accounts.linked', ad_id_1: event.data.adId1, ad_id_2: event.data.adId2 }];
    case 'action.penalised':
      return event.data.by === 'investigator' ? [{ event: 'action.penalised', by: 'investigator' }] : none;
    case 'review.closed':
      return [closed(event.data)];
    default:
      return toAnybody(change);
  }
}

function toAuditor(change: Step): readonly PublicEvent[] {
  const { event } = change;
  switch (event.type) {
    case 'ad.proposed':
      return [{ ...adJoined(event.data), slot_index: event.data.slot }];
    case 'ad.arrived':
      return [adJoined(event.data)];
    case 'ad.modified': {
      const { adId, slot, adCopy } = event.data;
      return [{ event: 'ad.changed', ad_id: adId, slot_index: slot, ad_copy: adCopy }];
    }
    case 'proposals.committed':
      return [{ event: 'proposals.committed' }];
    case 'finding.revealed': {
      const { adId, target, text } = event.data;
      return [{ event: 'finding.revealed', ad_id: adId, target, text }];
    }
    case 'verdict.given': {
      const { adId, verdict, confidence } = event.data;
      return [{ event: 'verdict.given', ad_id: adId, verdict, confidence }];
    }
    case 'accounts.linked': {
      const { adId1, adId2, reason } = event.data;
      return [{ event: 'accounts.linked', ad_id_1: adId1, ad_id_2: adId2, reason }];
    }
    case 'action.penalised':
      return [
        {
          event: 'action.penalised',
          by: event.data.by,
          action_type: event.data.action.actionType,
          reason_code: event.data.code,
        },
      ];
    case 'review.closed':
      return [closed(event.data)];
    case 'flag.raised': {
      const { track, flagType, targetAdId, severity } = event.data.flag;
      return [{ event: 'flag.raised', track, flag_type: flagType, target_ad_id: targetAdId, severity }];
    }
    case 'audit.submitted':
      return [{ event: 'audit.submitted', missed: event.data.report.missed }];
    default:
      return toAnybody(change);
  }
}
