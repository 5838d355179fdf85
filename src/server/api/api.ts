import * as z from 'zod';
import { docsPage } from './docs-page.ts';
import { infoRoutes } from './info.ts';
import { leaderboardRoute } from './leaderboard.ts';
import { matchRoutes } from './matches.ts';
import { openApiOf } from './openapi.ts';
import { originalRoutes } from './original.ts';
import type { ApiParts } from './parts.ts';
import { recordRoutes } from './records.ts';
import { problem } from './problem.ts';
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
    route('GET', '/api/v1/metrics', {
      summary: 'Figures for Prometheus',
      tag: 'server',
      answers: { status: 200, description: 'Text of Prometheus.', contentType: 'text/plain' },
      handle: async () => ({
        status: 200,
        headers: { 'content-type': parts.metrics.contentType },
        body: await parts.metrics.text(),
      }),
    }),
    route('GET', '/ready', {
      summary: 'Whether it takes players: not while it stops, nor with a full disk or a broken log',
      tag: 'server',
      answers: { status: 200, description: 'Ready.', schema: z.record(z.string(), z.unknown()) },
      errors: ['not_ready'],
      handle: () => {
        const { state, log, disk } = parts.health();
        const checks = {
          state: state === 'serving' || state === 'recovering',
          log: log === 'good',
          disk: disk !== 'full',
        };
        if (Object.values(checks).every(Boolean)) return json(200, { status: 'ready', state, checks });
        return problem('not_ready', `Not ready: state ${state}, log ${log}, disk ${disk}.`, { checks });
      },
    }),
    route('GET', '/health', {
      summary: 'Whether the process is alive',
      tag: 'server',
      answers: { status: 200, description: 'Alive.', schema: z.record(z.string(), z.unknown()) },
      handle: () => json(200, parts.health()),
    }),
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
  return all;
}
