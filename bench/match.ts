import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { taskIds, tasks } from '../src/game/task.ts';
import type { TaskId } from '../src/game/task.ts';
import { MemoryEventLog } from '../src/log/memory-event-log.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import { systemClock } from '../src/match/clock.ts';
import { openingFor } from '../src/match/new-match.ts';
import { playMatch } from '../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../src/players/roster.ts';
import { matchId } from '../src/shared/ids.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';
import { perSecond } from './timing.ts';

const targets: Readonly<Record<TaskId, string | null>> = {
  task_1: '500/s, aim 1,000',
  task_2: null,
  task_3: '150/s, aim 300',
  task_3_unseen: null,
};

/**
 * Whole scripted matches in this process, with generation, grading and an in-memory log. The control
 * serialises the events of the same match as JSON and parses them, the minimal cost of storing them.
 */
export async function benchMatch({ rounds, seconds }: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const task of taskIds) {
    const events = await playOne(task, 1);
    await perSecond(seconds, (count) => playOne(task, count));
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const control = await perSecond(seconds / 4, () => JSON.parse(JSON.stringify(events)) as unknown);
      samples.push({
        ...(await perSecond(seconds, (count) => playOne(task, count))),
        control: control.value,
      });
    }
    rows.push(row(task, 'matches/s', samples, targets[task]));
  }
  return rows;
}

async function playOne(task: TaskId, seed: number) {
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals });
  const id = matchId('bench');
  const actor = await registry.create(
    id,
    openingFor({ task, seed, episode: generateEpisode(tasks[task], seed) }),
  );
  await playMatch(actor, seatsFor(defaultPlayers, seed));
  await registry.close();
  return (await log.read(id)).flatMap((commit) => commit.events);
}
