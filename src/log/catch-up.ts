import { Observable, from } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import type { StoredCommit } from './event-log.ts';

/**
 * Stored commits above `after`, then live ones. Live commits that arrive during the catch-up are queued, so that none
 * is missed or repeated.
 */
export function catchUpThenLive(
  after: number,
  live: Observable<StoredCommit>,
  readStored: () => ObservableInput<StoredCommit>,
): Observable<StoredCommit> {
  return new Observable((subscriber) => {
    let last = after;
    let waiting: StoredCommit[] | null = [];
    let ended = false;
    const emit = (commit: StoredCommit) => {
      if (commit.position <= last) return;
      last = commit.position;
      subscriber.next(commit);
    };
    subscriber.add(
      live.subscribe({
        next: (commit) => (waiting === null ? emit(commit) : void waiting.push(commit)),
        complete: () => {
          ended = true;
          if (waiting === null) subscriber.complete();
        },
      }),
    );
    subscriber.add(
      from(readStored()).subscribe({
        next: emit,
        error: (error) => subscriber.error(error),
        complete: () => {
          for (const commit of waiting ?? []) emit(commit);
          waiting = null;
          if (ended) subscriber.complete();
        },
      }),
    );
  });
}
