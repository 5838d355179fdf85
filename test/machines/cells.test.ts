import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role, RoleCommand } from '../../src/game/command.ts';
import { commandId } from '../../src/shared/ids.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { isTurnChange } from '../../src/match/fold/chart.ts';
import type { Phase } from '../../src/game/phase.ts';
import { labelOf, rewardOf } from '../../src/testing/decider.ts';
import {
  abort,
  commit,
  endTurn,
  flag,
  judge,
  link,
  modify,
  propose,
  pull,
  report,
} from '../../src/testing/examples.ts';
import { carryOut, rulesetNames, wireOf } from './cells.ts';
import type { Carried, Cell, Done, Raw } from './cells.ts';
import { cellsOfAuditor } from './cells-of-auditor.ts';
import { cellsOfFraudster } from './cells-of-fraudster.ts';
import { cellsOfInvestigator } from './cells-of-investigator.ts';
import { cellsOfTurnEnds } from './cells-of-turn-ends.ts';

/** The transition table. Source: match spec, section 9; for `standard`, docs/rules.md. */
const table = [...cellsOfFraudster, ...cellsOfInvestigator, ...cellsOfTurnEnds, ...cellsOfAuditor];

const typeOf = (sent: RoleCommand | Raw) => String(wireOf(sent)['action_type']);
const nameOf = ({ phase, does, case: which }: Cell) => `${phase} / ${does.by} / ${typeOf(does)}, ${which}`;

describe.each(rulesetNames)('%s', (ruleset) => {
  const cells = table.flatMap((cell) => {
    const expected = cell[ruleset];
    return expected === undefined ? [] : [[nameOf(cell), { cell, expected }] as const];
  });

  it.each(cells)('%s', async (_, { cell, expected }) => {
    const carried = await carryOut(ruleset, cell);
    expect(carried.before.phase).toBe(cell.phase);
    if (expected[0] === 'ok') expectDone(carried, expected);
    else expectRefused(carried, expected[0]);
  });
});

function expectDone(carried: Carried, [, phase, reward, ...events]: Done) {
  const { before, after, reply, added, replayed } = carried;
  expect(reply).toMatchObject({ ok: true, events: added });
  const facts = added.filter((event) => event.type !== 'state.digested');
  expect(facts.map(labelOf)).toEqual(events);
  expect(after.phase).toBe(phase);
  const paid = after.state.grades?.rewards.auditor ?? rewardOf(facts);
  expect(paid).toBeCloseTo(reward, 9);
  // The stream holds the digest of the state after each turn, and nothing else.
  const digests = facts.some(isTurnChange) ? [{ type: 'state.digested', data: digestOf(after) }] : [];
  expect(added.slice(facts.length)).toEqual(digests);
  expect(replayed).toEqual(after);
  expectCounted(before.state, after.state, facts[0]?.type ?? '', digests.length > 0);
}

/** Every processed action is logged and counted; ending a turn is free. */
function expectCounted(
  before: Carried['before']['state'],
  after: Carried['before']['state'],
  first: string,
  turnChanges: boolean,
) {
  const logged = (state: typeof before) => state.fraudsterLog.length + state.investigatorLog.length;
  const steps = after.steps - before.steps;
  expect(steps).toBe(after.investigatorLog.length - before.investigatorLog.length);
  const isAudit = before.endReason !== null;
  const byInvestigator = steps > 0;
  expect(logged(after) - logged(before)).toBe(
    isAudit || (first === 'turn.ended' && !byFraudster(before, after)) ? 0 : 1,
  );
  if (isAudit) return;
  const counts = byInvestigator || first !== 'turn.ended';
  expect(after.turnActions).toBe(turnChanges ? 0 : before.turnActions + Number(counts));
}

const byFraudster = (before: Carried['before']['state'], after: Carried['before']['state']) =>
  after.roundsPlayed === before.roundsPlayed;

function expectRefused({ before, after, reply, added, replayed }: Carried, code: string) {
  expect(reply).toMatchObject({ ok: false, rejection: { code } });
  expect(after).toEqual(before);
  expect(replayed).toEqual(before);
  const stored = [{ type: 'action.refused', data: { code, phase: before.phase } }];
  const isOver = before.phase === 'done' || before.phase === 'aborted';
  expect(added).toMatchObject(isOver ? [] : stored);
}

// --- who may act, and what comes before that question ---

