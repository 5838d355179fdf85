import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { drawsFor } from '../../src/game/random.ts';
import { taskIds, tasks } from '../../src/game/task.ts';
import type { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import type { Clock } from '../../src/match/clock.ts';
import type { AppendedCommit, MatchActor } from '../../src/match/match-actor.ts';
import type { FoldedCommit } from '../../src/match/fold/fold.ts';
import { openingFor } from '../../src/match/new-match.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { roster, seatsFor } from '../../src/players/roster.ts';
import { matchId } from '../../src/shared/ids.ts';

/** Time stands still: what a match comes to must not depend on it. */
export const still: Clock = { now: () => 0, after: () => () => undefined };

/** Any task, any players, any knobs, drawn by the seed alone. */
export async function playRandomMatch(
  log: MemoryEventLog,
  ruleset: string,
  seed: number,
  watch: (folded: FoldedCommit<AppendedCommit>) => void = () => undefined,
): Promise<MatchActor> {
  const draws = drawsFor(seed, 'simulation', ruleset);
  const task = draws.pick(taskIds);
  const registry = new MatchRegistry({ log, clock: still, source: generatedProposals });
  const actor = await registry.create(
    matchId(`${ruleset}-${seed}`),
    openingFor({
      task,
      ruleset,
      seed,
      episode: generateEpisode(tasks[task], seed),
      knobs: {
        maxRounds: draws.between(1, 5),
        maxProposals: draws.between(0, 8),
        maxFraudsterActionsPerTurn: draws.between(1, 4),
        maxInvestigatorActionsPerTurn: draws.between(1, 10),
      },
      policies: { stepRewards: draws.pick(['shown', 'withheld']) },
    }),
  );
  actor.commits.subscribe(watch);
  const players = {
    fraudster: draws.pick(Object.keys(roster.fraudster)),
    investigator: draws.pick(Object.keys(roster.investigator)),
    auditor: draws.pick(Object.keys(roster.auditor)),
  };
  await playMatch(actor, seatsFor(players, seed));
  await registry.close();
  return actor;
}
