import { expect, it } from 'vitest';
import type { Ad } from '../../src/game/ad.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { pending, pullsMade } from '../../src/game/state.ts';
import { tasks } from '../../src/game/task.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { systemClock } from '../../src/match/clock.ts';
import { openingFor } from '../../src/match/new-match.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { stepReward } from '../../src/players/play-match.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';

/** The solo review: worked example E14 of the match rules. */
async function review(ruleset: string, seed = 42) {
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals });
  const episode = generateEpisode(tasks.task_1, seed);
  const id = matchId('solo');
  const actor = await registry.create(
    id,
    openingFor({ task: 'task_1', ruleset, machine: 'review', seed, episode }),
  );
  let count = 0;
  const step = async (action: object) => {
    count += 1;
    return actor.act('investigator', action, commandId(`step-${count}`));
  };
  return { log, id, actor, episode, step };
}

const rightVerdict = ({ truth }: Ad) => ({ fraud: 'reject', legit: 'approve', escalate: 'escalate' })[truth];

it('classic: a review pays, counts and ends as the review core does', async () => {
  const { actor, episode, step, log, id } = await review('classic');
  expect(actor.position).toMatchObject({
    phase: 'reviewing',
    state: { steps: 0, knobs: { actionBudget: 25 } },
  });
  expect(pending(actor.position.state)).toHaveLength(5);

  const [first] = episode.ads;
  const pull = await step({
    action_type: 'investigate',
    ad_id: first?.adId,
    investigation_target: 'landing_page',
  });
  expect(stepReward(pull)).toBe(-0.02);
  expect(actor.position.state.steps).toBe(1);
  expect(pullsMade(actor.position.state)).toBe(1);

  expect(stepReward(await step({ action_type: 'verdict', ad_id: 'ad_none', verdict: 'reject' }))).toBe(-0.05);
  for (const ad of episode.ads) {
    expect(actor.isOver).toBe(false);
    await step({ action_type: 'verdict', ad_id: ad.adId, verdict: rightVerdict(ad), confidence: 0.9 });
    if (ad === first) {
      const again = await step({ action_type: 'verdict', ad_id: ad.adId, verdict: 'approve' });
      expect(stepReward(again)).toBe(-0.02);
    }
  }
  const { state, phase } = actor.position;
  expect(phase).toBe('done');
  expect(state.endReason).toBe('investigator_done');
  expect(state.grades?.grade).toBeGreaterThan(0.9);
  expect(verify(id, await log.read(id))).toMatchObject({ ok: true, phase: 'done' });

  const late = await step({ action_type: 'verdict', ad_id: first?.adId, verdict: 'approve' });
  expect(late).toMatchObject({ ok: false, rejection: { code: 'phase_violation' } });
  expect(actor.position.state.steps).toBe(state.steps);
});

it.each(['classic', 'standard'])(
  '%s: a review ends when the steps are spent, with every ad settled',
  async (ruleset) => {
    const { actor, episode, step } = await review(ruleset);
    const [first] = episode.ads;
    for (let count = 0; count < 25; count += 1)
      await step({ action_type: 'investigate', ad_id: first?.adId, investigation_target: 'landing_page' });
    expect(actor.position.phase).toBe('done');
    expect(pending(actor.position.state)).toEqual([]);
    expect(actor.position.state.grades?.rewards).toMatchObject({ fraudster: 0, auditor: 0 });
  },
);

it.each([1, 2, 3, 4, 5, 6])(
  'standard: a review of episode %i ends with the last verdict, whatever ads a match would bring',
  async (seed) => {
    const { actor, episode, step } = await review('standard', seed);
    for (const ad of episode.ads) {
      expect(actor.isOver).toBe(false);
      await step({ action_type: 'verdict', ad_id: ad.adId, verdict: rightVerdict(ad), confidence: 0.9 });
    }
    expect(actor.position).toMatchObject({ phase: 'done', state: { endReason: 'all_decided' } });
  },
);

it('the fraudster and the auditor have no part in a review', async () => {
  const { actor } = await review('standard');
  for (const role of ['fraudster', 'auditor'] as const) {
    const action =
      role === 'fraudster' ? { action_type: 'end_turn' } : { action_type: 'submit_audit_report' };
    const reply = await actor.act(role, action, commandId(role));
    expect(reply).toMatchObject({
      ok: false,
      rejection: { code: 'phase_violation', details: { on_turn: 'investigator' } },
    });
  }
});
