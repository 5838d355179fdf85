import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sonicBoom from 'sonic-boom';
import type { MatchEvent } from '../../game/event.ts';
import { commandId, matchId, streamVersion } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { Durability } from '../durability.ts';
import type { Commit } from '../event-log.ts';
import { FileEventLog } from '../file/file-event-log.ts';

/** The throughput of some callers, each of which waits for its commit before the next one. */
export interface Throughput {
  readonly callers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Commits per match in the benchmark; a played match has about as many. */
const commitsPerMatch = 50;

/** About 250 bytes: the median of what players of a task_2 match send. */
const event: MatchEvent = {
  type: 'action.refused',
  data: {
    by: 'investigator',
    code: 'phase_violation',
    message: 'The investigator is not on turn: the match is in fraudster_turn.',
    details: { phase: 'fraudster_turn', on_turn: 'fraudster' },
    phase: 'fraudster_turn',
    attempt: '{"action_type":"investigate","ad_id":"ad_1"}',
  },
};

/** Measures commits through the whole log, in a temporary folder. */
export async function measureLog(
  parent: string,
  callers: number,
  ms: number,
  durability: Durability,
): Promise<Throughput> {
  const folder = await mkdtemp(join(parent, 'bench-'));
  const log = await FileEventLog.open(folder, 'write', { durability });
  try {
    return await measure(callers, ms, (caller, index) => log.append(commitAt(caller, index)));
  } finally {
    await log.close();
    await rm(folder, { recursive: true });
  }
}

/**
 * The control: lines of the same length through sonic-boom alone, on the same kind of descriptor. Each caller waits
 * until its bytes are written. There is no checksum, chain, index or order.
 */
export async function measureControl(parent: string, callers: number, ms: number): Promise<Throughput> {
  const folder = await mkdtemp(join(parent, 'bench-'));
  const { O_WRONLY, O_CREAT, O_APPEND, O_DSYNC } = constants;
  const file = await open(join(folder, 'control'), O_WRONLY | O_CREAT | O_APPEND | O_DSYNC);
  const line = Buffer.alloc(await lineLength(parent), 'x');
  const sonic = new sonicBoom.SonicBoom({ fd: file.fd, contentMode: 'buffer', maxWrite: 1 << 20 });
  let waiting: (() => void)[] = [];
  let written = 0;
  sonic.on('write', (count: number) => {
    written += count;
    const covered = Math.floor(written / line.length);
    written -= covered * line.length;
    const answered = waiting;
    waiting = answered.slice(covered);
    for (let index = 0; index < covered; index += 1) answered[index]?.();
  });
  try {
    return await measure(callers, ms, () => {
      // Typed for text only, but in this mode it accepts buffers.
      sonic.write(line as unknown as string);
      return new Promise<void>((resolve) => waiting.push(resolve));
    });
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}

/** The bytes of one line of {@link measureLog}. */
async function lineLength(parent: string): Promise<number> {
  const folder = await mkdtemp(join(parent, 'bench-'));
  const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' }, markAfterMs: null });
  const before = log.health.bytes;
  await log.append(commitAt(100, 0));
  const length = log.health.bytes - before;
  await log.close();
  await rm(folder, { recursive: true });
  return length;
}

function commitAt(caller: number, index: number): Commit {
  const version = index % commitsPerMatch;
  return {
    stream: streamOf(caller, index),
    expectedVersion: streamVersion(version),
    commandId: commandId(`investigator.${caller}-${index}`),
    at: 1_700_000_000_000 + index,
    events: [event],
  };
}

const streamOf = (caller: number, index: number): MatchId =>
  matchId(`match-${caller}-${Math.floor(index / commitsPerMatch)}`);

async function measure(
  callers: number,
  ms: number,
  once: (caller: number, index: number) => Promise<unknown>,
): Promise<Throughput> {
  const times: number[] = [];
  const start = performance.now();
  const call = async (_: unknown, caller: number) => {
    for (let index = 0; performance.now() - start < ms; index += 1) {
      const before = performance.now();
      await once(caller, index);
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const perSecond = (times.length / (performance.now() - start)) * 1000;
  const sorted = Float64Array.from(times).sort();
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return { callers, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}
