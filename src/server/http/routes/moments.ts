import * as z from 'zod';
import { traceOf } from '../../../chart/model/match-trace.ts';
import type { Viewer } from '../../../game/command.ts';
import { policiesOf } from '../../../game/event.ts';
import type { Created } from '../../../game/event.ts';
import { viewFor } from '../../../game/view/view.ts';
import type { StoredCommit } from '../../../log/event-log.ts';
import type { MatchActor } from '../../../match/match-actor.ts';
import { replay } from '../../../match/fold/replay.ts';
import { verifyInTurns } from '../../../match/proof/verify.ts';
import { adsShown } from '../../../history/ads-shown.ts';
import { recordedEvents, startingAds } from '../../../history/recorded-events.ts';
import { momentsShape } from '../../../protocol/moments.ts';
import { matchId } from '../../../shared/ids.ts';
import type { MatchId } from '../../../shared/ids.ts';
import { eyesRefusals, framesShown, permitFor, viewerText } from './viewer-access.ts';
import type { Services } from '../services.ts';
import { logFailures } from '../../edge/problem.ts';
import { idParams, json, route } from '../route.ts';
import type { Route } from '../route.ts';

/**
 * A match, moment by moment. After the end of a match with `revealAtEnd`: every event with the transitions it
 * took, and the result of a verifying replay. Otherwise, or if `as` is given: the frames that the spectator
 * or the role of a seat has received.
 */
export function momentsRoute(services: Services): Route {
  const recorded = new Map<MatchId, Promise<string>>();
  return route('GET', '/api/v1/matches/{id}/moments', {
    summary:
      'A match moment by moment: the spectator’s or a role’s frames; by default the verified record after its end',
    tag: 'matches',
    params: idParams,
    query: z.strictObject({ as: viewerText.optional() }),
    answers: { status: 200, description: 'The moments in order.', schema: momentsShape },
    errors: ['unknown_match', 'log_pruned', ...eyesRefusals, ...logFailures],
    bearer: 'seat',
    handle: async ({ params, query, request }) => {
      const id = matchId(params.id);
      if (query.as !== undefined) {
        const actor = await services.host.find(id);
        permitFor(actor, query.as, request);
        return told(services, actor, query.as);
      }
      const known = recorded.get(id);
      if (known !== undefined) return ready(await known);
      const actor = await services.host.find(id);
      if (!actor.isOver || !policiesOf(actor.position.state).revealAtEnd) {
        permitFor(actor, 'spectator', request);
        return told(services, actor, 'spectator');
      }
      const fresh = services.log
        .read(id)
        .then(async (commits) => JSON.stringify(await recordOf(id, commits)));
      recorded.set(id, fresh);
      fresh.catch(() => recorded.delete(id));
      const [oldest = id] = recorded.keys();
      if (recorded.size > recordedMax) recorded.delete(oldest);
      return ready(await fresh);
    },
  });
}

/**
 * How many verified records are cached. A finished match never changes, and verification replays it
 * completely.
 */
const recordedMax = 16;

const ready = (body: string) => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

async function recordOf(id: MatchId, commits: readonly StoredCommit[]) {
  const events = commits.flatMap((commit) => commit.events);
  const [opening] = events;
  const history = traceOf(events);
  const verification = await verifyInTurns(id, commits);
  return {
    match_id: id,
    source: 'record',
    ...(opening?.type === 'match.created' ? openingOf(opening.data) : {}),
    starting_ads: startingAds(opening),
    moments: recordedEvents(id, commits).map((moment, index) => {
      const at = history.steps[index];
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
  machine,
  task_id: taskId,
  ruleset: ruleset.name,
  max_rounds: knobs.maxRounds,
  players,
  seed,
});

/** The frames of a viewer, with the ads that its view of the opening shows. */
async function told({ log }: Services, actor: MatchActor, viewer: Viewer) {
  const { matchId: id } = actor;
  const { origin } = actor.fold;
  const opening = replay(id, await log.read(id), 1);
  const frames = await framesShown(actor, viewer);
  // Read after the frames, so that the view contains what they report.
  const { position } = actor;
  const { state } = position;
  const answer = {
    match_id: id,
    source: viewer,
    machine: state.machine,
    task_id: state.taskId,
    ruleset: state.ruleset.name,
    max_rounds: state.knobs.maxRounds,
    players: origin.players,
    seed: null,
    starting_ads: adsShown(viewer, opening.position),
    frames,
    verification: null,
  };
  if (viewer === 'spectator') return json(200, answer);
  // A proxy must not cache what requires a token.
  return json(200, { ...answer, view: viewFor(viewer, position, 0) }, { 'cache-control': 'no-store' });
}
