import { roles } from '../game/command.ts';
import type { Role } from '../game/command.ts';
import { drawsFor } from '../game/random.ts';
import type { MatchActor } from '../match/match-actor.ts';
import type { CommandId } from '../shared/ids.ts';
import type { WireAction } from './player.ts';

/** An incident that replaces a move; some end the match. */
export type Mishap = (actor: MatchActor, id: CommandId) => Promise<unknown>;

/** Called before each move; null for no mishap. */
export type Mishaps = () => Mishap | null;

export const noMishaps: Mishaps = () => null;

/**
 * Mishaps in `perMille` of 1000 moves, drawn from the seed alone. Those that end a match or its review are
 * rare.
 */
export function mishapsFor(seed: number, perMille: number): Mishaps {
  const draws = drawsFor(seed, 'mishaps');
  const outOfTurn: Mishap = (actor, id) => {
    const role = draws.pick(roles.filter((each) => each !== actor.onTurn));
    return actor.act(role, soundActions[role], id);
  };
  const malformed: Mishap = (actor, id) => actor.act(draws.pick(roles), { action_type: 'none' }, id);
  const kinds = [
    [outOfTurn, 4],
    [malformed, 4],
    [turnMissed, 4],
    [timeOver, 1],
    [abortedByOwner, 1],
  ] as const;
  return () => (draws.chance(perMille) ? draws.weighted<Mishap>(kinds) : null);
}

const turnMissed: Mishap = (actor) => actor.expire('turn', actor.fold.phaseSince.version);
const timeOver: Mishap = (actor) => actor.expire('match', actor.fold.phaseSince.version);
const abortedByOwner: Mishap = (actor, id) =>
  actor.execute({ by: 'owner', abort: 'The owner ended it.' }, id, () => '');

/** An action that every ruleset accepts from the role on turn. */
const soundActions: Readonly<Record<Role, WireAction>> = {
  fraudster: { action_type: 'end_turn' },
  investigator: { action_type: 'verdict', ad_id: 'ad_001', verdict: 'approve' },
  auditor: { action_type: 'submit_audit_report' },
};
