import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { drawsFor } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';
import type { Phase } from '../../src/game/phase.ts';
import type { GameState } from '../../src/game/state.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import type { EventLog, StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import type { MatchId } from '../../src/shared/ids.ts';
import { playRandomMatch, still } from '../simulation/random-match.ts';
import { plain } from './commits.ts';
import { sizeOf } from '../support/sizes.ts';

interface CheckpointJson {
  readonly v: number;
  readonly machine: { readonly id: string; readonly version: string };
  readonly phase: Phase;
  readonly state: GameState;
  readonly c?: string;
}

/** What makes a checkpoint another version's. */
type FolderChange = (kept: CheckpointJson) => object;

const machine = (change: object): FolderChange => {
  return (kept) => ({ machine: { ...kept.machine, ...change } });
};
const strange: Readonly<Record<string, FolderChange>> = {
  'of a newer schema': (kept) => ({ v: kept.v + 1 }),
  'of an older schema': (kept) => ({ v: kept.v - 1 }),
  'without a schema': () => ({ v: null }),
  'of a newer machine': machine({ version: '999.0.0' }),
  'of an older machine': machine({ version: '0.0.1' }),
  'of a machine without version': machine({ version: '' }),
  'of an unknown machine': machine({ id: 'duel' }),
};
const fates = ['kept', 'deleted', ...Object.keys(strange)];

const seeds = sizeOf({ small: 12, all: 60 });

/**
 * Revives matches at random moments of their lives, with restarts of the log in between, while their checkpoints are
 * kept, deleted, or replaced by those of another version: each time the state is the one of the match as it was played.
 */
export async function expectSameStates(folder: string): Promise<void> {
  const counts = new Map(fates.map((fate) => [fate, 0]));
  for (let seed = 0; seed < seeds; seed += 1) {
    const memory = new MemoryEventLog();
    const played = new Map<number, string>();
    const ruleset = seed % 2 === 0 ? 'standard' : 'classic';
    const { matchId: id } = await playRandomMatch(memory, ruleset, seed, ({ commit, fold }) => {
      played.set(commit.version, digestOf(fold.position).digest);
    });
    const commits = await memory.read(id);
    const draws = drawsFor(seed, 'checkpoints');
    const restart = draws.below(commits.length);
    for (const life of [commits.slice(0, restart), commits.slice(restart)]) {
      const log = await FileEventLog.open(folder, 'write', { ...plain, segmentBytes: 200_000 });
      for (const { fate, version, digest } of await withStops(
        log,
        join(folder, 'checkpoints'),
        life,
        draws,
      )) {
        const told = `seed ${seed}, version ${version}, its checkpoint ${fate}`;
        // The opening is stored before anybody watches.
        expect(digest, told).toBe(played.get(version) ?? digest);
        counts.set(fate, (counts.get(fate) ?? 0) + 1);
      }
      await log.close();
    }
  }
  for (const fate of fates) expect(counts.get(fate), fate).toBeGreaterThan(seeds / 6);
}

interface Stop {
  /** What became of the checkpoint before. */
  readonly fate: string;
  readonly version: number;
  readonly digest: string;
}

/** Stores the next commits of a match; at random moments an arena revives it and gives it up again. */
async function withStops(
  log: EventLog,
  folder: string,
  commits: readonly StoredCommit[],
  draws: Draws,
): Promise<readonly Stop[]> {
  const checkpoints = new Documents(folder, { isLasting: false });
  const registry = new MatchRegistry({ log, clock: still, source: generatedProposals, checkpoints });
  const stops: Stop[] = [];
  let fate = 'as the log began';
  for (const commit of commits) {
    await log.append(commit);
    if (!draws.chance(400)) continue;
    const { stream } = commit;
    const { version, position, isOver } = await registry.find(stream);
    stops.push({ fate, version, digest: digestOf(position).digest });
    await registry.passivate(stream);
    // Its arena removes that of a finished match.
    expect((await readdir(folder)).includes(`${stream}.json`)).toBe(!isOver);
    if (isOver) break;
    fate = draws.pick(fates);
    const change = strange[fate];
    if (fate === 'deleted') await rm(join(folder, `${stream}.json`));
    else if (change !== undefined) await plant(checkpoints, stream, change);
  }
  await registry.close();
  return stops;
}

/**
 * Another version may have come to another state: here one with another seed, under a digest that fits it, so that
 * nothing but the versions keeps it out.
 */
async function plant(checkpoints: Documents, match: MatchId, change: FolderChange): Promise<void> {
  const kept = (await checkpoints.read(match)) as CheckpointJson;
  const state = { ...kept.state, seed: kept.state.seed + 1 };
  const { digest } = digestOf({ phase: kept.phase, state });
  await checkpoints.write(match, { ...kept, state, digest, c: undefined, ...change(kept) });
}
