import type { Viewer } from '../../../src/game/command.ts';

/** Whose eyes a match is looked at with; nobody's named: everything after the end, before it what a spectator sees. */
export interface Eyes {
  readonly viewer: Viewer | null;
  /** Of the role's seat. */
  readonly token: string;
}

/** Where the server tells of a match, for these eyes. */
export function lookAt(id: string, what: 'moments' | 'stream', { viewer, token }: Eyes) {
  const query = viewer === null ? '' : `?as=${viewer}`;
  return {
    path: `/api/v1/matches/${encodeURIComponent(id)}/${what}${query}`,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  };
}
