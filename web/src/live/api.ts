import type { ChartModel } from '../../../src/chart/model/model.ts';
import type { MatchMoments } from '../../../src/protocol/moments.ts';
import { lookAt } from './eyes.ts';
import type { Eyes } from './eyes.ts';

/** An error response of the server, with its stable code. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  /** Whether the seat's token is missing or wrong. */
  get isOfSeat(): boolean {
    return this.code.startsWith('seat_token_');
  }
}

/** @throws Refusal with the server's code, or `unreachable`. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refusal('unreachable', 'The server does not answer.');
  });
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  throw new Refusal(problem.code ?? 'unreachable', problem.detail ?? `The server answers ${answer.status}.`);
}

export async function getJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T;
}

export function getMoments(id: string, eyes: Eyes): Promise<MatchMoments> {
  const { path, headers } = lookAt(id, 'moments', eyes);
  return getJson(path, { headers });
}

export type Direction = 'down' | 'right';
export type Theme = 'light' | 'dark';

const models = new Map<string, Promise<ChartModel>>();
const pictures = new Map<string, Promise<string>>();

/** Requests each chart once, because a chart changes only with the server's version. */
export const getModel = (machine: string): Promise<ChartModel> =>
  kept(models, machine, () => getJson<ChartModel>(`/api/v1/charts/${machine}?format=json`));

export function getPicture(machine: string, direction: Direction, theme: Theme): Promise<string> {
  const path = `/api/v1/charts/${machine}?direction=${direction}&theme=${theme}`;
  return kept(pictures, path, async () => (await ask(path)).text());
}

function kept<T>(cache: Map<string, Promise<T>>, key: string, get: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const fresh = get();
  cache.set(key, fresh);
  fresh.catch(() => cache.delete(key));
  return fresh;
}
