import { round } from '../../../src/game/state.ts';
import type { FraudsterEntry, InvestigatorEntry, QueuedAd } from '../../../src/game/state.ts';
import type { Position } from './board.ts';

/**
 * What a viewer may know of a match, written down apart from the views: two matches in which this is the same at every
 * moment must look the same. `record` is the auditor who may read the whole review, `auditor` the one who may not.
 */
export type Knower = 'fraudster' | 'investigator' | 'auditor' | 'record' | 'spectator';

export function knowledge(knower: Knower, position: Position): string {
  const { match, phase } = position;
  const clockwork = [phase, round(match), match.roundsPlayed];
  return JSON.stringify([clockwork, knows[knower](position)]);
}

const isClosed = (phase: string): boolean => !phase.endsWith('_turn');

const knows: Readonly<Record<Knower, (position: Position) => unknown>> = {
  fraudster: ({ match, phase }) => {
    const { verdictsToFraudster: policy } = match.policies;
    const isFull = policy === 'full';
    return {
      queue: match.queue.map(({ ad, slot, verdict }) => ({
        ad: [ad.adId, ad.adCopy, ad.category, slot],
        // Under `none` no word, and of the own ads that they can be changed no more.
        verdict: policy === 'none' ? slot !== null && verdict !== null : (verdict?.verdict ?? null),
      })),
      targets:
        isFull || policy === 'verdict_and_targets'
          ? match.queue.map(({ pulls }) => pulls.map(({ target }) => target))
          : null,
      given: policy === 'none' ? null : verdictsGiven(match.investigatorLog, isFull),
      own: match.fraudsterLog.map(lineOf),
      turn: phase === 'fraudster_turn' ? match.turnActions : null,
      committed: match.committed,
    };
  },
  investigator: ({ match, phase, rules }) => {
    const ads = announced({ match, phase, rules });
    const focus =
      ads.find(({ ad }) => ad.adId === match.focus) ?? ads.find(({ verdict }) => verdict === null);
    return {
      ads: ads.map(({ ad, pulls, versions, verdict, attempts }) => ({
        free: [ad.adId, ad.category, ad.targetingSummary, ad.riskSignals, ad.records?.advertiser.country],
        pulls: pulls.map(({ target, text, adVersion }) =>
          rules.queue.findings === 'as_pulled'
            ? [target, text, adVersion < versions.length]
            : [target, ad.findings[target]],
        ),
        verdict,
        attempts,
      })),
      focus: focus?.verdict === null ? [focus.ad.adId, focus.ad.adCopy] : null,
      links: match.links.map(({ adId1, adId2, reason }) => [adId1, adId2, reason]),
      own: match.investigatorLog.map(lineOf),
      turn: phase === 'investigator_turn' ? match.turnActions : null,
      end: isClosed(phase) ? match.endReason : null,
    };
  },
  auditor: ({ match, phase }) => ({ flags: match.flags, end: isClosed(phase) ? match.endReason : null }),
  record: ({ match, rules }) => ({
    ads: match.queue.map(({ ad, slot, versions, verdict, pulls }) => ({
      ad: [ad.adId, ad.adCopy, ad.category, ad.truth, ad.severity, ad.fraudType, ad.difficulty, slot],
      more: [ad.records?.advertiser.country, ad.targetingSummary, versions, verdict],
      found: rules.audit.view === 'everything_always' ? ad.findings : pulls,
    })),
    logs: [match.fraudsterLog, match.investigatorLog],
    result: [match.links, match.flags, match.repeatedFlags, match.endReason],
  }),
  spectator: ({ match, phase, rules }) => ({
    ads: announced({ match, phase, rules }).map(({ ad, pulls, verdict }) => [
      ...[ad.adId, ad.adCopy, ad.category],
      ...[verdict?.verdict, verdict?.autoApproved, pulls.map(({ target }) => target)],
    ]),
    links: match.links.map(({ adId1, adId2 }) => [adId1, adId2]),
    steps: match.steps,
    end: isClosed(phase) ? match.endReason : null,
  }),
};

const lineOf = ({ action, code, reward }: FraudsterEntry | InvestigatorEntry) => [action, code, reward];

function verdictsGiven(log: readonly InvestigatorEntry[], isFull: boolean) {
  return log
    .filter(({ action, code }) => action.actionType === 'verdict' && (isFull || code === null))
    .map(({ action: { adId, verdict, confidence, rationale } }) =>
      isFull ? [adId, verdict, confidence, rationale] : [adId, verdict],
    );
}

/** The ads of before a fraudster turn that still runs, where the ruleset hides who brings late ads. */
function announced({ match, phase, rules }: Position): readonly QueuedAd[] {
  if (rules.queue.lateAds !== 'by_id' || phase !== 'fraudster_turn') return match.queue;
  return match.queue.filter(({ joinedRound }) => joinedRound < round(match));
}
