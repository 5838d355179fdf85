import type { Role } from '../../game/command.ts';
import type { Diagnostics } from '../../log/diagnostics.ts';
import type { Clock } from '../../match/clock.ts';
import type { MatchActor } from '../../match/match-actor.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { joinShape, parseFrame, parseReset } from '../../protocol/role-socket.ts';
import type { RoleRequest } from '../../protocol/role-socket.ts';
import { detailsOfFaults, faultsOf } from '../../protocol/faults.ts';
import { seatToken } from '../../protocol/seat-token.ts';
import { describeError, isAppError } from '../../shared/errors.ts';
import { commandId, matchId } from '../../shared/ids.ts';
import type { CommandId, MatchId } from '../../shared/ids.ts';
import type { Limits } from '../../shared/limits.ts';
import { FrameFeed } from '../matches/frame-feed.ts';
import { FrameIntake, flood } from './frame-intake.ts';
import type { Received } from './frame-intake.ts';
import type { MatchHost } from '../matches/match-host.ts';
import type { Metrics } from '../edge/metrics.ts';
import * as replies from './replies.ts';
import type { Answer, Asked, Extras, PublicError } from './replies.ts';
import type { Seated, Seating, Sitter } from '../matches/seating.ts';
import type { Conversation, ServerSocket } from '../net/socket-port.ts';
import { newToken } from '../matches/tokens.ts';
import { ViewWriter } from './view-writer.ts';

export interface RoleSocketServices {
  readonly host: MatchHost;
  readonly seating: Seating;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly diagnostics: Diagnostics;
  readonly metrics: Pick<Metrics, 'answered'>;
}

/** The seat that a socket holds. */
interface Seat {
  readonly id: MatchId;
  readonly token: string | null;
}

/** A frame that waits for its answer, and when it arrived, in milliseconds of `performance.now()`. */
interface WaitingFrame {
  readonly received: Received;
  readonly at: number;
}

/**
 * One connection of one role. Requests are answered one at a time, in order, with exactly one frame each,
 * except `close`, which ends the connection. Frames are pushed only after `subscribe`.
 */
export class RoleSocket implements Conversation, Sitter {
  readonly #parts: RoleSocketServices;
  readonly #role: Role;
  readonly #socket: ServerSocket;
  /** The client's address, which is not the peer's behind a trusted proxy. */
  readonly #address: string;
  readonly #waiting: WaitingFrame[] = [];
  #isWorking = false;
  #isClosed = false;
  #isFlooded = false;
  /** Set while the socket drains, and called once it is closed. While it is set no more frames are read. */
  #drained: (() => void) | null = null;
  #seat: Seat | null = null;
  /** A seat token that the client has not received yet. */
  #untold: string | null = null;
  /** Why the match in the address could not be joined. */
  #notJoined: Pick<PublicError, 'code' | 'message'> | null = null;
  #feed: FrameFeed | null = null;
  readonly #intake: FrameIntake;
  readonly #views = new ViewWriter();
  readonly #cancelUnseated: () => void;
  /** Prefix of the ids of commands that carry none. */
  readonly #commandPrefix = newToken().slice(0, 16);
  #commands = 0;

  constructor(
    parts: RoleSocketServices,
    role: Role,
    socket: ServerSocket,
    { query, address }: { readonly query: string; readonly address: string },
  ) {
    this.#parts = parts;
    this.#role = role;
    this.#socket = socket;
    this.#address = address;
    this.#intake = new FrameIntake(parts.clock, parts.limits);
    const { clock, limits } = parts;
    this.#cancelUnseated = clock.after(limits.unseatedMs, () => this.#end(closeCodes.unseated, 'no_match'));
    const wanted = new URLSearchParams(query);
    const id = wanted.get('match_id');
    if (id !== null) void this.#work(() => this.#joinSilently(id, wanted.get('seat_token')));
  }

