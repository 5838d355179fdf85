import type { Observable } from 'rxjs';
import type { MatchEvent } from '../game/event.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';

/** The events of one accepted command, stored together or not at all. */
export interface Commit {
  readonly stream: MatchId;
  /** The version before the first of `events`. */
  readonly expectedVersion: StreamVersion;
  readonly commandId: CommandId;
  /** When the owner decided, in milliseconds since the Unix epoch. The clock is read once, never on replay. */
  readonly at: number;
  readonly events: readonly MatchEvent[];
}

/** Where the log stored a commit. */
export interface Appended {
  /** The stream's version after the commit. */
  readonly version: StreamVersion;
  /** The commit's position in the whole log, from 1. */
  readonly position: number;
}

/** A commit as the log returns it. */
export interface StoredCommit extends Commit, Appended {
  /** SHA-256 of this commit and of the stream's previous hash. Equal hashes mean equal histories. Hex. */
  readonly hash: string;
  /** Present when the texts of its events were erased: recorded digests no longer fit them. */
  readonly erased?: true;
}

/**
 * The source of truth for all matches: an append-only log of commits, ordered as a whole and within each stream.
 *
 * Every implementation guarantees:
 * - a commit is stored whole or not at all;
 * - an `expectedVersion` other than the stream's is refused with `log_version_conflict`, also for a stream that exists
 * already and for a gap;
 * - the same command id in one stream returns the first result again and stores nothing;
 * - versions run from 1 without gaps;
 * - every reader sees the same order;
 * - what `append` has acknowledged is in every later `read`.
 */
export interface EventLog {
  /**
   * Stores a commit, then resolves with its version and position.
   * @throws AppError `log_version_conflict`, `event_invalid`, `event_too_large`, `log_overloaded` and `log_disk_full`
   * (retry later), `log_closed`, `log_write_failed` (the outcome is unknown: retry with the same command id).
   */
  append(commit: Commit): Promise<Appended>;
  /** The commits of a stream whose version is above `after` (default 0), in order. Empty for an unknown stream. */
  read(stream: MatchId, after?: StreamVersion): Promise<readonly StoredCommit[]>;
  /** The stored result of a stream's command; null when it is not stored. */
  find(stream: MatchId, commandId: CommandId): Promise<Appended | null>;
  /** All streams, in the order of their creation. */
  streams(): readonly MatchId[];
  /**
   * Every commit whose position is above `after`: first stored ones, then live ones, without gap or repeat. Completes
   * when the log is closed.
   */
  subscribe(after: number): Observable<StoredCommit>;
  /** Waits for pending appends, then refuses every call with `log_closed`. */
  close(): Promise<void>;
}
