import type { Frame } from '../replay/frames.ts';
import { Refusal, ask } from './api.ts';
import { lookAt } from './eyes.ts';
import type { Eyes } from './eyes.ts';

export interface Listener {
  readonly frame: (frame: Frame) => void;
  readonly connection: (state: 'open' | 'lost') => void;
  /** After the last frame: the match is over. */
  readonly ended: () => void;
  /** The seat's token opens nothing any more. */
  readonly refused: (refusal: Refusal) => void;
}

const [firstWaitMs, waitMsMax] = [500, 8_000];

/**
 * Follows a match's frames above `after`, each once and in order. A broken stream is resumed by the number of the last
 * frame. Read by hand: what browsers have for streams of events shows no token.
 * @returns what ends it
 */
export function follow(id: string, eyes: Eyes, after: number, listener: Listener): () => void {
  const abort = new AbortController();
  const { path, headers } = lookAt(id, 'stream', eyes);
  let last = after;
  let wait = firstWaitMs;
  let timer = 0;

  /** @returns whether the match is over. */
  const read = async (): Promise<boolean> => {
    const resumed = { ...headers, 'last-event-id': String(last) };
    const { body } = await ask(path, { headers: resumed, signal: abort.signal });
    listener.connection('open');
    wait = firstWaitMs;
    for await (const { event, data } of eventsOf(body)) {
      if (event === 'end') return true;
      const frame = JSON.parse(data) as Frame;
      if (frame.seq <= last) continue;
      last = frame.seq;
      listener.frame(frame);
    }
    return false;
  };
  const open = async (): Promise<void> => {
    const isOver = await read().catch((error: unknown) => error);
    if (abort.signal.aborted) return;
    if (isOver === true) listener.ended();
    else if (isOver instanceof Refusal && isOver.isOfSeat) listener.refused(isOver);
    else {
      listener.connection('lost');
      timer = window.setTimeout(() => void open(), wait);
      wait = Math.min(waitMsMax, wait * 2);
    }
  };
  void open();
  return () => {
    window.clearTimeout(timer);
    abort.abort();
  };
}

/** The events of a stream as they come; comments are left out. */
async function* eventsOf(body: Response['body']) {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    const blocks = (text + part.value).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      if (field('event') !== '') yield { event: field('event'), data: field('data') };
    }
  }
}
