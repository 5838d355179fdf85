import { describe, expect, it } from 'vitest';
import type { MatchEvent } from '../../src/game/event.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { nextChart, openChart, phaseMeta } from '../../src/match/fold/chart.ts';
import { foldCommit, openFold } from '../../src/match/fold/fold.ts';
import type { FoldableCommit, FoldedCommit, MatchFold } from '../../src/match/fold/fold.ts';
import { foldOn, foldStream, replay } from '../../src/match/fold/replay.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { matchId, streamVersion } from '../../src/shared/ids.ts';
import { InvariantError, present } from '../../src/shared/invariant.ts';
import { opened, play } from '../../src/testing/decider.ts';
import { exampleOpening } from '../../src/testing/examples.ts';
import { playRandomMatch } from '../simulation/random-match.ts';
import { reread } from './kit.ts';

const startOf = (): MatchFold => opened(exampleOpening()).fold;
const endOf = (by: 'fraudster' | 'investigator'): MatchEvent => ({
  type: 'turn.ended',
  data: { by, cause: 'player', action: null },
});
const withoutData = (type: 'ad.modified' | 'turn.ended' | 'flag.raised'): MatchEvent => ({
  type,
  data: null as never,
});
const commitOn = ({ version }: MatchFold, ...events: readonly MatchEvent[]): FoldableCommit => ({
  expectedVersion: version,
  at: 5,
  events,
});

