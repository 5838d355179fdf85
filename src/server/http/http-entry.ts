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

/** Everything HTTP passes here: who asks, from which page, what came of it, and the headers of every answer. */
export class HttpEntry {
  readonly #parts: FrontParts;
  readonly #underway = new Set<Promise<unknown>>();

  constructor(parts: FrontParts) {
    this.#parts = parts;
  }

  /** Never throws. */
  answer(request: HttpRequest): Promise<HttpAnswer | HttpStream> {
    const answer = this.#answer(request);
    this.#underway.add(answer);
    return answer.finally(() => this.#underway.delete(answer));
  }

  /** Resolves when everything that has been asked so far is answered. */
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
      // What only reads is the browser's own to keep from a foreign page.
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
