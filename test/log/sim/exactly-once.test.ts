import { sizeFrom, sizeOf } from '../../support/sizes.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommandsSentAgain } from './commands-sent-again.ts';
import { seeded } from './history.ts';
import { RandomHistory } from './random-history.ts';
import { restoreWrites, routeWrites } from './sonic-writes.ts';

const histories = sizeFrom('TEST_SIM_HISTORIES', { small: 80, all: 2000 });
/** To see one seed again, `TEST_SIM_FIRST=<seed> TEST_SIM_HISTORIES=1`. */
const first = Number(process.env['TEST_SIM_FIRST'] ?? 1);
const logs = sizeOf({ small: 4, all: 100 });
const commandsOfLog = 100;

/** Enough for a busy machine; an idle one needs a minute and a half for the whole file. */
vi.setConfig({ testTimeout: 600_000 });

beforeAll(() => {
  routeWrites();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterAll(() => {
  vi.useRealTimers();
  restoreWrites();
});

describe('a file log on a simulated disk', () => {
  it(`gives each of ${logs * commandsOfLog} commands one effect and the same answer every time it is sent`, async () => {
    let answers = 0;
    for (let seed = 1; seed <= logs; seed += 1)
      answers += await seeded(seed, () => new CommandsSentAgain(seed, commandsOfLog).run());
    expect(answers).toBeGreaterThan(2 * logs * commandsOfLog);
  });

  it('answers like the reference store, whatever becomes of its indexes', async () => {
    for (let seed = first; seed < first + histories; seed += 1) await new RandomHistory(seed).run();
  });
});
