import { isAll } from '../../support/sizes.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { logFolder } from './lives.ts';
import type { Call, Fault, SimulatedDisk } from './simulated-disk.ts';
import { restoreWrites, routeWrites } from './sonic-writes.ts';
import { Workload } from './workload.ts';
import type { WorkloadOptions } from './workload.ts';

/** Enough for a busy machine; an idle one needs a minute and a half for the whole file. */
vi.setConfig({ testTimeout: 600_000 });

beforeAll(routeWrites);
afterAll(restoreWrites);

type After = (workload: Workload) => Promise<void>;

/** Runs the workload with faults, and what comes after it. @returns the calls it made before that. */
async function run(
  name: string,
  seed: number,
  onCall: SimulatedDisk['onCall'],
  after: After,
  options: WorkloadOptions = {},
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const workload = new Workload(`${name}, seed ${seed}`, seed, options);
  workload.disk.onCall = (call) => {
    calls.push(call);
    return onCall(call);
  };
  try {
    await workload.run();
    await after(workload);
    return calls;
  } catch (error) {
    const faults = calls.filter((call) => onCall(call) !== null).map((call) => JSON.stringify(call));
    throw new Error(`${name}, seed ${seed}, ${faults.join(', ')}: ${String(error)}`, { cause: error });
  }
}

const faultAt =
  (fault: Fault, at: number): SimulatedDisk['onCall'] =>
  ({ index }) =>
    index === at ? fault : null;

/** What a call does, and to which file of how many: the segments and matches differ by their numbers. */
const kindOf = ({ name, path }: Call): string => `${name} ${path.replaceAll(/\d+/g, '#')}`;

/** Small sizes try the first call of each kind, and one of so many others. */
const stride = isAll ? 1 : 25;

/** The calls of these at which small sizes try a fault. */
function chosenOf(calls: readonly Call[]): readonly Call[] {
  const kinds = new Set<string>();
  return calls.filter((call, at) => {
    const isNew = !kinds.has(kindOf(call));
    kinds.add(kindOf(call));
    return isNew || at % stride === 0;
  });
}

/** A fault at every call in turn, until the workload ends without having reached the next. @returns their number. */
async function atEveryCall(fault: Fault, seeds: number, after: After): Promise<number> {
  let reached = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const named = new Set(chosenOf(await run('no fault', seed, () => null, after)).map(({ index }) => index));
    for (let at = 0; ; at += 1) {
      // What a fault leads to may take more calls than there are without one.
      if (!named.has(at) && at % stride !== 0) continue;
      const calls = await run(`${fault} at call ${at}`, seed, faultAt(fault, at), after);
      if (calls.length <= at) break;
      reached = Math.max(reached, at + 1);
    }
  }
  return reached;
}

interface Pairs {
  readonly fault: Fault;
  readonly then: Fault;
  readonly isFirst: (call: Call) => boolean;
  /** How far the second is behind the first at most, and how many of these distances are tried. */
  readonly most: number;
  readonly of: number;
}

/** One fault at every call that fits, and another soon after it. */
async function atPairs({ fault, then, isFirst, most, of }: Pairs, after: After, options?: WorkloadOptions) {
  for (let seed = 1; seed <= 2; seed += 1) {
    const calls = await run('no fault', seed, () => null, recover, options);
    for (const { index } of chosenOf(calls.filter(isFirst))) {
      const distances = Array.from({ length: most }, (_, distance) => distance + 1);
      for (const distance of drawsFor(seed, 'soon', index).shuffle(distances).slice(0, of)) {
        const onCall: SimulatedDisk['onCall'] = (call) =>
          faultAt(fault, index)(call) ?? faultAt(then, index + distance)(call);
        await run(`${fault} at call ${index}, ${then} ${distance} later`, seed, onCall, after, options);
      }
    }
  }
}

const recover: After = (workload) => workload.recover();
const crashAndRecover: After = async (workload) => {
  if (workload.disk.isUp) workload.disk.crash();
  await workload.recover();
};
const killAndRecover: After = async (workload) => {
  workload.disk.kill();
  await workload.recover();
};
const lookCrashAndRecover: After = async (workload) => {
  await workload.lookAndCrash();
  await workload.recover();
};

