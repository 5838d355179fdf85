import { lastValueFrom, take, toArray } from 'rxjs';
import type * as Vitest from 'vitest';
import type { MatchEvent } from '../../game/event.ts';
import type { Commit, EventLog, StoredCommit } from '../../log/event-log.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { commandId, matchId, streamVersion } from '../../shared/ids.ts';

/** The test functions of vitest, passed in so that this module does not import a test library. */
export type TestFunctions = Pick<typeof Vitest, 'describe' | 'it' | 'expect'>;

export interface OpenedLog {
  /** An empty log. */
  readonly log: EventLog;
  /** Closes the log and opens what it stored. Absent if the log does not persist. */
  readonly reopen?: () => Promise<EventLog>;
  /** Closes all open logs and removes what was stored. */
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

/** A commit for a stream at version `version`: by default one note, with a unique command id. */
export function commitOf(
  stream: string,
  version: number,
  { id = `${stream}-at-${version}`, events = [noteOf(`${stream} ${version}`)], at = 1_700_000_000_000 } = {},
): Commit {
  const names = { stream: matchId(stream), commandId: commandId(id) };
  return { ...names, expectedVersion: streamVersion(version), at, events };
}

export interface Kit extends TestFunctions {
  /** Declares a case that gets an empty log. */
  readonly holds: (fact: string, check: (log: EventLog) => Promise<void>) => void;
  /** Declares a case on a log that can be reopened; skipped for logs that cannot. */
  readonly outlives: (
    fact: string,
    check: (log: EventLog, reopen: () => Promise<EventLog>) => Promise<void>,
  ) => void;
}

export const a = matchId('a');
export const b = matchId('b');

/** Appends `count` commits of one event each. */
export async function fill(log: EventLog, stream: string, count: number, from = 0): Promise<void> {
  for (let version = from; version < from + count; version += 1) await log.append(commitOf(stream, version));
}

/** All commits of the log, in its order. */
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

/** Overwrites every reachable value, as a careless caller might. Frozen objects stay unchanged. */
export function scribble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    scribble(Reflect.get(value, key));
    Reflect.set(value, key, 'scribbled');
  }
}

// --- the cases ---
