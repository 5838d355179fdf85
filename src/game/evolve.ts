import type { Ring } from './ad.ts';
import type { FraudsterAction } from './command.ts';
import type { EventOf, MatchEvent } from './event.ts';
import { trackOf } from './grading/flag-types.ts';
import { changed, round, queued, verdictsInOrder } from './state.ts';
import type { FraudsterEntry, InvestigatorEntry, Match, QueuedAd } from './state.ts';

/**
 * The match after `event`. Total and pure: any event of a stream that `decide` made is applied, none is judged.
 * Annotations change nothing.
 */
export function evolve(match: Match, event: MatchEvent): Match {
  switch (event.type) {
    case 'match.created':
    case 'action.refused':
    case 'state.digested':
    case 'seat.claimed':
    case 'seat.dropped':
    case 'seat.resumed':
    case 'seat.released':
      return match;
    case 'ad.proposed':
      return proposed(match, event.data);
    case 'ad.arrived':
      return changed(match, {
        queue: match.queue.toSpliced(event.data.position, 0, queued(event.data.ad, null, event.data.round)),
        focus: event.data.focus,
        arrivals: match.arrivals.filter((arrival) => arrival.ad.adId !== event.data.ad.adId),
      });
    case 'ad.modified':
      return modified(match, event.data);
    case 'proposals.committed':
      return changed(logFraudster(match, entryFor(match, event.data.action, event.data.reward)), {
        committed: true,
      });
    case 'finding.revealed':
      return revealed(match, event.data);
    case 'verdict.given':
      return verdictGiven(match, event.data);
    case 'accounts.linked':
      return linked(match, event.data);
    case 'action.penalised':
      return penalised(match, event.data);
    case 'turn.ended':
      return turnEnded(match, event.data);
    case 'review.closed':
      return reviewClosed(match, event.data);
    case 'flag.raised':
      return changed(match, { flags: [...match.flags, event.data.flag] });
    case 'audit.submitted':
      return changed(match, { report: event.data.report });
    case 'match.graded':
      return changed(match, { grades: event.data, turnActions: 0 });
    case 'match.aborted':
      return changed(match, { endReason: 'aborted', turnActions: 0 });
  }
}

// --- fraudster ---

function proposed(match: Match, data: EventOf<'ad.proposed'>['data']): Match {
  const entry = { ...entryFor(match, data.action, data.reward), adId: data.ad.adId, slot: data.slot };
  return changed(countFraudsterAction(logFraudster(match, entry)), {
    queue: match.queue.toSpliced(data.position, 0, queued(data.ad, data.slot, round(match))),
    rings: data.ring === null ? match.rings : withRing(match.rings, data.ring),
    focus: data.focus,
  });
}

function withRing(rings: Match['rings'], ring: Ring): Match['rings'] {
  return [...rings.filter((known) => known.ringId !== ring.ringId), ring];
}

function modified(match: Match, data: EventOf<'ad.modified'>['data']): Match {
  const texts = { adCopy: data.adCopy, pageSummary: data.pageSummary };
  const changed = changeAd(match, data.adId, (entry) => ({
    ad: { ...entry.ad, ...texts, findings: { ...entry.ad.findings, ...data.findings } },
    versions: [...entry.versions, texts],
  }));
  return countFraudsterAction(
    logFraudster(changed, slotEntry(changed, data.action, data.slot, data.reward, null)),
  );
}

function entryFor(match: Match, action: FraudsterAction, reward: number): FraudsterEntry {
  return { action, round: round(match), adId: null, slot: null, texts: null, code: null, reward };
}

/** The log line of a modification, with the ad's texts as they stand after it. */
function slotEntry(
  match: Match,
  action: FraudsterAction,
  slot: number,
  reward: number,
  code: FraudsterEntry['code'],
): FraudsterEntry {
  const owned = match.queue.find((entry) => entry.slot === slot);
  const base = { ...entryFor(match, action, reward), code };
  if (owned === undefined) return base;
  const { adId, adCopy, pageSummary, targetingSummary } = owned.ad;
  return { ...base, adId, slot, texts: { adCopy, pageSummary, targetingSummary } };
}

function countFraudsterAction(match: Match): Match {
  return changed(match, { turnActions: match.turnActions + 1 });
}

