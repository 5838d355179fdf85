import type { Role } from '../../../src/game/command.ts';

/** Tokens of seats stay in this tab, and are in no address. */
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
