import * as z from 'zod';
import type { Viewer } from '../../../game/command.ts';
import type { NumberedFrame } from '../../../match/fold/frames.ts';
import type { MatchActor } from '../../../match/match-actor.ts';
import { AppError } from '../../../shared/errors.ts';
import { matchId } from '../../../shared/ids.ts';
import { delayFor, eyesRefusals, permitFor, viewerText } from './viewer-access.ts';
import type { Permit } from './viewer-access.ts';
import { FanOut } from '../fan-out.ts';
import { FrameFeed } from '../../matches/frame-feed.ts';
import type { HttpReader, HttpSink, HttpStream } from '../../net/socket-port.ts';
import type { Services } from '../services.ts';
import { logFailures } from '../../edge/problem.ts';
import { idParams, route, wholeText } from '../route.ts';
import type { Route } from '../route.ts';

/** Interval of keep-alive comments, below the half minute after which some proxies cut idle connections. */
const keepAliveMs = 15_000;
/** A comment, which event-stream readers ignore. */
const hereText = ': here\n\n';

export const watchRoutes = (services: Services): readonly Route[] => {
  const fanOut = new FanOut();
  return [
    route('GET', '/api/v1/matches/{id}/stream', {
      summary:
        'Watch a match as a spectator or a role: server-sent events, one per frame, resumed by Last-Event-ID',
      tag: 'matches',
      params: idParams,
      query: z.strictObject({
        /** For clients that cannot send Last-Event-ID on the first request. */
        after: wholeText(0, Number.MAX_SAFE_INTEGER).default(0),
        as: viewerText.default('spectator'),
      }),
      answers: {
        status: 200,
        description: 'id is the frame’s seq, event its type, data its JSON; after match_over comes `end`.',
        contentType: 'text/event-stream',
      },
      errors: ['unknown_match', 'log_pruned', ...eyesRefusals, 'capacity_reached', ...logFailures],
      bearer: 'seat',
      handle: async ({ params, query, request }) => {
        const actor = await services.host.find(matchId(params.id));
        const viewer = query.as;
        const mayLook = permitFor(actor, viewer, request);
        services.spectators.check(request.address);
        const newest = newestShown(actor, viewer);
        if (query.after > newest)
          throw new AppError(
            'validation_error',
            `The newest frame is ${newest}; ${query.after} is still to come.`,
          );
        const after = lastRead(request.header('last-event-id'), newest) ?? query.after;
        const { address } = request;
        return streamOf((sink) => {
          const release = services.spectators.enter(address);
          return new Onlooker({ ...services, fanOut }, { actor, viewer, mayLook, after, sink, release });
        });
      },
    }),
  ];
};

/** The number of the last frame that a viewer may have read so far. */
function newestShown(actor: MatchActor, viewer: Viewer): number {
  const told = actor.fold.bookkeeping.frameCounts[viewer];
  return actor.isOver ? told : Math.max(0, told - delayFor(actor, viewer));
}

/** Parses Last-Event-ID. Null if it is not the number of a frame of this match. */
function lastRead(header: string, newest: number): number | null {
  const { success, data } = wholeText(0, newest).safeParse(header);
  return success ? data : null;
}

function streamOf(open: HttpStream['open']): HttpStream {
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
    open,
  };
}

type OnlookerParts = Services & { readonly fanOut: FanOut };

interface Look {
  readonly actor: MatchActor;
  readonly viewer: Viewer;
  readonly mayLook: Permit;
  /** The number of the last frame read. */
  readonly after: number;
  readonly sink: HttpSink;
  readonly release: () => void;
}

/** One event stream: sends the frames of a viewer, to spectators with the delay of the match's policy. */
class Onlooker implements HttpReader {
  readonly #parts: OnlookerParts;
  readonly #mayLook: Permit;
  /** The actor that was found last. */
  #actor: MatchActor;
  readonly #sink: HttpSink;
  readonly #feed: FrameFeed;
  readonly #delay: number;
  readonly #release: () => void;
  /** Frames held back by the delay. */
  readonly #held: NumberedFrame[] = [];
  /** Text to write at this stream's next turn of the fan-out. */
  #pending = '';
  #isEnding = false;
  readonly #write = (): void => this.#flush();
  #cancelKeepAlive: () => void;

  constructor(parts: OnlookerParts, { actor, viewer, mayLook, after, sink, release }: Look) {
    this.#parts = parts;
    this.#sink = sink;
    this.#release = release;
    this.#actor = actor;
    this.#mayLook = mayLook;
    this.#delay = delayFor(actor, viewer);
    this.#feed = new FrameFeed(after, {
      viewer,
      find: async () => (this.#actor = await parts.host.find(actor.matchId)),
      send: (frame) => this.#take(frame),
      hasRoom: () => sink.waitingBytes + this.#pending.length <= parts.limits.outgoingBytes,
      failed: () => sink.end(),
    });
    // The native library sends the head only with the first body bytes.
    sink.send(hereText);
    // A reader that already has the last frame gets only the end.
    if (actor.isOver && after >= actor.fold.bookkeeping.frameCounts[viewer]) this.#end();
    else this.#follow();
    this.#cancelKeepAlive = this.#planKeepAlive();
  }

  drained(): void {
    this.#follow();
  }

  closed(): void {
    this.#cancelKeepAlive();
    this.#feed.stop();
    this.#parts.fanOut.cancel(this.#write);
    this.#release();
  }

  #follow(): void {
    this.#feed.follow().catch(() => this.#sink.end());
  }

  #take(frame: NumberedFrame): void {
    if (!this.#mayLook(this.#actor)) {
      // The seat has a new token, so its frames are for another player.
      this.#feed.stop();
      this.#sink.end();
      return;
    }
    this.#held.push(frame);
    const isLast = frame.type === 'match_over';
    while (this.#held.length > (isLast ? 0 : this.#delay)) {
      const next = this.#held.shift();
      if (next !== undefined) this.#say(textOf(next));
    }
    if (isLast) this.#end();
  }

  #end(): void {
    this.#isEnding = true;
    this.#say('event: end\ndata: {}\n\n');
  }

  #say(text: string): void {
    this.#pending += text;
    this.#parts.fanOut.soon(this.#write);
  }

  #flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (this.#sink.send(text) === 'dropped' || this.#isEnding) this.#sink.end();
    // The feed may have paused because the text waited for its turn.
    else this.#follow();
  }

  #planKeepAlive(): () => void {
    return this.#parts.clock.after(keepAliveMs, () => {
      this.#sink.send(hereText);
      this.#cancelKeepAlive = this.#planKeepAlive();
    });
  }
}

/** The event-stream text of each frame, made once for all who watch. */
const texts = new WeakMap<NumberedFrame, string>();

function textOf(frame: NumberedFrame): string {
  const known = texts.get(frame);
  if (known !== undefined) return known;
  const { seq, type, at, data } = frame;
  const text = `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ type, seq, at, data })}\n\n`;
  texts.set(frame, text);
  return text;
}