function logFraudster(match: Match, entry: FraudsterEntry): Match {
  const { fraudster, investigator } = match.stepRewards;
  return changed(match, {
    fraudsterLog: [...match.fraudsterLog, entry],
    stepRewards: { fraudster: fraudster + entry.reward, investigator },
  });
}

// --- investigator ---

function revealed(match: Match, data: EventOf<'finding.revealed'>['data']): Match {
  const { target, text, adVersion } = data;
  return investigated(
    changeAd(match, data.adId, (entry) => ({
      pulls: [...entry.pulls, { target, text, adVersion }],
      attempts: entry.attempts + 1,
    })),
    data,
  );
}

function verdictGiven(match: Match, data: EventOf<'verdict.given'>['data']): Match {
  const { verdict, confidence } = data;
  const order = verdictsInOrder(match).length;
  return investigated(
    changeAd(match, data.adId, () => ({ verdict: { verdict, confidence, autoApproved: false, order } })),
    data,
  );
}

function linked(match: Match, data: EventOf<'accounts.linked'>['data']): Match {
  const { adId1, adId2, reason, correct } = data;
  return investigated(changed(match, { links: [...match.links, { adId1, adId2, reason, correct }] }), {
    ...data,
    focus: match.focus,
  });
}

function penalised(match: Match, data: EventOf<'action.penalised'>['data']): Match {
  if (data.by === 'fraudster') {
    const { action, reward, code } = data;
    const slot = action.actionType === 'modify_pending_ad' ? action.slotIndex : undefined;
    const entry =
      slot === undefined
        ? { ...entryFor(match, action, reward), code }
        : slotEntry(match, action, slot, reward, code);
    return countFraudsterAction(logFraudster(match, entry));
  }
  if (data.by === 'auditor') {
    const track = trackOf(data.action);
    return changed(match, {
      repeatedFlags: { ...match.repeatedFlags, [track]: match.repeatedFlags[track] + 1 },
    });
  }
  const tried =
    data.action.actionType === 'investigate'
      ? changeAd(match, data.action.adId, (entry) => ({ attempts: entry.attempts + 1 }))
      : match;
  return investigated(tried, data);
}

/** Every processed investigator action costs a step, counts towards the turn and is logged. */
function investigated(
  match: Match,
  data: Pick<InvestigatorEntry, 'action' | 'reward'> & {
    focus: string | null;
    code?: InvestigatorEntry['code'];
  },
): Match {
  const { action, reward, code = null } = data;
  const { fraudster, investigator } = match.stepRewards;
  return changed(match, {
    steps: match.steps + 1,
    turnActions: match.turnActions + 1,
    focus: data.focus,
    investigatorLog: [...match.investigatorLog, { action, round: round(match), code, reward }],
    stepRewards: { fraudster, investigator: investigator + reward },
  });
}

// --- turns and endings ---

function turnEnded(match: Match, data: EventOf<'turn.ended'>['data']): Match {
  if (data.by === 'investigator')
    return changed(match, { turnActions: 0, roundsPlayed: match.roundsPlayed + 1 });
  const logged = data.action === null ? match : logFraudster(match, entryFor(match, data.action, 0));
  return changed(logged, { turnActions: 0 });
}

function reviewClosed(match: Match, data: EventOf<'review.closed'>['data']): Match {
  const settled = new Set(data.settled);
  let order = verdictsInOrder(match).length;
  const queue = match.queue.map((entry): QueuedAd => {
    if (!settled.has(entry.ad.adId)) return entry;
    return { ...entry, verdict: { verdict: 'approve', confidence: 0, autoApproved: true, order: order++ } };
  });
  return changed(match, { queue, turnActions: 0, endReason: match.endReason ?? data.reason });
}

function changeAd(match: Match, adId: string, change: (entry: QueuedAd) => Partial<QueuedAd>): Match {
  const queue = match.queue.map((entry) => {
    if (entry.ad.adId !== adId) return entry;
    const { ad, versions, slot, joinedRound, pulls, attempts, verdict } = entry;
    return { ad, versions, slot, joinedRound, pulls, attempts, verdict, ...change(entry) };
  });
  return changed(match, { queue });
}