const wellFormed: readonly RoleCommand[] = [
  propose(),
  modify(0, { newAdCopy: 'Other words.' }),
  endTurn('fraudster'),
  commit(),
  pull('ad_001', 'landing_page'),
  judge('ad_001', 'reject'),
  link('ad_001', 'ad_003'),
  endTurn('investigator'),
  flag('A', 'miscalibration'),
  flag('B', 'gibberish', { targetAdId: 'ad_001' }),
  report(),
];

const oneAction = { knobs: { maxRounds: 1, maxInvestigatorActionsPerTurn: 1 } };
const toAudit = [endTurn('fraudster'), judge('ad_001', 'reject')];
const end = (actor: MatchActor) => actor.execute(abort(), commandId('abort'));

/** How each phase is reached, under both rulesets, and who acts in it. */
const phases: readonly (Pick<Cell, 'example' | 'given'> & {
  readonly phase: Phase;
  readonly onTurn: Role | null;
})[] = [
  { phase: 'fraudster_turn', onTurn: 'fraudster' },
  { phase: 'investigator_turn', onTurn: 'investigator', given: [endTurn('fraudster')] },
  { phase: 'audit_phase', onTurn: 'auditor', example: oneAction, given: toAudit },
  { phase: 'done', onTurn: null, example: oneAction, given: [...toAudit, report()] },
  { phase: 'aborted', onTurn: null },
];
const prepare = (phase: Phase) => (phase === 'aborted' ? end : undefined);

describe.each(rulesetNames)('%s', (ruleset) => {
  const outOfTurn = phases.flatMap(({ onTurn, ...where }) =>
    wellFormed
      .filter((does) => does.by !== onTurn && !isUnknownTo(ruleset, does))
      .map((does) => ({ ...where, onTurn, does, name: `${where.phase} / ${does.by} / ${typeOf(does)}` })),
  );

  it.each(named(outOfTurn))('%s is a phase_violation', async (_, { phase, onTurn, ...cell }) => {
    const carried = await carryOut(ruleset, cell, prepare(phase));
    expect(carried.before.phase).toBe(phase);
    expectRefused(carried, 'phase_violation');
    expect(carried.reply).toMatchObject({ rejection: { details: { phase, on_turn: onTurn } } });
  });

  const malformed = phases.flatMap((where) =>
    roles.flatMap((by) =>
      faultsOf(by).map(({ fault, raw }) => ({
        ...where,
        does: { by, raw },
        name: `${where.phase} / ${by} / ${fault}`,
      })),
    ),
  );

  it.each(named(malformed))('%s is a validation_error, whoever is on turn', async (_, { phase, ...cell }) => {
    const carried = await carryOut(ruleset, cell, prepare(phase));
    expect(carried.before.phase).toBe(phase);
    expectRefused(carried, 'validation_error');
  });

  it('has a cell for every action in every phase', () => {
    const covered = new Set(
      [...table.filter((cell) => cell[ruleset] !== undefined), ...outOfTurn].map(
        ({ phase, does }) => `${phase} ${does.by} ${typeOf(does)}`,
      ),
    );
    const wanted = phases.flatMap(({ phase }) =>
      wellFormed
        .filter((does) => phase === 'investigator_turn' || !isUnknownTo(ruleset, does))
        .map((does) => `${phase} ${does.by} ${typeOf(does)}`),
    );
    expect(wanted.filter((cell) => !covered.has(cell))).toEqual([]);
    expect(new Set(table.map(nameOf)).size).toBe(table.length);
  });
});

const named = <Row extends { readonly name: string }>(rows: readonly Row[]) =>
  rows.map((row) => [row.name, row] as const);

/** `classic` has no end_turn for the investigator: there it is malformed. */
function isUnknownTo(ruleset: string, does: RoleCommand): boolean {
  return ruleset === 'classic' && does.by === 'investigator' && typeOf(does) === 'end_turn';
}

function faultsOf(by: Role): readonly { readonly fault: string; readonly raw: Raw['raw'] }[] {
  const outOfRange = {
    fraudster: { action_type: 'modify_pending_ad', slot_index: -1, new_ad_copy: 'Other words.' },
    investigator: { action_type: 'verdict', ad_id: 'ad_001', verdict: 'reject', confidence: 1.01 },
    auditor: { action_type: 'flag_investigator', flag_type: 'bias', severity: -0.1 },
  }[by];
  const first = wellFormed.find((command) => command.by === by);
  const sound = first === undefined ? {} : wireOf(first);
  return [
    { fault: 'a value out of range', raw: outOfRange },
    { fault: 'an unknown action type', raw: { ...sound, action_type: 'resign' } },
    { fault: 'an unknown field', raw: { ...sound, hint: 'please' } },
    { fault: 'metadata that is null', raw: { ...sound, metadata: null } },
  ];
}
