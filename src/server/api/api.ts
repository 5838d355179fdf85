import * as z from 'zod';
import { liveShape, readyShape } from '../../protocol/http.ts';
import { infoRoutes } from './info.ts';
import { matchRoutes } from './matches.ts';
import { openApiOf } from './openapi.ts';
import { originalRoutes } from './original.ts';
import type { ApiParts } from './parts.ts';
import { recordRoutes } from './records.ts';
import { problem } from './problem.ts';
import { json, route } from './route.ts';
import type { Route } from './route.ts';
import { toolRoutes } from './tools.ts';
import { watchRoutes } from './watch.ts';

/** Every route of the server, the description of the others included. */
export function apiRoutes(parts: ApiParts): readonly Route[] {
  const routes: Route[] = [
    ...infoRoutes(parts),
    ...matchRoutes(parts),
    ...recordRoutes(parts),
    ...watchRoutes(parts),
    ...toolRoutes(),
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
      answers: { status: 200, description: 'Ready.', schema: readyShape },
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
      answers: { status: 200, description: 'Alive.', schema: liveShape },
      handle: () => json(200, parts.health()),
    }),
  ];
  const description = route('GET', '/openapi.json', {
    summary: 'This description',
    tag: 'server',
    answers: { status: 200, description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) },
    handle: () => json(200, openApi),
  });
  const all = [...routes, description];
  const openApi = openApiOf(all);
  return all;
}
