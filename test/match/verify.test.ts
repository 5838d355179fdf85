import { beforeAll, describe, expect, it } from 'vitest';
import type { MatchEvent } from '../../src/game/event.ts';
import { drawsFor } from '../../src/game/random.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { numbered, replay } from '../../src/match/fold/replay.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { firstDifference, verify } from '../../src/match/proof/verify.ts';
import type { Divergence } from '../../src/match/proof/verify.ts';
import { matchId, streamVersion } from '../../src/shared/ids.ts';
import { endTurn, nextId, ofType, opening, played, proposal, reread, stage } from './kit.ts';
import type { Recorded } from './kit.ts';
import { tamper } from './tampering.ts';

const casts = [
  {},
  { fraudster: 'random', investigator: 'random', auditor: 'repeating' },
  { fraudster: 'gibberish', investigator: 'marker' },
];
const rulesetNames = ['standard', 'classic'] as const;
const matches: Record<string, readonly Recorded[]> = {};
const matchesOf = (ruleset: string): readonly Recorded[] => matches[ruleset] ?? [];

beforeAll(async () => {
  for (const ruleset of rulesetNames)
    matches[ruleset] = await Promise.all(
      casts.map((names, index) =>
        played(ruleset, { names, seed: 20 + index, players: { fraudster: 'anna' } }),
      ),
    );
});

/** The divergence found; the test fails where none is. */
function divergenceOf(id: Recorded['id'], commits: readonly StoredCommit[]): Divergence {
  const verification = verify(id, commits);
  if (verification.ok) throw new Error('The stream verifies.');
  return verification.divergence;
}

/** A copy of the match's stream in which `change` has edited the first event it accepts; with the event's version. */
function edited(
  match: Recorded,
  change: (event: { type: string; data: Record<string, unknown> }) => boolean,
) {
  const commits = reread(match.commits);
  const found = numbered(commits).find(({ event }) => change(event as never));
  if (found === undefined) throw new Error('No event to edit.');
  return { commits, version: found.version };
}

describe('a stream as it was written', () => {
  it.each(rulesetNames)('verifies, every digest compared (%s)', (ruleset) => {
    for (const { id, commits, actor } of matchesOf(ruleset)) {
      expect(verify(id, commits)).toEqual({
        ok: true,
        version: actor.version,
        phase: 'done',
        digest: digestOf(actor.position).digest,
        digestsCompared: ofType(commits, 'state.digested').length,
      });
      expect(verify(id, reread(commits))).toEqual(verify(id, commits));
    }
  });

  it.each(rulesetNames)('verifies when it ends after any commit (%s)', (ruleset) => {
    for (const { id, commits } of matchesOf(ruleset))
      for (const count of commits.keys()) {
        const cut = commits.slice(0, count + 1);
        expect(verify(id, cut)).toMatchObject({ ok: true, version: cut.at(-1)?.version });
      }
  });

  it('verifies with refusals, missed limits and an abort in it', async () => {
    const { registry, log, clock } = stage();
    const id = matchId('match');
    const actor = await registry.create(id, opening('standard', { deadlines: { turnMs: 1000 } }));
    await actor.act('investigator', endTurn, nextId());
    await actor.act('fraudster', { action_type: 'shout' }, nextId());
    await clock.advance(1000);
    await actor.execute({ by: 'owner', abort: 'Enough.' }, nextId());
    expect(verify(id, await log.read(id))).toMatchObject({
      ok: true,
      phase: 'aborted',
      version: actor.version,
    });
  });
});

/**
 * Values no state and no rule reads, so that no replay can miss them; the file's hash chain alone guards them.
 * Labels of the opening; annotations of refused attempts; what a repeated flag said beside its type and target; what an auditor's report
 * said beyond the scores and notes that count.
 */
function isFree(type: MatchEvent['type'], path: string): boolean {
  if (type === 'action.refused') return true;
  if (type === 'match.created')
    return /^\/data\/(machineVersion|players\/.*|episode\/episodeVersion)$/.test(path);
  if (type === 'audit.submitted') return path.startsWith('/data/action');
  if (type === 'action.penalised') return /^\/data\/action\/(note|severity)$/.test(path);
  return type === 'turn.ended' && path === '/data/action/rationale';
}

