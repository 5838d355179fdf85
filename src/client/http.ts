import { RoleSocketError } from './wire.ts';
import type { PushedFrame } from './wire.ts';
import type { Role } from '../game/command.ts';

/** What the creation of a match answers. */
export interface CreatedMatch {
  readonly match_id: string;
  readonly owner_token: string;
  /** Null where seats are open to all. */
  readonly seat_tokens: Readonly<Record<Role, string>> | null;
  readonly websocket: Readonly<Record<Role, string>>;
  readonly [field: string]: unknown;
}

/** Makes a match over HTTP. @throws RoleSocketError with the server's code. */
export async function createMatch(
  server: string,
  wanted: Readonly<Record<string, unknown>> = {},
): Promise<CreatedMatch> {
  const answer = await ask(`${base(server)}/api/v1/matches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  });
  return (await answer.json()) as CreatedMatch;
}

/**
 * Watches a match as a spectator: every frame above `after`, each once and in order, across broken connections. Ends
 * after the end of the match.
 * @throws RoleSocketError with the server's code, such as `unknown_match` or `spectators_refused`.
 */
export async function* watch(server: string, matchId: string, after = 0): AsyncGenerator<PushedFrame, void> {
  const url = `${base(server)}/api/v1/matches/${encodeURIComponent(matchId)}/stream`;
  let last = after;
  for (let lost = 0; ; lost += 1) {
    const { body } = await ask(url, { headers: { 'last-event-id': String(last) } }).catch(
      async (error: unknown) => {
        // A server that restarts is away for a moment; one that never answered is not there.
        const isAway = error instanceof RoleSocketError && error.code === 'server_unreachable';
        if (!isAway || lost === 0 || lost > retries) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs * 2 ** lost));
        return { body: undefined };
      },
    );
    if (body === undefined) continue;
    if (body === null) return;
    for await (const { event, data } of eventsOf(body)) {
      if (event === 'end') return;
      const frame = JSON.parse(data) as PushedFrame;
      lost = 0;
      if (frame.seq <= last) continue;
      last = frame.seq;
      yield frame;
    }
  }
}

const retries = 8;
const retryMs = 100;

const base = (server: string): string => server.replace(/\/$/, '');

async function ask(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init).catch(() => {
    throw new RoleSocketError('server_unreachable', `No server answers at ${url}.`);
  });
  if (answer.ok) return answer;
  // It stops or starts: as good as away.
  if (answer.status === 503) throw new RoleSocketError('server_unreachable', `The server at ${url} is away.`);
  const problem = (await answer.json()) as { code?: string; detail?: string; details?: object };
  throw new RoleSocketError(problem.code ?? 'internal', problem.detail ?? answer.statusText, {
    ...problem.details,
  });
}

/** Server-sent events of a body; ends quietly where the connection breaks. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ readonly event: string; readonly data: string }, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done || value === undefined) return;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const mark = line.indexOf(': ');
          return [line.slice(0, mark), line.slice(mark + 2)] as const;
        }),
      );
      const [event, data] = [fields.get('event'), fields.get('data')];
      if (event !== undefined && data !== undefined) yield { event, data };
    }
  }
}
