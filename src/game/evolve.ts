import type { Ring } from './ad.ts';
import type { FraudsterAction } from './command.ts';
import type { EventOf, MatchEvent } from './event.ts';
import { trackOf } from './grading/flag-types.ts';
import { changed, round, queued, verdictsInOrder } from './state.ts';
import type { FraudsterEntry, InvestigatorEntry, GameState, QueuedAd } from './state.ts';

/**
 * The game state after `event`. Pure. Applies any event that `decide` made, without judging it. Annotations
 * and `match.created` change nothing.
 */
export function evolve(state: GameState, event: MatchEvent): GameState {
  switch (event.type) {
    case 'match.created':
    case 'action.refused':
    case 'state.digested':
    case 'seat.claimed':
    case 'seat.dropped':
    case 'seat.resumed':
    case 'seat.released':
      return state;
    case 'ad.proposed':
      return proposed(state, event.data);
    case 'ad.arrived':
      return changed(state, {
        queue: state.queue.toSpliced(event.data.position, 0, queued(event.data.ad, null, event.data.round)),
        focus: event.data.focus,
        arrivals: state.arrivals.filter((arrival) => arrival.ad.adId !== event.data.ad.adId),
      });
    case 'ad.modified':
      return modified(state, event.data);
    case 'proposals.committed':
      return changed(logFraudster(state, entryFor(state, event.data.action, event.data.reward)), {
        committed: true,
      });
    case 'finding.revealed':
      return revealed(state, event.data);
    case 'verdict.given':
      return verdictGiven(state, event.data);
    case 'accounts.linked':
      return linked(state, event.data);
    case 'action.penalised':
      return penalised(state, event.data);
    case 'turn.ended':
      return turnEnded(state, event.data);
    case 'review.closed':
      return reviewClosed(state, event.data);
    case 'flag.raised':
      return changed(state, { flags: [...state.flags, event.data.flag] });
    case 'audit.submitted':
      return changed(state, { report: event.data.report });
    case 'match.graded':
      return changed(state, { grades: event.data, turnActions: 0 });
    case 'match.aborted':
      return changed(state, { endReason: 'aborted', turnActions: 0 });
  }
}

// --- fraudster ---

function proposed(state: GameState, data: EventOf<'ad.proposed'>['data']): GameState {
  const entry = { ...entryFor(state, data.action, data.reward), adId: data.ad.adId, slot: data.slot };
  return changed(countFraudsterAction(logFraudster(state, entry)), {
    queue: state.queue.toSpliced(data.position, 0, queued(data.ad, data.slot, round(state))),
    rings: data.ring === null ? state.rings : withRing(state.rings, data.ring),
    focus: data.focus,
  });
}

function withRing(rings: GameState['rings'], ring: Ring): GameState['rings'] {
  return [...rings.filter((known) => known.ringId !== ring.ringId), ring];
}

function modified(state: GameState, data: EventOf<'ad.modified'>['data']): GameState {
  const texts = { adCopy: data.adCopy, pageSummary: data.pageSummary };
  const changed = changeAd(state, data.adId, (entry) => ({
    ad: { ...entry.ad, ...texts, findings: { ...entry.ad.findings, ...data.findings } },
    versions: [...entry.versions, texts],
  }));
  return countFraudsterAction(
    logFraudster(changed, slotEntry(changed, data.action, data.slot, data.reward, null)),
  );
}

function entryFor(state: GameState, action: FraudsterAction, reward: number): FraudsterEntry {
  return { action, round: round(state), adId: null, slot: null, texts: null, code: null, reward };
}

/** The log line of a modification, with the ad's texts after it. */
function slotEntry(
  state: GameState,
  action: FraudsterAction,
  slot: number,
  reward: number,
  code: FraudsterEntry['code'],
): FraudsterEntry {
  const owned = state.queue.find((entry) => entry.slot === slot);
  const base = { ...entryFor(state, action, reward), code };
  if (owned === undefined) return base;
  const { adId, adCopy, pageSummary, targetingSummary } = owned.ad;
  return { ...base, adId, slot, texts: { adCopy, pageSummary, targetingSummary } };
}

function countFraudsterAction(state: GameState): GameState {
  return changed(state, { turnActions: state.turnActions + 1 });
}

