import type { Diagnostics } from '../../log/diagnostics.ts';
import { describeError, isAppError } from '../../shared/errors.ts';
import {
  clientAddress,
  isPreflight,
  openedTo,
  preflightAnswer,
  refuseForeignPage,
  secured,
} from '../edge/origins.ts';
import type { EdgeOptions } from '../edge/origins.ts';
import type { Metrics } from '../edge/metrics.ts';
import type { HttpAnswer, HttpRequest, HttpStream } from '../net/socket-port.ts';
import { problem, problemOf } from '../edge/problem.ts';
import type { Router } from './route.ts';

interface FrontParts {
  readonly router: Router;
  readonly metrics: Metrics;
  readonly diagnostics: Diagnostics;
  readonly edge: EdgeOptions;
  readonly publicUrl: () => string;
}

/**
 * Entry point of all HTTP requests: determines the client's address, checks the origin, routes, counts the
 * result and sets the common headers.
 */
export class HttpEntry {
  readonly #parts: FrontParts;
  readonly #underway = new Set<Promise<unknown>>();

  constructor(parts: FrontParts) {
    this.#parts = parts;
  }

  /** Answers a request. Never rejects: failures become problem answers. */
  answer(request: HttpRequest): Promise<HttpAnswer | HttpStream> {
    const answer = this.#answer(request);
    this.#underway.add(answer);
    return answer.finally(() => this.#underway.delete(answer));
  }

  /** Resolves when all requests received so far are answered. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#underway);
  }

  async #answer(request: HttpRequest): Promise<HttpAnswer | HttpStream> {
    const { router, metrics, edge } = this.#parts;
    const answer = await this.#tryToAnswer({ ...request, address: clientAddress(request, edge) });
    metrics.http(request.method, router.pathOf(request) ?? 'none', answer.status);
    return secured(openedTo(request, edge, answer));
  }

  async #tryToAnswer(request: HttpRequest): Promise<HttpAnswer | HttpStream> {
    const { router, diagnostics, edge, publicUrl } = this.#parts;
    if (request.path.startsWith('/ws/'))
      return problem('upgrade_required', undefined, {}, { upgrade: 'websocket' });
    try {
      // GET and HEAD change nothing; the browser keeps their answers from foreign pages.
      if (request.method !== 'GET' && request.method !== 'HEAD')
        refuseForeignPage(request, publicUrl(), edge);
      return isPreflight(request) ? preflightAnswer : await router.answer(request);
    } catch (error) {
      if (!isAppError(error))
        diagnostics.error({ path: router.pathOf(request), error: describeError(error) }, 'a request failed');
      return problemOf(error);
    }
  }
}
