import { describe, it } from 'vitest';
import { compareWorlds, pairs } from './interference.ts';

/** The auditor reads the record of the review, and nothing before: two ways to know less than everything. */
describe('two matches give the auditor the same bytes', () => {
  it('before the audit, whatever happens in them', async () => {
    await compareWorlds('auditor', pairs / 2);
  }, 600_000);

  it('in the audit and before, where they differ in nothing that the record of the review shows', async () => {
    await compareWorlds('record', pairs / 2);
  }, 600_000);
});
