import { describe, expect, it } from 'vitest';
import type { MatchEvent } from '../../src/game/event.ts';
import { evolve } from '../../src/game/evolve.ts';
import { initialState } from '../../src/game/state.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { openingOf } from '../../src/match/fold/fold.ts';
import { numbered, replay } from '../../src/match/fold/replay.ts';
import { matchId, streamVersion } from '../../src/shared/ids.ts';
import { opening, played, reread } from './kit.ts';

const cases = [
  ['standard', 'task_1', {}],
  ['classic', 'task_1', {}],
  ['standard', 'task_3', { fraudster: 'random', investigator: 'random', auditor: 'repeating' }],
  ['classic', 'task_2', { fraudster: 'idle', auditor: 'idle' }],
] as const;

describe('a replay', () => {
  it.each(cases)(
    'to any version equals the live match at that version (%s, %s)',
    async (ruleset, task, names) => {
      const { id, commits, followed, actor } = await played(ruleset, { task, names });
      const events = numbered(commits);
      const created = opening(ruleset, { task });
      let folded = initialState(created);
      for (const { event, version } of events) {
        folded = evolve(folded, event);
        const replayed = replay(id, commits, version);
        expect(replayed.version).toBe(version);
        expect(replayed.position.state).toEqual(folded);
        const live = followed.find(({ commit }) => commit.version === version);
        if (live !== undefined) expect(replayed).toEqual(live.fold);
      }
      const whole = replay(id, commits);
      expect(whole.version).toBe(actor.version);
      expect(whole).toEqual(actor.fold);
      expect(whole.phaseSince.version).toBe(actor.fold.phaseSince.version);
      expect(whole.position.rules).toBe(actor.position.rules);
    },
  );

  it('knows at every commit since when its phase runs', async () => {
    const { id, commits } = await played('standard');
    const timed = commits.map((commit, index) => ({ ...commit, at: 1000 + index }));
    let since = { at: 1000, version: 1 };
    for (const commit of timed) {
      if (commit.events.some((event) => event.type === 'state.digested'))
        since = { at: commit.at, version: commit.version };
      const { phaseSince, createdAt } = replay(id, timed, commit.version);
      expect(phaseSince).toEqual(since);
      expect(createdAt).toBe(1000);
    }
    expect(since.version).toBe(commits.at(-1)?.version);
  });

  it('of what another process read gives the same digest, whatever the order of keys', async () => {
    const { id, commits, actor } = await played('classic', { task: 'task_2' });
    const turned = reread(commits).map((commit) => ({ ...commit, events: reversed(commit.events) }));
    expect(digestOf(replay(id, turned).position)).toEqual(digestOf(actor.position));
  });
});

/** The same value with the keys of every object in the opposite order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item as unknown)]),
  ) as T;
}

describe('numbered events', () => {
  it('have versions from 1 without gaps, and the time of their commit', async () => {
    const { commits } = await played('standard');
    const events = numbered(commits);
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ event }) => event)).toEqual(commits.flatMap((commit) => commit.events));
    for (const { expectedVersion, version, at } of commits)
      for (const each of events.slice(expectedVersion, version)) expect(each.at).toBe(at);
    expect(numbered(commits.slice(3))[0]?.version).toBe((commits[3]?.expectedVersion ?? 0) + 1);
    expect(numbered([])).toEqual([]);
  });
});

describe('an opening', () => {
  const id = matchId('match');
  const commitOf = (...events: MatchEvent[]): StoredCommit => ({
    stream: id,
    commandId: 'create' as StoredCommit['commandId'],
    at: 5,
    position: 1,
    hash: '',
    events,
    expectedVersion: streamVersion(0),
    version: streamVersion(events.length),
  });
  const created = opening('standard');

  it('is read with its time', () => {
    const first: MatchEvent = { type: 'match.created', data: created };
    expect(openingOf(id, commitOf(first))).toEqual({ created, at: 5 });
  });

  it.each([
    ['no event at all', [], /begins with nothing/],
    ['another event', [{ type: 'match.aborted', data: { reason: '' } }], /begins with match.aborted/],
    [
      'a ruleset of no version known today',
      [{ type: 'match.created', data: { ...created, ruleset: { ...created.ruleset, version: 99 } } }],
      /no ruleset standard 99/,
    ],
    [
      'a second opening',
      [
        { type: 'match.created', data: created },
        { type: 'match.created', data: created },
      ],
      /fraudster_turn does not take match.created/,
    ],
  ] as const)('of %s diverges, naming match and version', (_, events, message) => {
    const commits = events.length === 0 ? [] : [commitOf(...events)];
    expect(() => replay(id, commits)).toThrow(message);
    expect(() => replay(id, commits)).toThrow(
      expect.objectContaining({
        code: 'replay_diverged',
        details: { match: 'match', version: events.length === 2 ? 2 : 1 },
      }) as Error,
    );
  });

  it('of a stream with a gap diverges at the gap', () => {
    const first = commitOf({ type: 'match.created', data: created });
    const late = {
      ...commitOf({ type: 'match.aborted', data: { reason: '' } }),
      expectedVersion: streamVersion(2),
    };
    expect(() => replay(id, [first, late])).toThrow(
      /diverges at version 2: its stream goes on with version 3/,
    );
  });
});
