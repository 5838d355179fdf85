import { timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../../net/socket-port.ts';
import { tokenHash } from '../../matches/tokens.ts';

/** The token that a request shows; null for none. */
export function shownToken({ header }: HttpRequest): string | null {
  const [scheme = '', token = ''] = header('authorization').split(' ');
  return scheme.toLowerCase() !== 'bearer' || token === '' ? null : token;
}

/** Whether a hash is that of the token; how long it takes tells nothing of the hash. */
export function isTokenOf(hash: string, token: string): boolean {
  const [shown, known] = [Buffer.from(tokenHash(token)), Buffer.from(hash)];
  return shown.length === known.length && timingSafeEqual(shown, known);
}
