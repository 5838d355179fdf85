import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { framesOf } from '../../../src/match/fold/frames.ts';
import { observationShape, pushedShape } from '../../../src/protocol/observation.ts';
import * as replies from '../../../src/server/sockets/replies.ts';
import type { FoldedStep, MatchFold } from '../../../src/match/fold/fold.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { opened } from '../../../src/testing/decider.ts';
import { exampleOpening } from '../../../src/testing/examples.ts';
import { stepsOfSomeMatch } from '../secrets/random-match.ts';

const matches = sizeFrom('TEST_SHAPE_MATCHES', { small: 30, all: 30 });
const id = matchId('some-match');

interface Sent {
  readonly data: unknown;
}

/** The match right after a step: of the rest, what is sent tells nothing. */
function foldAfter({ after: position, meta, bookkeeping }: FoldedStep): MatchFold {
  const { onTurn, deadline } = meta;
  return { ...opened(exampleOpening()).fold, position, bookkeeping, onTurn, deadline };
}

describe.each(['standard', 'classic'] as const)('what a role socket sends, in %s', (ruleset) => {
  it('fits the schemas that are published, to the last field', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= matches; seed += 1)
      for (const step of stepsOfSomeMatch(drawsFor(seed, 'shapes', ruleset), ruleset)) {
        const fold = foldAfter(step);
        // A round ends within one commit, which nobody is answered in the middle of.
        for (const role of step.after.phase === 'round_end' ? [] : roles) {
          const asked = { role, requestId: undefined };
          const extras = { seat_token: 'x'.repeat(22), accepted: true, reason_code: null };
          const { data } = JSON.parse(replies.observation(asked, id, fold, 0.1, extras).text) as Sent;
          const parsed = observationShape[role].safeParse(data);
          expect(parsed.error?.issues ?? [], `seed ${seed}, ${role}`).toEqual([]);
          expect(parsed.data).toEqual(data);
          seen.add(`${role} ${step.after.phase}`);
        }
        for (const viewer of [...roles, 'spectator'] as const)
          for (const { type, data } of framesOf(viewer, step)) {
            const parsed = pushedShape[type].safeParse(data);
            expect(parsed.error?.issues ?? [], `seed ${seed}, ${type} to the ${viewer}`).toEqual([]);
            seen.add(type);
          }
      }
    for (const role of roles)
      for (const phase of ['fraudster_turn', 'investigator_turn', 'audit_phase', 'done', 'aborted'])
        expect(seen).toContain(`${role} ${phase}`);
    expect([...seen].filter((name) => name in pushedShape).sort()).toEqual(['event', 'match_over', 'turn']);
  });
});