describe('a changed value', () => {
  it.each(rulesetNames)('is found with version, path and kind, wherever it stands (%s)', (ruleset) => {
    const draws = drawsFor(1, 'tampering', ruleset);
    let precise = 0;
    for (let count = 0; count < 100; count += 1) {
      const { id, commits } = draws.pick(matchesOf(ruleset));
      const changed = tamper(commits, draws);
      const { type, path, version } = changed;
      const what = `${version} ${type} ${path} ${changed.how}`;
      const verification = verify(id, changed.commits);
      if (isFree(type, path) && verification.ok) continue;
      expect(verification.ok, what).toBe(false);
      const { divergence } = verification as Extract<typeof verification, { ok: false }>;
      expect(divergence.kind, what).not.toBe('nondeterminism');
      expect(divergence.path, what).toMatch(/^\/./);
      expect(divergence.message, what).toMatch(new RegExp(`(V|v)ersion ${divergence.version}\\b`));
      // What is only part of the state shows at the next digest.
      const digest = numbered(commits).find(
        ({ event, version: at }) => at >= version && event.type === 'state.digested',
      );
      expect(divergence.version, what).toBeGreaterThanOrEqual(version);
      expect(divergence.version, what).toBeLessThanOrEqual(digest?.version ?? 0);
      if (divergence.version === version) precise += 1;
    }
    expect(precise).toBeGreaterThan(50);
  });

  it('leaves the match as it is where it is a label: times, command ids, versions and names of the opening', () => {
    const [match] = matchesOf('standard');
    if (match === undefined) throw new Error('No match.');
    const { commits } = edited(match, ({ type, data }) => {
      if (type !== 'match.created') return false;
      data['machineVersion'] = '99';
      data['players'] = { fraudster: 'bob' };
      (data['episode'] as Record<string, unknown>)['episodeVersion'] = 2;
      return true;
    });
    const labelled = commits.map((commit, index) => ({
      ...commit,
      at: index,
      commandId: nextId(),
      position: 1,
    }));
    expect(verify(match.id, labelled)).toEqual(verify(match.id, match.commits));
  });

  it('of a digest part is damage, even where the whole digest still fits', () => {
    for (const match of matchesOf('classic')) {
      const { commits, version } = edited(match, ({ type, data }) => {
        if (type !== 'state.digested') return false;
        (data['parts'] as Record<string, string>)['queue'] = '00000000';
        return true;
      });
      expect(divergenceOf(match.id, commits)).toMatchObject({
        kind: 'log_damaged',
        version,
        path: '/data/parts/queue',
      });
    }
  });

  it('of the state names the part that differs', () => {
    const [match] = matchesOf('standard');
    if (match === undefined) throw new Error('No match.');
    const { commits } = edited(match, ({ type, data }) => {
      (data['policies'] as Record<string, unknown>)['stepRewards'] = 'withheld';
      return type === 'match.created';
    });
    const [first] = numbered(commits).filter(({ event }) => event.type === 'state.digested');
    expect(divergenceOf(match.id, commits)).toMatchObject({
      path: '/state/policies',
      version: first?.version,
    });
  });

  it.each(['seed', 'salt', 'seedCommitment'])('of the %s does not fit the commitment', (part) => {
    for (const match of matchesOf('standard')) {
      const { commits } = edited(match, ({ data }) => {
        data[part] = part === 'seed' ? 99 : 'another';
        return true;
      });
      expect(divergenceOf(match.id, commits)).toMatchObject({
        kind: 'log_damaged',
        version: 1,
        path: '/data/seedCommitment',
      });
    }
  });

  it('that the rules cannot read is a divergence, never a crash', () => {
    const [match] = matchesOf('standard');
    if (match === undefined) throw new Error('No match.');
    const broken = (change: (data: Record<string, unknown>) => unknown) =>
      divergenceOf(match.id, edited(match, ({ data }) => change(data) !== undefined).commits);
    expect(broken((data) => (data['machine'] = 'chess'))).toMatchObject({ kind: 'log_damaged' });
    expect(broken((data) => (data['episode'] = null))).toMatchObject({ kind: 'log_damaged', version: 1 });
    expect(
      broken((data) =>
        data['reward'] === undefined ? undefined : (data['action'] = { actionType: 'dance' }),
      ),
    ).toMatchObject({ kind: 'log_damaged', version: 2 });
  });
});

