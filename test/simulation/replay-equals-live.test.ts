import { describe, expect, it } from 'vitest';
import { evolve } from '../../src/game/evolve.ts';
import { drawsFor } from '../../src/game/random.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { numbered, replay } from '../../src/match/fold/fold.ts';
import type { Moment } from '../../src/match/fold/chart.ts';
import { playRandomMatch } from './random-match.ts';

const matches = 1000;

describe.each(['standard', 'classic'])('%s', (ruleset) => {
  it(`replays ${matches} random matches to the live state and digest at every version`, async () => {
    for (let seed = 0; seed < matches; seed += 1) {
      const log = new MemoryEventLog();
      const live: { version: number; moment: Moment }[] = [];
      const actor = await playRandomMatch(log, ruleset, seed, ({ commit, moment }) => {
        live.push({ version: commit.version, moment });
      });
      const commits = await log.read(actor.matchId);
      // One fold for all versions: it stops where the live match stood after each commit.
      const moments = live[Symbol.iterator]();
      const folded = replay(actor.matchId, commits, 1).chart;
      for (const commit of commits.slice(1)) {
        for (const { event } of numbered([commit])) folded.apply(event);
        const then = moments.next().value;
        const context = `${ruleset} seed ${seed} version ${commit.version}`;
        expect(then?.version, context).toBe(commit.version);
        expect(folded.moment.phase, context).toBe(then?.moment.phase);
        expect(digestOf(folded.moment).digest, context).toBe(then && digestOf(then.moment).digest);
      }
      expect(folded.moment.match, `${ruleset} seed ${seed}`).toEqual(actor.moment.match);
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
      const { match } = replay(matchId, commits, 1).chart.moment;
      const events = numbered(commits).map(({ event }) => event);
      const shuffled = drawsFor(seed, 'shuffled').shuffle(events);
      expect(() => shuffled.reduce(evolve, match), `${ruleset} seed ${seed}`).not.toThrow();
    }
  });
});