function logFraudster(state: GameState, entry: FraudsterEntry): GameState {
  const { fraudster, investigator } = state.stepRewards;
  return changed(state, {
    fraudsterLog: [...state.fraudsterLog, entry],
    stepRewards: { fraudster: fraudster + entry.reward, investigator },
  });
}

// --- investigator ---

function revealed(state: GameState, data: EventOf<'finding.revealed'>['data']): GameState {
  const { target, text, adVersion } = data;
  return investigated(
    changeAd(state, data.adId, (entry) => ({
      pulls: [...entry.pulls, { target, text, adVersion }],
      attempts: entry.attempts + 1,
    })),
    data,
  );
}

function verdictGiven(state: GameState, data: EventOf<'verdict.given'>['data']): GameState {
  const { verdict, confidence } = data;
  const order = verdictsInOrder(state).length;
  return investigated(
    changeAd(state, data.adId, () => ({ verdict: { verdict, confidence, autoApproved: false, order } })),
    data,
  );
}

function linked(state: GameState, data: EventOf<'accounts.linked'>['data']): GameState {
  const { adId1, adId2, reason, correct } = data;
  return investigated(changed(state, { links: [...state.links, { adId1, adId2, reason, correct }] }), {
    ...data,
    focus: state.focus,
  });
}

function penalised(state: GameState, data: EventOf<'action.penalised'>['data']): GameState {
  if (data.by === 'fraudster') {
    const { action, reward, code } = data;
    const slot = action.actionType === 'modify_pending_ad' ? action.slotIndex : undefined;
    const entry =
      slot === undefined
        ? { ...entryFor(state, action, reward), code }
        : slotEntry(state, action, slot, reward, code);
    return countFraudsterAction(logFraudster(state, entry));
  }
  if (data.by === 'auditor') {
    const track = trackOf(data.action);
    return changed(state, {
      repeatedFlags: { ...state.repeatedFlags, [track]: state.repeatedFlags[track] + 1 },
    });
  }
  const tried =
    data.action.actionType === 'investigate'
      ? changeAd(state, data.action.adId, (entry) => ({ attempts: entry.attempts + 1 }))
      : state;
  return investigated(tried, data);
}

/** Every processed investigator action costs a step, counts for the turn's cap and is logged. */
function investigated(
  state: GameState,
  data: Pick<InvestigatorEntry, 'action' | 'reward'> & {
    focus: string | null;
    code?: InvestigatorEntry['code'];
  },
): GameState {
  const { action, reward, code = null } = data;
  const { fraudster, investigator } = state.stepRewards;
  return changed(state, {
    steps: state.steps + 1,
    turnActions: state.turnActions + 1,
    focus: data.focus,
    investigatorLog: [...state.investigatorLog, { action, round: round(state), code, reward }],
    stepRewards: { fraudster, investigator: investigator + reward },
  });
}

// --- turns and endings ---

function turnEnded(state: GameState, data: EventOf<'turn.ended'>['data']): GameState {
  if (data.by === 'investigator')
    return changed(state, { turnActions: 0, roundsPlayed: state.roundsPlayed + 1 });
  const logged = data.action === null ? state : logFraudster(state, entryFor(state, data.action, 0));
  return changed(logged, { turnActions: 0 });
}

function reviewClosed(state: GameState, data: EventOf<'review.closed'>['data']): GameState {
  const settled = new Set(data.settled);
  let order = verdictsInOrder(state).length;
  const queue = state.queue.map((entry): QueuedAd => {
    if (!settled.has(entry.ad.adId)) return entry;
    return { ...entry, verdict: { verdict: 'approve', confidence: 0, autoApproved: true, order: order++ } };
  });
  return changed(state, { queue, turnActions: 0, endReason: state.endReason ?? data.reason });
}

function changeAd(state: GameState, adId: string, change: (entry: QueuedAd) => Partial<QueuedAd>): GameState {
  const queue = state.queue.map((entry) => {
    if (entry.ad.adId !== adId) return entry;
    const { ad, versions, slot, joinedRound, pulls, attempts, verdict } = entry;
    return { ad, versions, slot, joinedRound, pulls, attempts, verdict, ...change(entry) };
  });
  return changed(state, { queue });
}
