import { AppError } from '../../shared/errors.ts';
import type { HttpAnswer, HttpRequest, HttpStream, UpgradeRequest } from '../net/socket-port.ts';

/** What stands between the server and the world. */
export interface EdgeOptions {
  /** Pages of these origins may use the server, besides its own; `*` lets every page. */
  readonly origins: readonly string[];
  /** Whether the peer is a proxy whose X-Forwarded-For is to be believed. */
  readonly trustProxy: boolean;
}

/** Whether an address is this machine's own. */
export const isLoopback = (address: string): boolean =>
  address === '::1' ||
  /^(::ffff:)?127\./.test(address) ||
  address === '0000:0000:0000:0000:0000:0000:0000:0001';

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
  if (origin === '' || isListed(origin, origins)) return;
  if (origin === publicUrl || hostOf(origin) === header('host')) return;
  throw new AppError('origin_refused', `Pages of ${origin} may not use this server.`, { origin });
}

const isListed = (origin: string, origins: readonly string[]): boolean =>
  origins.includes('*') || origins.includes(origin);

/** How a browser asks whether a page may ask. */
export const isPreflight = ({ method, header }: HttpRequest): boolean =>
  method === 'OPTIONS' && header('origin') !== '' && header('access-control-request-method') !== '';

/** The browser's question is answered by {@link openedTo}, whatever it is about. */
export const preflightAnswer: HttpAnswer = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
    'access-control-allow-headers': 'authorization, content-type, last-event-id',
    'access-control-max-age': '7200',
  },
  body: '',
};

/** The answer as pages of the listed origins may read it; without cookies, which the server has none of. */
export function openedTo<T extends HttpAnswer | HttpStream>(
  { header }: UpgradeRequest,
  { origins }: EdgeOptions,
  answer: T,
): T {
  if (origins.length === 0) return answer;
  const origin = header('origin');
  const opened = {
    'access-control-allow-origin': origins.includes('*') ? '*' : origin,
    'access-control-expose-headers': 'location, retry-after',
  };
  const isOpen = origin !== '' && isListed(origin, origins);
  return { ...answer, headers: { ...answer.headers, vary: 'origin', ...(isOpen ? opened : {}) } };
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
