import { round } from '../../../src/game/state.ts';
import type { FraudsterEntry, InvestigatorEntry, QueuedAd } from '../../../src/game/state.ts';
import type { Position } from '../../../src/game/position.ts';

/**
 * What a viewer may know of a match, written down apart from the views: two matches in which this is the same at every
 * moment must look the same. `record` is the auditor who may read the whole review, `auditor` the one who may not.
 */
export type Knower = 'fraudster' | 'investigator' | 'auditor' | 'record' | 'spectator';

export function knowledge(knower: Knower, position: Position): string {
  const { state, phase } = position;
  const clockwork = [phase, round(state), state.roundsPlayed];
  return JSON.stringify([clockwork, knows[knower](position)]);
}

const isClosed = (phase: string): boolean => !phase.endsWith('_turn');

const knows: Readonly<Record<Knower, (position: Position) => unknown>> = {
  fraudster: ({ state, phase }) => {
    const { verdictsToFraudster: policy } = state.policies;
    const isFull = policy === 'full';
    return {
      queue: state.queue.map(({ ad, slot, verdict }) => ({
        ad: [ad.adId, ad.adCopy, ad.category, slot],
        // Under `none` no word, and of the own ads that they can be changed no more.
        verdict: policy === 'none' ? slot !== null && verdict !== null : (verdict?.verdict ?? null),
      })),
      targets:
        isFull || policy === 'verdict_and_targets'
          ? state.queue.map(({ pulls }) => pulls.map(({ target }) => target))
          : null,
      given: policy === 'none' ? null : verdictsGiven(state.investigatorLog, isFull),
      own: state.fraudsterLog.map(lineOf),
      turn: phase === 'fraudster_turn' ? state.turnActions : null,
      committed: state.committed,
    };
  },
  investigator: ({ state, phase, rules }) => {
    const ads = announced({ state, phase, rules });
    const focus =
      ads.find(({ ad }) => ad.adId === state.focus) ?? ads.find(({ verdict }) => verdict === null);
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
      links: state.links.map(({ adId1, adId2, reason }) => [adId1, adId2, reason]),
      own: state.investigatorLog.map(lineOf),
      turn: phase === 'investigator_turn' ? state.turnActions : null,
      end: isClosed(phase) ? state.endReason : null,
    };
  },
  auditor: ({ state, phase }) => ({ flags: state.flags, end: isClosed(phase) ? state.endReason : null }),
  record: ({ state, rules }) => ({
    ads: state.queue.map(({ ad, slot, versions, verdict, pulls }) => ({
      ad: [ad.adId, ad.adCopy, ad.category, ad.truth, ad.severity, ad.fraudType, ad.difficulty, slot],
      more: [ad.records?.advertiser.country, ad.targetingSummary, versions, verdict],
      found: rules.audit.view === 'everything_always' ? ad.findings : pulls,
    })),
    logs: [state.fraudsterLog, state.investigatorLog],
    result: [state.links, state.flags, state.repeatedFlags, state.endReason],
  }),
  spectator: ({ state, phase, rules }) => ({
    ads: announced({ state, phase, rules }).map(({ ad, pulls, verdict }) => [
      ad.adId,
      ad.adCopy,
      ad.category,
      verdict?.verdict,
      verdict?.autoApproved,
      pulls.map(({ target }) => target),
    ]),
    links: state.links.map(({ adId1, adId2 }) => [adId1, adId2]),
    steps: state.steps,
    end: isClosed(phase) ? state.endReason : null,
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
function announced({ state, phase, rules }: Position): readonly QueuedAd[] {
  if (rules.queue.lateAds !== 'by_id' || phase !== 'fraudster_turn') return state.queue;
  return state.queue.filter(({ joinedRound }) => joinedRound < round(state));
}
