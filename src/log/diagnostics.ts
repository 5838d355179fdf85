import { pino } from 'pino';

/** What the process says of itself, for operators: never a fact of a match, a token, or what a role may not know. */
export interface Diagnostics {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** JSON lines on standard error. `level` is one of pino's; `silent` says nothing. */
export function diagnosticsAt(level: string): Diagnostics {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
