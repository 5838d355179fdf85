import { AppError } from '../shared/errors.ts';
import { isId, streamVersion } from '../shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';
import { invariant } from '../shared/invariant.ts';
import type { Appended, Commit, StoredCommit } from './event-log.ts';

interface StreamEntry<Place> {
  version: StreamVersion;
  readonly results: Map<CommandId, Appended>;
  readonly places: { readonly version: StreamVersion; readonly place: Place }[];
}

/**
 * What every log must know to accept or refuse a commit: versions, command ids, the global order. `Place` is where
 * the implementation keeps a commit.
 */
export class StreamIndex<Place> {
  #position = 0;
  readonly #streams = new Map<MatchId, StreamEntry<Place>>();

  get position(): number {
    return this.#position;
  }

  streams(): readonly MatchId[] {
    return [...this.#streams.keys()];
  }

  find(stream: MatchId, commandId: CommandId): Appended | null {
    return this.#streams.get(stream)?.results.get(commandId) ?? null;
  }

  /** Where the commits of a stream above a version are kept, in order. */
  places(stream: MatchId, after: StreamVersion): readonly Place[] {
    const entry = this.#streams.get(stream);
    return (entry?.places ?? []).filter(({ version }) => version > after).map(({ place }) => place);
  }

  /** The place of a stream's first commit. */
  firstPlace(stream: MatchId): Place | null {
    return this.#streams.get(stream)?.places[0]?.place ?? null;
  }

  /** @throws AppError `log_version_conflict`, `event_invalid` for a commit without events. */
  check(commit: Commit): void {
    // A name no reader accepts would make the whole log unreadable.
    invariant(isId(commit.stream), `The stream ${commit.stream} has no checked name.`);
    invariant(isId(commit.commandId), `The command ${commit.commandId} has no checked name.`);
    const actual = this.#streams.get(commit.stream)?.version ?? streamVersion(0);
    if (commit.expectedVersion !== actual) {
      throw new AppError(
        'log_version_conflict',
        `Stream ${commit.stream} holds ${actual} events; the writer expected ${commit.expectedVersion}.`,
        { stream: commit.stream, expected: commit.expectedVersion, actual },
      );
    }
    if (commit.events.length === 0) throw new AppError('event_invalid', 'A commit holds at least one event.');
  }

  /** Takes a checked commit into the order. */
  add(commit: Commit, place: Place): Appended {
    let entry = this.#streams.get(commit.stream);
    if (entry === undefined) {
      entry = { version: streamVersion(0), results: new Map(), places: [] };
      this.#streams.set(commit.stream, entry);
    }
    const version = streamVersion(entry.version + commit.events.length);
    this.#position += 1;
    const appended: Appended = Object.freeze({ version, position: this.#position });
    entry.version = version;
    entry.results.set(commit.commandId, appended);
    entry.places.push({ version, place });
    return appended;
  }
}

export function stored(commit: Commit, appended: Appended): StoredCommit {
  const { stream, expectedVersion, commandId, at, events } = commit;
  return { stream, expectedVersion, commandId, at, events, ...appended };
}
