import { expect, it } from 'vitest';
import { verify, verifyInTurns } from '../../src/match/proof/verify.ts';
import { played, reread } from './kit.ts';

it.each(['standard', 'classic'] as const)(
  'verifying in turns finds what verifying at once finds, and lets others work after every commit (%s)',
  async (ruleset) => {
    const { id, commits } = await played(ruleset, { names: {}, seed: 31 });
    const others = { turns: 0, isOver: false };
    const waiting = (): void => {
      others.turns += 1;
      if (!others.isOver) setImmediate(waiting);
    };
    waiting();
    const verification = await verifyInTurns(id, commits);
    others.isOver = true;
    expect(verification).toEqual(verify(id, commits));
    expect(others.turns).toBeGreaterThanOrEqual(commits.length);
  },
);

it('verifying in turns locates damage where verifying at once does', async () => {
  const { id, commits } = await played('standard', { names: {}, seed: 32 });
  for (const [index] of commits.entries()) {
    const damaged = reread(commits).filter((_, at) => at !== index);
    expect(await verifyInTurns(id, damaged)).toEqual(verify(id, damaged));
  }
});
