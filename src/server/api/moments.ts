import { historyOf } from '../../chart/match-history.ts';
import { policiesOf } from '../../game/event.ts';
import type { Created } from '../../game/event.ts';
import { spectatorView } from '../../game/view/spectator.ts';
import type { StoredCommit } from '../../log/event-log.ts';
import type { MatchActor } from '../../match/match-actor.ts';
import { verifyInTurns } from '../../match/verify.ts';
import { momentsOf, startingAds } from '../../projection/moments.ts';
import { momentsShape } from '../../protocol/http.ts';
import { matchId } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { ApiParts } from './parts.ts';
import { logFailures } from './problem.ts';
import { refuseSpectators, spectatorFrames } from './records.ts';
import { idParams, json, route } from './route.ts';
import type { Route } from './route.ts';

/**
 * A match for who looks at it moment by moment. After the end of a match that reveals itself: every event with the
 * transitions it took, and whether a replay gives the recorded result. Otherwise what a spectator has been told.
 */
export function momentsRoute(parts: ApiParts): Route {
  const recorded = new Map<MatchId, Promise<string>>();
  return route('GET', '/api/v1/matches/{id}/moments', {
    summary:
      'A match moment by moment: the spectator’s frames while it runs, the verified record after its end',
    tag: 'matches',
    params: idParams,
    answers: { status: 200, description: 'The moments in order.', schema: momentsShape },
    errors: ['unknown_match', 'log_pruned', 'spectators_refused', ...logFailures],
    handle: async ({ params }) => {
      const id = matchId(params.id);
      const known = recorded.get(id);
      if (known !== undefined) return ready(await known);
      const actor = await parts.host.find(id);
      if (!actor.isOver || !policiesOf(actor.moment.match).revealAtEnd) return told(actor);
      const fresh = parts.log.read(id).then(async (commits) => JSON.stringify(await recordOf(id, commits)));
      recorded.set(id, fresh);
      fresh.catch(() => recorded.delete(id));
      const [oldest = id] = recorded.keys();
      if (recorded.size > recordedMax) recorded.delete(oldest);
      return ready(await fresh);
    },
  });
}

/** Records that are kept: a finished match never changes, and to verify one takes as long as to play it again. */
const recordedMax = 16;

const ready = (body: string) => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

async function recordOf(id: MatchId, commits: readonly StoredCommit[]) {
  const events = commits.flatMap((commit) => commit.events);
  const [opening] = events;
  const history = historyOf(events);
  const verification = await verifyInTurns(id, commits);
  return {
    ...{
      match_id: id,
      source: 'record',
      ...(opening?.type === 'match.created' ? openingOf(opening.data) : {}),
    },
    starting_ads: startingAds(opening),
    moments: momentsOf(commits).map((moment, index) => {
      const at = history.moments[index];
      return { ...moment, phase: at?.taken.active[0] ?? '', edges: at?.taken.edges ?? [] };
    }),
    verification: verification.ok
      ? {
          verified: true,
          digest: verification.digest,
          digests_compared: verification.digestsCompared,
          message: null,
        }
      : { verified: false, digest: null, digests_compared: 0, message: verification.divergence.message },
  };
}

const openingOf = ({ machine, taskId, ruleset, knobs, players, seed }: Created) => ({
  ...{ machine, task_id: taskId, ruleset: ruleset.name, max_rounds: knobs.maxRounds, players, seed },
});

/** @throws AppError `spectators_refused` */
async function told(actor: MatchActor) {
  refuseSpectators(actor);
  const { seen } = actor.standpoint;
  const { match } = seen;
  const frames = await spectatorFrames(actor);
  // Of ads that are told of later the frames tell; the others stood there from the start.
  const joined = new Set(match.queue.filter(({ joinedRound }) => joinedRound > 0).map(({ ad }) => ad.adId));
  const shown = spectatorView(seen).queue.filter(({ ad_id }) => !joined.has(ad_id));
  return json(200, {
    ...{ match_id: actor.matchId, source: 'spectator', machine: match.machine, task_id: match.taskId },
    ...{ ruleset: match.ruleset.name, max_rounds: match.knobs.maxRounds, players: actor.origin.players },
    seed: null,
    starting_ads: shown.map(({ ad_id, ad_copy, category }) => ({ ad_id, ad_copy, category })),
    frames,
    verification: null,
  });
}
