import { policiesOf } from '../../../game/event.ts';
import type { Created } from '../../../game/event.ts';
import type { StoredCommit } from '../../../log/event-log.ts';
import { eventsShape, reportShape } from '../../../protocol/http.ts';
import { archiveOf } from '../../../history/archive.ts';
import type { ArchiveSnapshot } from '../../../history/archive.ts';
import { matchId } from '../../../shared/ids.ts';
import type { MatchId } from '../../../shared/ids.ts';
import type { HttpRequest } from '../../net/socket-port.ts';
import { framesShown, refuseSpectators } from './viewer-access.ts';
import { requireOwner } from './owner.ts';
import type { Services } from '../services.ts';
import { logFailures } from '../../edge/problem.ts';
import { idParams, json, route } from '../route.ts';
import type { Route } from '../route.ts';

/** The records of a match: events, report, log. */
export const recordRoutes = (services: Services): readonly Route[] =>
  [eventsRoute, reportRoute, logRoute].map((make) => make(services));

const eventsRoute = (services: Services): Route =>
  route('GET', '/api/v1/matches/{id}/events', {
    summary:
      'What happened: the spectator’s frames while the match runs; after its end everything, for whom it may concern',
    tag: 'matches',
    params: idParams,
    answers: { status: 200, description: 'The events in order.', schema: eventsShape },
    errors: [
      'unknown_match',
      'spectators_refused',
      'log_pruned',
      'owner_token_required',
      'owner_token_wrong',
      ...logFailures,
    ],
    bearer: 'owner',
    handle: async ({ params, request }) => events(services, matchId(params.id), request),
  });

const reportRoute = (services: Services): Route =>
  route('GET', '/api/v1/matches/{id}/report', {
    summary: 'Grade, rewards and audit report; null while the match runs',
    tag: 'matches',
    params: idParams,
    answers: { status: 200, description: 'The report.', schema: reportShape },
    errors: ['unknown_match', 'log_pruned', 'owner_token_required', 'owner_token_wrong', ...logFailures],
    bearer: 'owner',
    handle: async ({ params, request }) => report(services, matchId(params.id), request),
  });

const logRoute = (services: Services): Route =>
  route('GET', '/api/v1/matches/{id}/log', {
    summary: 'The stored commits as NDJSON: for the owner, and for anybody after the end',
    tag: 'matches',
    params: idParams,
    answers: { status: 200, description: 'One commit per line.', contentType: 'application/x-ndjson' },
    errors: ['unknown_match', 'log_pruned', 'owner_token_required', 'owner_token_wrong', ...logFailures],
    bearer: 'owner',
    handle: async ({ params, request }) => {
      const actor = await services.host.find(matchId(params.id));
      if (!actor.isOver || !policiesOf(actor.position.state).revealAtEnd) requireOwner(actor, request);
      const commits = await services.log.read(actor.matchId);
      const lines = commits.map((commit) => `${JSON.stringify(commitLine(commit))}\n`);
      return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: lines.join('') };
    },
  });

async function events(services: Services, id: MatchId, request: HttpRequest) {
  const archive = await archiveOfFinished(services, id);
  if (archive !== null && (await mayReadAll(services, archive, request))) {
    const rows = [
      ...archive.fraudster_proposals.map((row) => ({ type: 'fraudster_action', ...row })),
      ...archive.investigator_action_log.map((row) => ({ type: 'investigator_action', ...row })),
    ].sort((a, b) => a.ts - b.ts);
    const report = archive.audit_report;
    const all = report === null ? rows : [...rows, { type: 'audit_report', report }];
    return json(200, { match_id: id, count: all.length, events: all });
  }
  const actor = await services.host.find(id);
  refuseSpectators(actor);
  const frames = await framesShown(actor, 'spectator');
  return json(200, { match_id: id, count: frames.length, events: frames });
}

async function report(services: Services, id: MatchId, request: HttpRequest) {
  const archive = await archiveOfFinished(services, id);
  if (archive === null) {
    const { position } = await services.host.find(id);
    return json(200, {
      match_id: id,
      task_id: position.state.taskId,
      grader_score: null,
      end_reason: null,
      audit_report: null,
      rewards: null,
      generated_at: services.clock.now() / 1000,
    });
  }
  const { task_id, grader_score, end_reason, audit_report, rewards, archived_at } = archive;
  const isAll = await mayReadAll(services, archive, request);
  return json(200, {
    match_id: id,
    task_id,
    grader_score,
    end_reason,
    ...(isAll ? { audit_report, rewards } : { audit_report: null, rewards: null }),
    generated_at: archived_at,
  });
}

/**
 * The archive of a finished match, whether or not its file is written yet; null while the match runs.
 * @throws AppError `unknown_match`, or the log's own codes.
 */
export async function archiveOfFinished(services: Services, id: MatchId): Promise<ArchiveSnapshot | null> {
  // An unreadable archive counts as missing: the log has the match.
  const stored = await services.finishedMatches.archive(id).catch(() => null);
  if (stored !== null) return stored;
  // A damaged archive file is written again.
  if (services.finishedMatches.has(id)) await services.host.restore([id]);
  const { isOver } = await services.host.find(id);
  return isOver ? archiveOf(await services.log.read(id)) : null;
}

/**
 * Whether a request may read everything: anybody if the match has `revealAtEnd`, else only its owner.
 * @throws AppError `owner_token_required` or `owner_token_wrong` for a wrong authorization, and the codes of
 * `MatchHost.find`.
 */
async function mayReadAll(
  services: Services,
  archive: ArchiveSnapshot,
  request: HttpRequest,
): Promise<boolean> {
  if (policiesOf(archive).revealAtEnd) return true;
  if (request.header('authorization') === '') return false;
  requireOwner(await services.host.find(matchId(archive.match_id)), request);
  return true;
}

/** A commit for the NDJSON log. Token hashes are left out, because they would confirm a guessed token. */
function commitLine({ expectedVersion, version, at, commandId, hash, events }: StoredCommit) {
  const facts = events.map((event) => {
    if (event.type === 'seat.claimed') return { type: event.type, data: { role: event.data.role } };
    return event.type === 'match.created' ? { type: event.type, data: openingFacts(event.data) } : event;
  });
  return { after: expectedVersion, version, at, command_id: commandId, hash, events: facts };
}

function openingFacts(created: Created) {
  const { machine, machineVersion, taskId, ruleset, knobs, policies, deadlines } = created;
  const { seed, salt, seedCommitment, episode, players } = created;
  return {
    machine,
    machineVersion,
    taskId,
    ruleset,
    knobs,
    policies,
    deadlines,
    seed,
    salt,
    seedCommitment,
    episode,
    players,
  };
}
