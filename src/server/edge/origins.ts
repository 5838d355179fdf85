import { AppError } from '../../shared/errors.ts';
import type { HttpAnswer, HttpRequest, HttpStream, UpgradeRequest } from '../net/socket-port.ts';

/** How the server treats pages of other origins, and proxies. */
export interface EdgeOptions {
  /** Origins whose pages may use the server, besides its own; `*` allows every page. */
  readonly origins: readonly string[];
  /** Whether the peer is a proxy whose X-Forwarded-For is trusted. */
  readonly trustProxy: boolean;
}

/** Whether an address is a loopback address. */
export const isLoopback = (address: string): boolean =>
  address === '::1' ||
  /^(::ffff:)?127\./.test(address) ||
  address === '0000:0000:0000:0000:0000:0000:0000:0001';

/** The client's address: the last one in X-Forwarded-For behind a trusted proxy, else the peer's. */
export function clientAddress({ address, header }: UpgradeRequest, { trustProxy }: EdgeOptions): string {
  if (!trustProxy) return address;
  const last = header('x-forwarded-for').split(',').at(-1)?.trim() ?? '';
  return last === '' ? address : last;
}

/**
 * Keeps foreign pages from using a visitor's browser to play or to create matches. Only browsers send an
 * origin. Accepted are requests without one, the server's own pages, and the listed origins.
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

/** Whether a request is a CORS preflight. */
export const isPreflight = ({ method, header }: HttpRequest): boolean =>
  method === 'OPTIONS' && header('origin') !== '' && header('access-control-request-method') !== '';

/** The answer to every preflight. {@link openedTo} adds the origin if it is allowed. */
export const preflightAnswer: HttpAnswer = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
    'access-control-allow-headers': 'authorization, content-type, last-event-id',
    'access-control-max-age': '7200',
  },
  body: '',
};

/**
 * The answer with the CORS headers that let pages of the listed origins read it. Without credentials: the
 * server has no cookies.
 */
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

/** The answer with headers that restrict what a browser does with it. The answer's own headers win. */
export function secured<T extends HttpAnswer | HttpStream>(answer: T): T {
  return { ...answer, headers: { ...securityHeaders, ...answer.headers } };
}
