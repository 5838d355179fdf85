import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { earlierPolicies, policiesOf } from '../../../src/game/event.ts';
import type { Policies } from '../../../src/game/event.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { StoredCommit } from '../../../src/log/event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { importLog } from '../../../src/log/tools/import-log.ts';
import { replay } from '../../../src/match/fold/replay.ts';
import { policiesFrom } from '../../../src/protocol/match-request.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { hosting } from '../cells/cells-kit.ts';
import type { Hosted } from '../cells/cells-kit.ts';

/** In the names of the wire. */
type Wire = Required<Parameters<typeof policiesFrom>[0]>;

/** What a match gets where nobody says otherwise. */
const bare: Wire = {
  step_rewards: 'shown',
  verdicts_to_fraudster: 'verdict',
  legal_hints: 'types',
  spectators: 'public',
  spectator_delay: 0,
  reveal_at_end: true,
  open_state: false,
  auth: 'seats',
};
const byRuleset = { standard: bare, classic: { ...bare, verdicts_to_fraudster: 'full' } };
/** Another value for each, as a server and then a creator may wish. */
const ofServer: Wire = {
  step_rewards: 'withheld',
  verdicts_to_fraudster: 'none',
  legal_hints: 'full',
  spectators: 'none',
  spectator_delay: 4,
  reveal_at_end: false,
  open_state: true,
  auth: 'open',
};
const ofCreator: Wire = {
  step_rewards: 'shown',
  verdicts_to_fraudster: 'verdict_and_targets',
  legal_hints: 'none',
  spectators: 'public',
  spectator_delay: 9,
  reveal_at_end: true,
  open_state: false,
  auth: 'seats',
};
const names = Object.keys(bare) as (keyof Wire)[];

/** What the stream records of a new match, which is what its creator is told as well. */
async function policiesAfter(hosted: Hosted, data: object) {
  const line = await hosted.open('fraudster');
  const reply = await line.request({ type: 'reset', data });
  expect(reply.type).toBe('observation');
  await line.request({ type: 'subscribe', data: { from_seq: 0 } });
  const [created] = await line.pushedUntil(({ type }) => type === 'event');
  const [commit] = await hosted.server.log.read(matchId(String(reply.data['match_id'])));
  const [opening] = commit?.events ?? [];
  if (opening?.type !== 'match.created') throw new Error('The stream begins otherwise.');
  const told = created?.data['policies'] as Wire;
  expect(opening.data.policies).toEqual(policiesFrom(told));
  return told;
}

describe.each(['standard', 'classic'] as const)('a match of %s', (ruleset) => {
  const wanted = { ruleset };

  it('has the policies of its ruleset, and those of every match', () =>
    hosting({}, async (hosted) => {
      expect(await policiesAfter(hosted, wanted)).toEqual(byRuleset[ruleset]);
    }));

  it('has those of the server before its own, where the server names some', async () => {
    for (const name of names)
      await hosting({ policies: policiesFrom({ [name]: ofServer[name] }) }, async (hosted) => {
        expect(await policiesAfter(hosted, wanted)).toEqual({
          ...byRuleset[ruleset],
          [name]: ofServer[name],
        });
      });
    await hosting({ policies: policiesFrom(ofServer) }, async (hosted) => {
      expect(await policiesAfter(hosted, wanted)).toEqual(ofServer);
    });
  });

  it('has those of its creator before all, one by one', () =>
    hosting({ policies: policiesFrom(ofServer) }, async (hosted) => {
      for (const name of names)
        expect(await policiesAfter(hosted, { ...wanted, policies: { [name]: ofCreator[name] } })).toEqual({
          ...ofServer,
          [name]: ofCreator[name],
        });
      expect(await policiesAfter(hosted, { ...wanted, policies: ofCreator })).toEqual(ofCreator);
      const silent = Object.fromEntries(names.map((name) => [name, null]));
      expect(await policiesAfter(hosted, { ...wanted, policies: silent })).toEqual(ofServer);
    }));

  it('is made by the ruleset of the server where its creator names none', () =>
    hosting({ ruleset }, async (hosted) => {
      expect(await policiesAfter(hosted, {})).toEqual(byRuleset[ruleset]);
      const line = await hosted.open('fraudster');
      expect((await line.request({ type: 'reset' })).data).toMatchObject({ ruleset });
    }));
});

describe('a server of invited players', () => {
  it('makes no match over sockets unless its creator asks for another way in', () =>
    hosting({ policies: { auth: 'invited' } }, async (hosted) => {
      const line = await hosted.open('fraudster');
      expect(await line.request({ type: 'reset' })).toMatchObject({ data: { code: 'reset_error' } });
      expect(await hosted.matches()).toEqual({ unfinished: 0, living: 0 });
      expect(hosted.server.log.streams()).toEqual([]);
      expect(await policiesAfter(hosted, { policies: { auth: 'seats' } })).toMatchObject({ auth: 'seats' });
    }));
});

