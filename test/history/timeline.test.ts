import { describe, expect, it } from 'vitest';
import type { Ad } from '../../src/game/ad.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { timelineOf } from '../../src/history/timeline.ts';
import type { TimelineRow } from '../../src/history/timeline.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';
import { present } from '../../src/shared/invariant.ts';
import { opening, played } from '../match/kit.ts';

const created = opening('standard');
const ad: Ad = {
  ...present(created.episode.ads[0], 'An ad'),
  adId: 'ad_x',
  category: 'saas',
  truth: 'legit',
};
const pull = { actionType: 'investigate', adId: 'ad_x' } as const;
const propose = { actionType: 'propose_ad' } as const;
const flagged = { actionType: 'flag_fraudster' } as const;
const flag = { track: 'B', flagType: 'gibberish', targetAdId: 'ad_x', severity: 0.5, note: '' } as const;
const scores = { investigatorAuditScore: 1, fraudsterPlausibilityScore: 1, opinion: {} };
const report = { trackAFlags: [], trackBFlags: [flag], ...scores, notes: '', missed: false };
const rewards = { fraudster: 1, investigator: 2, auditor: 3 };
const grades = { grade: 0.71234, rewards, perAdPlausibility: {}, auditGroundTruth: {}, parts: {} };
const placed = { position: 0, focus: null, reward: 0.02, slot: 0 };

/** Every type of event, and how it is told. */
const told: {
  readonly [Type in MatchEvent['type']]: readonly [
    Extract<MatchEvent, { type: Type }>,
    string,
    string,
    (number | null)?,
  ][];
} = {
  'match.created': [
    [
      { type: 'match.created', data: created },
      'host',
      `created: task_1, ${created.episode.ads.length} ads, standard`,
    ],
  ],
  'ad.proposed': [
    [
      { type: 'ad.proposed', data: { action: propose, ad, ring: null, ...placed } },
      'fraudster',
      'proposes ad_x (saas)',
      0.02,
    ],
  ],
  'ad.arrived': [
    [
      { type: 'ad.arrived', data: { ad, position: 0, focus: null, round: 1 } },
      'host',
      'ad_x arrives (legit)',
    ],
  ],
  'ad.modified': [
    [
      {
        type: 'ad.modified',
        data: {
          action: { actionType: 'modify_pending_ad' },
          slot: 0,
          adId: 'ad_x',
          version: 2,
          adCopy: '',
          pageSummary: '',
          findings: {},
          reward: 0.01,
        },
      },
      'fraudster',
      'changes ad_x to version 2',
      0.01,
    ],
  ],
  'proposals.committed': [
    [
      { type: 'proposals.committed', data: { action: { actionType: 'commit_final' }, reward: 0 } },
      'fraudster',
      'commits: no more proposals',
      0,
    ],
  ],
  'finding.revealed': [
    [
      {
        type: 'finding.revealed',
        data: {
          action: pull,
          adId: 'ad_x',
          target: 'landing_page',
          text: '',
          adVersion: 1,
          focus: null,
          reward: -0.02,
        },
      },
      'investigator',
      'pulls landing_page of ad_x',
      -0.02,
    ],
  ],
  'verdict.given': [
    [
      {
        type: 'verdict.given',
        data: { action: pull, adId: 'ad_x', verdict: 'reject', confidence: 0.5, focus: null, reward: 0.3 },
      },
      'investigator',
      'reject ad_x (0.50)',
      0.3,
    ],
  ],
  'accounts.linked': [
    [
      {
        type: 'accounts.linked',
        data: { action: pull, adId1: 'ad_x', adId2: 'ad_y', reason: '', correct: true, reward: 0.4 },
      },
      'investigator',
      'links ad_x and ad_y: right',
      0.4,
    ],
    [
      {
        type: 'accounts.linked',
        data: { action: pull, adId1: 'ad_x', adId2: 'ad_y', reason: '', correct: false, reward: -0.25 },
      },
      'investigator',
      'links ad_x and ad_y: wrong',
      -0.25,
    ],
  ],
  'action.penalised': [
    [
      {
        type: 'action.penalised',
        data: { by: 'fraudster', action: propose, code: 'category_missing', reward: -0.05 },
      },
      'fraudster',
      'propose_ad is faulty: category_missing',
      -0.05,
    ],
    [
      {
        type: 'action.penalised',
        data: { by: 'auditor', action: flagged, code: 'flag_repeated', reward: 0 },
      },
      'auditor',
      'flag_fraudster is faulty: flag_repeated',
      0,
    ],
  ],
  'turn.ended': [
    [
      { type: 'turn.ended', data: { by: 'investigator', cause: 'action_cap', action: null } },
      'investigator',
      'turn ends (action_cap)',
    ],
  ],
  'review.closed': [
    [
      { type: 'review.closed', data: { reason: 'timeout', settled: ['ad_x', 'ad_y'] } },
      'host',
      'review closes (timeout), 2 ads settled',
    ],
  ],
  'flag.raised': [
    [{ type: 'flag.raised', data: { action: flagged, flag } }, 'auditor', 'flags gibberish ad_x'],
    [
      {
        type: 'flag.raised',
        data: { action: flagged, flag: { ...flag, flagType: 'bias', targetAdId: null } },
      },
      'auditor',
      'flags bias',
    ],
  ],
  'audit.submitted': [
    [{ type: 'audit.submitted', data: { action: null, report } }, 'auditor', 'reports'],
    [
      { type: 'audit.submitted', data: { action: null, report: { ...report, missed: true } } },
      'auditor',
      'misses the audit',
    ],
  ],
  'seat.claimed': [
    [{ type: 'seat.claimed', data: { role: 'fraudster', tokenHash: 'hash' } }, 'fraudster', 'takes the seat'],
  ],
  'seat.dropped': [[{ type: 'seat.dropped', data: { role: 'auditor' } }, 'auditor', 'is cut off']],
  'seat.resumed': [[{ type: 'seat.resumed', data: { role: 'auditor' } }, 'auditor', 'is back']],
  'seat.released': [
    [
      { type: 'seat.released', data: { role: 'investigator', cause: 'left' } },
      'investigator',
      'leaves the seat',
    ],
    [
      { type: 'seat.released', data: { role: 'investigator', cause: 'grace' } },
      'investigator',
      'did not come back; the seat is free',
    ],
  ],
  'match.graded': [[{ type: 'match.graded', data: grades }, 'host', 'graded 0.712']],
  'match.aborted': [[{ type: 'match.aborted', data: { reason: 'Enough.' } }, 'host', 'aborted: Enough.']],
  'action.refused': [
    [
      {
        type: 'action.refused',
        data: {
          by: 'auditor',
          code: 'phase_violation',
          message: '',
          details: {},
          phase: 'done',
          attempt: '',
        },
      },
      'auditor',
      'refused: phase_violation',
    ],
  ],
  'state.digested': [
    [
      {
        type: 'state.digested',
        data: { form: 2, phase: 'audit_phase', digest: '0123456789abcdef', parts: {} },
      },
      'host',
      'audit_phase, digest 0123456789ab',
    ],
  ],
};

