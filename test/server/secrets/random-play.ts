import { targets, verdictWords } from '../../../src/game/ad.ts';
import type { Command, Role, RoleCommand } from '../../../src/game/command.ts';
import type { Policies } from '../../../src/game/event.ts';
import { flagTypes } from '../../../src/game/grading/flag-types.ts';
import type { Draws } from '../../../src/game/random.ts';
import { proposalsUsed } from '../../../src/game/state.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  abort,
  commit,
  endTurn,
  flag,
  judge,
  link,
  miss,
  modify,
  propose,
  pull,
  report,
} from '../../../src/testing/examples.ts';

/** Random actions of every kind, faulty ones included, and random policies. The same draws give the same. */

/** What an action is chosen by. */
export type Board = Pick<Scene, 'state' | 'rules' | 'onTurn'>;

export function somePolicies(draws: Draws): Required<Policies> {
  return {
    stepRewards: draws.pick(['shown', 'withheld']),
    verdictsToFraudster: draws.pick(['none', 'verdict', 'verdict_and_targets', 'full']),
    legalHints: draws.pick(['none', 'types', 'full']),
    spectators: 'public',
    spectatorDelay: 0,
    revealAtEnd: draws.chance(500),
    openState: false,
    auth: 'seats',
  };
}

/** What whoever is on turn may do; now and then a time limit passes, or the owner ends the match. */
export function someCommand(draws: Draws, board: Board): Command {
  const { onTurn } = board;
  if (onTurn === null || draws.chance(4)) return abort();
  if (draws.chance(15)) return miss('turn');
  if (draws.chance(6)) return miss('match');
  return someAction(draws, board, onTurn);
}

export function someAction(draws: Draws, board: Board, role: Role): RoleCommand {
  if (role === 'fraudster') return fraudsters(draws, board);
  return role === 'investigator' ? investigators(draws, board) : auditors(draws, board);
}

/** A sentence found nowhere else. */
export const words = (draws: Draws): string =>
  `Goods ${draws.below(1_000_000)}, "plain" and at a plain price.`;

function fraudsters(draws: Draws, { state: match, rules }: Board): RoleCommand {
  const used = proposalsUsed(match);
  const slot = draws.below(used + 1);
  const category = draws.pick(match.knobs.allowedCategories);
  const funded = rules.queue.sharedFunding && used > 0 && draws.chance(300) ? { fundFromSlot: slot } : {};
  const action = draws.weighted<() => RoleCommand>([
    [() => propose(words(draws), { category, rationale: words(draws), ...funded }), 4],
    [
      () =>
        propose(words(draws), { category, landingPageBlurb: words(draws), targetingSummary: words(draws) }),
      2,
    ],
    [() => propose(draws.pick([' ', words(draws)]), { category: draws.pick(['nonsense', category]) }), 1],
    [() => modify(slot, { newAdCopy: words(draws) }), 4],
    [() => modify(slot, { newLandingPageBlurb: words(draws) }), 3],
    [() => modify(slot, draws.pick([{}, { newAdCopy: match.queue[0]?.ad.adCopy ?? '' }])), 1],
    [() => endTurn('fraudster'), 4],
    [() => commit(), 1],
  ]);
  return action();
}

function investigators(draws: Draws, { state: match, rules }: Board): RoleCommand {
  const ids = match.queue.map(({ ad }) => ad.adId);
  const adId = draws.chance(30) ? 'ad_none' : draws.pick(ids);
  const other = draws.pick(ids);
  const reasons = {
    ...(draws.chance(700) ? { confidence: draws.below(1000) / 1000 } : {}),
    ...(draws.chance(700) ? { rationale: words(draws) } : {}),
  };
  const action = draws.weighted<() => RoleCommand>([
    [() => pull(adId, draws.pick(targets)), 8],
    [() => judge(adId, draws.pick(verdictWords), reasons), 5],
    [() => link(adId, other, words(draws)), 2],
    ...(rules.flow.investigatorMayEndTurn ? [[() => endTurn('investigator'), 2] as const] : []),
  ]);
  return action();
}

function auditors(draws: Draws, { state: match }: Board): RoleCommand {
  const track = draws.pick(['A', 'B'] as const);
  const targetAdId = draws.chance(30) ? 'ad_none' : draws.pick(match.queue).ad.adId;
  const more = { targetAdId, note: words(draws), severity: draws.below(100) / 100 };
  return draws.chance(850)
    ? flag(track, draws.pick(flagTypes[track]), more)
    : report({ notes: words(draws), investigator_audit_score: draws.below(100) / 100 });
}
