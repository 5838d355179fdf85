import { timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../../net/socket-port.ts';
import { tokenHash } from '../../matches/tokens.ts';

/** The bearer token of a request; null for none. */
export function shownToken({ header }: HttpRequest): string | null {
  const [scheme = '', token = ''] = header('authorization').split(' ');
  return scheme.toLowerCase() !== 'bearer' || token === '' ? null : token;
}

/** Whether `hash` is the hash of the token. Compared in constant time. */
export function isTokenOf(hash: string, token: string): boolean {
  const [shown, known] = [Buffer.from(tokenHash(token)), Buffer.from(hash)];
  return shown.length === known.length && timingSafeEqual(shown, known);
}
