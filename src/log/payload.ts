import { createHash, hash } from 'node:crypto';
import type { MatchEvent } from '../game/event.ts';
import { schemaVersionOf } from '../game/upcast.ts';
import { strictCanonicalJson, whyNotJson } from '../shared/canonical-json.ts';
import { AppError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { StreamVersion } from '../shared/ids.ts';
import { invariant } from '../shared/invariant.ts';
import type { Commit } from './event-log.ts';

/**
 * Checks that a commit may follow version `actual` of its stream.
 * @throws AppError `log_version_conflict`; `event_invalid` for a commit without events.
 */
export function checkCommit(commit: Commit, actual: StreamVersion): void {
  // An invalid name would make the whole log unreadable.
  invariant(isId(commit.stream), `The stream ${commit.stream} has no checked name.`);
  invariant(isId(commit.commandId), `The command ${commit.commandId} has no checked name.`);
  if (commit.expectedVersion !== actual) {
    throw new AppError(
      'log_version_conflict',
      `Stream ${commit.stream} holds ${actual} events; the writer expected ${commit.expectedVersion}.`,
      { stream: commit.stream, expected: commit.expectedVersion, actual },
    );
  }
  if (commit.events.length === 0) throw new AppError('event_invalid', 'A commit holds at least one event.');
}

/**
 * The commit's events as canonical JSON that reads back as the same value. An event whose schema has changed since
 * its first version carries that version as `sv`.
 * @throws AppError `event_invalid`, naming the JSON path, for anything in the events or the time that JSON would
 * change or drop: NaN, infinities, negative zero, `undefined`, half a surrogate pair, dates, maps, functions.
 */
export function encodeEvents(commit: Commit): string {
  const text = strictCanonicalJson(commit.events.map(withSchemaVersion));
  if (text !== null && strictCanonicalJson(commit.at) !== null) return text;
  const fault = whyNotJson(commit.events, 'events') ?? whyNotJson(commit.at, 'at');
  invariant(fault !== null, 'What cannot be written has a fault.');
  throw new AppError('event_invalid', `Command ${commit.commandId} cannot be stored: ${fault}.`, {
    stream: commit.stream,
  });
}

/** The event in its stored form. */
export function withSchemaVersion(event: MatchEvent): unknown {
  const sv = schemaVersionOf(event.type);
  return sv === 1 ? event : { type: event.type, data: event.data, sv };
}

/** SHA-256 of a salt and the events' text. The salt keeps a digest from proving a guess once the text is erased. */
export function payloadDigest(salt: string, events: string): string {
  return hash('sha256', salt + events, 'hex');
}

/** The fields that one link of a match's hash chain covers. */
export interface Link {
  readonly s: string;
  readonly n: number;
  readonly k: number;
  readonly id: string;
  readonly at: number;
  readonly ph: string;
}

/**
 * The hash chain of a match after one more commit. It covers what was decided, not where it is stored: a match keeps
 * its chain when it moves to another log, and when its text is erased.
 */
export function chainHash(previous: string, { s, n, k, id, at, ph }: Link): string {
  return hash('sha256', [previous, s, n, k, id, at, ph].join(' '), 'hex');
}

/** The running digest of a segment's commits, continued from the segment before. */
export class HeadsDigest {
  readonly #sha = createHash('sha256');

  constructor(previous: string) {
    this.#sha.update(previous);
  }

  add(chains: string): void {
    this.#sha.update(chains);
  }

  value(): string {
    return this.#sha.copy().digest('hex');
  }
}

/** The same value, deeply frozen, because several readers may share it. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) frozen(item);
  return Object.freeze(value);
}
