import { truths } from '../../../src/game/ad.ts';
import { decide } from '../../../src/game/decide/decide.ts';
import type { Created, MatchEvent } from '../../../src/game/event.ts';
import type { Draws } from '../../../src/game/random.ts';
import { rulesetOf } from '../../../src/game/ruleset.ts';
import { initialState } from '../../../src/game/state.ts';
import type { StoredCommit } from '../../../src/log/event-log.ts';
import type { Step } from '../../../src/match/fold/frames.ts';
import { phaseViolation } from '../../../src/match/phase-violation.ts';
import { replay } from '../../../src/match/fold/fold.ts';
import type { Standing } from '../../../src/match/fold/bookkeeping.ts';
import { Statechart } from '../../../src/match/fold/chart.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { exampleAd, exampleOpening, exampleProposals } from '../../../src/testing/examples.ts';
import { someCommand, somePolicies } from './random-play.ts';

export type RulesetName = 'standard' | 'classic';

/** An opening of small random size, under random policies. */
export function someOpening(draws: Draws, ruleset: RulesetName): Created {
  const ads = Array.from({ length: draws.between(2, 14) }, (_, index) =>
    exampleAd(`ad_${String(index + 1).padStart(3, '0')}`, draws.pick(truths)),
  );
  const policies = { ...somePolicies(draws), openState: draws.chance(100) };
  const limit = () => (draws.chance(500) ? draws.between(1000, 90_000) : null);
  return exampleOpening({
    ruleset,
    ads,
    policies,
    rings: [{ ringId: 'grp_1', memberAdIds: ['ad_001', 'ad_002'], edges: [] }],
    arrivals: [1, 1, 2, 3].slice(draws.below(5)).map((round, index) => ({
      round,
      ad: exampleAd(`ad_05${index}`, 'legit'),
    })),
    deadlines: { turnMs: limit(), auditMs: limit(), matchMs: limit() },
    knobs: {
      maxRounds: draws.between(1, 4),
      maxProposals: draws.between(0, 5),
      maxFraudsterActionsPerTurn: draws.between(2, 6),
      maxInvestigatorActionsPerTurn: draws.between(2, 8),
      actionBudget: draws.between(5, 30),
    },
  });
}

/** Every step of a random match from its opening to its end, or to its 60th command. */
export function stepsOfSomeMatch(
  draws: Draws,
  ruleset: RulesetName,
): readonly { readonly step: Step; readonly standing: Standing }[] {
  const id = matchId('some-match');
  const created = someOpening(draws, ruleset);
  const rules = present(rulesetOf(created.ruleset), ruleset);
  const chart = new Statechart(initialState(created), id);
  let at = Date.UTC(2030, 0, 1);
  let version = 0;
  const commits: StoredCommit[] = [];
  const store = (events: readonly MatchEvent[]) => {
    commits.push({
      ...{
        stream: id,
        expectedVersion: streamVersion(version),
        commandId: commandId(`c${version}`),
        at,
        events,
      },
      ...{ version: streamVersion(version + events.length), position: commits.length + 1, hash: '' },
    });
    version += events.length;
  };
  store([{ type: 'match.created', data: created }]);
  for (let turn = 1; turn < 60 && chart.meta.onTurn !== null; turn += 1) {
    const { match, phase } = chart.moment;
    const { onTurn } = chart.meta;
    const command = someCommand(draws, { match, rules, onTurn });
    const decision =
      phaseViolation(command.by, phase, onTurn) ??
      decide({ match, rules, source: exampleProposals }, phase, command);
    if (!decision.ok) continue;
    at += draws.below(5000);
    for (const event of decision.events) chart.apply(event);
    store(decision.events);
  }
  chart.stop();
  const steps: { step: Step; standing: Standing }[] = [];
  replay(id, commits, undefined, (step, standing) => steps.push({ step, standing })).chart.stop();
  return steps;
}
