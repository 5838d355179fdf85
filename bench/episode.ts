import { generateEpisode } from '../src/game/episode/generate.ts';
import { taskIds, tasks } from '../src/game/task.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';
import { perSecond } from './timing.ts';

/**
 * Episodes generated per second. The control serialises one of them with JSON.stringify, the minimal cost of
 * storing it.
 */
export async function benchEpisode({ rounds, seconds }: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const task of taskIds) {
    const episode = generateEpisode(tasks[task], 1);
    await perSecond(seconds / 4, (seed) => generateEpisode(tasks[task], seed));
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const control = await perSecond(seconds / 4, () => JSON.stringify(episode));
      const ours = await perSecond(seconds / 4, (seed) => generateEpisode(tasks[task], seed));
      samples.push({ ...ours, control: control.value });
    }
    rows.push(row(task, '/s', samples));
  }
  return rows;
}
