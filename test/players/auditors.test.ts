import { describe, expect, it } from 'vitest';
import { flagTypes } from '../../src/game/grading/flag-types.ts';
import { taskIds } from '../../src/game/task.ts';
import { repeatingAuditor, silentAuditor } from '../../src/players/controls.ts';
import type { WireAction } from '../../src/players/player.ts';
import { scriptedAuditor } from '../../src/players/scripted-auditor.ts';
import { present } from '../../src/shared/invariant.ts';
import { ofType } from '../match/kit.ts';
import { actionOf, firstView, watched } from './kit.ts';

const cases = ['standard', 'classic'].flatMap((ruleset) => taskIds.map((task) => [ruleset, task] as const));
const reportOf = (action: WireAction | null | undefined) =>
  action?.['audit_report'] as Record<string, unknown> | undefined;

describe('the scripted auditor', () => {
  it.each(cases)('flags, track B first, and ends with a report (%s, %s)', async (ruleset, task) => {
    const { steps, commits, actor } = await watched(ruleset, {
      task,
      names: { fraudster: 'gibberish', investigator: 'marker' },
    });
    const actions = steps.auditor.map(({ action }) => action);
    const flags = actions.slice(0, -1);
    expect(flags.length).toBeGreaterThan(0);
    const tracks = flags.map((action) => (action?.['action_type'] === 'flag_fraudster' ? 'B' : 'A'));
    expect(tracks.join('')).toMatch(/^B+A+$/);
    for (const [index, action] of flags.entries()) {
      const track = tracks[index] ?? 'A';
      expect(flagTypes[track]).toContain(action?.['flag_type']);
      expect(action?.['severity']).toBeGreaterThan(0);
      expect(action?.['note']).not.toBe('');
    }
    const aims = flags.map((flag) =>
      [flag?.['action_type'], flag?.['flag_type'], flag?.['target_ad_id']].join(),
    );
    if (ruleset === 'standard') expect(new Set(aims).size).toBe(flags.length);
    expect(actions.at(-1)?.['action_type']).toBe('submit_audit_report');
    for (const score of ['investigator_audit_score', 'fraudster_plausibility_score']) {
      const value = reportOf(actions.at(-1))?.[score];
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      expect(String(value)).toMatch(/^\d(\.\d{1,4})?$/);
    }
    expect(ofType(commits, 'action.refused')).toEqual([]);
    expect(actor.position.state.report?.missed).toBe(false);
    expect(actor.position.phase).toBe('done');
  });

  it('agrees with the arena: the standard rules show it what they judge by', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const { actor } = await watched('standard', {
        seed,
        task: 'task_2',
        names: { investigator: 'marker' },
      });
      const { state } = actor.position;
      const report = present(state.report, 'The report');
      expect(report.opinion.fraudsterPlausibilityScore).toBeCloseTo(report.fraudsterPlausibilityScore, 3);
      expect(report.opinion.investigatorAuditScore).toBeCloseTo(report.investigatorAuditScore, 3);
      expect(state.repeatedFlags).toEqual({ A: 0, B: 0 });
      expect(state.grades?.rewards.auditor).toBeGreaterThan(0);
    }
  });

  it('sends its report again when it is asked again', async () => {
    const { steps } = await watched('classic');
    const view = present(steps.auditor.at(0), 'A step').seen;
    const player = scriptedAuditor();
    const sent: unknown[] = [];
    for (let count = 0; count < steps.auditor.length + 2; count += 1)
      sent.push((await actionOf(player, view))['action_type']);
    expect(sent.slice(-3)).toEqual(Array(3).fill('submit_audit_report'));
    expect(sent.slice(0, -3)).not.toContain('submit_audit_report');
  });

  it('reports on what it is shown, even where that is nothing', async () => {
    for (const ruleset of ['standard', 'classic']) {
      const view = { ...(await firstView('auditor', ruleset)), full_episode_record: {} };
      const bare = {
        ...view,
        investigator_actions: [],
        fraudster_proposals: [],
        investigation_data_seen: {},
      };
      const action = await actionOf(scriptedAuditor(), bare);
      expect(action['action_type']).toBe('submit_audit_report');
      expect(
        Object.values(reportOf(action) ?? {}).every(
          (value) => typeof value === 'string' || Number.isFinite(value),
        ),
      ).toBe(true);
    }
  });
});

describe('the controls', () => {
  it('silent reports at once, without a word', async () => {
    expect(await actionOf(silentAuditor(), await firstView('auditor'))).toEqual({
      action_type: 'submit_audit_report',
    });
  });

  it('repeating sends every flag three times and the report once', async () => {
    const { steps } = await watched('classic', { names: { fraudster: 'gibberish' } });
    const view = present(steps.auditor.at(0), 'A step').seen;
    const [player, honest] = [repeatingAuditor(), scriptedAuditor()];
    for (
      let flag = await actionOf(honest, view);
      flag['action_type'] !== 'submit_audit_report';
      flag = await actionOf(honest, view)
    )
      for (let count = 0; count < 3; count += 1) expect(await actionOf(player, view)).toEqual(flag);
    expect((await actionOf(player, view))['action_type']).toBe('submit_audit_report');
  });

  it('inventing flags every ad on both tracks before it is honest', async () => {
    const { steps, actor } = await watched('standard', { names: { auditor: 'inventing' } });
    const invented = steps.auditor
      .slice(0, 2 * actor.position.state.queue.length)
      .map(({ action }) => action?.['target_ad_id']);
    expect(new Set(invented)).toEqual(new Set(actor.position.state.queue.map(({ ad }) => ad.adId)));
  });
});
