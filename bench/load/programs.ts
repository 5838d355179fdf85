import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** The server and the load generator run on different CPUs, so that neither slows the other. */
const [serverCpu, loadCpu] = ['0', '1'];

/** For a server that may also use what the load generator leaves of its CPU. */
export const bothCpus = '0,1';

/** A program that listens on a port of this machine. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The folder of the built code, which the benches run from. */
const built = join(import.meta.dirname, '..', '..');
const sources = join(built, '..', 'bench', 'load');

/** The heap options of `npm start`, with space for the large worlds. The controls get the same. */
const heap = ['--min-semi-space-size=64', '--max-semi-space-size=128', '--max-old-space-size=16000'];

interface StartOptions {
  /** Parses the port from the line that the program prints. */
  readonly portOf?: (line: string) => number;
  /** In the syntax of taskset. */
  readonly cpus?: string;
}

/** Starts a program that prints a line with its port once it listens. */
export async function startServer(
  file: string,
  args: readonly string[],
  { portOf = Number, cpus = serverCpu }: StartOptions = {},
): Promise<Server> {
  const command = [process.execPath, ...heap, join(built, file), ...args];
  const child = spawn('taskset', ['-c', cpus, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  // taskset executes the program in its own process.
  return { port: portOf(line), pid: child.pid ?? 0, stop: () => stop(child) };
}

/** Starts this project's server on a data folder. */
export function startArena(data: string, args: readonly string[] = [], cpus = serverCpu): Promise<Server> {
  const quiet = ['--json', '--port', '0', '--data-dir', data, '--log-level', 'error'];
  const limits = ['--frames-per-second', '--matches', '--matches-per-address'].flatMap((flag) => [
    flag,
    '1000000',
  ]);
  const portOf = (line: string) => Number(new URL((JSON.parse(line) as { url: string }).url).port);
  return startServer('src/cli/main.js', ['serve', ...quiet, ...limits, ...args], { portOf, cpus });
}

/** Verifies every match of a data folder. @throws if a match does not replay to its recorded digests */
export async function verifyLog(data: string): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [join(built, 'src/cli/main.js'), 'verify', '--data-dir', data],
    {
      maxBuffer: 1 << 28,
    },
  );
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The results of the load generator. */
export interface Load {
  readonly replies: number;
  readonly errors: number;
  /** Replies to accepted actions. */
  readonly counted: number;
  readonly elapsed_s: number;
  readonly msg_s: number;
  readonly avg_reply_B: number;
  readonly lat_us: { readonly p50: number; readonly p99: number };
  readonly client_busy: number;
  readonly others_cores: number;
  readonly server0: { readonly busy: number; readonly cpu_us_per_msg: number; readonly rss_MB: number };
}

export interface LoadOptions {
  readonly script: string;
  readonly sockets: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Messages per second; default: each as soon as the one before is answered. */
  readonly rate?: number;
  /** Sockets that play one script together; default: three, one per role. */
  readonly group?: number;
  /** The CPU of the load generator; default: the one that servers do not use. */
  readonly cpu?: string;
  /** Plays the script this many times instead of for a time. */
  readonly loops?: number;
}

/** Plays the script on a server's role sockets. */
export async function load(server: Server, options: LoadOptions): Promise<Load> {
  const { script, sockets, seconds, warmSeconds, rate, loops, group = 3, cpu = loadCpu } = options;
  const { stdout } = await promisify(execFile)(loadGenerator(), [
    '-p',
    String(server.port),
    '-k',
    String(server.pid),
    '-x',
    cpu,
    '-u',
    '/ws/{{w}}',
    '-c',
    String(sockets),
    '-G',
    String(group),
    '-f',
    script,
    '-e',
    '"type":"error"',
    '-a',
    '"accepted":true',
    '-d',
    String(seconds),
    '-w',
    String(warmSeconds),
    ...(rate === undefined ? [] : ['-r', String(rate)]),
    ...(loops === undefined ? [] : ['-R', String(loops)]),
  ]);
  return JSON.parse(stdout) as Load;
}

/** The load generator, compiled if it is older than its source. */
function loadGenerator(): string {
  const [source, program] = [join(sources, 'wsload.c'), join(built, 'bench', 'load', 'wsload')];
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs)
    execFileSync('cc', ['-O2', '-pthread', '-w', '-o', program, source]);
  return program;
}
