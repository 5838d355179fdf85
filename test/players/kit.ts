import type { Role } from '../../src/game/command.ts';
import { viewFor } from '../../src/game/view/view.ts';
import type { Observations } from '../../src/game/view/view.ts';
import { matchId } from '../../src/shared/ids.ts';
import type { Player, WireAction } from '../../src/players/player.ts';
import type { Seats } from '../../src/players/roster.ts';
import { opening, played, stage } from '../match/kit.ts';
import type { Recorded } from '../match/kit.ts';

/** What a player saw, and what it did. */
export interface Step<R extends Role> {
  readonly seen: Observations[R];
  readonly action: WireAction | null;
}

export type Steps = { readonly [R in Role]: Step<R>[] };

/** A match played to its end, with every step of every player. */
export async function watched(
  ruleset: string,
  wanted: Parameters<typeof played>[1] = {},
): Promise<Recorded & { readonly steps: Steps }> {
  const steps: Steps = { fraudster: [], investigator: [], auditor: [] };
  const around = (seats: Seats): Seats => ({
    fraudster: watching(seats.fraudster, steps.fraudster),
    investigator: watching(seats.investigator, steps.investigator),
    auditor: watching(seats.auditor, steps.auditor),
  });
  return { ...(await played(ruleset, { around, ...wanted })), steps };
}

function watching<R extends Role>(player: Player<R>, steps: Step<R>[]): Player<R> {
  return {
    act: async (seen) => {
      const action = await player.act(seen);
      steps.push({ seen, action });
      return action;
    },
  };
}

/** What a role sees of a match that has just begun. */
export async function firstView<R extends Role>(role: R, ruleset = 'standard'): Promise<Observations[R]> {
  const actor = await stage().registry.create(matchId('fresh'), opening(ruleset));
  return viewFor(role, { ...actor.position, rules: actor.position.rules }, 0);
}

/** The next action, for a player that needs no time. */
export async function actionOf<R extends Role>(
  player: Player<R>,
  seen: Observations[R],
): Promise<WireAction> {
  return (await player.act(seen)) ?? {};
}
