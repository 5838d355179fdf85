import { it } from 'vitest';
import { compareWorlds } from './interference.ts';

it('two matches that differ only in what the investigator may not know give it the same bytes', async () => {
  await compareWorlds('investigator');
}, 600_000);
