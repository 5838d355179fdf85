import { generateEpisode } from '../src/game/episode/generate.ts';
import { tasks, taskIds } from '../src/game/task.ts';

/**
 * How long an episode takes: medians over many seeds after a warm-up. The control row serialises the same episode
 * with JSON.stringify, a cost nobody can avoid who stores it.
 */
const seeds = 400;

function medianMs(work: (seed: number) => unknown): number {
  for (let seed = 0; seed < 200; seed += 1) work(seed);
  const times = Array.from({ length: seeds }, (_, seed) => {
    const start = performance.now();
    work(10_000 + seed);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[seeds / 2] ?? NaN;
}

for (const taskId of taskIds) {
  const episode = generateEpisode(tasks[taskId], 1);
  const generate = medianMs((seed) => generateEpisode(tasks[taskId], seed));
  const control = medianMs(() => JSON.stringify(episode));
  console.log(
    `${taskId.padEnd(14)} generate ${generate.toFixed(3)} ms   control: stringify ${control.toFixed(3)} ms   ratio ${(generate / control).toFixed(1)}`,
  );
}
