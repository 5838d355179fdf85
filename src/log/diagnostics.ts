import { pino } from 'pino';
import type { DestinationStream } from 'pino';

/** What the process says of itself, for operators: never a fact of a match, a token, or what a role may not know. */
export interface Diagnostics {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** Nothing of the kind is written by this program; should it ever be, the reader of the log does not get it. */
const secrets = [
  'token',
  'tokens',
  'seat_token',
  'seat_tokens',
  'seatToken',
  'owner_token',
  'ownerToken',
  'tokenHash',
  'authorization',
  'cookie',
  'query',
  'salt',
  'seed',
  'truth',
  'ground_truth',
  'findings',
  'rationale',
];
const redact = { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' };

/**
 * JSON lines, on standard error unless told otherwise. `level` is one of pino's; `silent` says nothing. Fields that
 * could hold a secret are redacted by name.
 */
export function diagnosticsAt(
  level: string,
  to: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Diagnostics {
  return pino({ level, base: null, redact }, to);
}
