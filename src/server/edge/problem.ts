import { AppError, errorCatalogue } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Json } from '../../shared/canonical-json.ts';
import type { HttpAnswer } from '../net/socket-port.ts';

/** The HTTP status of each code; 500 for the others. */
const statusOf: Partial<Record<ErrorCode, number>> = {
  validation_error: 422,
  invalid_json: 400,
  knob_invalid: 422,
  operator_only: 403,
  owner_token_required: 401,
  owner_token_wrong: 403,
  seat_token_required: 401,
  seat_token_wrong: 403,
  spectators_refused: 403,
  origin_refused: 403,
  unknown_match: 404,
  not_found: 404,
  method_not_allowed: 405,
  match_exists: 409,
  match_over: 409,
  log_pruned: 410,
  body_too_large: 413,
  unsupported_media_type: 415,
  upgrade_required: 426,
  rate_limited: 429,
  capacity_reached: 503,
  draining: 503,
  not_ready: 503,
  log_closed: 503,
  log_overloaded: 503,
  log_disk_full: 503,
  log_write_failed: 503,
};

const retryAfterSeconds = '5';

/** A failure as `application/problem+json` (RFC 9457), with the same error code as on the role sockets. */
export function problem(
  code: ErrorCode,
  detail: string = errorCatalogue[code],
  details: Readonly<Record<string, Json>> = {},
  headers: Readonly<Record<string, string>> = {},
  status = statusOfCode(code),
): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 429 || status === 503 ? { 'retry-after': retryAfterSeconds } : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
    body: JSON.stringify({ type: 'about:blank', title: errorCatalogue[code], status, code, detail, details }),
  };
}

/**
 * What a client learns of a failure. Statuses below 500 and `capacity_reached` keep their message and
 * details; other errors get the general text of their code.
 */
export function problemOf(error: unknown): HttpAnswer {
  if (!(error instanceof AppError)) return problem('internal');
  const { code, message, details } = error;
  // Too many from one address is the client's fault (429); too many in total is the server's (503).
  if (details['scope'] === 'address') return problem(code, message, details, {}, 429);
  return statusOfCode(code) < 500 || code === 'capacity_reached'
    ? problem(code, message, details)
    : problem(code);
}

/** Every HTTP status that a code may come with. */
export function statusesOfCode(code: ErrorCode): readonly number[] {
  const own = statusOfCode(code);
  return code === 'capacity_reached' ? [429, own] : [own];
}

/** Codes with which the log may refuse, for a while, a request for any match. */
export const logFailures: readonly ErrorCode[] = [
  'log_closed',
  'log_overloaded',
  'log_disk_full',
  'log_write_failed',
];

function statusOfCode(code: ErrorCode): number {
  return statusOf[code] ?? 500;
}