// --- streams that are older than most policies ---

const golden = new URL('../../golden/', import.meta.url).pathname;
const oldStreams = ['classic', 'standard'].flatMap((ruleset) =>
  ['format-1', 'format-2'].map((format) => `${format}-${ruleset}-task_1`),
);

/** The commits of a golden stream, as importing gives them. */
async function commitsOf(name: string): Promise<readonly StoredCommit[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-golden-'));
  const log = await FileEventLog.open(folder, 'write');
  await importLog(nodeFiles, join(golden, `${name}.ndjson`), log);
  const [stream] = log.streams();
  const commits = await log.read(present(stream, 'The golden stream'));
  await log.close();
  await rm(folder, { recursive: true });
  return commits;
}

async function writeCommits(folder: string, commits: readonly StoredCommit[]) {
  const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' } });
  for (const { stream, expectedVersion, commandId, at, events } of commits)
    await log.append({ stream, expectedVersion, commandId, at, events });
  await log.close();
}

describe.each(oldStreams)('%s, which is older than most policies', async (name) => {
  const commits = await commitsOf(name);
  const id = present(commits[0], 'The opening').stream;
  const isOn = (length: number, phase: string) =>
    replay(id, commits.slice(0, length)).position.phase === phase;
  const lengths = commits.map((_, index) => index + 1);
  const inReview = present(
    lengths.findLast((length) => isOn(length, 'investigator_turn')),
    'A commit in the review',
  );

  it('names two policies; the others are those of before', () => {
    const [opening] = commits[0]?.events ?? [];
    if (opening?.type !== 'match.created') throw new Error('The stream begins otherwise.');
    const { policies } = opening.data;
    expect(Object.keys(policies).sort()).toEqual(['stepRewards', 'verdictsToFraudster']);
    expect(policiesOf(opening.data)).toEqual({ ...earlierPolicies, ...policies });
    expect(earlierPolicies).toEqual({
      legalHints: 'none',
      spectators: 'public',
      spectatorDelay: 0,
      revealAtEnd: true,
      openState: false,
      auth: 'open',
    } satisfies Partial<Policies>);
  });

  it('goes on by them: open seats, a state for each role, and no hints', () =>
    hosting({ prepare: (folder) => writeCommits(folder, commits.slice(0, inReview)) }, async (hosted) => {
      const states: unknown[] = [];
      for (const role of [...roles, 'investigator'] as const) {
        const line = await hosted.open(role);
        const joined = await line.request({ type: 'join', data: { match_id: id } });
        expect(joined).toMatchObject({ type: 'observation', data: { phase: 'investigator_turn', role } });
        expect(joined.data).not.toHaveProperty('seat_token');
        const refused = await line.step({ action_type: 'resign' });
        expect(refused.data).toMatchObject({ code: 'validation_error' });
        expect(refused.data['details']).toMatchObject({
          phase: 'investigator_turn',
          on_turn: 'investigator',
        });
        expect(refused.data['details']).not.toHaveProperty('legal_actions');
        states.push((await line.request({ type: 'state' })).data['fraudster_committed']);
      }
      const [fraudster, investigator] = states;
      expect(fraudster).toBeTypeOf('boolean');
      expect(investigator).toBeNull();
      const player = await hosted.open('investigator', `?match_id=${id}`);
      const acted = await player.step({ action_type: 'verdict', ad_id: 'ad_none', verdict: 'reject' });
      expect(acted.data).toMatchObject({ accepted: false, reason_code: 'unknown_ad' });
    }));

  it('reveals itself at its end', () =>
    hosting({ prepare: (folder) => writeCommits(folder, commits) }, async (hosted) => {
      const told: unknown[] = [];
      for (const role of roles) {
        const line = await hosted.open(role);
        await line.request({ type: 'join', data: { match_id: id } });
        const { seq, ...state } = (await line.request({ type: 'state' })).data;
        expect(seq).toBeTypeOf('number');
        told.push(state);
        await line.request({ type: 'subscribe', data: { from_seq: 0 } });
        const frames = await line.pushedUntil(({ type }) => type === 'match_over');
        expect(Object.keys(frames.at(-1)?.data ?? {})).toContain('rewards');
        expect(frames[0]?.data['policies']).toMatchObject({ legal_hints: 'none', auth: 'open' });
      }
      const [first, ...others] = told;
      expect(first).toMatchObject({ phase: 'done', audit_report: { notes: expect.any(String) as string } });
      expect(others).toEqual([first, first]);
    }));
});