  message(data: Uint8Array, isBinary: boolean): void {
    // The library may deliver frames for a while after the close was requested.
    if (this.#isClosed || this.#isFlooded || this.#drained !== null) return;
    const received = this.#intake.take(data, isBinary, this.#waiting.length);
    this.#isFlooded = received === flood;
    this.#waiting.push({ received, at: performance.now() });
    if (!this.#isWorking) void this.#work();
  }

  drained(): void {
    void this.#work();
  }

  /** Reads no more frames, answers those received, and closes. Resolves when that is done. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#isClosed) resolve();
      else if (!this.#isWorking) this.#end(closeCodes.restart, 'restart');
    });
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drained?.();
    this.#cancelUnseated();
    this.#waiting.length = 0;
    this.#stopFeed();
    // A pending `#sit` leaves by itself when it finds the socket closed.
    void this.#leave('cut');
  }

  takenOver(): void {
    this.#seat = null;
    this.#end(closeCodes.takenOver, 'taken_over');
  }

  /**
   * Closes the socket. From here on nothing is read, executed or sent, however long the closing handshake
   * takes.
   */
  #end(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.closed();
  }

  /** Runs `first`, then answers the queued frames one after another, then resumes the feed. */
  async #work(first?: () => Promise<void>): Promise<void> {
    // The running call resumes the feed as well.
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      await first?.();
      do {
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
          const { received, at } = next;
          if (received === flood) {
            this.#end(closeCodes.rateLimited, 'rate_limited');
            return;
          }
          await this.#answer(received, at);
        }
        // The socket may have been closed during an answer.
        if (this.#isClosed) this.#stopFeed();
        await this.#feed?.follow();
        // Frames may have arrived while the feed caught up.
      } while (this.#waiting.length > 0);
    } catch (error) {
      this.#parts.diagnostics.error({ error: describeError(error) }, 'a role socket failed');
      this.#end(closeCodes.failed, 'internal');
    } finally {
      this.#isWorking = false;
      if (this.#drained !== null && !this.#isClosed) this.#end(closeCodes.restart, 'restart');
    }
  }

  /** Sends the answer to a frame, if it has one. `at` is when the frame arrived. */
  async #answer(received: Exclude<Received, typeof flood>, at: number): Promise<void> {
    const asked = (requestId?: string): Asked => ({ role: this.#role, requestId, views: this.#views });
    const give = (type: string, answer: Answer | null): void => {
      if (answer === null) return;
      this.#send(answer.text);
      this.#parts.metrics.answered(this.#role, type, answer, performance.now() - at);
    };
    if (typeof received !== 'string') {
      give('none', replies.error(asked(), received.code, received.message));
      return;
    }
    const frame = parseFrame(received);
    if (!frame.ok) {
      if (frame.code === 'invalid_json') await this.#noteUnparsable(received, frame.message);
      const details = detailsOfFaults(frame.faults);
      give('none', replies.error(asked(frame.requestId), frame.code, frame.message, details));
      return;
    }
    const { request } = frame;
    try {
      give(request.type, await this.#handle(request, asked(request.request_id)));
    } catch (error) {
      this.#report(error, request.type);
      give(request.type, replies.failure(asked(request.request_id), error));
    }
  }

  #handle(request: RoleRequest, asked: Asked): Promise<Answer | null> | Answer | null {
    switch (request.type) {
      case 'reset':
        return this.#reset(request.data ?? {}, asked);
      case 'join':
        return this.#join(request.data ?? {}, asked);
      case 'step':
        return this.#step(request.data ?? {}, request.command_id, asked);
      case 'obs':
        return this.#withMatch(asked, ({ matchId: id, fold }) =>
          replies.observation(asked, id, fold, 0, this.#extras()),
        );
      case 'state':
        return this.#withMatch(asked, ({ matchId: id, fold }) => replies.state(asked, id, fold));
      case 'subscribe':
        return this.#withMatch(asked, (actor) => this.#subscribe(asked, actor, request.data?.from_seq));
      case 'unsubscribe':
        return this.#withMatch(asked, ({ matchId: id }) => {
          this.#stopFeed();
          return replies.unsubscribed(asked, id);
        });
      case 'close':
        return this.#close();
    }
  }

