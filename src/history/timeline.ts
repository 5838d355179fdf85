import type { MatchEvent } from '../game/event.ts';
import type { StoredCommit } from '../log/event-log.ts';

/** One event of a match as a line for humans. */
export interface TimelineRow {
  readonly version: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly by: string;
  readonly what: string;
  readonly reward: number | null;
}

/**
 * The events of a match in order, each in a few words. Contains all secrets: show it only after the end, or
 * to an operator.
 */
export function timelineOf(commits: readonly StoredCommit[]): readonly TimelineRow[] {
  return commits.flatMap(({ expectedVersion, at, events }) =>
    events.map((event, index) => ({
      version: expectedVersion + index + 1,
      at,
      ...told(event),
      reward: 'reward' in event.data ? event.data.reward : null,
    })),
  );
}

function told(event: MatchEvent): { readonly by: string; readonly what: string } {
  switch (event.type) {
    case 'match.created':
      return {
        by: 'host',
        what: `created: ${event.data.taskId}, ${event.data.episode.ads.length} ads, ${event.data.ruleset.name}`,
      };
    case 'ad.proposed':
      return { by: 'fraudster', what: `proposes ${event.data.ad.adId} (${event.data.ad.category})` };
    case 'ad.arrived':
      return { by: 'host', what: `${event.data.ad.adId} arrives (${event.data.ad.truth})` };
    case 'ad.modified':
      return { by: 'fraudster', what: `changes ${event.data.adId} to version ${event.data.version}` };
    case 'proposals.committed':
      return { by: 'fraudster', what: 'commits: no more proposals' };
    case 'finding.revealed':
      return { by: 'investigator', what: `pulls ${event.data.target} of ${event.data.adId}` };
    case 'verdict.given':
      return {
        by: 'investigator',
        what: `${event.data.verdict} ${event.data.adId} (${event.data.confidence.toFixed(2)})`,
      };
    case 'accounts.linked':
      return {
        by: 'investigator',
        what: `links ${event.data.adId1} and ${event.data.adId2}: ${event.data.correct ? 'right' : 'wrong'}`,
      };
    case 'action.penalised':
      return { by: event.data.by, what: `${event.data.action.actionType} is faulty: ${event.data.code}` };
    case 'action.refused':
      return { by: event.data.by, what: `refused: ${event.data.code}` };
    case 'turn.ended':
      return { by: event.data.by, what: `turn ends (${event.data.cause})` };
    case 'review.closed':
      return {
        by: 'host',
        what: `review closes (${event.data.reason}), ${event.data.settled.length} ads settled`,
      };
    case 'flag.raised':
      return {
        by: 'auditor',
        what: `flags ${event.data.flag.flagType} ${event.data.flag.targetAdId ?? ''}`.trimEnd(),
      };
    case 'audit.submitted':
      return { by: 'auditor', what: event.data.report.missed ? 'misses the audit' : 'reports' };
    case 'match.graded':
      return { by: 'host', what: `graded ${event.data.grade.toFixed(3)}` };
    case 'match.aborted':
      return { by: 'host', what: `aborted: ${event.data.reason}` };
    case 'seat.claimed':
      return { by: event.data.role, what: 'takes the seat' };
    case 'seat.dropped':
      return { by: event.data.role, what: 'is cut off' };
    case 'seat.resumed':
      return { by: event.data.role, what: 'is back' };
    case 'seat.released':
      return {
        by: event.data.role,
        what: event.data.cause === 'left' ? 'leaves the seat' : 'did not come back; the seat is free',
      };
    case 'state.digested':
      return { by: 'host', what: `${event.data.phase}, digest ${event.data.digest.slice(0, 12)}` };
  }
}
