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

/** The `as` parameter: `spectator` for anybody, a role for those who show the token of its seat. */
export const viewerText = z.enum(['spectator', ...roles]);

export const eyesRefusals: readonly ErrorCode[] = [
  'spectators_refused',
  'seat_token_required',
  'seat_token_wrong',
];

/**
 * Whether the request may still receive the viewer's frames. Checked for each frame, since a seat may change
 * hands.
 */
export type Permit = (actor: MatchActor) => boolean;

/**
 * Permits a request to look at a match as a viewer. Looking takes no seat and records nothing.
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

/** Refuses if the running match has no public spectators. @throws AppError `spectators_refused` */
export function refuseSpectators(actor: MatchActor): void {
  if (actor.isOver || policiesOf(actor.position.state).spectators === 'public') return;
  throw new AppError('spectators_refused', 'This match is not to be watched while it runs.', {
    match: actor.matchId,
  });
}

/** How many frames a viewer lags behind: the policy's delay for spectators, 0 for roles. */
export function delayFor({ position }: MatchActor, viewer: Viewer): number {
  return viewer === 'spectator' ? policiesOf(position.state).spectatorDelay : 0;
}

/**
 * The frames that a viewer has received so far. While the match runs the last `spectatorDelay` frames are
 * held back from spectators.
 */
export async function framesShown(actor: MatchActor, viewer: Viewer): Promise<readonly NumberedFrame[]> {
  const frames = await actor.pastFrames(viewer, 0);
  const delay = actor.isOver ? 0 : delayFor(actor, viewer);
  return delay === 0 ? frames : frames.slice(0, -delay);
}
