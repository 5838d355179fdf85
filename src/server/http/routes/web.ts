import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { isId } from '../../../shared/ids.ts';
import type { HttpAnswer } from '../../net/socket-port.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';

/** Content-Security-Policy: the pages use this server only, and run their own script only. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built pages, read into memory once. */
interface Site {
  readonly page: string;
  readonly assets: ReadonlyMap<string, string>;
}

/** The web pages. If they were not built, `/` redirects to `/docs`. */
export function webRoutes(site: Site | null = siteIn(webFolder())): readonly Route[] {
  if (site === null) return [rootRoute(() => ({ status: 302, headers: { location: '/docs' }, body: '' }))];
  const page: HttpAnswer = {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Assets have content hashes in their names, so only the page itself can be outdated.
      'cache-control': 'no-cache',
      'content-security-policy': policy,
    },
    body: site.page,
  };
  return [
    rootRoute(() => page),
    route('GET', '/match/{id}', {
      ...pageSpec('The page of one match'),
      params: z.object({ id: z.string().refine(isId, 'a match id') }),
      handle: () => page,
    }),
    route('GET', '/rules', { ...pageSpec('The page of the rules'), handle: () => page }),
    route('GET', '/assets/{file}', {
      summary: 'What the pages are made of',
      tag: 'pages',
      params: z.object({ file: z.string() }),
      answers: {
        status: 200,
        description: 'A script, a style or a picture.',
        contentType: 'text/javascript',
      },
      errors: ['not_found'],
      handle: ({ params }) => asset(site, params.file),
    }),
  ];
}

const pageSpec = (summary: string) => ({
  summary,
  tag: 'pages',
  // Read by the page's script.
  query: z.looseObject({}),
  answers: { status: 200, description: 'A page.', contentType: 'text/html' },
});

const rootRoute = (handle: () => HttpAnswer): Route =>
  route('GET', '/', { ...pageSpec('The matches; or, without pages, the way to the routes'), handle });

/** @throws AppError `not_found` */
function asset({ assets }: Site, file: string): HttpAnswer {
  const body = assets.get(file);
  if (body === undefined) throw new AppError('not_found', `There is no asset ${file}.`);
  return {
    status: 200,
    headers: {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    },
    body,
  };
}

function siteIn(folder: string | null): Site | null {
  if (folder === null) return null;
  const assets = join(folder, 'assets');
  const files = readdirSync(assets).filter((file) => extname(file) in types);
  return {
    page: readFileSync(join(folder, 'index.html'), 'utf8'),
    assets: new Map(files.map((file) => [file, readFileSync(join(assets, file), 'utf8')])),
  };
}

/**
 * `dist/web` below the package's root, which is found by going up from this file; null if it is not built.
 */
function webFolder(from = dirname(fileURLToPath(import.meta.url))): string | null {
  if (existsSync(join(from, 'package.json'))) {
    const folder = join(from, 'dist', 'web');
    return existsSync(join(folder, 'index.html')) ? folder : null;
  }
  const above = dirname(from);
  return above === from ? null : webFolder(above);
}
