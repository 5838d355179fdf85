import { pino } from 'pino';
import type { DestinationStream } from 'pino';

/** Diagnostic output for operators. Never contains facts of a match, tokens, or anything a role may not know. */
export interface Diagnostics {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** The program writes none of these fields. They are redacted in case it ever does. */
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
 * JSON lines, on standard error by default. `level` is one of pino's; `silent` writes nothing. Fields that could hold a
 * secret are redacted by name.
 */
export function diagnosticsAt(
  level: string,
  to: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Diagnostics {
  return pino({ level, base: null, redact }, to);
}
