import type { MatchFold } from './fold/fold.ts';
import { sha256 } from './proof/sha256.ts';

const attemptMax = 4096;
const tokenMax = 128;
const maybeTokens = /[A-Za-z0-9_-]{22,128}/g;
const namedTokens = /(seat_token[^A-Za-z0-9]{1,8})[A-Za-z0-9_-]+/g;

/**
 * What a player sent, as it may be stored: cut, without half surrogate pairs, which no log could give back, and without
 * seat tokens, of which only hashes are stored. A token is known by its name, or by its hash where it is one of `hashes`.
 */
export function storableAttempt(attempt: string, hashes: ReadonlySet<string>): string {
  return (
    attempt
      // A token that the cut goes through is whole here still.
      .slice(0, attemptMax + tokenMax)
      .replace(namedTokens, '$1(removed)')
      .replace(maybeTokens, (run) => (hashes.has(sha256(run)) ? '(removed)' : run))
      .slice(0, attemptMax)
      .replace(/\p{Surrogate}/gu, '\uFFFD')
  );
}

/** The hashes of every token that belongs to a match. */
export function tokenHashesOf({ origin, bookkeeping }: MatchFold): ReadonlySet<string> {
  const held = Object.values(bookkeeping.seats).flatMap(({ tokenHash }) => tokenHash ?? []);
  const given = [...Object.values(origin.seatTokenHashes ?? {}), origin.ownerTokenHash ?? ''];
  return new Set([...given, ...held]);
}

/** An action as text. What has none, or is nested too deep to be written, is refused all the same. */
export function writtenOut(action: unknown): string {
  try {
    const text = JSON.stringify(action) as string | undefined;
    return text ?? '';
  } catch {
    return '';
  }
}
