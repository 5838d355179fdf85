import * as z from 'zod';
import { roles } from '../../../game/command.ts';
import type { Viewer } from '../../../game/command.ts';
import { policiesOf } from '../../../game/event.ts';
import type { NumberedFrame } from '../../../match/fold/frames.ts';
import type { MatchActor } from '../../../match/match-actor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { HttpRequest } from '../../net/socket-port.ts';
import { isTokenOf, shownToken } from './bearer.ts';

/** As whom a match is looked at: anybody as a spectator, as a role who shows the token of its seat. */
export const viewerText = z.enum(['spectator', ...roles]);

export const eyesRefusals: readonly ErrorCode[] = [
  'spectators_refused',
  'seat_token_required',
  'seat_token_wrong',
];

/** Whether a viewer may be told what it is told, while it is told it: a seat may change hands meanwhile. */
export type Permit = (actor: MatchActor) => boolean;

/**
 * Lets somebody look at a match as a viewer, or not. A seat is looked from, never taken: nothing is recorded.
 * @throws AppError one of {@link eyesRefusals}
 */
export function permitFor(actor: MatchActor, viewer: Viewer, request: HttpRequest): Permit {
  if (viewer === 'spectator') {
    refuseSpectators(actor);
    return () => true;
  }
  const token = shownToken(request);
  if (token === null)
    throw new AppError(
      'seat_token_required',
      `Send the token of the ${viewer}'s seat as: Authorization: Bearer TOKEN.`,
    );
  const mayLook: Permit = (each) => isTokenOf(each.seatKey(viewer) ?? '', token);
  if (!mayLook(actor)) throw new AppError('seat_token_wrong', whyNot(actor, viewer));
  return mayLook;
}

const whyNot = ({ position }: MatchActor, viewer: Viewer): string =>
  policiesOf(position.state).auth === 'open'
    ? 'The seats of this match are open to all and have no tokens: nobody looks at it as a role.'
    : `This is not the token of the ${viewer}'s seat.`;

/** @throws AppError `spectators_refused` */
export function refuseSpectators(actor: MatchActor): void {
  if (actor.isOver || policiesOf(actor.position.state).spectators === 'public') return;
  throw new AppError('spectators_refused', 'This match is not to be watched while it runs.', {
    match: actor.matchId,
  });
}

/** By how many frames a viewer lags behind: spectators of a running match only. */
export function delayFor({ position }: MatchActor, viewer: Viewer): number {
  return viewer === 'spectator' ? policiesOf(position.state).spectatorDelay : 0;
}

/** The frames that a viewer has been told so far, as the match's policy lets them through. */
export async function framesShown(actor: MatchActor, viewer: Viewer): Promise<readonly NumberedFrame[]> {
  const frames = await actor.pastFrames(viewer, 0);
  const delay = actor.isOver ? 0 : delayFor(actor, viewer);
  return delay === 0 ? frames : frames.slice(0, -delay);
}
