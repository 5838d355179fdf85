import { it } from 'vitest';
import { compareWorlds } from './interference.ts';

it('two matches that differ only in what the fraudster may not know give it the same bytes', async () => {
  await compareWorlds('fraudster');
}, 600_000);
