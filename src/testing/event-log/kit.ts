import { lastValueFrom, take, toArray } from 'rxjs';
import type * as Vitest from 'vitest';
import type { MatchEvent } from '../../game/event.ts';
import type { Commit, EventLog, StoredCommit } from '../../log/event-log.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { commandId, matchId, streamVersion } from '../../shared/ids.ts';

/** The test functions of vitest, handed in so that this module needs no test library when it runs. */
export type TestFunctions = Pick<typeof Vitest, 'describe' | 'it' | 'expect'>;

export interface OpenedLog {
  /** A log that holds nothing. */
  readonly log: EventLog;
  /** Closes the log and opens what it stored. Left out where nothing outlives the log. */
  readonly reopen?: () => Promise<EventLog>;
  /** Closes whatever is open and removes what was stored. */
  readonly close: () => Promise<void>;
}

/** An event that carries any JSON value, at `data/details/value`. */
export function noteOf(value: Json): MatchEvent {
  const details = { value };
  const refusal = {
    code: 'validation_error',
    message: 'A note.',
    details,
    phase: 'audit_phase',
    attempt: '',
  };
  return { type: 'action.refused', data: { by: 'auditor', ...refusal } };
}

/** A commit for a stream that holds `version` events: one note, under a command id of its own. */
export function commitOf(
  stream: string,
  version: number,
  { id = `${stream}-at-${version}`, events = [noteOf(`${stream} ${version}`)], at = 1_700_000_000_000 } = {},
): Commit {
  const names = { stream: matchId(stream), commandId: commandId(id) };
  return { ...names, expectedVersion: streamVersion(version), at, events };
}

export interface Kit extends TestFunctions {
  /** One case on a log of its own. */
  readonly holds: (fact: string, check: (log: EventLog) => Promise<void>) => void;
  /** One case on a log that can be opened again; skipped for the others. */
  readonly outlives: (
    fact: string,
    check: (log: EventLog, reopen: () => Promise<EventLog>) => Promise<void>,
  ) => void;
}

export const a = matchId('a');
export const b = matchId('b');

/** Appends one commit of one event after another. */
export async function fill(log: EventLog, stream: string, count: number, from = 0): Promise<void> {
  for (let version = from; version < from + count; version += 1) await log.append(commitOf(stream, version));
}

/** Everything the log holds, in its own order. */
export async function contentOf(log: EventLog): Promise<readonly StoredCommit[]> {
  const streams = await Promise.all(log.streams().map((stream) => log.read(stream)));
  return streams.flat().sort((one, other) => one.position - other.position);
}

export const first = (log: EventLog, after: number, count: number) =>
  lastValueFrom(log.subscribe(after).pipe(take(count), toArray()));

export const untilClosed = (log: EventLog, after: number) =>
  lastValueFrom(log.subscribe(after).pipe(toArray()));

export const positions = (commits: readonly StoredCommit[]) => commits.map(({ position }) => position);

export const upTo = (last: number, from = 1) =>
  Array.from({ length: last - from + 1 }, (_, index) => from + index);

/** Writes over every value it reaches, as a careless caller might; what a log gave frozen stays as it is. */
export function scribble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    scribble(Reflect.get(value, key));
    Reflect.set(value, key, 'scribbled');
  }
}

// --- the cases ---