describe('a workload on a simulated disk', () => {
  beforeEach(() => {
    // Marks come when the workload says, so that a call has the same number each time.
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    });
  });
  afterEach(() => {
    const left = vi.getTimerCount();
    vi.useRealTimers();
    expect(left).toBe(0);
  });

  it('meets every kind of call', async () => {
    const calls = await run('no fault', 1, () => null, recover);
    const wanted = [
      'makeFolder',
      'lock',
      'space',
      'list',
      'open',
      'size',
      'read',
      'write',
      'truncate',
      'sync',
    ];
    expect([...new Set(calls.map(({ name }) => name))]).toEqual(
      expect.arrayContaining([...wanted, 'close', 'rename']),
    );
    const renamed = calls.filter(({ name }) => name === 'rename').map(({ path }) => path);
    for (const kind of [/0000000[123]\.ndjson$/, /\.idx$/, /\.rows$/])
      expect(
        renamed.some((path) => kind.test(path)),
        String(kind),
      ).toBe(true);
  });

  it('loses nothing acknowledged when the power fails at any call', async () => {
    expect(await atEveryCall('crash', 3, recover)).toBeGreaterThan(200);
  });

  it('loses nothing that was read after a kill at any call when the power fails after that', async () => {
    expect(await atEveryCall('kill', 2, lookCrashAndRecover)).toBeGreaterThan(200);
  });

  it.each(['EIO', 'ENOSPC', 'EINTR', 'short'] as const)(
    'stores every command once when any call meets %s, and keeps it in a power cut',
    async (fault) => {
      expect(await atEveryCall(fault, 1, crashAndRecover)).toBeGreaterThan(200);
    },
  );

  it.each(['EIO', 'ENOSPC'] as const)(
    'loses nothing acknowledged when any call meets %s and the power fails soon after',
    async (fault) => {
      const pairs = { fault, then: 'crash', isFirst: () => true, most: 20, of: 1 } as const;
      await atPairs(pairs, crashAndRecover);
    },
  );

  it('loses nothing acknowledged when a rotation fails and the power fails at any of the next calls', async () => {
    const isFirst = ({ name, path }: Call) =>
      (path === logFolder && name !== 'list') || /[23]\.ndjson(\.tmp)?$/.test(path);
    await atPairs({ fault: 'EIO', then: 'crash', isFirst, most: 6, of: 4 }, crashAndRecover);
  });

  it('loses nothing that the os mode acknowledged when a write fails, any of the next calls, and the process', async () => {
    const isFirst = ({ name, path }: Call) =>
      (name === 'sync' || name === 'write') && path.endsWith('.ndjson');
    const pairs = { fault: 'EIO', then: 'EIO', isFirst, most: 8, of: 8 } as const;
    await atPairs(pairs, killAndRecover, { durability: { mode: 'os' } });
  });

  // A write that failed may have taken earlier bytes along, which no later sync brings to the disk: a line that calls
  // them durable would turn a loss that the mode allows into damage.
  it.each([{ mode: 'os' }, { mode: 'interval', ms: 1 }] as const)(
    'opens after a power cut in the mode $mode when a write failed before, and holds a prefix of all',
    async (durability) => {
      const isFirst = ({ name, path }: Call) =>
        (name === 'sync' || name === 'write') && path.endsWith('.ndjson');
      const pairs = { fault: 'EIO', then: 'crash', isFirst, most: 12, of: 12 } as const;
      await atPairs(pairs, crashAndRecover, { durability, survival: 'a prefix' });
    },
  );
});

describe('sonic-boom on a simulated disk', () => {
  it('writes again after EAGAIN at any write, so that every command is stored once', async () => {
    // Its pause of 100 ms is real, and so is the clock; no mark comes in between.
    const real = { isClockReal: true };
    const writes = (await run('no fault', 1, () => null, recover, real)).filter(
      ({ name }) => name === 'write',
    );
    expect(writes.length).toBeGreaterThan(20);
    for (const { index } of chosenOf(writes))
      await run(`EAGAIN at call ${index}`, 1, faultAt('EAGAIN', index), crashAndRecover, real);
  });
});
