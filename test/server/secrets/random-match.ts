import { truths } from '../../../src/game/ad.ts';
import { decide, turnRefusal } from '../../../src/game/decide/decide.ts';
import type { Created } from '../../../src/game/event.ts';
import type { Draws } from '../../../src/game/random.ts';
import { openFold } from '../../../src/match/fold/fold.ts';
import type { FoldableCommit, FoldedStep } from '../../../src/match/fold/fold.ts';
import { foldOn, foldStream } from '../../../src/match/fold/replay.ts';
import { matchId, streamVersion } from '../../../src/shared/ids.ts';
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
export function stepsOfSomeMatch(draws: Draws, ruleset: RulesetName): readonly FoldedStep[] {
  const id = matchId('some-match');
  const created = someOpening(draws, ruleset);
  let at = Date.UTC(2030, 0, 1);
  const opening: FoldableCommit = {
    expectedVersion: streamVersion(0),
    at,
    events: [{ type: 'match.created', data: created }],
  };
  const commits = [opening];
  let fold = foldOn(openFold(id, opening), opening);
  for (let turn = 1; turn < 60 && fold.onTurn !== null; turn += 1) {
    const { position, onTurn } = fold;
    const command = someCommand(draws, { state: position.state, rules: position.rules, onTurn });
    const decision =
      turnRefusal(fold, command.by) ?? decide({ ...position, source: exampleProposals }, command);
    if (!decision.ok) continue;
    at += draws.below(5000);
    const commit = { expectedVersion: fold.version, at, events: decision.events };
    commits.push(commit);
    fold = foldOn(fold, commit);
  }
  return [...foldStream(id, commits)].flatMap(({ steps }) => steps);
}
