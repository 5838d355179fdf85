import type { MatchActor } from '../../../match/match-actor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { HttpRequest } from '../../net/socket-port.ts';
import { isTokenOf, shownToken } from './bearer.ts';

/** Requires the token of the match's owner. @throws AppError `owner_token_required`, `owner_token_wrong` */
export function requireOwner({ fold }: MatchActor, request: HttpRequest): void {
  const token = shownToken(request);
  if (token === null)
    throw new AppError(
      'owner_token_required',
      'Send the owner_token of the creation as: Authorization: Bearer TOKEN.',
    );
  if (!isTokenOf(fold.origin.ownerTokenHash ?? '', token))
    throw new AppError('owner_token_wrong', 'This is not the token of the match’s owner.');
}
