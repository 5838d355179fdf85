import { limits } from '../../src/shared/limits.ts';
import { describe, expect, it } from 'vitest';
import { idle } from '../../src/players/controls.ts';
import { playMatch, stepReward } from '../../src/players/play-match.ts';
import type { Player } from '../../src/players/player.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import type { Seats } from '../../src/players/roster.ts';
import { matchId } from '../../src/shared/ids.ts';
import { opened } from '../../src/testing/decider.ts';
import { exampleOpening } from '../../src/testing/examples.ts';
import { endTurn, ofType, opening, played, proposal, stage } from '../match/kit.ts';
import { watched } from './kit.ts';

const id = matchId('match');
const seats = (changes: Partial<Seats> = {}): Seats => ({ ...seatsFor(defaultPlayers, 7), ...changes });
const deadlines = (commits: Parameters<typeof ofType>[0], by: string) =>
  ofType(commits, 'turn.ended').filter(({ data }) => data.cause === 'deadline' && data.by === by);

describe('playing a match', () => {
  it('shows each player the reward of its own last action', async () => {
    const { steps, actor } = await watched('classic', { task: 'task_2' });
    const { investigatorLog, fraudsterLog } = actor.position.state;
    for (const [log, seen] of [
      [investigatorLog, steps.investigator.map((step) => step.seen.reward)],
      [fraudsterLog, steps.fraudster.map((step) => step.seen.reward)],
    ] as const) {
      expect(seen).toEqual([0, ...log.map(({ reward }) => reward)].slice(0, seen.length));
      expect(seen.some((reward) => reward !== 0)).toBe(true);
    }
  });

  it('shows no reward where the match withholds it', async () => {
    const { steps } = await watched('classic', { policies: { stepRewards: 'withheld' } });
    for (const { seen } of [...steps.fraudster, ...steps.investigator]) expect(seen.reward).toBe(0);
  });

  it('takes a missing move for a missed turn', async () => {
    const { commits, actor } = await played('standard', {
      around: (all) => ({ ...all, fraudster: idle(), auditor: idle() }),
    });
    expect(deadlines(commits, 'fraudster')).toHaveLength(actor.position.state.knobs.maxRounds);
    expect(actor.position.state.report?.missed).toBe(true);
    expect(actor.position.phase).toBe('done');
  });

  it('takes eleven refusals in a row for a missed turn, and records the first ten', async () => {
    const garbage: Player = { act: () => ({ action_type: 'nonsense' }) };
    const { commits, actor } = await played('standard', {
      around: (all) => ({ ...all, fraudster: garbage }),
    });
    const { maxRounds } = actor.position.state.knobs;
    expect(deadlines(commits, 'fraudster')).toHaveLength(maxRounds);
    expect(ofType(commits, 'action.refused')).toHaveLength(10 * maxRounds);
  });

  it('forgives refusals that are not in a row', async () => {
    let turns = 0;
    const stumbling: Player = {
      act: () => ((turns += 1) % 3 === 0 ? proposal(`Lamp ${turns}.`) : { action_type: 'nonsense' }),
    };
    const { commits } = await played('standard', {
      around: (all) => ({ ...all, fraudster: stumbling }),
      knobs: { maxFraudsterActionsPerTurn: 10, maxProposals: 30 },
    });
    expect(deadlines(commits, 'fraudster')).toEqual([]);
  });

  it('does not let a slow player miss the turn of the next one', async () => {
    const { registry, clock, log } = stage();
    const created = opening('standard', { deadlines: { turnMs: 1000 } });
    const actor = await registry.create(id, created);
    const slow: Player<'fraudster'> = {
      act: async () => {
        if (actor.position.state.roundsPlayed === 0) await clock.advance(1000);
        return null;
      },
    };
    await playMatch(actor, seats({ fraudster: slow }));
    expect(deadlines(await log.read(id), 'fraudster')).toHaveLength(created.knobs.maxRounds);
    expect(deadlines(await log.read(id), 'investigator')).toEqual([]);
  });

  it('lets a match that was left half played go on', async () => {
    const { registry } = stage();
    const actor = await registry.create(id, opening('standard'));
    let moves = 0;
    const leaving: Player<'investigator'> = {
      act: () => {
        moves += 1;
        if (moves === 3) throw new Error('Gone.');
        return endTurn;
      },
    };
    await expect(playMatch(actor, seats({ investigator: leaving }))).rejects.toThrow('Gone.');
    expect(actor.isOver).toBe(false);
    const { version } = actor;
    await registry.passivate(id);
    const revived = await registry.find(id);
    let [asked, stored] = [0, 0];
    revived.commits.subscribe(() => (stored += 1));
    const counting = <Looked>(player: { act(seen: Looked): ReturnType<Player['act']> }) => ({
      act: (seen: Looked) => {
        asked += 1;
        return player.act(seen);
      },
    });
    const { fraudster, investigator, auditor } = seats();
    await playMatch(revived, {
      fraudster: counting(fraudster),
      investigator: counting(investigator),
      auditor: counting(auditor),
    });
    expect(revived.position.phase).toBe('done');
    // Every move counts: none is taken for one that was stored before.
    expect(stored).toBe(asked);
    expect(revived.version).toBeGreaterThan(version);
  });

  it('ends, whatever a player does to keep it from ending', async () => {
    const endless: Player = { act: () => ({ action_type: 'flag_investigator' }) };
    const { actor } = await played('classic', {
      around: (all) => ({
        ...all,
        fraudster: { act: () => ({ action_type: 'commit_final' }) },
        auditor: endless,
      }),
    });
    expect(actor.position.phase).toBe('done');
    expect(actor.position.state.flags).toHaveLength(limits.flagsPerAudit);
  });
});

describe('the reward of a step', () => {
  it('is that of the action, and nothing where it brought none', () => {
    const revealed = {
      type: 'proposals.committed',
      data: { action: { actionType: 'commit_final' }, reward: 0.5 },
    } as const;
    const ended = { type: 'match.aborted', data: { reason: '' } } as const;
    const { fold } = opened(exampleOpening());
    expect(stepReward({ ok: true, events: [revealed, ended], fold })).toBe(0.5);
    expect(stepReward({ ok: true, events: [ended, revealed], fold })).toBe(0);
    const rejection = { code: 'phase_violation', message: '', details: {} } as const;
    expect(stepReward({ ok: false, rejection, fold })).toBe(0);
  });
});
