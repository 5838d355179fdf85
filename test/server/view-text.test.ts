import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { kept, keptOn } from '../../src/game/view/kept.ts';
import { roles } from '../../src/game/command.ts';
import { taskIds } from '../../src/game/task.ts';
import { viewFor, viewToWrite } from '../../src/game/view/view.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { viewText } from '../../src/server/sockets/view-writer.ts';
import { matchId } from '../../src/shared/ids.ts';
import { opening, stage } from '../match/kit.ts';

const seed = Number(process.env['TEST_SEED'] ?? 20_261_126);

describe('a view as text', () => {
  it(`is its JSON, written the first time and again (seed ${seed})`, () => {
    const row = kept((of: { readonly value: unknown }) => ({ value: of.value, again: [of.value] }));
    const shape = fc.dictionary(
      fc.string(),
      fc.oneof(
        fc.jsonValue(),
        fc.constant(undefined),
        fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined)).map((value) => row({ value }))),
        fc.dictionary(
          fc.string(),
          fc.jsonValue().map((value) => row({ value })),
        ),
        fc.array(
          fc.option(
            fc.jsonValue().map((value) => row({ value })),
            { nil: undefined },
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(shape, (view) => {
        expect(viewText(view)).toBe(JSON.stringify(view));
        expect(viewText({ ...view })).toBe(JSON.stringify(view));
        expect(viewText({ '': 1 }, {}, { '-': view })).toBe(JSON.stringify({ '': 1, '-': view }));
      }),
      { seed, numRuns: 1000 },
    );
  });
});

describe.each(['classic', 'standard'])('a view to be written (%s)', (ruleset) => {
  it.each(taskIds)('is as JSON what the view is, at every moment of a match of %s', async (task) => {
    const { arena } = stage();
    const actor = await arena.create(matchId('m'), opening(ruleset, { task }));
    let findings = 0;
    actor.applied.subscribe(() => {
      const { seen } = actor.standpoint;
      for (const role of roles)
        expect(viewText(viewToWrite(role, seen, 0.5))).toBe(JSON.stringify(viewFor(role, seen, 0.5)));
      findings = Math.max(findings, viewFor('investigator', seen, 0).investigation_findings.length);
    });
    await playMatch(actor, seatsFor(defaultPlayers, 3));
    expect(findings).toBeGreaterThan(1000);
    await arena.close();
  });
});

describe('kept rows', () => {
  it('are made once for each value, on each terms', () => {
    const [one, other] = [{ name: 'a' }, { name: 'a' }];
    const [kind, harsh] = [{ terms: 1 }, { terms: 2 }];
    const row = keptOn(({ name }: { name: string }, { terms }: { terms: number }) => ({ name, terms }));
    expect(row(one, kind)).toBe(row(one, kind));
    expect(row(one, kind)).not.toBe(row(other, kind));
    expect(row(one, harsh)).toEqual({ name: 'a', terms: 2 });
    // Whoever is shown one cannot change what others are shown.
    expect(() => Object.assign(row(one, kind), { name: 'b' })).toThrow(TypeError);
  });
});
