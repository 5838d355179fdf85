import * as z from 'zod';
import { policiesOf } from '../../game/event.ts';
import type { NumberedFrame } from '../../match/frames.ts';
import type { MatchActor } from '../../match/match-actor.ts';
import { matchId } from '../../shared/ids.ts';
import { FrameFeed } from '../frame-feed.ts';
import type { HttpReader, HttpSink, HttpStream } from '../socket-port.ts';
import type { ApiParts } from './parts.ts';
import { refuseSpectators } from './records.ts';
import { idParams, route } from './route.ts';
import type { Route } from './route.ts';

/** Silence is broken in time for proxies that cut quiet connections after half a minute. */
const keepAliveMs = 15_000;

/** Sent at once: a browser takes a stream for open when its first bytes are there. It comes back after a second. */
const greeting = 'retry: 1000\n\n';

export const watchRoutes = (parts: ApiParts): readonly Route[] => [
  route('GET', '/api/v1/matches/{id}/stream', {
    summary: 'Watch a match: server-sent events, one per spectator frame, resumed by Last-Event-ID',
    tag: 'matches',
    params: idParams,
    query: z.strictObject({
      /** For clients that cannot send Last-Event-ID at first. */
      after: z.coerce.number().int().min(0).optional(),
    }),
    answers: {
      status: 200,
      description: 'id is the frame’s seq, event its type, data its JSON; after match_over comes `end`.',
      contentType: 'text/event-stream',
    },
    errors: ['unknown_match', 'spectators_refused', 'capacity_reached'],
    handle: async ({ params, query, request }) => {
      const actor = await parts.host.find(matchId(params.id));
      refuseSpectators(actor);
      parts.spectators.check(request.address);
      const last = Number(request.header('last-event-id'));
      const after = Number.isInteger(last) && last > 0 ? last : (query.after ?? 0);
      return stream(parts, actor, after, request.address);
    },
  }),
];

function stream(parts: ApiParts, actor: MatchActor, after: number, address: string): HttpStream {
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
    open: (sink) => new Spectator(parts, actor, after, sink, parts.spectators.enter(address)),
  };
}

/** One who watches: gets the spectator's frames, as late as the match's policy says. */
class Spectator implements HttpReader {
  readonly #parts: ApiParts;
  readonly #sink: HttpSink;
  readonly #feed: FrameFeed;
  readonly #delay: number;
  readonly #release: () => void;
  /** Frames that are told later. */
  readonly #held: NumberedFrame[] = [];
  #cancelKeepAlive: () => void;

  constructor(parts: ApiParts, actor: MatchActor, after: number, sink: HttpSink, release: () => void) {
    this.#parts = parts;
    this.#sink = sink;
    this.#release = release;
    this.#delay = policiesOf(actor.moment.match).spectatorDelay;
    this.#feed = new FrameFeed(after, {
      viewer: 'spectator',
      find: () => parts.host.find(actor.matchId),
      send: (frame) => this.#take(frame),
      hasRoom: () => sink.waitingBytes <= parts.limits.outgoingBytes,
      failed: () => sink.end(),
    });
    sink.send(greeting);
    // A reader that knows the end already has nothing to wait for.
    if (actor.isOver && after >= actor.standpoint.standing.told.spectator) this.#end();
    else this.#follow();
    this.#cancelKeepAlive = this.#planKeepAlive();
  }

  drained(): void {
    this.#follow();
  }

  closed(): void {
    this.#cancelKeepAlive();
    this.#feed.stop();
    this.#release();
  }

  #follow(): void {
    this.#feed.follow().catch(() => this.#sink.end());
  }

  #take(frame: NumberedFrame): void {
    this.#held.push(frame);
    const isLast = frame.type === 'match_over';
    while (this.#held.length > (isLast ? 0 : this.#delay)) {
      const next = this.#held.shift();
      if (next !== undefined && this.#sink.send(textOf(next)) === 'dropped') this.#sink.end();
    }
    if (isLast) this.#end();
  }

  #end(): void {
    this.#sink.send('event: end\ndata: {}\n\n');
    this.#sink.end();
  }

  #planKeepAlive(): () => void {
    return this.#parts.clock.after(keepAliveMs, () => {
      this.#sink.send(': here\n\n');
      this.#cancelKeepAlive = this.#planKeepAlive();
    });
  }
}

/** Made once for all who watch: they are given the same frame. */
const texts = new WeakMap<NumberedFrame, string>();

function textOf(frame: NumberedFrame): string {
  const known = texts.get(frame);
  if (known !== undefined) return known;
  const { seq, type, at, data } = frame;
  const text = `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ type, seq, at, data })}\n\n`;
  texts.set(frame, text);
  return text;
}