describe('rules_changed', () => {
  it.each(rulesetNames)('tells of a recorded reward that the rules do not give (%s)', (ruleset) => {
    for (const match of matchesOf(ruleset)) {
      const { commits, version } = edited(match, ({ data }) => {
        if (typeof data['reward'] !== 'number') return false;
        data['reward'] += 0.25;
        return true;
      });
      expect(divergenceOf(match.id, commits)).toMatchObject({
        kind: 'rules_changed',
        version,
        path: '/data/reward',
      });
    }
  });

  it('tells of a ruleset that this version does not have', () => {
    for (const match of matchesOf('standard')) {
      const { commits } = edited(match, ({ data }) => {
        (data['ruleset'] as Record<string, unknown>)['version'] = 99;
        return true;
      });
      expect(divergenceOf(match.id, commits)).toMatchObject({
        kind: 'rules_changed',
        version: 1,
        path: '/data/ruleset',
      });
    }
  });

  it('tells of a ruleset whose content is another now', () => {
    for (const match of matchesOf('standard')) {
      const { commits } = edited(match, ({ data }) => {
        (data['ruleset'] as Record<string, unknown>)['hash'] = '0'.repeat(64);
        return true;
      });
      expect(divergenceOf(match.id, commits)).toMatchObject({
        kind: 'rules_changed',
        version: 1,
        path: '/data/ruleset/hash',
      });
    }
  });

  it('tells of an action that is accepted, or refused, today', async () => {
    const { registry, log } = stage();
    const id = matchId('match');
    const actor = await registry.create(id, opening('classic'));
    await actor.act('fraudster', proposal('   '), nextId());
    await actor.act('fraudster', { action_type: 'commit_final' }, nextId());
    await actor.act('auditor', { action_type: 'submit_audit_report' }, nextId());
    const match = { id, actor, log, commits: await log.read(id), followed: [] };

    const accepted = edited(match, ({ type, data }) => {
      if (type !== 'action.penalised') return false;
      (data['action'] as Record<string, unknown>)['adCopy'] = 'A lamp.';
      return true;
    });
    expect(divergenceOf(id, accepted.commits)).toMatchObject({
      kind: 'rules_changed',
      version: 2,
      message: expect.stringContaining('accept a proposal') as string,
    });
    const refused = edited(match, ({ type, data }) => {
      if (type !== 'audit.submitted') return false;
      data['action'] = {
        actionType: 'submit_audit_report',
        auditReport: { investigator_audit_score: 'high' },
      };
      return true;
    });
    expect(divergenceOf(id, refused.commits)).toMatchObject({
      kind: 'rules_changed',
      message: expect.stringContaining('execution_error') as string,
    });
  });
});

