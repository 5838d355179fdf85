import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import type { TaskId } from '../src/game/task.ts';
import { tasks } from '../src/game/task.ts';
import { MemoryEventLog } from '../src/log/memory-event-log.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import type { MatchActor } from '../src/match/match-actor.ts';
import { openingFor } from '../src/match/new-match.ts';
import type { NewMatch } from '../src/match/new-match.ts';
import { matchId } from '../src/shared/ids.ts';
import { TestClock } from '../src/testing/test-clock.ts';

/** A match in memory, the same in every run. */
export function matchFor(
  wanted: Partial<NewMatch> & { readonly task: TaskId; readonly seed: number },
): Promise<MatchActor> {
  const { task, seed } = wanted;
  const clock = new TestClock();
  const registry = new MatchRegistry({ log: new MemoryEventLog(), clock, source: generatedProposals });
  return registry.create(
    matchId('demo'),
    openingFor({ salt: 'salt', episode: generateEpisode(tasks[task], seed), ...wanted }),
  );
}
