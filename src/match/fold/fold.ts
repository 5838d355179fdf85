import type { ActorLogic, Snapshot } from 'xstate';
import type { Created, EventOf, MatchEvent } from '../../game/event.ts';
import type { Position } from '../../game/position.ts';
import { rulesetOf } from '../../game/ruleset.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import type { Commit } from '../../log/event-log.ts';
import { AppError, describeError } from '../../shared/errors.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { MatchId, StreamVersion } from '../../shared/ids.ts';
import { bookkeepingAfter, emptyBookkeeping } from './bookkeeping.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { isAnnotation, isTurnChange, nextChart, openChart, phaseMeta } from './chart.ts';
import type { PhaseMeta, Scope } from './chart.ts';
import type { FrameStep } from './frames.ts';

/** The parts of a match's opening that are not in its state. */
export type Origin = Pick<Created, 'players' | 'ownerTokenHash' | 'seatTokenHashes'>;

/**
 * A match at one version: everything that the commits of its stream lead to, and nothing else. An immutable
 * value; the live actor, replay, verification and archive all make it with {@link foldCommit}.
 */
export interface MatchFold extends PhaseMeta {
  readonly matchId: MatchId;
  readonly version: StreamVersion;
  readonly position: Position;
  readonly bookkeeping: Bookkeeping;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /**
   * When the current turn or phase began (milliseconds since the Unix epoch), and the version it began with.
   */
  readonly phaseSince: { readonly at: number; readonly version: StreamVersion };
  readonly origin: Origin;
}

type DigestEvent = EventOf<'state.digested'>;

/** The fields of a commit that a fold reads. */
export type FoldableCommit = Pick<Commit, 'expectedVersion' | 'at' | 'events'>;

/** One event of a commit, with the positions before and after it and the bookkeeping after it. */
export interface FoldedStep extends FrameStep {
  readonly bookkeeping: Bookkeeping;
}

/** A commit with the fold after it and one step per event. */
export interface FoldedCommit<Folded extends FoldableCommit = FoldableCommit> {
  readonly ok: true;
  readonly commit: Folded;
  readonly fold: MatchFold;
  readonly steps: readonly FoldedStep[];
}

/** The reason why a commit cannot be folded. `version` is that of the first event that does not fit. */
export interface FoldRefusal {
  readonly ok: false;
  readonly version: StreamVersion;
  /** The end of a sentence: "Match … diverges at version …: …". */
  readonly message: string;
  readonly cause: unknown;
}

/**
 * The match after one more commit, or the first event that does not fit. Pure: decides nothing and reads no
 * clock. A live actor passes its `scope`, which does not change the result. All folds of the project use this
 * function.
 */
export function foldCommit<Folded extends FoldableCommit>(
  fold: MatchFold,
  commit: Folded,
  scope?: Scope,
): FoldedCommit<Folded> | FoldRefusal {
  const { at, events } = commit;
  const { createdAt } = fold;
  const steps: FoldedStep[] = [];
  let { position, bookkeeping, version } = fold;
  let meta: PhaseMeta = fold;
  let changesTurn = false;
  for (const event of events) {
    version = streamVersion(version + 1);
    const before = position;
    try {
      const taken = positionAfter(before, event, version, scope);
      if (taken === null) return refusedAt(version, `${before.phase} does not take ${event.type}`);
      position = taken;
    } catch (error) {
      return refusedAt(version, `${event.type} broke the match (${describeError(error)})`, error);
    }
    if (position.phase !== before.phase) meta = phaseMeta(position);
    try {
      bookkeeping = bookkeepingAfter(bookkeeping, { event, at, createdAt, before, after: position, meta });
    } catch (error) {
      return refusedAt(version, `${event.type} does not fit (${describeError(error)})`, error);
    }
    position = withLogTimes(position, bookkeeping);
    steps.push({ event, at, createdAt, before, after: position, meta, bookkeeping });
    changesTurn ||= isTurnChange(event);
  }
  const { matchId, origin } = fold;
  const { onTurn, deadline } = meta;
  const phaseSince = changesTurn ? { at, version } : fold.phaseSince;
  return {
    ok: true,
    commit,
    fold: { matchId, version, position, bookkeeping, onTurn, deadline, createdAt, phaseSince, origin },
    steps,
  };
}

const refusedAt = (version: StreamVersion, message: string, cause: unknown = null): FoldRefusal => ({
  ok: false,
  version,
  message,
  cause,
});

/**
 * The position after one event; null when the chart does not take it. `match.created` is already in the
 * initial state, and annotations change nothing.
 */
function positionAfter(
  position: Position,
  event: MatchEvent,
  version: number,
  scope?: Scope,
): Position | null {
  if (isAnnotation(event) || (version === 1 && event.type === 'match.created')) return position;
  const next = nextChart(position, event, scope);
  if (next === null) return null;
  const { phase, state } = next;
  const { rules, logTimes } = position;
  return logTimes === undefined ? { phase, state, rules } : { phase, state, rules, logTimes };
}

