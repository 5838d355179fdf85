import type * as z from 'zod';
import type { createdShape } from '../protocol/http.ts';
import type { matchRequestShape } from '../protocol/match-request.ts';
import { Backoff } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { ArenaError, isArenaError } from './wire.ts';
import type { PushedFrame } from './wire.ts';

/** The settings of a new match. The server chooses the ones that are left out. */
export type MatchWishes = z.input<typeof matchRequestShape>;

/**
 * The answer to creating a match. `owner_token` ends the match; `seat_tokens` is null if seats need no token.
 */
export type CreatedMatch = z.infer<typeof createdShape>;

/**
 * Creates a match over HTTP without taking a seat.
 * @example
 * const match = await createMatch('http://127.0.0.1:8000', { task_id: 'task_1', policies: { auth: 'invited' } });
 * @throws ArenaError such as `validation_error`, `match_exists`, `capacity_reached`, `server_unreachable`
 */
export async function createMatch(server: string, wishes: MatchWishes = {}): Promise<CreatedMatch> {
  const answer = await ask(`${base(server)}/api/v1/matches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wishes),
  });
  return (await answer.json()) as CreatedMatch;
}

/**
 * Ends a running match for its owner. A repeated call has no further effect.
 * @throws ArenaError such as `owner_token_wrong`, `match_over` if the match ended before
 */
export async function endMatch(
  server: string,
  { match_id, owner_token }: Pick<CreatedMatch, 'match_id' | 'owner_token'>,
): Promise<void> {
  await ask(matchUrl(server, match_id), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${owner_token}` },
  });
}

export interface WatchOptions extends RetryOptions {
  /** The number of the last frame that the caller already has; default 0. */
  readonly after?: number;
  /** Stops watching when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Watches a match as a spectator. It yields every frame above `after`, each once and in order, across broken
 * connections and server restarts. It ends after the match.
 * @example
 * for await (const { type, data } of watch(server, match.match_id)) console.log(type, data);
 * @throws ArenaError such as `unknown_match`, `spectators_refused`, `server_unreachable`
 */
export async function* watch(
  server: string,
  matchId: string,
  options: WatchOptions = {},
): AsyncGenerator<PushedFrame, void> {
  const url = `${matchUrl(server, matchId)}/stream`;
  const { after = 0, signal } = options;
  const backoff = new Backoff(options);
  const stopped = signal && new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  let last = after;
  for (let isFirst = true; !isAborted(options); isFirst = false) {
    let failure: unknown = new ArenaError('connection_closed', `The stream of ${url} broke.`, {}, true);
    try {
      // Leaving the loop must close the connection, so that the server stops counting this spectator.
      const headers = { 'last-event-id': String(last) };
      const { body } = await ask(url, signal === undefined ? { headers } : { headers, signal });
      for await (const { event, data } of serverSentEvents(body)) {
        if (event === 'end') return;
        const frame = JSON.parse(data) as PushedFrame;
        backoff.reset();
        if (frame.seq <= last) continue;
        last = frame.seq;
        yield frame;
      }
    } catch (error) {
      // A restarting server comes back soon. A server that never answered probably does not exist.
      if (isFirst || !isArenaError(error) || !error.retryable) throw error;
      failure = error;
    }
    if (!isAborted(options)) await backoff.wait(failure, stopped);
  }
}

const base = (server: string): string => server.replace(/\/$/, '');

const matchUrl = (server: string, id: string): string =>
  `${base(server)}/api/v1/matches/${encodeURIComponent(id)}`;

/** A function, because the compiler would take an earlier check of `aborted` as still true. */
const isAborted = ({ signal }: { readonly signal?: AbortSignal | null }): boolean => signal?.aborted === true;

/** The statuses that a proxy returns while its server is down. */
const away: ReadonlySet<number> = new Set([502, 503, 504]);

async function ask(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init).catch((error: unknown) => {
    if (isAborted(init)) return new Response(null);
    const why = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new ArenaError('server_unreachable', `No server answers at ${url}${why}.`, {}, true);
  });
  if (answer.ok) return answer;
  const { status, statusText, headers } = answer;
  const isJson = headers.get('content-type')?.includes('json') === true;
  const problem = (isJson ? await answer.json().catch(() => ({})) : {}) as {
    readonly code?: string;
    readonly detail?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  const { code = away.has(status) ? 'server_unreachable' : 'internal' } = problem;
  const { detail = `${url} answers ${status} ${statusText}.`, details } = problem;
  throw new ArenaError(code, detail, details, headers.has('retry-after') || away.has(status));
}
