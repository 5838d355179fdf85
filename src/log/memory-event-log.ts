import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { AppError } from '../shared/errors.ts';
import { streamVersion } from '../shared/ids.ts';
import type { CommandId, MatchId } from '../shared/ids.ts';
import type { MatchEvent } from '../game/event.ts';
import { catchUpThenLive } from './catch-up.ts';
import type { Appended, Commit, EventLog, StoredCommit } from './event-log.ts';
import { encodeEvents, frozen } from './payload.ts';
import { StreamIndex, stored } from './stream-index.ts';

/** Keeps everything in memory; for tests, simulations and play without a data folder. */
export class MemoryEventLog implements EventLog {
  #closed = false;
  readonly #commits: StoredCommit[] = [];
  readonly #index = new StreamIndex<StoredCommit>();
  readonly #live = new Subject<StoredCommit>();
  #untold: StoredCommit[] = [];

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous; a throw must reject.
  async append(commit: Commit): Promise<Appended> {
    if (this.#closed) throw new AppError('log_closed', 'The log was closed.');
    const repeated = this.#index.find(commit.stream, commit.commandId);
    if (repeated !== null) return repeated;
    this.#index.check(commit);
    // Stored as it would be on disk, so that nobody shares a value with the log.
    const events = JSON.parse(encodeEvents(commit)) as MatchEvent[];
    const next = {
      version: streamVersion(commit.expectedVersion + events.length),
      position: this.#index.position + 1,
    };
    const kept = frozen(stored({ ...commit, events }, next));
    const appended = this.#index.add(commit, kept);
    this.#commits.push(kept);
    this.#tell(kept);
    return appended;
  }

  read(stream: MatchId, after = streamVersion(0)): Promise<readonly StoredCommit[]> {
    return Promise.resolve(this.#index.places(stream, after));
  }

  find(stream: MatchId, commandId: CommandId): Appended | null {
    return this.#index.find(stream, commandId);
  }

  streams(): readonly MatchId[] {
    return this.#index.streams();
  }

  subscribe(after: number): Observable<StoredCommit> {
    return catchUpThenLive(after, this.#live, () => this.#commits.slice(after));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#live.complete();
    return Promise.resolve();
  }

  /** A subscriber that appends on what it hears would otherwise make the others hear the answer first. */
  #tell(commit: StoredCommit): void {
    this.#untold.push(commit);
    if (this.#untold.length > 1) return;
    for (const next of this.#untold) this.#live.next(next);
    this.#untold = [];
  }
}