/** @throws Error where the commit is refused. */
function folded(fold: MatchFold, commit: FoldableCommit): FoldedCommit {
  const result = foldCommit(fold, commit);
  if (!result.ok) throw new Error(result.message);
  return result;
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

describe('a commit that is folded', () => {
  it('says where its events lead, and leaves the fold it was given', () => {
    const fold = startOf();
    const before = structuredClone(fold);
    const commit = commitOn(fold, endOf('fraudster'), endOf('investigator'));
    const next = folded(fold, commit);
    expect(next.fold).toMatchObject({
      version: 3,
      onTurn: 'fraudster',
      deadline: 'turn',
      position: { phase: 'fraudster_turn', state: { roundsPlayed: 1 } },
      phaseSince: { at: 5, version: 3 },
    });
    expect(next.commit).toBe(commit);
    expect(next.steps.map(({ event }) => event)).toEqual(commit.events);
    expect(next.steps.map(({ after }) => after.phase)).toEqual(['investigator_turn', 'fraudster_turn']);
    expect(next.steps[1]?.before).toBe(next.steps[0]?.after);
    expect(fold).toEqual(before);
  });

  it('is refused at the first event that the phase does not take, and changes nothing', () => {
    const fold = startOf();
    const before = structuredClone(fold);
    const commit = commitOn(fold, endOf('fraudster'), withoutData('flag.raised'), endOf('fraudster'));
    expect(foldCommit(fold, commit)).toEqual({
      ok: false,
      version: 3,
      message: 'investigator_turn does not take flag.raised',
      cause: null,
    });
    expect(fold).toEqual(before);
    // What is refused leaves no trace: the next commit goes on from the same match.
    expect(folded(fold, commitOn(fold, endOf('fraudster'))).fold).toMatchObject({
      version: 2,
      position: { phase: 'investigator_turn' },
    });
  });

  it.each([
    ['a rule', 'ad.modified'],
    ['a guard of the chart', 'turn.ended'],
  ] as const)('is refused with the cause where %s throws', (_, type) => {
    const fold = startOf();
    const before = structuredClone(fold);
    const refusal = foldCommit(fold, commitOn(fold, withoutData(type)));
    expect(refusal).toMatchObject({ ok: false, version: 2 });
    if (refusal.ok) return;
    expect(refusal.message).toMatch(new RegExp(`^${type} broke the match \\(.*null.*\\)$`, 's'));
    expect(refusal.cause).toBeInstanceOf(Error);
    expect(fold).toEqual(before);
  });

  it('is refused with the cause where a seat does not take its event', () => {
    const fold = startOf();
    const dropped: MatchEvent = { type: 'seat.dropped', data: { role: 'auditor' } };
    const refusal = foldCommit(fold, commitOn(fold, dropped));
    expect(refusal).toMatchObject({
      ok: false,
      version: 2,
      message: expect.stringMatching(/^seat\.dropped does not fit/) as string,
    });
    expect(!refusal.ok && refusal.cause).toBeInstanceOf(InvariantError);
  });

  it('counts the time of its phase only where it begins another', () => {
    const fold = startOf();
    const claimed: MatchEvent = { type: 'seat.claimed', data: { role: 'auditor', tokenHash: 'hash' } };
    const noted = folded(fold, commitOn(fold, claimed)).fold;
    expect(noted.position).toBe(fold.position);
    expect(noted.phaseSince).toBe(fold.phaseSince);
    expect(noted.bookkeeping.seats.auditor).toEqual({ status: 'held', tokenHash: 'hash' });
  });
});

describe.each(['standard', 'classic'])('the stream of a random match (%s)', (ruleset) => {
  const seeds = Array.from({ length: 12 }, (_, seed) => seed);
  const streamOf = async (seed: number) => {
    const log = new MemoryEventLog();
    const actor = await playRandomMatch(log, ruleset, seed);
    return { actor, id: actor.matchId, commits: await log.read(actor.matchId) };
  };

  it.each(seeds)(
    'folds to equal matches every time, from frozen matches and commits too (seed %i)',
    async (seed) => {
      const { id, commits } = await streamOf(seed);
      let fold = frozen(openFold(id, commits[0]));
      for (const commit of frozen(reread(commits))) {
        const before = JSON.stringify(fold);
        const [first, second] = [folded(fold, commit), folded(fold, commit)];
        expect(second).toEqual(first);
        expect(JSON.stringify(fold)).toBe(before);
        fold = frozen(first.fold);
      }
      expect(fold).toEqual(replay(id, commits));
    },
  );

  it.each(seeds)('comes to the same where each event is a commit of its own (seed %i)', async (seed) => {
    const { id, commits } = await streamOf(seed);
    let whole = openFold(id, commits[0]);
    let apart = openFold(id, commits[0]);
    for (const commit of commits) {
      const taken = folded(whole, commit);
      const steps = eventsApart(commit).flatMap((each) => {
        const one = folded(apart, each);
        apart = one.fold;
        return one.steps;
      });
      whole = taken.fold;
      expect(apart.position.phase).toBe(whole.position.phase);
      expect(apart.position).toEqual(whole.position);
      expect(apart.version).toBe(whole.version);
      expect(apart.bookkeeping).toEqual(whole.bookkeeping);
      expect([apart.onTurn, apart.deadline]).toEqual([whole.onTurn, whole.deadline]);
      const told = steps.map(({ event, before, after, bookkeeping }) => [event, before, after, bookkeeping]);
      expect(told).toEqual(
        taken.steps.map(({ event, before, after, bookkeeping }) => [event, before, after, bookkeeping]),
      );
    }
  });

  it.each(seeds)(
    'has one digest: of the live actor, a replay, a proof, the stream and the test kit (seed %i)',
    async (seed) => {
      const { actor, id, commits } = await streamOf(seed);
      const { digest } = digestOf(actor.position);
      const [opening, ...facts] = commits.flatMap(({ events }) => events);
      if (opening?.type !== 'match.created') expect.unreachable('A stream begins with its opening.');
      const kit = play(opened(opening.data), ...facts);
      const last = present([...foldStream(id, commits)].at(-1), 'The last commit').fold;
      const revived = commits.slice(1).reduce(foldOn, replay(id, commits, 1));
      expect(verify(id, commits)).toMatchObject({ ok: true, digest });
      for (const { position } of [replay(id, commits), last, revived, kit.fold])
        expect(digestOf(position).digest).toBe(digest);
      expect(kit.fold.version).toBe(actor.version);
      expect(kit.fold.bookkeeping.frameCounts).toEqual(actor.fold.bookkeeping.frameCounts);
    },
  );
});

const eventsApart = ({ expectedVersion, at, events }: StoredCommit): readonly FoldableCommit[] =>
  events.map((event, index) => ({
    expectedVersion: streamVersion(expectedVersion + index),
    at,
    events: [event],
  }));

describe('the chart alone', () => {
  it('gives another state for an event that it takes, and none for one that it does not', () => {
    const created = exampleOpening();
    const chart = openChart(created);
    const before = structuredClone(chart);
    expect(nextChart(chart, withoutData('flag.raised'))).toBeNull();
    const next = present(nextChart(chart, endOf('fraudster')), 'The next state');
    expect(next.phase).toBe('investigator_turn');
    expect(nextChart(chart, endOf('fraudster'))).toEqual(next);
    expect(chart).toEqual(before);
    expect([chart, next].map(phaseMeta)).toEqual([
      { onTurn: 'fraudster', deadline: 'turn' },
      { onTurn: 'investigator', deadline: 'turn' },
    ]);
  });

  it('of a review begins with the investigator', () => {
    const { position, onTurn } = openFold(matchId('review'), {
      expectedVersion: streamVersion(0),
      at: 0,
      events: [{ type: 'match.created', data: exampleOpening({ machine: 'review' }) }],
    });
    expect([position.phase, onTurn]).toEqual(['reviewing', 'investigator']);
  });
});
