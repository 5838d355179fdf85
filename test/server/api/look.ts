import type { Description } from './description.ts';
import type { HttpLine, Reply } from './http-line.ts';
import { framesAfter } from './reader.ts';

/** What one answer says, with where it was asked for. */
export interface Looked {
  readonly path: string;
  readonly text: string;
  /** Whether it is an answer about one match. */
  readonly isOfMatch: boolean;
}

/** But for the time of day. */
function textOf({ status, headers, body }: Reply): string {
  const told = Object.entries(headers).filter(([name]) => name !== 'date');
  return `${status} ${JSON.stringify(told)} ${body}`;
}

/** Everything that a stranger can ask of a server that holds a match: every route there is, streams included. */
export async function lookAround(
  {
    line,
    description,
    port,
  }: { readonly line: HttpLine; readonly description: Description; readonly port: number },
  id: string,
): Promise<readonly Looked[]> {
  const looked: Looked[] = [];
  for (const { method, path } of description.all) {
    // What is the same for ever is searched elsewhere.
    if (path.endsWith('/stream') || /^\/(docs|\w+\.json)$/.test(path) || method === 'POST') continue;
    const isOfMatch = path.includes('{id}');
    const address = path.replace('{id}', id).replace('{role}', 'auditor').replace('{machine}', 'match');
    for (const headers of isOfMatch ? [{}, { authorization: 'Bearer nobody-s-token' }] : [{}]) {
      const text = textOf(await line.ask({ method, path: address, headers }));
      looked.push({ path: `${method} ${address}`, text, isOfMatch });
    }
  }
  const frames = await line.get(`/api/v1/matches/${id}/events`);
  const { count = 0 } = JSON.parse(frames.body) as { readonly count?: number };
  const stream = `/api/v1/matches/${id}/stream`;
  if (frames.status === 200 && count > 0)
    for (const after of [0, count >> 1]) {
      const { text } = await framesAfter(port, id, after, count - after);
      looked.push({ path: `GET ${stream} after ${after}`, text, isOfMatch: true });
    }
  else looked.push({ path: `GET ${stream}`, text: textOf(await line.get(stream)), isOfMatch: true });
  return looked;
}
