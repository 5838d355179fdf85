import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordPieces, scriptOf } from './load/script.ts';
import { bothCpus, load, startArena, startServer, verifyLog } from './load/programs.ts';
import type { Load, LoadOptions, Server } from './load/programs.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';

/** A file system in memory, to exclude the time of the disk. */
export const memoryFolder = '/dev/shm';
const sockets = 300;
/** Frames per second: the target's rate, and a rate that one CPU handles easily. */
const [steadyRate, calmRate] = [10_000, 500];

/**
 * Whole matches of all tasks over real sockets: durable, accepted actions per second, including creating and
 * ending the matches. The control is the native library answering every message with a text of the same size.
 */
export async function benchSocket({ rounds, seconds, folder }: BenchOptions): Promise<readonly Row[]> {
  const script = join(folder, 'matches.ndjson');
  await writeFile(script, scriptOf(await recordPieces(6)));
  const play = { script, sockets, seconds, warmSeconds: 8 * seconds };
  const bytes = await replyBytes(folder, play);
  const echo = await startServer('bench/control/echo.js', [String(bytes)]);
  const empty = await startServer('bench/control/fastify.js', [String(bytes)]);
  try {
    const onDisk = await paired(folder, [], rounds, play, echo);
    const onBoth = await paired(folder, [], rounds, play, echo, bothCpus);
    const two = await twoServers(folder, rounds, play);
    const beside = await paired(folder, [], rounds, play, empty);
    const inMemory = await paired(memoryFolder, [], rounds, play, echo);
    const onWs = await paired(folder, ['--adapter', 'ws'], rounds, play, echo);
    // With ten times the matches each takes ten times as long; the longer run covers all their phases.
    const many = { ...play, sockets: 10 * sockets, seconds: 10 * seconds };
    const crowd = await paired(folder, [], rounds, many, echo);
    const steady = { ...play, rate: steadyRate };
    const waits = await paired(memoryFolder, [], rounds, steady, echo);
    // Matches of all groups run in step: the time covers the end of each and the creation of the next.
    const calm = { ...play, rate: calmRate, seconds: 8 * seconds };
    const calmWaits = await paired(memoryFolder, [], rounds, calm, echo);
    const diskWaits = await paired(folder, [], rounds, calm, echo);
    return [
      row('actions, 300 sockets, durable', '/s', onDisk.map(accepted), '0.30 of an echo, aim 0.45'),
      row('… free to use both CPUs', '/s', onBoth.map(accepted)),
      row(
        '… two servers, a CPU each',
        '/s',
        two.map((value) => ({ value })),
      ),
      row('… beside a JSON server on Fastify', '/s', beside.map(accepted), '0.5 of it'),
      row('… log in memory', '/s', inMemory.map(accepted)),
      row('… the ws adapter', '/s', onWs.map(accepted)),
      row('… 3,000 sockets', '/s', crowd.map(accepted), '0.8 of 300 sockets'),
      row('p99 at 10,000 frames/s, log in memory', 'ms', waits.map(p99), 'at most 10 echoes, aim 5'),
      row('p99 at 500 frames/s, log in memory', 'ms', calmWaits.map(p99)),
      row('p99 at 500 frames/s, log on disk', 'ms', diskWaits.map(p99)),
      row('one sync of this disk, p99', 'ms', [{ value: syncP99(folder) }]),
    ];
  } finally {
    await empty.stop();
    await echo.stop();
  }
}

interface Pair {
  readonly control: Load;
  readonly ours: Load;
}

const accepted = ({ control, ours }: Pair) => ({
  value: ours.counted / ours.elapsed_s,
  control: control.msg_s,
  cpuUs: (ours.server0.cpu_us_per_msg * ours.replies) / ours.counted,
});

const p99 = ({ control, ours }: Pair) => ({
  value: ours.lat_us.p99 / 1000,
  control: control.lat_us.p99 / 1000,
  cpuUs: ours.server0.cpu_us_per_msg,
});

/** Measures control and server alternately, so that disturbances affect both. */
async function paired(
  folder: string,
  args: readonly string[],
  rounds: number,
  options: LoadOptions,
  control: Server,
  cpus?: string,
): Promise<readonly Pair[]> {
  const data = await mkdtemp(join(folder, 'fraudarena-bench-'));
  const server = await startArena(data, args, cpus);
  const pairs: Pair[] = [];
  try {
    await load(server, atFullRate(options));
    for (let round = 0; round < rounds; round += 1) {
      const bare = await load(control, { ...options, warmSeconds: 1 });
      // Lets the server record the sockets that left, and every group start a new match.
      const warmSeconds = Math.max(2, options.sockets / 200);
      const ours = await load(server, { ...options, warmSeconds });
      if (ours.errors > 0) throw new Error(`${ours.errors} of ${ours.replies} replies were errors.`);
      pairs.push({ control: bare, ours });
    }
  } finally {
    await server.stop();
  }
  await verifyLog(data);
  await rm(data, { recursive: true });
  return pairs;
}

/** The warm-up load: a server is measured after the JIT compilers have run. */
const atFullRate = ({ script, sockets, warmSeconds }: LoadOptions): LoadOptions => ({
  script,
  sockets,
  seconds: warmSeconds,
  warmSeconds: 0,
});

/**
 * The accepted actions per second of two servers together, one per CPU, each with its load generator on the
 * same CPU.
 */
async function twoServers(folder: string, rounds: number, play: LoadOptions): Promise<readonly number[]> {
  const sites: { readonly data: string; readonly server: Server; readonly cpu: string }[] = [];
  const rates: number[] = [];
  try {
    for (const cpu of ['0', '1']) {
      const data = await mkdtemp(join(folder, 'fraudarena-bench-'));
      sites.push({ data, cpu, server: await startArena(data, [], cpu) });
    }
    const loads = (options: LoadOptions) =>
      Promise.all(sites.map(({ server, cpu }) => load(server, { ...options, cpu })));
    await loads(atFullRate(play));
    for (let round = 0; round < rounds; round += 1) {
      const played = await loads({ ...play, warmSeconds: 2 });
      if (played.some(({ errors }) => errors > 0)) throw new Error('Some replies were errors.');
      rates.push(played.reduce((sum, { counted, elapsed_s: seconds }) => sum + counted / seconds, 0));
    }
  } finally {
    await Promise.all(sites.map(({ server }) => server.stop()));
  }
  for (const { data } of sites) {
    await verifyLog(data);
    await rm(data, { recursive: true });
  }
  return rates;
}

/** The mean size of a reply in bytes, which the control answers with. */
async function replyBytes(folder: string, play: LoadOptions): Promise<number> {
  const data = await mkdtemp(join(folder, 'fraudarena-bench-'));
  const server = await startArena(data);
  const { avg_reply_B: bytes } = await load(server, { ...play, sockets: 30, loops: 1, warmSeconds: 0 });
  await server.stop();
  await rm(data, { recursive: true });
  return Math.round(bytes);
}

/** The 99th percentile of a small write with fdatasync, in milliseconds. */
function syncP99(folder: string): number {
  const fd = openSync(join(folder, 'probe'), 'w');
  const times = Array.from({ length: 500 }, () => {
    writeSync(fd, 'x'.repeat(1000));
    const start = performance.now();
    fdatasyncSync(fd);
    return performance.now() - start;
  });
  closeSync(fd);
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
}
