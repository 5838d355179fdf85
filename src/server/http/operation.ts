import { liveShape, readyShape } from '../../protocol/http.ts';
import { AppError, errorCatalogue } from '../../shared/errors.ts';
import { isLoopback } from '../edge/origins.ts';
import { lagMaxMs } from '../edge/event-loop.ts';
import type { Services } from './services.ts';
import { problem } from '../edge/problem.ts';
import { json, route } from './route.ts';
import type { Route } from './route.ts';

/** Routes for operators: metrics, liveness and readiness. */
export const operationRoutes = (services: Services): readonly Route[] => [
  route('GET', '/api/v1/metrics', {
    summary: 'Figures for Prometheus; on a quiet server they tell players how busy the others are',
    tag: 'operation',
    answers: { status: 200, description: 'Text of Prometheus.', contentType: 'text/plain' },
    errors: ['operator_only'],
    handle: async ({ request }) => {
      if (services.metricsFor === 'local' && !isLoopback(request.address))
        throw new AppError('operator_only', errorCatalogue.operator_only);
      return {
        status: 200,
        headers: { 'content-type': services.metrics.contentType },
        body: await services.metrics.text(),
      };
    },
  }),
  route('GET', '/ready', {
    summary:
      'Whether it takes players: not while it stops, with a full disk or a broken log, or when nothing gets its turn in time',
    tag: 'operation',
    answers: { status: 200, description: 'Ready.', schema: readyShape },
    errors: ['not_ready'],
    handle: () => {
      const { state, log, disk } = services.health();
      const lag = Math.round(services.eventLoop.lagMs());
      const checks = {
        state: state === 'serving' || state === 'recovering',
        log: log === 'good',
        disk: disk !== 'full',
        event_loop: lag <= lagMaxMs,
      };
      if (Object.values(checks).every(Boolean)) return json(200, { status: 'ready', state, checks });
      const why = `Not ready: state ${state}, log ${log}, disk ${disk}, event loop ${lag} ms late.`;
      return problem('not_ready', why, { checks });
    },
  }),
  route('GET', '/health', {
    summary: 'Whether the process is alive',
    tag: 'operation',
    answers: { status: 200, description: 'Alive.', schema: liveShape },
    handle: () => json(200, services.health()),
  }),
];
