import { timingSafeEqual } from 'node:crypto';
import type { MatchActor } from '../../match/match-actor.ts';
import { AppError } from '../../shared/errors.ts';
import type { HttpRequest } from '../socket-port.ts';
import { tokenHash } from '../tokens.ts';

/** @throws AppError `owner_token_required`, `owner_token_wrong` */
export function requireOwner({ origin }: MatchActor, { header }: HttpRequest): void {
  const [scheme = '', token = ''] = header('authorization').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || token === '')
    throw new AppError(
      'owner_token_required',
      'Send the owner_token of the creation as: Authorization: Bearer TOKEN.',
    );
  const shown = Buffer.from(tokenHash(token));
  const known = Buffer.from(origin.ownerTokenHash ?? '');
  if (shown.length !== known.length || !timingSafeEqual(shown, known))
    throw new AppError('owner_token_wrong', 'This is not the token of the match’s owner.');
}
