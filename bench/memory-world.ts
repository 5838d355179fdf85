import { join } from 'node:path';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { tasks } from '../src/game/task.ts';
import { Documents } from '../src/log/disk/documents.ts';
import { FileEventLog } from '../src/log/file/file-event-log.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import { systemClock } from '../src/match/clock.ts';
import { openingFor } from '../src/match/new-match.ts';
import { matchId } from '../src/shared/ids.ts';
import type { Held } from './memory.ts';

/**
 * Runs in its own process, so that nothing else is in its memory. Arguments: the number of matches, and a
 * folder.
 */
const matches = Number(process.argv[2]);
const folder = process.argv[3] ?? '';

function used(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' } });
const checkpoints = new Documents(join(folder, 'checkpoints'), { isLasting: false });
const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals, checkpoints });
const ids = Array.from({ length: matches }, (_, seed) => matchId(`bench-${seed}`));
// The first matches load modules and caches, which are not counted for any match.
for (const id of ids.slice(0, 50)) await create(id, 0);
const before = used();
for (const [seed, id] of ids.entries()) if (seed >= 50) await create(id, seed);
const live = used();
const { rss: liveResident } = process.memoryUsage();
for (const id of ids) await registry.passivate(id);
const passivated = used();
await registry.close();
await log.close();
const many = matches - 50;
const held: Held = {
  matches,
  liveResident,
  liveEach: (live - before) / many,
  // The first fifty were live before the first measurement.
  passivatedEach: (passivated - before) / many + (50 * (live - before)) / many / many,
};
process.stdout.write(JSON.stringify(held));

async function create(id: (typeof ids)[number], seed: number): Promise<void> {
  const episode = generateEpisode(tasks.task_1, seed);
  await registry.create(id, openingFor({ task: 'task_1', seed, episode }));
}
