import { Backoff } from '../../../src/client/retry.ts';
import { serverSentEvents } from '../../../src/client/server-sent-events.ts';
import type { Frame } from '../timeline/frames.ts';
import { Refusal, ask } from './api.ts';
import { lookAt } from './eyes.ts';
import type { Eyes } from './eyes.ts';

export interface Listener {
  readonly frame: (frame: Frame) => void;
  readonly connection: (state: 'open' | 'lost') => void;
  /** The match is over; no frame follows. */
  readonly ended: () => void;
  /** The server no longer accepts the seat's token. */
  readonly refused: (refusal: Refusal) => void;
}

/**
 * Follows a match's frames above `after`, each once and in order. It resumes a broken stream after the last
 * frame it received. It uses `fetch` because `EventSource` cannot send the seat's token in a header.
 * @returns a function that stops following
 */
export function follow(id: string, eyes: Eyes, after: number, listener: Listener): () => void {
  const abort = new AbortController();
  const stopped = new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()));
  const backoff = new Backoff({ retries: Infinity, retryMs: 500, maxWaitMs: 8_000 });
  const { path, headers } = lookAt(id, 'stream', eyes);
  let last = after;

  /** @returns whether the match is over. */
  const read = async (): Promise<boolean> => {
    const resumed = { ...headers, 'last-event-id': String(last) };
    const { body } = await ask(path, { headers: resumed, signal: abort.signal });
    listener.connection('open');
    backoff.reset();
    for await (const { event, data } of serverSentEvents(body)) {
      if (event === 'end') return true;
      const frame = JSON.parse(data) as Frame;
      if (frame.seq <= last) continue;
      last = frame.seq;
      listener.frame(frame);
    }
    return false;
  };
  const run = async (): Promise<void> => {
    for (;;) {
      const outcome = await read().catch((error: unknown) => error);
      if (abort.signal.aborted) return;
      if (outcome === true) {
        listener.ended();
        return;
      }
      if (outcome instanceof Refusal && outcome.isOfSeat) {
        listener.refused(outcome);
        return;
      }
      listener.connection('lost');
      await backoff.wait(outcome, stopped);
    }
  };
  void run();
  return () => abort.abort();
}
