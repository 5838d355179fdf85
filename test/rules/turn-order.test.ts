import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role, RoleCommand } from '../../src/game/command.ts';
import { commandId } from '../../src/shared/ids.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import type { Phase } from '../../src/game/phase.ts';
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
import type { Cell, Raw } from './cells.ts';
import { expectRefused, nameOf, typeOf } from './expect-cells.ts';
import { cellsOfAuditor } from './auditor.cells.ts';
import { cellsOfFraudster } from './fraudster.cells.ts';
import { cellsOfInvestigator } from './investigator.cells.ts';
import { cellsOfTurnEnds } from './turn-ends.cells.ts';

/** The whole transition table. Source: match spec, section 9; for `standard`, docs/rules.md. */
const table = [...cellsOfFraudster, ...cellsOfInvestigator, ...cellsOfTurnEnds, ...cellsOfAuditor];

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