function commitOf(events: readonly MatchEvent[], before = 0, at = 0): StoredCommit {
  const versions = { expectedVersion: streamVersion(before), version: streamVersion(before + events.length) };
  const names = { stream: matchId('match'), commandId: commandId('c') };
  return { ...names, ...versions, position: 1, hash: '', at, events };
}

describe('a timeline', () => {
  it.each(Object.entries(told))('tells of %s', (_, examples) => {
    for (const [event, by, what, reward = null] of examples)
      expect(timelineOf([commitOf([event], 4, 99)])).toEqual([{ version: 5, at: 99, by, what, reward }]);
  });

  it('numbers the events of every commit and gives each its commit\u2019s time', () => {
    const events = Object.values(told).flatMap((examples) => examples.map(([event]) => event));
    const rows = timelineOf([commitOf(events.slice(0, 3), 0, 10), commitOf(events.slice(3), 3, 20)]);
    expect(rows.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    expect(rows.map(({ at }) => at)).toEqual(events.map((_, index) => (index < 3 ? 10 : 20)));
    expect(timelineOf([])).toEqual([]);
  });

  it.each(['standard', 'classic'])('tells a whole match, one row for each event (%s)', async (ruleset) => {
    const { commits, actor } = await played(ruleset, { task: 'task_2' });
    const rows = timelineOf(commits);
    expect(rows).toHaveLength(actor.version);
    const sum = (by: string) =>
      rows
        .filter((row: TimelineRow) => row.by === by)
        .reduce((total, { reward }) => total + (reward ?? 0), 0);
    expect(sum('fraudster')).toBeCloseTo(actor.position.state.stepRewards.fraudster, 9);
    expect(sum('investigator')).toBeCloseTo(actor.position.state.stepRewards.investigator, 9);
    expect(rows.every(({ what }) => !what.includes('undefined'))).toBe(true);
  });
});
