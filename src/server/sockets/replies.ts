import type { Role } from '../../game/command.ts';
import { policiesOf } from '../../game/event.ts';
import type { MatchEvent } from '../../game/event.ts';
import type { Rejection } from '../../game/decide/decision.ts';
import { legalActions } from '../../game/view/legal.ts';
import { stateFor } from '../../game/view/state.ts';
import type { NumberedFrame } from '../../match/fold/frames.ts';
import type { Reply } from '../../match/match-actor.ts';
import type { MatchFold } from '../../match/fold/fold.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { AppError, errorCatalogue } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { RequestOutcome } from '../edge/metrics.ts';
import { ViewWriter } from './view-writer.ts';

/** The frames that the server sends on a role socket. Pure: equal matches give equal bytes. */

/** A frame that answers a request, and the request's outcome. */
export interface Answer {
  readonly text: string;
  readonly outcome: RequestOutcome;
  /** The code of the refusal, penalty or failure; null for none. */
  readonly code: string | null;
}

/** The part of a request that its answer needs. */
export interface Asked {
  readonly role: Role;
  readonly requestId: string | undefined;
  /**
   * The writer of this connection, which caches what its views have in common. Changes no byte of an answer.
   */
  readonly views?: ViewWriter;
}

/** The fields of an observation besides the view. */
export interface Extras {
  readonly seat_token?: string;
  readonly accepted?: boolean;
  readonly reason_code?: string | null;
}

/**
 * The `observation` reply: the role's view, with match id, role and the number of its newest frame.
 * `stepReward` is the reward of the answered step, 0 for other requests.
 */
export function observation(
  asked: Asked,
  id: MatchId,
  fold: MatchFold,
  stepReward: number,
  extras: Extras = {},
): Answer {
  const { role, views = new ViewWriter() } = asked;
  const view = views.view(role, fold.position, stepReward);
  const place = { match_id: id, role, seq: fold.bookkeeping.frameCounts[role] };
  return reply('observation', { ...asked, views }, view, place, extras);
}

/** The `state` reply: the state as far as the role may read it. */
export function state(asked: Asked, id: MatchId, { position, bookkeeping }: MatchFold): Answer {
  const { investigator_state: inner, ...outer } = stateFor(asked.role, position);
  return reply('state', asked, { episode_id: id, match_id: id }, outer, {
    investigator_state: inner === null ? null : { episode_id: id, ...inner },
    seq: bookkeeping.frameCounts[asked.role],
  });
}

/** The answer to a step: the observation after it, or the refusal. */
export function stepAnswer(asked: Asked, id: MatchId, answer: Reply, extras: Extras): Answer {
  if (!answer.ok) return rejection(asked, answer.rejection, answer.fold);
  const [first] = answer.events;
  const code = first?.type === 'action.penalised' ? first.data.code : null;
  const isAccepted = code === null;
  const { text } = observation(asked, id, answer.fold, rewardOf(first), {
    accepted: isAccepted,
    reason_code: code,
    ...extras,
  });
  return { text, outcome: isAccepted ? 'accepted' : 'penalised', code };
}

const rewardOf = (first: MatchEvent | undefined): number =>
  first !== undefined && 'reward' in first.data ? first.data.reward : 0;

function rejection(
  asked: Asked,
  { code, message, details }: Rejection,
  { position, onTurn }: MatchFold,
): Answer {
  const isTold = policiesOf(position.state).legalHints !== 'none';
  const legal = onTurn === asked.role ? legalActions(asked.role, position) : [];
  return error(asked, code, message, {
    ...details,
    phase: position.phase,
    on_turn: onTurn,
    ...(isTold ? { legal_actions: legal as unknown as Json } : {}),
  });
}

/** The `subscribed` reply. `seq` is the newest frame; frames numbered above `from` follow. */
export function subscribed(asked: Asked, id: MatchId, seq: number, from: number): Answer {
  return reply('subscribed', asked, { match_id: id, role: asked.role, seq, from_seq: from });
}

export function unsubscribed(asked: Asked, id: MatchId): Answer {
  return reply('unsubscribed', asked, { match_id: id, role: asked.role });
}

/**
 * The `error` reply, by default with the general text of its code. `retryable` is set for {@link retryCodes}.
 */
export function error(
  asked: Asked,
  code: ErrorCode,
  message: string = errorCatalogue[code],
  details: Readonly<Record<string, Json>> = {},
): Answer {
  const retryable = retryCodes.has(code) ? { retryable: true } : {};
  const text = frame('error', asked, { code, message, details, ...retryable });
  return { text, outcome: isFailure(code) ? 'failed' : 'refused', code };
}

/** Whether a code is the server's failure, not the client's. */
const isFailure = (code: ErrorCode): boolean =>
  code === 'internal' || code === 'match_quarantined' || code.startsWith('log_');

/** An error as a client may see it. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, Json>>;
}

/**
 * What a client learns of a failure. Only the codes in `tellable` keep their message and details; other
 * errors get the general text of their code.
 */
export function publicError(thrown: unknown): PublicError {
  const code = thrown instanceof AppError ? thrown.code : 'internal';
  return thrown instanceof AppError && tellable.has(code)
    ? { code, message: thrown.message, details: thrown.details }
    : { code, message: errorCatalogue[code], details: {} };
}

/** The `error` reply for a thrown error, as {@link publicError} shows it. */
export function failure(asked: Asked, thrown: unknown): Answer {
  const { code, message, details } = publicError(thrown);
  return error(asked, code, message, details);
}

/** The answer when the match in the socket's address could not be joined. */
export function notJoined(asked: Asked, { code, message }: Pick<PublicError, 'code' | 'message'>): Answer {
  return error(asked, 'no_match', `The match of the address was not joined: ${message}`, {
    reason_code: code,
  });
}

/**
 * Codes after which the client may send the same frame again. With the same `command_id` it takes effect
 * once.
 */
export const retryCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'log_overloaded',
  'log_disk_full',
  'log_write_failed',
  'rate_limited',
  'capacity_reached',
  'draining',
]);

const tellable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'reset_error',
  'unknown_match',
  'match_exists',
  'draining',
  'capacity_reached',
  'knob_invalid',
  'seat_taken',
  'seat_token_required',
  'seat_token_wrong',
]);

export function push({ seq, type, at, data }: NumberedFrame): string {
  return JSON.stringify({ type, seq, at, data });
}

const reply = (type: string, asked: Asked, ...data: readonly object[]): Answer => ({
  text: frame(type, asked, ...data),
  outcome: 'told',
  code: null,
});

function frame(
  type: string,
  { requestId, views = new ViewWriter() }: Asked,
  ...data: readonly object[]
): string {
  const id = requestId === undefined ? '' : `"request_id":${JSON.stringify(requestId)},`;
  return `{"type":"${type}",${id}"data":${views.text(...data)}}`;
}
