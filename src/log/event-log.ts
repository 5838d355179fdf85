import type { Observable } from 'rxjs';
import type { MatchEvent } from '../game/event.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';

/** The events of one accepted command, stored together or not at all. */
export interface Commit {
  readonly stream: MatchId;
  /** The version before the first of `events`. */
  readonly expectedVersion: StreamVersion;
  readonly commandId: CommandId;
  /** When the owner decided, in milliseconds since the Unix epoch. Read once, never on replay. */
  readonly at: number;
  readonly events: readonly MatchEvent[];
}

export interface Appended {
  /** The stream's version after the commit. */
  readonly version: StreamVersion;
  /** The commit's place in the order of the whole log, from 1. */
  readonly position: number;
}

/** A commit as the log holds it. */
export interface StoredCommit extends Commit, Appended {
  /** SHA-256 of this commit and of the hash of the stream's commit before it: equal hashes, equal histories. */
  readonly hash: string;
  /** The texts of its events were erased, and no digest fits them any more. */
  readonly erased?: true;
}

/**
 * The ground state of the arena: an append-only log of commits, ordered as a whole and within each stream.
 *
 * Every implementation guarantees: a commit is stored whole or not at all; an `expectedVersion` other than the
 * stream's is refused with `log_version_conflict`, creating an existing stream and leaving a gap included; the same
 * command id in one stream gives the first result again and stores nothing; versions run from 1 without gaps; every
 * reader sees the same order; what `append` has answered is read by every later `read`.
 */
export interface EventLog {
  /**
   * @throws AppError `log_version_conflict`, `event_invalid`, `event_too_large`, `log_overloaded` and
   * `log_disk_full` (retry later), `log_closed`, `log_write_failed` (the outcome is unknown: retry with the same
   * command id).
   */
  append(commit: Commit): Promise<Appended>;
  /** The commits of a stream whose version is above `after` (default 0), in order. Empty for an unknown stream. */
  read(stream: MatchId, after?: StreamVersion): Promise<readonly StoredCommit[]>;
  /** The result of a command of this stream, or null if none is stored. */
  find(stream: MatchId, commandId: CommandId): Promise<Appended | null>;
  /** The stored streams in the order of their creation. */
  streams(): readonly MatchId[];
  /**
   * Every commit whose position is above `after`: first the stored ones, then new ones as they come, without gap or
   * repeat. Completes when the log is closed.
   */
  subscribe(after: number): Observable<StoredCommit>;
  /** Waits for what is under way, then refuses everything. */
  close(): Promise<void>;
}
