import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { upcast } from '../game/upcast.ts';
import type { StoredEvent } from '../game/upcast.ts';
import { AppError } from '../shared/errors.ts';
import { streamVersion } from '../shared/ids.ts';
import type { CommandId, MatchId } from '../shared/ids.ts';
import { catchUpThenLive } from './catch-up.ts';
import type { Appended, Commit, EventLog, StoredCommit } from './event-log.ts';
import { chainHash, checkCommit, encodeEvents, frozen, payloadDigest } from './payload.ts';

interface Stream {
  last: StoredCommit;
  readonly byCommand: Map<CommandId, StoredCommit>;
}

/** Keeps all commits in memory; for tests, simulations and play without a data folder. */
export class MemoryEventLog implements EventLog {
  #closed = false;
  readonly #commits: StoredCommit[] = [];
  readonly #streams = new Map<MatchId, Stream>();
  readonly #live = new Subject<StoredCommit>();
  #untold: StoredCommit[] = [];

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous; a throw must reject.
  async append(commit: Commit): Promise<Appended> {
    this.#refuseClosed();
    const { stream, expectedVersion, commandId, at } = commit;
    const stored = this.#streams.get(stream);
    const repeated = stored?.byCommand.get(commandId);
    if (repeated !== undefined) return appendedOf(repeated);
    checkCommit(commit, stored?.last.version ?? streamVersion(0));
    const text = encodeEvents(commit);
    const ph = payloadDigest('', text);
    const link = { s: stream, n: expectedVersion + 1, k: commit.events.length, id: commandId, at, ph };
    // Parsed from JSON as from a file, so that no caller shares an object with the log.
    const events = (JSON.parse(text) as StoredEvent[]).map((event) => upcast(event));
    const kept = frozen({
      stream,
      expectedVersion,
      commandId,
      at,
      events,
      version: streamVersion(expectedVersion + events.length),
      position: this.#commits.length + 1,
      hash: chainHash(stored?.last.hash ?? '', link),
    });
    this.#keep(kept);
    this.#tell(kept);
    return appendedOf(kept);
  }

  #keep(commit: StoredCommit): void {
    const { stream, commandId } = commit;
    const stored = this.#streams.get(stream) ?? { last: commit, byCommand: new Map() };
    stored.last = commit;
    stored.byCommand.set(commandId, commit);
    this.#streams.set(stream, stored);
    this.#commits.push(commit);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous; a throw must reject.
  async read(stream: MatchId, after = streamVersion(0)): Promise<readonly StoredCommit[]> {
    this.#refuseClosed();
    return [...(this.#streams.get(stream)?.byCommand.values() ?? [])].filter(
      ({ version }) => version > after,
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous; a throw must reject.
  async find(stream: MatchId, commandId: CommandId): Promise<Appended | null> {
    this.#refuseClosed();
    const found = this.#streams.get(stream)?.byCommand.get(commandId);
    return found === undefined ? null : appendedOf(found);
  }

  streams(): readonly MatchId[] {
    return [...this.#streams.keys()];
  }

  subscribe(after: number): Observable<StoredCommit> {
    return catchUpThenLive(after, this.#live, () => {
      this.#refuseClosed();
      return this.#commits.slice(after);
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#live.complete();
    return Promise.resolve();
  }

  #refuseClosed(): void {
    if (this.#closed) throw new AppError('log_closed', 'The log was closed.');
  }

  /**
   * Publishes a commit. Queued, because a subscriber that appends in its callback would otherwise make the others
   * receive the later commit first.
   */
  #tell(commit: StoredCommit): void {
    this.#untold.push(commit);
    if (this.#untold.length > 1) return;
    for (const next of this.#untold) this.#live.next(next);
    this.#untold = [];
  }
}

function appendedOf({ version, position }: StoredCommit): Appended {
  return { version, position };
}
