import type { Role } from '../../../src/game/command.ts';

/** Seat tokens stay in this tab. No address contains one. */
const kept = new Map<string, string>();
const keyOf = (id: string, role: Role): string => `fraudarena.seat.${id}.${role}`;

/** @returns the stored token, or an empty string */
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
    // A browser may refuse access to storage. Then the token lasts until the page reloads.
    kept.set(key, token);
  }
}
