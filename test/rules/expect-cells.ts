import { describe, expect, it } from 'vitest';
import type { RoleCommand } from '../../src/game/command.ts';
import { isTurnChange } from '../../src/match/fold/chart.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { labelOf, rewardOf } from '../../src/testing/decider.ts';
import { carryOut, rulesetNames, wireOf } from './cells.ts';
import type { Carried, Cell, Done, Raw } from './cells.ts';

export const typeOf = (sent: RoleCommand | Raw): string => String(wireOf(sent)['action_type']);
export const nameOf = ({ phase, does, case: which }: Cell): string =>
  `${phase} / ${does.by} / ${typeOf(does)}, ${which}`;

/** A test for each cell, under each ruleset that has such a case. */
export function describeCells(table: readonly Cell[]): void {
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
}

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

export function expectRefused({ before, after, reply, added, replayed }: Carried, code: string) {
  expect(reply).toMatchObject({ ok: false, rejection: { code } });
  expect(after).toEqual(before);
  expect(replayed).toEqual(before);
  const stored = [{ type: 'action.refused', data: { code, phase: before.phase } }];
  const isOver = before.phase === 'done' || before.phase === 'aborted';
  expect(added).toMatchObject(isOver ? [] : stored);
}
