import * as z from 'zod';
import { chartRoute } from './charts.ts';
import { docsPage } from '../docs-page.ts';
import { infoRoutes } from './info.ts';
import { leaderboardRoute } from './leaderboard.ts';
import { matchRoutes } from './matches.ts';
import { momentsRoute } from './moments.ts';
import { openApiOf } from '../openapi.ts';
import { operationRoutes } from '../operation.ts';
import { originalRoutes } from './original.ts';
import type { Services } from '../services.ts';
import { recordRoutes } from './records.ts';
import { json, route } from '../route.ts';
import type { Route } from '../route.ts';
import { rulesetsRoute } from './rulesets.ts';
import { schemaRoutes } from '../schemas.ts';
import { toolRoutes } from './tools.ts';
import { watchRoutes } from './watch.ts';
import { webRoutes } from './web.ts';

/** Every route of the server, including the API descriptions and the web pages. */
export function apiRoutes(services: Services): readonly Route[] {
  const routes: Route[] = [
    ...infoRoutes(services),
    ...matchRoutes(services),
    ...recordRoutes(services),
    momentsRoute(services),
    ...watchRoutes(services),
    leaderboardRoute(services),
    ...toolRoutes(),
    ...schemaRoutes(),
    chartRoute(),
    rulesetsRoute(),
    ...originalRoutes(services),
    ...operationRoutes(services),
  ];
  const all: readonly Route[] = [
    ...routes,
    route('GET', '/openapi.json', {
      summary: 'These routes',
      tag: 'descriptions',
      answers: { status: 200, description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) },
      handle: () => json(200, openApi),
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
  // Added last: the descriptions do not depend on whether the pages were built.
  return [...all, ...webRoutes()];
}
