import type { Viewer } from '../../../src/game/command.ts';

/**
 * The point of view on a match. Without a viewer, it shows a spectator's view before the end and everything
 * after it.
 */
export interface Eyes {
  readonly viewer: Viewer | null;
  /** The token of the role's seat; empty if there is none. */
  readonly token: string;
}

/** The path and headers of a request for a match from this point of view. */
export function lookAt(id: string, what: 'moments' | 'stream', { viewer, token }: Eyes) {
  const query = viewer === null ? '' : `?as=${viewer}`;
  return {
    path: `/api/v1/matches/${encodeURIComponent(id)}/${what}${query}`,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  };
}
