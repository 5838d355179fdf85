import type { Frame } from '../replay/frames.ts';

export interface Listener {
  readonly frame: (frame: Frame) => void;
  readonly connection: (state: 'open' | 'lost') => void;
  /** After the last frame: the match is over. */
  readonly ended: () => void;
}

const types = ['event', 'turn', 'presence', 'match_over'] as const;
const [firstWaitMs, waitMsMax] = [500, 8_000];

/**
 * Follows a match's frames above `after`, each once and in order. The browser resumes a broken stream by itself, with
 * the number of the last frame; where it gives up, as when the server restarts, the stream is opened anew.
 * @returns what ends it
 */
export function follow(id: string, after: number, listener: Listener): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let last = after;
  let wait = firstWaitMs;
  const take = ({ data }: MessageEvent<string>) => {
    const frame = JSON.parse(data) as Frame;
    if (frame.seq <= last) return;
    last = frame.seq;
    listener.frame(frame);
  };
  const open = () => {
    const opened = new EventSource(`/api/v1/matches/${encodeURIComponent(id)}/stream?after=${last}`);
    source = opened;
    opened.onopen = () => {
      wait = firstWaitMs;
      listener.connection('open');
    };
    opened.onerror = () => {
      listener.connection('lost');
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(open, wait);
      wait = Math.min(waitMsMax, wait * 2);
    };
    for (const type of types) opened.addEventListener(type, take);
    opened.addEventListener('end', () => {
      opened.close();
      listener.ended();
    });
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}
