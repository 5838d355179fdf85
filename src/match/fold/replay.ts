import type { MatchEvent } from '../../game/event.ts';
import type { AppError } from '../../shared/errors.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { MatchId, StreamVersion } from '../../shared/ids.ts';
import { diverged, foldCommit, openFold } from './fold.ts';
import type { FoldRefusal, FoldableCommit, FoldedCommit, MatchFold } from './fold.ts';

/**
 * Folds a stream commit by commit.
 * @throws AppError `replay_diverged` with the version, when the stream has a gap, does not begin with
 * `match.created`, names an unknown ruleset, or has an event that does not fit.
 */
export function* foldStream<Folded extends FoldableCommit>(
  matchId: MatchId,
  commits: readonly Folded[],
): Generator<FoldedCommit<Folded>, void> {
  refuseGaps(matchId, commits);
  let fold = openFold(matchId, commits[0]);
  for (const commit of commits) {
    const folded = foldCommit(fold, commit);
    if (!folded.ok) throw divergedAt(matchId, folded);
    fold = folded.fold;
    yield folded;
  }
}

/**
 * The match after version `to` (default: the last). Deterministic: independent of machine and time.
 * @throws AppError `replay_diverged` as {@link foldStream}.
 */
export function replay(matchId: MatchId, commits: readonly FoldableCommit[], to = Infinity): MatchFold {
  refuseGaps(matchId, commits);
  const opened = openFold(matchId, commits[0]);
  const wanted = commits
    .filter(({ expectedVersion }) => expectedVersion < to)
    .map((commit) => cutAt(commit, to));
  return wanted.reduce((fold, commit) => foldOn(fold, commit), opened);
}

function cutAt(commit: FoldableCommit, to: number): FoldableCommit {
  const { expectedVersion, at, events } = commit;
  return expectedVersion + events.length <= to
    ? commit
    : { expectedVersion, at, events: events.slice(0, to - expectedVersion) };
}

/** The match after a stored commit. @throws AppError `replay_diverged` */
export function foldOn(fold: MatchFold, commit: FoldableCommit): MatchFold {
  const folded = foldCommit(fold, commit);
  if (!folded.ok) throw divergedAt(fold.matchId, folded);
  return folded.fold;
}

/** Checks that versions run from 0 without gaps. @throws AppError `replay_diverged` */
export function refuseGaps(matchId: MatchId, commits: readonly FoldableCommit[]): void {
  let version = 0;
  for (const { expectedVersion, events } of commits) {
    if (expectedVersion !== version)
      throw diverged(matchId, version + 1, `its stream goes on with version ${expectedVersion + 1} there`);
    version += events.length;
  }
}

export function divergedAt(matchId: MatchId, { version, message, cause }: FoldRefusal): AppError {
  return diverged(matchId, version, message, cause);
}

/** One event of a stream with its version and time (milliseconds since the Unix epoch). */
export interface Numbered {
  readonly version: StreamVersion;
  readonly at: number;
  readonly event: MatchEvent;
}

/** The stream as single events, versions from 1. */
export function numbered(commits: readonly FoldableCommit[]): readonly Numbered[] {
  return commits.flatMap(({ expectedVersion, at, events }) =>
    events.map((event, index) => ({ version: streamVersion(expectedVersion + index + 1), at, event })),
  );
}
