import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ackIn } from './load.ts';
import type { Ack } from './load.ts';

/** A number from the environment, such as how many rounds a nightly run makes. */
export function countFrom(name: string, usual: number): number {
  const given = process.env[name];
  return given === undefined || given === '' ? usual : Math.max(1, Math.round(Number(given)));
}

/** What every draw of these tests begins from. */
export const seed = countFrom('TEST_SEED', 1);
export const isNightly = process.env['TEST_NIGHTLY'] === '1';
/** For tests that take as long as they are told to. */
export const unhurried = 3 * 60 * 60 * 1000;

interface Esbuild {
  readonly build: (options: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/**
 * The child as one file of JavaScript, which starts three times as fast as through tsx. The bundler is the one tsx
 * brings along.
 */
export async function bundleChild(folder: string): Promise<string> {
  const here = createRequire(import.meta.url);
  const { build } = createRequire(here.resolve('tsx'))('esbuild') as Esbuild;
  const outfile = join(folder, 'child.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./child.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  return outfile;
}

/** Runs with an empty folder in which the child stands, and removes it. */
export async function withChild(use: (child: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-process-'));
  try {
    await use(await bundleChild(folder), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Ended {
  readonly lines: readonly string[];
  readonly acks: readonly Ack[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly complaint: string;
}

/**
 * Runs a program to its end. `kills` sees each line it prints and tells whether to kill it now; what it had printed
 * by then still counts.
 */
export async function runProgram(
  command: readonly [string, ...string[]],
  kills: (line: string) => boolean | Promise<boolean> = () => false,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const [program, ...rest] = command;
  const env = { ...process.env, ...environment };
  const running = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const closed = once(running, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const complaint = text(running.stderr);
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: running.stdout })) {
      lines.push(line);
      if (await kills(line)) running.kill('SIGKILL');
    }
    const [code, signal] = await closed;
    const acks = lines.flatMap((line) => ackIn(line) ?? []);
    return { lines, acks, code, signal, complaint: await complaint };
  } finally {
    running.kill('SIGKILL');
  }
}

/** Does the work for every item, so many at once. */
export async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items].reverse();
  const lane = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  const done = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}
