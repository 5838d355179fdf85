import { canonicalJson, whyNotJson } from '../shared/canonical-json.ts';
import { AppError } from '../shared/errors.ts';
import type { Commit } from './event-log.ts';

/**
 * The commit's events as canonical JSON that reads back as the same value.
 * @throws AppError `event_invalid`, naming the JSON path, for anything JSON would change or drop: NaN, infinities,
 * negative zero, `undefined`, half a surrogate pair, dates, maps, functions.
 */
export function encodeEvents(commit: Commit): string {
  const fault = whyNotJson(commit.events, 'events');
  if (fault !== null) {
    throw new AppError('event_invalid', `Command ${commit.commandId} cannot be stored: ${fault}.`, {
      stream: commit.stream,
    });
  }
  return canonicalJson(commit.events);
}
