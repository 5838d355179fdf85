import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import { roles } from '../../../src/game/command.ts';
import { taskIds } from '../../../src/game/task.ts';
import { viewFor } from '../../../src/game/view/view.ts';
import { playMatch } from '../../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../../src/players/roster.ts';
import { ViewWriter } from '../../../src/server/sockets/view-writer.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { opening, stage } from '../../match/kit.ts';

const seed = Number(process.env['TEST_SEED'] ?? 20_261_126);

describe('a view as text', () => {
  it(`is its JSON, written the first time and again (seed ${seed})`, () => {
    const row = (of: { readonly value: unknown }) => ({ value: of.value, again: [of.value] });
    const views = new ViewWriter();
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
        expect(views.text(view)).toBe(JSON.stringify(view));
        expect(views.text({ ...view })).toBe(JSON.stringify(view));
        expect(views.text({ '': 1 }, {}, { '-': view })).toBe(JSON.stringify({ '': 1, '-': view }));
      }),
      { seed, numRuns: 1000 },
    );
  });
});

describe.each(['classic', 'standard'])('a view to be written (%s)', (ruleset) => {
  it.each(taskIds)('is as JSON what the view is, at every moment of a match of %s', async (task) => {
    const { registry } = stage();
    const actor = await registry.create(matchId('m'), opening(ruleset, { task }));
    // One for each, as each role's socket has: what it wrote before must not show in what it writes now.
    const writers = {
      fraudster: new ViewWriter(),
      investigator: new ViewWriter(),
      auditor: new ViewWriter(),
    };
    let findings = 0;
    actor.commits.subscribe(() => {
      const { position } = actor.fold;
      for (const role of roles) {
        const views = writers[role];
        expect(views.text(views.view(role, position, 0.5))).toBe(
          JSON.stringify(viewFor(role, position, 0.5)),
        );
      }
      findings = Math.max(findings, viewFor('investigator', position, 0).investigation_findings.length);
    });
    await playMatch(actor, seatsFor(defaultPlayers, 3));
    expect(findings).toBeGreaterThan(1000);
    await registry.close();
  });
});
