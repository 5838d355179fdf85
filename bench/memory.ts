import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';

/** The memory of the measured matches, in bytes. */
export interface Held {
  readonly matches: number;
  readonly liveEach: number;
  readonly liveResident: number;
  readonly passivatedEach: number;
}

const mebibyte = 2 ** 20;

/** The memory of 100,000 task_1 matches in one process, live and passivated, after a garbage collection. */
export async function benchMemory({ folder, scale }: BenchOptions): Promise<readonly Row[]> {
  const program = join(import.meta.dirname, 'memory-world.js');
  const matches = Math.max(100, Math.round(100_000 * scale));
  const args = [
    '--expose-gc',
    '--max-old-space-size=16000',
    program,
    String(matches),
    join(folder, 'memory'),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const held = JSON.parse(stdout) as Held;
  return [
    row('a live idle match', 'KiB', [{ value: held.liveEach / 1024 }], 'at most 40'),
    row('a passivated match', 'KiB', [{ value: held.passivatedEach / 1024 }], 'at most 2'),
    row(
      `resident with ${matches} live`,
      'MiB',
      [{ value: held.liveResident / mebibyte }],
      '6 GiB at 100,000',
    ),
  ];
}