function withLogTimes(position: Position, { logTimes }: Bookkeeping): Position {
  if (position.logTimes === logTimes) return position;
  const { phase, state, rules } = position;
  return { phase, state, rules, logTimes };
}

/**
 * The same folded commit with the digest of its state appended as the last event. The current phase then
 * counts from the digest's version.
 */
export function withDigest<Folded extends FoldableCommit>(
  { commit, fold, steps }: FoldedCommit<Folded>,
  event: DigestEvent,
): FoldedCommit<Folded> {
  const { at, events } = commit;
  const { position, createdAt, bookkeeping } = fold;
  const version = streamVersion(fold.version + 1);
  const step = { event, at, createdAt, before: position, after: position, meta: fold, bookkeeping };
  return {
    ok: true,
    commit: { ...commit, events: [...events, event] },
    fold: { ...fold, version, phaseSince: { at, version } },
    steps: [...steps, step],
  };
}

/**
 * The match before the first commit of its stream, at version 0.
 * @throws AppError `replay_diverged` when `first` does not begin with `match.created` or names an unknown
 * ruleset.
 */
export function openFold(matchId: MatchId, first: FoldableCommit | undefined): MatchFold {
  const { created, at } = openingOf(matchId, first);
  const { phase, state } = openChart(created);
  const { logTimes } = emptyBookkeeping;
  const { onTurn, deadline } = phaseMeta({ phase, state });
  return {
    matchId,
    version: streamVersion(0),
    position: { phase, state, rules: rulesFor(matchId, created), logTimes },
    bookkeeping: emptyBookkeeping,
    onTurn,
    deadline,
    createdAt: at,
    phaseSince: { at, version: streamVersion(1) },
    origin: originOf(created),
  };
}

/**
 * The data of the stream's `match.created`, and its time in milliseconds since the Unix epoch.
 * @throws AppError `replay_diverged` when the stream begins with anything else.
 */
export function openingOf(matchId: MatchId, first: FoldableCommit | undefined) {
  const event = first?.events[0];
  if (first !== undefined && event?.type === 'match.created') return { created: event.data, at: first.at };
  throw diverged(matchId, 1, `its stream begins with ${event?.type ?? 'nothing'} instead of match.created`);
}

function originOf({ players, ownerTokenHash, seatTokenHashes }: Created): Origin {
  return {
    players,
    ...(ownerTokenHash === undefined ? {} : { ownerTokenHash }),
    ...(seatTokenHashes === undefined ? {} : { seatTokenHashes }),
  };
}

/** @throws AppError `replay_diverged` */
function rulesFor(matchId: MatchId, { ruleset }: Created): Ruleset {
  const rules = rulesetOf(ruleset);
  if (rules !== undefined) return rules;
  throw diverged(matchId, 1, `this version has no ruleset ${ruleset.name} ${ruleset.version}`);
}

/** The AppError `replay_diverged` of a match, with the version of the event that does not fit. */
export function diverged(matchId: MatchId, version: number, why: string, cause?: unknown): AppError {
  const details = { match: matchId, version };
  return new AppError(
    'replay_diverged',
    `Match ${matchId} diverges at version ${version}: ${why}.`,
    details,
    {
      cause,
    },
  );
}

// --- the actor ---

type MatchSnapshot = Snapshot<undefined> & {
  readonly fold: MatchFold;
  /** The fold to install once the log has stored its commit, or why there is none. */
  readonly next: FoldedCommit<Commit> | FoldRefusal | null;
};

type MatchActorEvent =
  | {
      readonly type: 'commit.decided';
      readonly commit: Commit;
      readonly digest: (at: Position) => DigestEvent;
    }
  | { readonly type: 'commit.stored' }
  | { readonly type: 'commit.lost' }
  /** Sent by XState when the actor is stopped. */
  | { readonly type: 'xstate.stop' };

/**
 * A match as an XState actor. `commit.decided` folds a commit, which runs the statechart. `commit.stored`
 * installs the result; `commit.lost` discards it after a failed append.
 */
export const matchLogic: ActorLogic<MatchSnapshot, MatchActorEvent, MatchFold> = {
  getInitialSnapshot: (_, fold) => ({
    status: 'active',
    output: undefined,
    error: undefined,
    fold,
    next: null,
  }),
  getPersistedSnapshot: (snapshot) => snapshot,
  transition: (snapshot, event, scope) => {
    switch (event.type) {
      case 'commit.decided': {
        const folded = foldCommit(snapshot.fold, event.commit, scope);
        const isDigested = folded.ok && event.commit.events.some(isTurnChange);
        return {
          ...snapshot,
          next: isDigested ? withDigest(folded, event.digest(folded.fold.position)) : folded,
        };
      }
      case 'commit.stored':
        return snapshot.next?.ok === true ? { ...snapshot, fold: snapshot.next.fold, next: null } : snapshot;
      case 'commit.lost':
        return { ...snapshot, next: null };
      case 'xstate.stop':
        return { ...snapshot, status: 'stopped', error: undefined };
    }
  },
};
