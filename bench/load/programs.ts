import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Servers on one CPU and the load generator on another, so that neither takes the other's time. */
const [serverCpu, loadCpu] = ['0', '1'];

/** For a server that may take what the load generator leaves. */
export const bothCpus = '0,1';

/** A program that listens on a port of this machine. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Where the built code is: the benches run from it, as a user's server does. */
const built = join(import.meta.dirname, '..', '..');
const sources = join(built, '..', 'bench', 'load');

/** As `npm start` has it, with room for the large worlds; the controls get the same. */
const heap = ['--min-semi-space-size=64', '--max-semi-space-size=128', '--max-old-space-size=16000'];

interface StartOptions {
  /** Of the line that the program writes. */
  readonly portOf?: (line: string) => number;
  /** As taskset names them. */
  readonly cpus?: string;
}

/** Starts a program that writes a line with its port once it listens. */
export async function startServer(
  file: string,
  args: readonly string[],
  { portOf = Number, cpus = serverCpu }: StartOptions = {},
): Promise<Server> {
  const command = [process.execPath, ...heap, join(built, file), ...args];
  const child = spawn('taskset', ['-c', cpus, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  // taskset becomes the program it starts.
  return { port: portOf(line), pid: child.pid ?? 0, stop: () => stop(child) };
}

/** Our own server over a data folder. */
export function startArena(data: string, args: readonly string[] = [], cpus = serverCpu): Promise<Server> {
  const quiet = ['--json', '--port', '0', '--data-dir', data, '--log-level', 'error'];
  const limits = ['--frames-per-second', '--matches', '--matches-per-address'].flatMap((flag) => [
    flag,
    '1000000',
  ]);
  const portOf = (line: string) => Number(new URL((JSON.parse(line) as { url: string }).url).port);
  return startServer('src/cli/main.js', ['serve', ...quiet, ...limits, ...args], { portOf, cpus });
}

/** Verifies every match of a data folder. @throws where one does not replay to what was recorded */
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

/** What the load generator measured. */
export interface Load {
  readonly replies: number;
  readonly errors: number;
  /** Replies that told of an accepted action. */
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
  /** Messages in a second, where they do not come as fast as they are answered. */
  readonly rate?: number;
  /** Sockets that play one script together; default: three, one of each role. */
  readonly group?: number;
  /** Of the load generator; default: the one that servers do not use. */
  readonly cpu?: string;
  /** How often the script is played, instead of for a time. */
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

/** The load generator, compiled where it is older than its source. */
function loadGenerator(): string {
  const [source, program] = [join(sources, 'wsload.c'), join(built, 'bench', 'load', 'wsload')];
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs)
    execFileSync('cc', ['-O2', '-pthread', '-w', '-o', program, source]);
  return program;
}
