import * as z from 'zod';
import { roles } from '../../../game/command.ts';
import { endReasons, policiesOf } from '../../../game/event.ts';
import { taskIds } from '../../../game/task.ts';
import { spectatorView } from '../../../game/view/spectator.ts';
import { createdShape, finishedShape, matchListShape, watchedShape } from '../../../protocol/http.ts';
import { text } from '../../../protocol/action.ts';
import { matchRequestShape, parseMatchRequest } from '../../../protocol/match-request.ts';
import { finishedSummary, runningSummary } from '../../../history/summary.ts';
import { AppError } from '../../../shared/errors.ts';
import { commandId, matchId } from '../../../shared/ids.ts';
import type { MatchId } from '../../../shared/ids.ts';
import { isCursor } from '../../../history/finished-matches.ts';
import { isRunningCursor, runningPage } from '../../matches/running-page.ts';
import type { HttpRequest } from '../../net/socket-port.ts';
import { newToken, tokenHash } from '../../matches/tokens.ts';
import { requireOwner } from './owner.ts';
import type { Services } from '../services.ts';
import { archiveOfFinished } from './records.ts';
import { logFailures } from '../../edge/problem.ts';
import { idParams, json, jsonText, route, wholeText } from '../route.ts';
import type { Route } from '../route.ts';

const pageSizeMax = 200;
const pageSizeDefault = 25;

export const matchRoutes = (services: Services): readonly Route[] =>
  [createRoute, listRoute, detailRoute, deleteRoute].map((make) => make(services));

const createRoute = (services: Services): Route =>
  route('POST', '/api/v1/matches', {
    summary: 'Make a match; the answer has the tokens of its owner and its seats',
    tag: 'matches',
    body: matchRequestShape,
    answers: { status: 201, description: 'The match, its tokens and addresses.', schema: createdShape },
    errors: ['capacity_reached', 'match_exists', 'knob_invalid', 'draining', ...logFailures],
    handle: async ({ body, request }) => create(services, body, request),
  });

const listRoute = (services: Services): Route =>
  route('GET', '/api/v1/matches', {
    summary: 'The running matches, oldest first, and the finished ones, newest first, both by pages',
    tag: 'matches',
    query: z.strictObject({
      history_limit: wholeText(0, pageSizeMax).default(pageSizeDefault),
      active_limit: wholeText(0, pageSizeMax).default(pageSizeMax),
      cursor: z.string().refine(isCursor, 'the next_cursor of a page').optional(),
      active_cursor: z.string().refine(isRunningCursor, 'the next_active_cursor of a page').optional(),
      task_id: z.enum(taskIds).optional(),
      ruleset: text(64).optional(),
      end_reason: z.enum(endReasons).optional(),
      player: text(128).optional(),
    }),
    answers: { status: 200, description: 'A page.', schema: matchListShape },
    handle: async ({ query }) => {
      const {
        history_limit: limit,
        active_limit: activeLimit,
        cursor,
        active_cursor: activeCursor,
        task_id,
        ruleset,
        end_reason,
        player,
      } = query;
      const wanted = {
        ...(task_id === undefined ? {} : { task: task_id }),
        ...(ruleset === undefined ? {} : { ruleset }),
        ...(end_reason === undefined ? {} : { endReason: end_reason }),
        ...(player === undefined ? {} : { player }),
      };
      const running = runningPage(services.host, {
        limit: activeLimit,
        cursor: activeCursor ?? null,
        ...wanted,
      });
      // Both pages are chosen in the same turn of the event loop: a match that ends meanwhile is in exactly
      // one.
      const paging = services.finishedMatches.page({ limit, cursor: cursor ?? null, ...wanted });
      const active = running.rows.map((row) => ({
        ...row,
        connected_roles: services.seating.connected(matchId(row.match_id)),
      }));
      const total = { active: services.host.counts.unfinished, finished: services.finishedMatches.size };
      const { rows, next } = await paging;
      return listed(active, rows, { next_cursor: next, next_active_cursor: running.next, total });
    },
  });

function listed(active: readonly object[], history: readonly string[], more: object) {
  return jsonText(
    `{"active":${JSON.stringify(active)},"history":[${history.join()}],${JSON.stringify(more).slice(1)}`,
  );
}

