import { AppError } from '../shared/errors.ts';
import type { HttpAnswer, HttpStream, UpgradeRequest } from './socket-port.ts';

/** What stands between the server and the world. */
export interface EdgeOptions {
  /** Pages of these origins may use the server, besides its own; `*` lets every page. */
  readonly origins: readonly string[];
  /** Whether the peer is a proxy whose X-Forwarded-For is to be believed. */
  readonly trustProxy: boolean;
}

/** Who asks: the peer, or the last address that a trusted proxy has seen. */
export function clientAddress({ address, header }: UpgradeRequest, { trustProxy }: EdgeOptions): string {
  if (!trustProxy) return address;
  const last = header('x-forwarded-for').split(',').at(-1)?.trim() ?? '';
  return last === '' ? address : last;
}

/**
 * Keeps pages of strangers from using a visitor's browser to play or to make matches. Only browsers send an origin;
 * a page of the server's own may, and those of the list.
 * @throws AppError `origin_refused`
 */
export function refuseForeignPage(
  { header }: UpgradeRequest,
  publicUrl: string,
  { origins }: EdgeOptions,
): void {
  const origin = header('origin');
  if (origin === '' || origins.includes('*') || origins.includes(origin)) return;
  if (origin === publicUrl || hostOf(origin) === header('host')) return;
  throw new AppError('origin_refused', `Pages of ${origin} may not use this server.`, { origin });
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** An answer with the headers that keep a browser from doing more with it than it should. Its own headers win. */
export function secured<T extends HttpAnswer | HttpStream>(answer: T): T {
  return { ...answer, headers: { ...securityHeaders, ...answer.headers } };
}