describe('log_damaged', () => {
  it.each(rulesetNames)('tells of a commit that is missing, wherever it stood (%s)', (ruleset) => {
    for (const { id, commits } of matchesOf(ruleset))
      for (const index of commits.keys()) {
        if (index === commits.length - 1) continue; // A stream may end anywhere.
        const found = divergenceOf(id, commits.toSpliced(index, 1));
        expect(found).toMatchObject({
          kind: 'log_damaged',
          version: (commits[index]?.expectedVersion ?? 0) + 1,
        });
      }
  });

  it('tells of commits in another order, of one that comes twice, and of no stream at all', () => {
    for (const { id, commits } of matchesOf('classic')) {
      const [opened, second, third, ...rest] = commits;
      if (opened === undefined || second === undefined || third === undefined) throw new Error('Too short.');
      const damaged = { kind: 'log_damaged', version: 2 };
      expect(divergenceOf(id, [opened, third, second, ...rest])).toMatchObject(damaged);
      expect(divergenceOf(id, [opened, opened, second])).toMatchObject(damaged);
      expect(divergenceOf(id, [])).toMatchObject({ kind: 'log_damaged', version: 1 });
      expect(divergenceOf(id, [second, third])).toMatchObject({ kind: 'log_damaged', version: 1 });
    }
  });

  it('tells of a commit that was cut short', () => {
    for (const { id, commits } of matchesOf('standard')) {
      const whole = commits.find(({ events }) => events.at(-1)?.type === 'state.digested');
      if (whole === undefined) throw new Error('No digest.');
      const before = commits.slice(0, commits.indexOf(whole));
      const short = { ...whole, events: whole.events.slice(0, -1) };
      expect(divergenceOf(id, [...before, short])).toMatchObject({
        kind: 'log_damaged',
        version: whole.version,
      });
    }
  });

  it.each(rulesetNames)('does not hide behind new numbers: a missing fact still shows (%s)', (ruleset) => {
    for (const { id, commits } of matchesOf(ruleset)) {
      const gone = commits.findIndex(({ events: [event] }) => event !== undefined && 'reward' in event.data);
      let version = 0;
      const renumbered = commits.toSpliced(gone, 1).map((commit) => {
        const expectedVersion = streamVersion(version);
        version += commit.events.length;
        return { ...commit, expectedVersion, version: streamVersion(version) };
      });
      expect(verify(id, renumbered).ok).toBe(false);
    }
  });

  it('tells of an event that its phase does not take', () => {
    const [match] = matchesOf('classic');
    const flag = ofType(match?.commits ?? [], 'flag.raised')[0];
    if (match === undefined || flag === undefined) throw new Error('No flag.');
    const commits = reread(match.commits.slice(0, 1));
    const events: readonly MatchEvent[] = [
      { ...flag, data: { ...flag.data, action: { ...flag.data.action } } },
    ];
    const forged = {
      ...(commits[0] as StoredCommit),
      expectedVersion: streamVersion(1),
      version: streamVersion(2),
      events,
    };
    expect(verify(match.id, [...commits, forged])).toMatchObject({ ok: false, divergence: { version: 2 } });
    expect(() => replay(match.id, [...commits, forged])).toThrow(/fraudster_turn does not take flag.raised/);
  });
});

describe('nondeterminism', () => {
  /** A value that reads differently every time stands for rules that ask something beside their arguments. */
  const unstable = (holder: object, key: string): void => {
    let reads = 0;
    Object.defineProperty(holder, key, { enumerable: true, get: () => `read ${(reads += 1)}` });
  };

  it('tells of an action that is decided differently at two tries', () => {
    const [match] = matchesOf('standard');
    if (match === undefined) throw new Error('No match.');
    const { commits, version } = edited(match, ({ type, data }) => {
      if (type !== 'finding.revealed') return false;
      unstable(data['action'] as object, 'rationale');
      return true;
    });
    expect(divergenceOf(match.id, commits)).toMatchObject({ kind: 'nondeterminism', version });
  });

  it('tells of two replays that come to different states', () => {
    const [match] = matchesOf('standard');
    if (match === undefined) throw new Error('No match.');
    const { commits } = edited({ ...match, commits: match.commits.slice(0, 2) }, ({ data }) => {
      unstable(data, 'policies');
      return true;
    });
    expect(divergenceOf(match.id, commits)).toMatchObject({ kind: 'nondeterminism', version: 2 });
  });
});

describe('firstDifference', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, null],
    [{ b: 1, a: 1 }, { a: 2, b: 2 }, '/a'],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, '/a/1/b'],
    [{ a: [1] }, { a: { 0: 1 } }, '/a'],
    [{ a: 1 }, {}, '/a'],
    [{ a: null }, { a: {} }, '/a'],
    [1, 2, '/'],
  ])('%j and %j part at %s', (expected, actual, path) => {
    expect(firstDifference(expected, actual, '')).toBe(path);
  });
});
