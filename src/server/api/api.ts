import * as z from 'zod';
import { docsPage } from './docs-page.ts';
import { infoRoutes } from './info.ts';
import { leaderboardRoute } from './leaderboard.ts';
import { matchRoutes } from './matches.ts';
import { openApiOf } from './openapi.ts';
import { operationRoutes } from './operation.ts';
import { originalRoutes } from './original.ts';
import type { ApiParts } from './parts.ts';
import { recordRoutes } from './records.ts';
import { json, route } from './route.ts';
import type { Route } from './route.ts';
import { schemaRoutes } from './schemas.ts';
import { toolRoutes } from './tools.ts';
import { watchRoutes } from './watch.ts';

/** Every route of the server, the description of the others included. */
export function apiRoutes(parts: ApiParts): readonly Route[] {
  const routes: Route[] = [
    ...infoRoutes(parts),
    ...matchRoutes(parts),
    ...recordRoutes(parts),
    ...watchRoutes(parts),
    leaderboardRoute(parts),
    ...toolRoutes(),
    ...schemaRoutes(),
    ...originalRoutes(parts),
    ...operationRoutes(parts),
  ];
  const all: readonly Route[] = [
    ...routes,
    route('GET', '/openapi.json', {
      summary: 'These routes',
      tag: 'descriptions',
      answers: { status: 200, description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) },
      handle: () => json(200, openApi),
    }),
    route('GET', '/', {
      summary: 'Where to begin',
      tag: 'descriptions',
      answers: { status: 302, description: 'The page of the routes.' },
      handle: () => ({ status: 302, headers: { location: '/docs' }, body: '' }),
    }),
    route('GET', '/docs', {
      summary: 'These routes, for people',
      tag: 'descriptions',
      answers: { status: 200, description: 'A page.', contentType: 'text/html' },
      handle: () => page,
    }),
  ];
  const openApi = openApiOf(all);
  const page = docsPage(all);
  return all;
}
