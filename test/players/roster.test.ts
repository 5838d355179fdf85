import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { taskIds } from '../../src/game/task.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { defaultPlayers, roster, seatsFor } from '../../src/players/roster.ts';
import { ofType, played } from '../match/kit.ts';
import { watched } from './kit.ts';
import { someOf } from '../support/sizes.ts';

const members = roles.flatMap((role) => Object.keys(roster[role]).map((name) => [role, name] as const));
const rulesetNames = ['standard', 'classic'];

/** Players that are meant to run into refusals. */
const clumsy = ['inventing'];

describe('every player of the roster', () => {
  it.each(members)('plays every task to its end: %s %s', async (role, name) => {
    for (const ruleset of rulesetNames)
      for (const task of someOf(taskIds, 2)) {
        const { id, actor, commits } = await played(ruleset, { task, names: { [role]: name } });
        const what = `${ruleset} ${task}`;
        expect(actor.position.phase, what).toBe('done');
        expect(actor.position.state.grades, what).not.toBeNull();
        expect(verify(id, commits).ok, what).toBe(true);
        const refused = ofType(commits, 'action.refused').map(({ data }) => data.code);
        if (clumsy.includes(name)) expect(new Set(refused), what).not.toContain('validation_error');
        else expect(refused, what).toEqual([]);
      }
  });

  it.each(members)('does the same for the same seed: %s %s', async (role, name) => {
    const names = { [role]: name };
    const [one, two] = await Promise.all([watched('standard', { names }), watched('standard', { names })]);
    expect(two.steps[role]).toEqual(one.steps[role]);
    expect(digestOf(two.actor.position)).toEqual(digestOf(one.actor.position));
  });

  it.each([
    ['fraudster', 'reactive'],
    ['fraudster', 'scripted'],
    ['fraudster', 'gibberish'],
    ['fraudster', 'random'],
    ['investigator', 'random'],
    ['auditor', 'random'],
  ] as const)('does something else for another seed where it draws: %s %s', async (role, name) => {
    const told = await Promise.all(
      [1, 2, 3, 4, 5].map(async (playerSeed) => {
        const around = () => seatsFor({ ...defaultPlayers, [role]: name }, playerSeed);
        const { commits } = await played('standard', { around, task: 'task_2' });
        return JSON.stringify(actionsOf(role, commits));
      }),
    );
    expect(new Set(told).size).toBeGreaterThan(1);
  });
});

function actionsOf(role: Role, commits: Parameters<typeof ofType>[0]): unknown {
  const byRole = {
    fraudster: ofType(commits, 'ad.proposed').map(({ data }) => data.action),
    investigator: [...ofType(commits, 'verdict.given'), ...ofType(commits, 'finding.revealed')].map(
      ({ data }) => data.action,
    ),
    auditor: ofType(commits, 'flag.raised').map(({ data }) => data.action),
  };
  return byRole[role];
}

describe('seats', () => {
  it('are filled afresh for every match', () => {
    const [one, two] = [seatsFor(defaultPlayers, 1), seatsFor(defaultPlayers, 1)];
    for (const role of roles) expect(two[role]).not.toBe(one[role]);
  });

  it.each(roles)('of the %s take no player of another name', (role) => {
    for (const name of ['nobody', '', 'toString', '__proto__', 'constructor', 'Scripted'])
      expect(() => seatsFor({ ...defaultPlayers, [role]: name }, 1)).toThrow(
        expect.objectContaining({
          code: 'unknown_player',
          details: { role, player: name, players: Object.keys(roster[role]) },
          message: expect.stringContaining(Object.keys(roster[role]).join(', ')) as string,
        }) as Error,
      );
  });

  it('have default players that the roster knows', () => {
    for (const role of roles) expect(Object.keys(roster[role])).toContain(defaultPlayers[role]);
  });
});