const detailRoute = (services: Services): Route =>
  route('GET', '/api/v1/matches/{id}', {
    summary: 'One match: its summary, and what a spectator sees of it',
    tag: 'matches',
    params: idParams,
    answers: {
      status: 200,
      description: 'The match.',
      schema: z.union([watchedShape, finishedShape]),
    },
    errors: ['unknown_match', ...logFailures],
    handle: async ({ params }) => detail(services, matchId(params.id)),
  });

const deleteRoute = (services: Services): Route =>
  route('DELETE', '/api/v1/matches/{id}', {
    summary: 'End a running match; only its owner may',
    tag: 'matches',
    params: idParams,
    answers: { status: 204, description: 'It ended with end_reason aborted.' },
    errors: [
      'unknown_match',
      'log_pruned',
      'owner_token_required',
      'owner_token_wrong',
      'match_over',
      ...logFailures,
    ],
    bearer: 'owner',
    handle: async ({ params, request }) => {
      const actor = await services.host.find(matchId(params.id));
      requireOwner(actor, request);
      const reply = await actor.execute({ by: 'owner', abort: 'The owner ended it.' }, commandId('abort'));
      if (!reply.ok) throw new AppError('match_over', 'The match is over already.');
      return { status: 204, headers: {}, body: '' };
    },
  });

async function create(services: Services, body: object, request: HttpRequest) {
  const parsed = parseMatchRequest(body as Record<string, unknown>);
  if (!parsed.ok) {
    const faults = parsed.faults.map(({ path, message }) => ({ path, message }));
    throw new AppError('validation_error', `The body does not fit: ${faults[0]?.message ?? ''}.`, { faults });
  }
  const { auth = 'seats' } = services.host.policyFor(parsed.request);
  const owner = newToken();
  const tokens = { fraudster: newToken(), investigator: newToken(), auditor: newToken() };
  const hashes = Object.fromEntries(roles.map((role) => [role, tokenHash(tokens[role])]));
  const actor = await services.host.create(parsed.request, request.address, {
    ownerTokenHash: tokenHash(owner),
    ...(auth === 'invited' ? { seatTokenHashes: hashes } : {}),
  });
  const id = actor.matchId;
  const { task_id, phase, round_number, max_rounds } = runningSummary(id, actor.position, {
    players: {},
    startedAt: actor.fold.createdAt,
  });
  const base = services.publicUrl();
  const sockets = base.replace(/^http/, 'ws');
  const seat = (role: (typeof roles)[number]) => (auth === 'open' ? '' : `&seat_token=${tokens[role]}`);
  return json(
    201,
    {
      match_id: id,
      task_id,
      phase,
      round_number,
      max_rounds,
      websocket: Object.fromEntries(
        roles.map((role) => [role, `${sockets}/ws/${role}?match_id=${id}${seat(role)}`]),
      ),
      rest: {
        summary: `${base}/api/v1/matches/${id}`,
        events: `${base}/api/v1/matches/${id}/events`,
        report: `${base}/api/v1/matches/${id}/report`,
        stream: `${base}/api/v1/matches/${id}/stream`,
      },
      owner_token: owner,
      seat_tokens: auth === 'open' ? null : tokens,
    },
    { location: `${base}/api/v1/matches/${id}`, 'cache-control': 'no-store' },
  );
}

async function detail(services: Services, id: MatchId) {
  const finished = await services.finishedMatches.summary(id);
  if (finished !== null) return jsonText(finished);
  const actor = await services.host.find(id);
  const archive = actor.isOver ? await archiveOfFinished(services, id) : null;
  if (archive !== null) return json(200, finishedSummary(archive));
  const { position, bookkeeping, origin, createdAt: startedAt } = actor.fold;
  const summary = runningSummary(id, position, { players: origin.players, startedAt });
  const { spectators, spectatorDelay } = policiesOf(position.state);
  const isShown = spectators === 'public' && spectatorDelay === 0;
  return json(200, {
    ...summary,
    connected_roles: services.seating.connected(id),
    done: false,
    seq: isShown ? bookkeeping.frameCounts.spectator : 0,
    view: isShown ? spectatorView(position) : null,
  });
}
