import { isAppError } from '../shared/errors.ts';
import type { ErrorCode } from '../shared/errors.ts';

/** Exit codes: 0 success, 1 diverged or failed, 2 wrong use or bad input. */
export const exitCodes = { good: 0, failed: 1, usage: 2 } as const;

const usageCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unknown_task',
  'unknown_ruleset',
  'unknown_player',
  'unknown_role',
  'unknown_match',
  'knob_invalid',
  'episode_invalid',
  'confirmation_missing',
  'file_unreadable',
  'argument_invalid',
  'config_invalid',
  'folder_not_empty',
  'import_invalid',
  'match_exists',
  'reset_error',
  'validation_error',
]);

/** Advice for the user, by error code. */
export type Hints = Readonly<Partial<Record<ErrorCode, string>>>;

/**
 * Runs a verb and sets the exit code. An AppError becomes one sentence on stderr, or one JSON line. Other
 * errors are thrown.
 */
export async function run(json: boolean, verb: () => Promise<number>, hints: Hints = {}): Promise<void> {
  try {
    process.exitCode = await verb();
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { code, message, details } = error;
    const hint = hints[code];
    process.stderr.write(
      json
        ? `${JSON.stringify({ error: code, message, details })}\n`
        : `error: ${message}${hint === undefined ? '' : ` ${hint}`}\n`,
    );
    process.exitCode = usageCodes.has(code) ? exitCodes.usage : exitCodes.failed;
  }
}

/**
 * The command for use in messages: through npm if it was started that way, since `arena` may not be on the
 * PATH.
 */
export const self =
  process.env['npm_package_name'] === 'fraudarena' &&
  /^(start|arena)$/.test(process.env['npm_lifecycle_event'] ?? '')
    ? 'npm run -s arena --'
    : 'arena';

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
