import type { MatchFold } from './fold/fold.ts';
import { sha256 } from './proof/sha256.ts';

const attemptMax = 4096;
const tokenMax = 128;
const maybeTokens = /[A-Za-z0-9_-]{22,128}/g;
const namedTokens = /(seat_token[^A-Za-z0-9]{1,8})[A-Za-z0-9_-]+/g;

/**
 * A player's message in the form that may be stored: cut to 4096 UTF-16 units, lone surrogates replaced by
 * U+FFFD (a log could not return them), and seat tokens removed, because only their hashes are stored. A
 * token is recognised by the name `seat_token` before it, or by its hash if that is one of `hashes` (SHA-256,
 * hex).
 */
export function storableAttempt(attempt: string, hashes: ReadonlySet<string>): string {
  return (
    attempt
      // Cut later than needed here, so that a token across the limit is still whole when it is searched for.
      .slice(0, attemptMax + tokenMax)
      .replace(namedTokens, '$1(removed)')
      .replace(maybeTokens, (run) => (hashes.has(sha256(run)) ? '(removed)' : run))
      .slice(0, attemptMax)
      .replace(/\p{Surrogate}/gu, '\uFFFD')
  );
}

/** The hashes (SHA-256, hex) of every token of a match: seats, invitations and owner. */
export function tokenHashesOf({ origin, bookkeeping }: MatchFold): ReadonlySet<string> {
  const held = Object.values(bookkeeping.seats).flatMap(({ tokenHash }) => tokenHash ?? []);
  const given = [...Object.values(origin.seatTokenHashes ?? {}), origin.ownerTokenHash ?? ''];
  return new Set([...given, ...held]);
}

/**
 * An action as JSON; empty for a value that JSON cannot represent or that is nested too deep. Such an action
 * is refused in any case.
 */
export function writtenOut(action: unknown): string {
  try {
    const text = JSON.stringify(action) as string | undefined;
    return text ?? '';
  } catch {
    return '';
  }
}
