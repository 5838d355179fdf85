import type { Role } from '../game/command.ts';
import { viewFor } from '../game/view/view.ts';
import type { MatchActor } from '../match/match-actor.ts';
import type { Reply } from '../match/match-actor.ts';
import { commandId } from '../shared/ids.ts';
import { present } from '../shared/invariant.ts';
import { noMishaps } from './mishaps.ts';
import type { Mishaps } from './mishaps.ts';
import type { Seats } from './roster.ts';

/** Consecutive refusals after which a player's turn counts as missed. A sound player has none. */
const refusalsMax = 10;

/**
 * Plays a match to its end. A player that returns null, or is refused too often in a row, misses its turn. A
 * mishap may replace a move.
 * @throws AppError the log's own codes.
 */
export async function playMatch(
  actor: MatchActor,
  seats: Seats,
  mishaps: Mishaps = noMishaps,
): Promise<void> {
  const rewards: Partial<Record<Role, number>> = {};
  let refusals = 0;
  // A resumed match has used the ids below. There was at most one per event.
  const firstId = actor.version - 1;
  for (let count = 0; !actor.isOver; count += 1) {
    const id = commandId(`play-${firstId + count}`);
    const mishap = mishaps();
    if (mishap !== null) {
      await mishap(actor, id);
      continue;
    }
    const role = present(actor.onTurn, 'The role on turn');
    // If the turn's deadline passes while the player thinks, the expiry below is stale and has no effect.
    const turn = actor.fold.phaseSince.version;
    const action = await nextAction(actor, seats, role, rewards[role] ?? 0);
    if (action === null || refusals >= refusalsMax) {
      await actor.expire('turn', turn);
      refusals = 0;
      continue;
    }
    const reply = await actor.act(role, action, id);
    refusals = reply.ok ? 0 : refusals + 1;
    rewards[role] = stepReward(reply);
  }
}

function nextAction(actor: MatchActor, seats: Seats, role: Role, reward: number) {
  switch (role) {
    case 'fraudster':
      return seats.fraudster.act(viewFor('fraudster', actor.position, reward));
    case 'investigator':
      return seats.investigator.act(viewFor('investigator', actor.position, reward));
    case 'auditor':
      return seats.auditor.act(viewFor('auditor', actor.position, reward));
  }
}

/** The reward of the action that a reply answers; 0 for a refusal or an action without reward. */
export function stepReward(outcome: Reply): number {
  const [first] = outcome.ok ? outcome.events : [];
  return first !== undefined && 'reward' in first.data ? first.data.reward : 0;
}
