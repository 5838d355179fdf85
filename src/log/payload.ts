import { canonicalJson, whyNotJson } from '../shared/canonical-json.ts';
import { AppError } from '../shared/errors.ts';
import type { Commit } from './event-log.ts';

/**
 * The commit's events as canonical JSON that reads back as the same value.
 * @throws AppError `event_invalid`, naming the JSON path, for anything in the events or the time that JSON would
 * change or drop: NaN, infinities, negative zero, `undefined`, half a surrogate pair, dates, maps, functions.
 */
export function encodeEvents(commit: Commit): string {
  const fault = whyNotJson(commit.events, 'events') ?? whyNotJson(commit.at, 'at');
  if (fault !== null) {
    throw new AppError('event_invalid', `Command ${commit.commandId} cannot be stored: ${fault}.`, {
      stream: commit.stream,
    });
  }
  return canonicalJson(commit.events);
}

/** The same value, which nobody can change any more: several readers may hold it. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) frozen(item);
  return Object.freeze(value);
}
