import { describe, expect, it } from 'vitest';
import { evolve } from '../../src/game/evolve.ts';
import { drawsFor } from '../../src/game/random.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { foldStream, numbered, replay } from '../../src/match/fold/replay.ts';
import type { MatchFold } from '../../src/match/fold/fold.ts';
import { present } from '../../src/shared/invariant.ts';
import { playRandomMatch } from './random-match.ts';
import { sizeFrom } from '../support/sizes.ts';

const matches = sizeFrom('TEST_REPLAYED_MATCHES', { small: 25, all: 1000 });

describe.each(['standard', 'classic'])('%s', (ruleset) => {
  it(`replays ${matches} random matches to the live state and digest at every version`, async () => {
    for (let seed = 0; seed < matches; seed += 1) {
      const log = new MemoryEventLog();
      const live: MatchFold[] = [];
      const actor = await playRandomMatch(log, ruleset, seed, ({ commit, fold }) => {
        expect(fold.version).toBe(commit.version);
        live.push(fold);
      });
      const commits = await log.read(actor.matchId);
      // One fold for all versions: it stops where the live match stood after each commit.
      const [, ...folds] = [...foldStream(actor.matchId, commits)].map(({ fold }) => fold);
      expect(folds).toHaveLength(live.length);
      for (const [index, then] of live.entries()) {
        const { version, position } = present(folds[index], `The fold after commit ${index + 1}`);
        const context = `${ruleset} seed ${seed} version ${commits[index + 1]?.version}`;
        expect(version, context).toBe(then.version);
        expect(version, context).toBe(commits[index + 1]?.version);
        expect(position.phase, context).toBe(then.position.phase);
        expect(digestOf(position).digest, context).toBe(digestOf(then.position).digest);
      }
      expect(folds.at(-1), `${ruleset} seed ${seed}`).toEqual(actor.fold);
    }
  });

  it('replays a stream cut at any version', async () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const log = new MemoryEventLog();
      const { matchId, version } = await playRandomMatch(log, ruleset, seed);
      const commits = await log.read(matchId);
      for (let cut = 1; cut <= version; cut += 1) expect(replay(matchId, commits, cut).version).toBe(cut);
    }
  });

  it('never throws in evolve, whatever order the facts of a match come in', async () => {
    for (let seed = 0; seed < 150; seed += 1) {
      const log = new MemoryEventLog();
      const { matchId } = await playRandomMatch(log, ruleset, seed);
      const commits = await log.read(matchId);
      const { state } = replay(matchId, commits, 1).position;
      const events = numbered(commits).map(({ event }) => event);
      const shuffled = drawsFor(seed, 'shuffled').shuffle(events);
      expect(() => shuffled.reduce(evolve, state), `${ruleset} seed ${seed}`).not.toThrow();
    }
  });
});
