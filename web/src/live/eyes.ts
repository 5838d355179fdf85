import type { Role, Viewer } from '../replay/moment.ts';

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

// --- tokens, which stay in this tab and are in no address ---

const kept = new Map<string, string>();
const keyOf = (id: string, role: Role): string => `fraudarena.seat.${id}.${role}`;

/** Empty where none was kept. */
export function keptToken(id: string, role: Role): string {
  const key = keyOf(id, role);
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return kept.get(key) ?? '';
  }
}

export function keepToken(id: string, role: Role, token: string): void {
  const key = keyOf(id, role);
  try {
    if (token === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, token);
  } catch {
    // A browser may refuse to keep anything: then it holds until the page is loaded anew.
    kept.set(key, token);
  }
}
