import { measureControl, measureLog } from '../src/log/tools/bench.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';

const targets = [
  [1, null],
  [16, '0.6 of sonic-boom'],
  [256, '0.35 of sonic-boom'],
  [2000, null],
] as const;

/**
 * Durable commits per second with a number of concurrent callers. The control writes lines of the same length
 * with sonic-boom alone.
 */
export async function benchLog({ rounds, seconds, folder }: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [callers, target] of targets) {
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const control = await measureControl(folder, callers, seconds * 1000);
      const { perSecond } = await measureLog(folder, callers, seconds * 1000, { mode: 'group' });
      samples.push({ value: perSecond, control: control.perSecond });
    }
    rows.push(row(`commits, ${callers} callers`, '/s', samples, target));
  }
  return rows;
}