  async #reset(data: Readonly<Record<string, unknown>>, asked: Asked): Promise<Answer> {
    const wanted = parseReset(data);
    if (!wanted.ok) {
      const { faults } = wanted;
      const [first] = faults;
      const where = first?.path ? `${first.path}: ` : '';
      const message = `No match was made. ${where}${first?.message ?? ''}`;
      return replies.error(asked, 'reset_error', message, detailsOfFaults(faults));
    }
    const actor = await this.#parts.host.create(wanted.request, this.#address);
    return this.#sitDown(asked, actor.matchId, wanted.token);
  }

  async #join(data: Readonly<Record<string, unknown>>, asked: Asked): Promise<Answer> {
    const { match_id: id } = data;
    if (id === undefined || id === null || id === '') return replies.error(asked, 'missing_match_id');
    const parsed = joinShape.safeParse(data);
    if (!parsed.success) {
      const faults = faultsOf(parsed.error);
      return replies.error(asked, 'validation_error', 'The join does not fit.', detailsOfFaults(faults));
    }
    const sought = matchId(parsed.data.match_id);
    return this.#sitDown(asked, sought, parsed.data.seat_token ?? this.#ownToken(sought));
  }

  /** A socket that already holds the seat may join again without its token. */
  #ownToken(id: MatchId): string | null {
    return this.#seat?.id === id ? this.#seat.token : null;
  }

  async #joinSilently(id: string, token: string | null): Promise<void> {
    if (token !== null && !seatToken.safeParse(token).success) {
      this.#notJoined = { code: 'seat_token_wrong', message: 'The seat_token of the address is none.' };
      return;
    }
    try {
      const seated = await this.#sit(matchId(id), token);
      if (!seated.ok) this.#notJoined = seated;
    } catch (error) {
      this.#report(error, 'join');
      this.#notJoined = replies.publicError(error);
    }
  }

  async #sitDown(asked: Asked, id: MatchId, token: string | null): Promise<Answer> {
    const seated = await this.#sit(id, token);
    if (!seated.ok) return replies.error(asked, seated.code, seated.message);
    return this.#withMatch(asked, ({ fold }) => replies.observation(asked, id, fold, 0, this.#extras()));
  }

  /** Takes a seat and leaves the previous one. */
  async #sit(id: MatchId, token: string | null): Promise<Seated> {
    const seated = await this.#parts.seating.sit(this, id, this.#role, token);
    if (!seated.ok) return seated;
    if (this.#seat?.id !== id) await this.#leave('left');
    this.#seat = { id, token: seated.token };
    this.#untold = seated.token;
    this.#notJoined = null;
    this.#cancelUnseated();
    if (this.#isClosed) await this.#leave('cut');
    return seated;
  }

  async #leave(cause: 'left' | 'cut'): Promise<void> {
    const seat = this.#seat;
    if (seat === null) return;
    this.#seat = null;
    this.#stopFeed();
    await this.#parts.seating.leave(this, seat.id, this.#role, cause);
  }

  async #close(): Promise<null> {
    await this.#leave('left');
    this.#waiting.length = 0;
    this.#end(closeCodes.bye, 'bye');
    return null;
  }

  async #step(
    action: Readonly<Record<string, unknown>>,
    id: string | undefined,
    asked: Asked,
  ): Promise<Answer> {
    return this.#withMatch(asked, async (actor) => {
      const reply = await actor.act(this.#role, action, id === undefined ? this.#nextId() : commandId(id));
      // A refusal carries no observation, so an unsent token stays unsent.
      return replies.stepAnswer(asked, actor.matchId, reply, reply.ok ? this.#extras() : {});
    });
  }

  async #withMatch(asked: Asked, use: (actor: MatchActor) => Promise<Answer> | Answer): Promise<Answer> {
    if (this.#seat === null)
      return this.#notJoined === null
        ? replies.error(asked, 'no_match', 'Reset or join a match first.')
        : replies.notJoined(asked, this.#notJoined);
    return use(await this.#parts.host.find(this.#seat.id));
  }

  /** A frame that is not JSON counts as an attempt of its seat. */
  async #noteUnparsable(attempt: string, message: string): Promise<void> {
    if (this.#seat === null) return;
    try {
      const actor = await this.#parts.host.find(this.#seat.id);
      await actor.recordRefusal(this.#role, this.#nextId(), () => attempt, {
        code: 'invalid_json',
        message,
        details: {},
      });
    } catch (error) {
      this.#parts.diagnostics.warn({ error: describeError(error) }, 'an unparsable frame is not recorded');
    }
  }

  // --- pushed frames ---

  #subscribe(asked: Asked, actor: MatchActor, from: number | undefined): Answer {
    const newest = actor.fold.bookkeeping.frameCounts[this.#role];
    const after = from ?? newest;
    const toCome = `The newest frame is ${newest}; ${after} is still to come.`;
    if (after > newest) return replies.error(asked, 'validation_error', toCome);
    this.#stopFeed();
    const { host, limits, diagnostics } = this.#parts;
    // `#work` starts it, after the reply.
    this.#feed = new FrameFeed(after, {
      viewer: this.#role,
      find: () => host.find(actor.matchId),
      send: (frame) => this.#send(replies.push(frame)),
      hasRoom: () => this.#socket.waitingBytes <= limits.outgoingBytes,
      failed: (error) => {
        diagnostics.warn({ error: describeError(error) }, 'a subscription failed');
        this.#end(closeCodes.failed, 'internal');
      },
    });
    return replies.subscribed(asked, actor.matchId, newest, after);
  }

  #stopFeed(): void {
    this.#feed?.stop();
    this.#feed = null;
  }

  /** Reports unexpected errors to the operator. */
  #report(error: unknown, type: RoleRequest['type']): void {
    if (!isAppError(error))
      this.#parts.diagnostics.error({ error: describeError(error), type }, 'a request failed');
  }

  #send(text: string): void {
    if (this.#isClosed) return;
    // A client that requests output and does not read it is disconnected.
    if (this.#socket.send(text) === 'dropped') this.#end(closeCodes.slowReader, 'slow_reader');
  }

  /** The token is sent with the next observation, whichever request that answers. */
  #extras(): Extras {
    const token = this.#untold;
    this.#untold = null;
    return token === null ? {} : { seat_token: token };
  }

  #nextId(): CommandId {
    this.#commands += 1;
    return commandId(`${this.#commandPrefix}.${this.#commands}`);
  }
}
