import { join } from 'node:path';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { FinishedMatches } from '../../src/history/finished-matches.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import type { Diagnostics } from '../../src/log/diagnostics.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import type { Clock } from '../../src/match/clock.ts';
import { MatchHost } from '../../src/server/matches/match-host.ts';
import { limits as defaultLimits } from '../../src/shared/limits.ts';
import type { Limits } from '../../src/shared/limits.ts';

interface HostOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly limits?: Limits;
}

/** A host of matches on a log of the test's, which keeps `checkpoints` and `archives` in a folder. */
export function hostIn(folder: string, { limits = defaultLimits, ...given }: HostOptions): MatchHost {
  const archives = new Documents(join(folder, 'archives'));
  return new MatchHost({
    ...given,
    limits,
    source: generatedProposals,
    ruleset: 'standard',
    policies: {},
    checkpoints: new Documents(join(folder, 'checkpoints')),
    archives,
    finishedMatches: new FinishedMatches(join(folder, 'archives'), archives),
    over: () => undefined,
  });
}
