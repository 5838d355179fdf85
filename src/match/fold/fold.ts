import { AppError, describeError } from '../../shared/errors.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { MatchId, StreamVersion } from '../../shared/ids.ts';
import type { Created, MatchEvent } from '../../game/event.ts';
import { rulesetOf } from '../../game/ruleset.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import { initialState } from '../../game/state.ts';
import type { Seen } from '../../game/view/situation.ts';
import type { StoredCommit } from '../../log/event-log.ts';
import type { Step } from './frames.ts';
import type { Origin, Revived } from './standpoint.ts';
import { emptyStanding, standingAfter } from './bookkeeping.ts';
import type { Standing } from './bookkeeping.ts';
import { Statechart, isTurnChange } from './chart.ts';

/** A commit as far as it is applied. */
type Stored = Omit<StoredCommit, 'hash'>;

/** One event of a stream with its version and time. */
export interface Numbered {
  readonly version: StreamVersion;
  readonly at: number;
  readonly event: MatchEvent;
}

/** The stream as single events, versions from 1. */
export function numbered(commits: readonly Stored[]): readonly Numbered[] {
  return commits.flatMap((commit) =>
    commit.events.map((event, index) => ({
      version: streamVersion(commit.expectedVersion + index + 1),
      at: commit.at,
      event,
    })),
  );
}

/**
 * The match as it stood after version `to` (default: the last). Applies stored events and decides nothing; reads no
 * clock, so any machine at any time gets the same state.
 * @throws AppError `replay_diverged` when the chart does not take an event, or today's rules lack the ruleset.
 */
export function replay(
  matchId: MatchId,
  commits: readonly Stored[],
  to?: number,
  onStep?: (step: Step, standing: Standing) => void,
): Revived {
  let revived = opened(matchId, commits);
  for (const commit of commits) {
    if (to !== undefined && commit.expectedVersion >= to) break;
    revived = applyCommit(matchId, revived, commit, onStep, to);
  }
  return revived;
}

/** The match before the first commit of its stream is applied. @throws AppError `replay_diverged` */
export function opened(matchId: MatchId, commits: readonly Stored[]): Revived {
  const { created, createdAt } = openingOf(matchId, numbered(commits));
  return {
    chart: new Statechart(initialState(created), matchId),
    rules: rulesFor(matchId, created),
    version: streamVersion(0),
    createdAt,
    phaseSince: { at: createdAt, version: streamVersion(1) },
    origin: originOf(created),
    standing: emptyStanding,
  };
}

/**
 * The match after one more commit of its stream, as far as version `to`.
 * @throws AppError `replay_diverged`
 */
export function applyCommit(
  matchId: MatchId,
  revived: Revived,
  commit: Stored,
  onStep: (step: Step, standing: Standing) => void = ignore,
  to = Number.POSITIVE_INFINITY,
): Revived {
  const { chart, rules, createdAt } = revived;
  const { at, events, expectedVersion } = commit;
  let { standing, version, phaseSince } = revived;
  for (const event of events) {
    if (version >= to) break;
    version = streamVersion(version + 1);
    const before = seenOf(chart, rules);
    if (version > 1) applyStored(matchId, chart, event, version);
    const step = { event, at, createdAt, before, after: seenOf(chart, rules), meta: chart.meta };
    standing = standingOf(matchId, standing, step, version);
    onStep(step, standing);
    if (isTurnChange(event)) phaseSince = { at, version: streamVersion(expectedVersion + events.length) };
  }
  const { origin } = revived;
  return { chart, rules, version, createdAt, phaseSince, origin, standing };
}

function seenOf({ moment: { phase, match } }: Statechart, rules: Ruleset): Seen {
  return { match, phase, rules };
}

function originOf({ players, ownerTokenHash, seatTokenHashes }: Created): Origin {
  return {
    players,
    ...(ownerTokenHash === undefined ? {} : { ownerTokenHash }),
    ...(seatTokenHashes === undefined ? {} : { seatTokenHashes }),
  };
}

const ignore = (): void => undefined;

/** @throws AppError `replay_diverged` */
function standingOf(matchId: MatchId, standing: Standing, step: Step, version: StreamVersion): Standing {
  try {
    return standingAfter(standing, step);
  } catch (error) {
    throw diverged(matchId, version, `${step.event.type} does not fit (${describeError(error)})`, error);
  }
}

/** What a stream without gaps begins with. @throws AppError `replay_diverged` */
export function openingOf(
  matchId: MatchId,
  events: readonly Numbered[],
): { readonly created: Created; readonly createdAt: number } {
  const [first] = events;
  const misplaced = events.findIndex(({ version }, index) => version !== index + 1);
  if (misplaced !== -1) {
    const found = events[misplaced]?.version ?? 0;
    throw diverged(matchId, misplaced + 1, `its stream goes on with version ${found} there`);
  }
  if (first?.event.type !== 'match.created') {
    const found = first?.event.type ?? 'nothing';
    throw diverged(matchId, 1, `its stream begins with ${found} instead of match.created`);
  }
  return { created: first.event.data, createdAt: first.at };
}

/** @throws AppError `replay_diverged` */
function rulesFor(matchId: MatchId, { ruleset }: Created): Ruleset {
  const rules = rulesetOf(ruleset);
  if (rules !== undefined) return rules;
  throw diverged(matchId, 1, `this version has no ruleset ${ruleset.name} ${ruleset.version}`);
}

/** @throws AppError `replay_diverged` naming the version and the event. */
export function applyStored(
  matchId: MatchId,
  chart: Statechart,
  event: MatchEvent,
  version: StreamVersion,
): void {
  const { phase } = chart.moment;
  const isTaken = chart.apply(event);
  if (chart.failure !== null)
    throw diverged(
      matchId,
      version,
      `${event.type} broke the match (${describeError(chart.failure)})`,
      chart.failure,
    );
  if (!isTaken) throw diverged(matchId, version, `${phase} does not take ${event.type}`);
}

export function diverged(matchId: MatchId, version: number, why: string, cause?: unknown): AppError {
  const details = { match: matchId, version };
  return new AppError(
    'replay_diverged',
    `Match ${matchId} diverges at version ${version}: ${why}.`,
    details,
    { cause },
  );
}
