import { roles } from './plan.ts';
import type { Plan, Role } from './plan.ts';
import type { RecordedHttp } from './http.ts';

export interface Tokens {
  readonly owner: string | undefined;
  readonly seats: Partial<Record<Role, string>>;
}

const nobody = 'a-token-of-nobody-at-all';

/** Asks over HTTP for everything there is about a match, as everybody who may ask. */
export async function lookAt(http: RecordedHttp, { name }: Plan, { owner, seats }: Tokens, stream: string) {
  const path = `/api/v1/matches/${name}`;
  const ask = (rest: string, as?: string, token?: string) =>
    http.ask({ path: `${path}${rest}`, as, token }, stream);
  await ask('');
  for (const part of ['/events', '/report', '/log']) {
    await ask(part);
    await ask(part, 'nobody', nobody);
    if (owner !== undefined) await ask(part, 'owner', owner);
  }
  await ask('/moments');
  await ask('/moments?as=spectator');
  for (const role of roles) {
    await ask(`/moments?as=${role}`, role, seats[role]);
    const other = roles[(roles.indexOf(role) + 1) % 3] ?? role;
    await ask(`/moments?as=${role}`, other, seats[other] ?? nobody);
  }
  await ask('/stream?after=99999');
  await http.ask({ path: '/matches' }, stream);
  await http.ask({ path: '/api/v1/matches' }, stream);
}

/** Follows a match as everybody who may. `ended` resolves when every stream has ended. */
export async function follow(http: RecordedHttp, { name }: Plan, { seats }: Tokens, from: string) {
  const path = `/api/v1/matches/${name}/stream`;
  const streams = [await http.follow({ path: `${path}${from}` }, `stream spectator${from}`)];
  for (const role of roles) {
    const asked = {
      path: `${path}?as=${role}`,
      as: role,
      token: seats[role],
      headers: { 'last-event-id': '2' },
    };
    streams.push(await http.follow(asked, `stream ${role}${from}`));
  }
  return { ended: Promise.all(streams.map(({ ended }) => ended)) };
}

/** The lists and tables that finished matches change. */
export async function lookAround(http: RecordedHttp, stream: string): Promise<void> {
  for (const path of [
    '/api/v1/leaderboard',
    '/grader',
    '/api/v1/health',
    '/health',
    '/ready',
    '/api/v1/version',
  ])
    await http.ask({ path }, stream);
}
