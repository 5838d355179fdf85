import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { archiveOf } from '../../src/history/archive.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import { matchId } from '../../src/shared/ids.ts';
import { InvariantError, present } from '../../src/shared/invariant.ts';
import { endTurn, nextId, ofType, opening, played, proposal, reread, stage } from '../match/kit.ts';

const rulesetNames = ['standard', 'classic'];
const id = matchId('match');

/** The same value, in which nothing can be changed. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) frozen(item);
  return Object.freeze(value);
}

describe('an archive snapshot', () => {
  it.each(rulesetNames)(
    'is the same, byte for byte, whoever reads the stream and how often (%s)',
    async (ruleset) => {
      const { commits } = await played(ruleset, { task: 'task_2' });
      const live = JSON.stringify(archiveOf(commits));
      expect(JSON.stringify(archiveOf(commits))).toBe(live);
      expect(JSON.stringify(archiveOf(frozen(reread(commits))))).toBe(live);
      const again = await played(ruleset, { task: 'task_2' });
      expect(JSON.stringify(archiveOf(again.commits))).toBe(live);
    },
  );

  it('is the same from a file as from memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
    try {
      const { commits } = await played('standard');
      const log = await FileEventLog.open(folder, 'write');
      for (const commit of commits) await log.append(commit);
      const [name] = log.streams();
      const stored = await log.read(present(name, 'The stream'));
      await log.close();
      expect(canonicalJson(archiveOf(stored))).toBe(canonicalJson(archiveOf(commits)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('survives JSON unchanged', async () => {
    const archive = archiveOf((await played('standard', { task: 'task_3' })).commits);
    expect(JSON.parse(JSON.stringify(archive))).toEqual(archive);
  });

  it('has every field the original archived', async () => {
    for (const ruleset of rulesetNames) {
      const { commits, actor } = await played(ruleset);
      const { state } = actor.position;
      const grades = present(state.grades, 'Grades');
      const archive = archiveOf(commits);
      expect(archive).toMatchObject({
        match_id: `task_1-${ruleset}-7`,
        task_id: 'task_1',
        phase: 'done',
        done: true,
        round_number: expect.any(Number) as number,
        max_rounds: 4,
        max_proposals: 3,
        proposals_used: state.queue.filter(({ slot }) => slot !== null).length,
        fraudster_committed: state.committed,
        grader_score: grades.grade,
        end_reason: state.endReason,
        rewards: grades.rewards,
        connected_roles: [],
        archived_at: (commits.at(-1)?.at ?? 0) / 1000,
      });
      expect(Object.keys(archive).slice(0, 13)).toEqual([
        'match_id',
        'task_id',
        'phase',
        'round_number',
        'max_rounds',
        'proposals_used',
        'max_proposals',
        'fraudster_committed',
        'grader_score',
        'end_reason',
        'rewards',
        'connected_roles',
        'done',
      ]);
      const report = present(state.report, 'The report');
      expect(archive.audit_report).toMatchObject({
        investigator_audit_score: report.investigatorAuditScore,
        fraudster_plausibility_score: report.fraudsterPlausibilityScore,
        notes: report.notes,
      });
      const { track_a_flags: a = [], track_b_flags: b = [] } = archive.audit_report ?? {};
      expect([a.length, b.length]).toEqual([report.trackAFlags.length, report.trackBFlags.length]);
      for (const flag of [...a, ...b])
        expect(Object.keys(flag)).toEqual(['track', 'target_ad_id', 'flag_type', 'severity', 'note']);
    }
  });

  it('holds what a new grading needs, which the original lost', async () => {
    const { commits, actor } = await played('standard', { task: 'task_3', players: { fraudster: 'anna' } });
    const { state } = actor.position;
    const archive = archiveOf(commits);
    const created = present(ofType(commits, 'match.created')[0], 'The opening').data;
    const { ruleset, knobs, policies, deadlines, seed, salt, players } = created;
    expect(archive).toMatchObject({ ruleset, knobs, policies, deadlines, seed, salt, players });
    expect(archive.seed_commitment).toBe(created.seedCommitment);
    expect(archive.machine).toEqual({ id: 'match', version: created.machineVersion });
    expect(archive.versions).toBe(actor.version);
    expect(archive.digests).toEqual(ofType(commits, 'state.digested').map(({ data }) => data));
    expect(archive.ads.map(({ ad }) => ad)).toEqual(state.queue.map(({ ad }) => ad));
    expect(
      archive.ads.map(({ slot, pulls, versions, joined_round }) => [slot, pulls, versions, joined_round]),
    ).toEqual(
      state.queue.map(({ slot, pulls, versions, joinedRound }) => [slot, pulls, versions, joinedRound]),
    );
    expect([archive.links, archive.rings, archive.grades]).toEqual([state.links, state.rings, state.grades]);
    expect(archive.step_rewards).toEqual(state.stepRewards);
    expect(archive.flags).toHaveLength(state.flags.length);
    const orders = archive.ads.flatMap(({ verdict }) => (verdict === null ? [] : [verdict.order]));
    expect([...orders].sort((a, b) => a - b)).toEqual(orders.map((_, index) => index));
    for (const { ad, verdict, correct } of archive.ads) {
      const wrongWord = { approve: 'fraud', reject: 'legit', escalate: 'legit' }[
        verdict?.verdict ?? 'approve'
      ];
      if (verdict === null) expect(correct).toBeNull();
      else if (ad.truth === wrongWord) expect(correct).toBe(false);
      else if (ad.truth === { approve: 'legit', reject: 'fraud', escalate: 'escalate' }[verdict.verdict])
        expect(correct).toBe(true);
    }
  });

  it('logs every action of fraudster and investigator with its own time, penalised ones included', async () => {
    const { registry, clock, log } = stage();
    const actor = await registry.create(id, opening('standard', { deadlines: { matchMs: 1_000_000 } }));
    const began = clock.now() / 1000;
    const [adId = ''] = actor.position.state.queue.map(({ ad }) => ad.adId);
    const steps = [
      ['fraudster', proposal('A lamp from Rivelo.')],
      ['fraudster', { ...proposal('A chair.'), category: 'none' }],
      ['fraudster', endTurn],
      ['investigator', { action_type: 'investigate', ad_id: adId, investigation_target: 'landing_page' }],
      ['auditor', { action_type: 'submit_audit_report' }],
      [
        'investigator',
        { action_type: 'verdict', ad_id: adId, verdict: 'reject', confidence: 0.7, rationale: 'So.' },
      ],
    ] as const;
    for (const [role, action] of steps) {
      await clock.advance(1500);
      await actor.act(role, action, nextId());
    }
    const archive = archiveOf(await log.read(id));
    expect(archive.fraudster_proposals.map(({ ts }) => ts)).toEqual([began + 1.5, began + 3, began + 4.5]);
    expect(archive.investigator_action_log.map(({ ts }) => ts)).toEqual([began + 6, began + 9]);
    expect(archive.fraudster_proposals).toMatchObject([
      {
        action_type: 'propose_ad',
        ad_copy: 'A lamp from Rivelo.',
        slot_index: 0,
        accepted: true,
        round_number: 1,
        reward: 0.02,
      },
      { action_type: 'propose_ad', accepted: false, reason_code: 'category_not_allowed', reward: -0.05 },
      { action_type: 'end_turn', accepted: true, reward: 0 },
    ]);
    expect(archive.investigator_action_log).toMatchObject([
      {
        phase: 'investigator_turn',
        action_type: 'investigate',
        ad_id: adId,
        investigation_target: 'landing_page',
        verdict: null,
      },
      { action_type: 'verdict', verdict: 'reject', confidence: 0.7, rationale: 'So.', reason_code: null },
    ]);
    const fields = [
      'action_type',
      'ad_copy',
      'category',
      'landing_page_blurb',
      'targeting_summary',
      'slot_index',
      'new_ad_copy',
      'new_landing_page_blurb',
      'rationale',
      'reward',
      'ad_id',
    ];
    for (const row of archive.fraudster_proposals)
      expect(Object.keys(row)).toEqual(expect.arrayContaining(fields));
    expect(archive.archived_at).toBe(began + 9);
  });
});

describe('the archive of a match that is not graded', () => {
  it('tells its phase, and the sums of its step rewards', async () => {
    const { registry, log } = stage();
    const actor = await registry.create(id, opening('standard'));
    const running = { grader_score: null, end_reason: null, audit_report: null, grades: null, done: false };
    expect(archiveOf(await log.read(id))).toMatchObject({ phase: 'fraudster_turn', ...running });
    await actor.act('fraudster', proposal('A lamp.'), nextId());
    await actor.act('fraudster', endTurn, nextId());
    expect(archiveOf(await log.read(id))).toMatchObject({
      phase: 'investigator_turn',
      ...running,
      proposals_used: 1,
      rewards: { fraudster: 0.02, investigator: 0, auditor: 0 },
    });
    await actor.execute({ by: 'owner', abort: 'Enough.' }, nextId());
    expect(archiveOf(await log.read(id))).toMatchObject({
      phase: 'aborted',
      end_reason: 'aborted',
      done: false,
    });
  });

  it('knows the first phase of a solo review', async () => {
    const { registry, log } = stage();
    await registry.create(id, opening('standard', { machine: 'review' }));
    expect(archiveOf(await log.read(id))).toMatchObject({ phase: 'reviewing', machine: { id: 'review' } });
  });

  it('is made of no stream without an opening', async () => {
    const { commits } = await played('standard');
    const [first, ...later] = commits;
    expect(() => archiveOf([])).toThrow(InvariantError);
    expect(() => archiveOf(later)).toThrow(expect.objectContaining({ code: 'replay_diverged' }) as Error);
    const headless = { ...present(first, 'The opening'), events: later[0]?.events ?? [] };
    expect(() => archiveOf([headless])).toThrow(
      expect.objectContaining({
        code: 'replay_diverged',
        details: expect.objectContaining({ version: 1 }) as object,
      }) as Error,
    );
  });
});
