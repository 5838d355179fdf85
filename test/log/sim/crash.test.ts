import { constants } from 'node:fs';
import { sizeFrom } from '../../support/sizes.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Files } from '../../../src/log/disk/files.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import { Lives } from './lives.ts';
import type { Kind } from './lives.ts';
import { BrokenPromise, seeded } from './history.ts';
import { restoreWrites, routeWrites } from './sonic-writes.ts';

/** To see one seed again: `TEST_SIM_FIRST=<seed> TEST_SIM_SEEDS=1 npx vitest run test/log/sim/crash.test.ts`. */
const first = Number(process.env['TEST_SIM_FIRST'] ?? 1);
const seeds = sizeFrom('TEST_SIM_SEEDS', { small: 200, all: 10_000 });

const group = { mode: 'group' } as const;
const powerCuts: Kind = { durability: group, ends: ['crash'] };
const kinds: readonly (readonly [name: string, share: number, kind: Kind])[] = [
  ['power cuts take nothing that was acknowledged', 0.7, powerCuts],
  [
    'kills and power cuts take nothing that was acknowledged',
    0.14,
    { durability: group, ends: ['kill', 'crash'] },
  ],
  [
    'power cuts leave a prefix of what the interval mode acknowledged, and kills all of it',
    0.08,
    { durability: { mode: 'interval', ms: 2 }, ends: ['kill', 'crash', 'crash'] },
  ],
  [
    'power cuts leave a prefix of what the os mode acknowledged, and kills all of it',
    0.08,
    { durability: { mode: 'os' }, ends: ['kill', 'crash', 'crash'] },
  ],
];

/** Enough for a busy machine; an idle one needs a minute and a half for the whole file. */
vi.setConfig({ testTimeout: 600_000 });

beforeAll(() => {
  routeWrites();
  // Marks and syncs come when the simulation says, so that a seed always gives the same run.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterAll(() => {
  vi.useRealTimers();
  restoreWrites();
});

describe('a simulated disk', () => {
  it.each(kinds)('%s', async (_, share, kind) => {
    const count = Math.ceil(seeds * share);
    for (let seed = first; seed < first + count; seed += 1)
      await seeded(seed, () => new Lives(seed, kind).run());
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** Answers a write before the disk has it. */
const withoutDsync = (files: Files): Files => ({
  ...files,
  open: (path, flags) => files.open(path, flags & ~constants.O_DSYNC),
});

/** Answers the sync of a folder and does nothing. */
function withoutFolderSync(files: Files): Files {
  const folders = new Set<number>();
  return {
    ...files,
    open: async (path, flags) => {
      const fd = await files.open(path, flags);
      if ((flags & constants.O_DIRECTORY) === 0) folders.delete(fd);
      else folders.add(fd);
      return fd;
    },
    sync: (fd) => (folders.has(fd) ? Promise.resolve() : files.sync(fd)),
  };
}

describe('the simulation finds a disk that lies', () => {
  it.each([
    ['calls a write synced that is not', withoutDsync],
    ['calls a folder synced that is not', withoutFolderSync],
  ])('when it %s', async (_, through) => {
    const complaints: string[] = [];
    for (let seed = 1; seed <= 100 && complaints.length === 0; seed += 1)
      await new Lives(seed, { ...powerCuts, through }).run().catch((error: unknown) => {
        // Nothing else than a loss, or a log that was left unreadable, is a finding.
        if (!(error instanceof BrokenPromise) && !isAppError(error, 'log_damaged')) throw error;
        complaints.push(error.message);
      });
    expect(complaints).not.toEqual([]);
  });
});
