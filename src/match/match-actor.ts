import { Observable, Subject } from 'rxjs';
import { createActor } from 'xstate';
import { inCanonicalOrder } from '../shared/canonical-json.ts';
import { AppError, describeError, isAppError } from '../shared/errors.ts';
import { commandId } from '../shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';
import { InvariantError, present } from '../shared/invariant.ts';
import { limits } from '../shared/limits.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import type { Command, Role, Viewer } from '../game/command.ts';
import { decide, turnRefusal } from '../game/decide/decide.ts';
import { rejected } from '../game/decide/decision.ts';
import type { Decision, ProposalSource, Rejection } from '../game/decide/decision.ts';
import { policiesOf } from '../game/event.ts';
import type { EventOf, MatchEvent } from '../game/event.ts';
import { isOver } from '../game/position.ts';
import type { Position } from '../game/position.ts';
import type { SeatEvent, SeatStatus } from '../game/seat.ts';
import type { Documents } from '../log/disk/documents.ts';
import type { Appended, Commit, EventLog } from '../log/event-log.ts';
import { parseAction, whyMalformed } from '../protocol/action.ts';
import { storableAttempt, tokenHashesOf, writtenOut } from './attempt.ts';
import type { Clock } from './clock.ts';
import { Deadlines } from './deadlines.ts';
import { isTurnChange, timeless } from './fold/chart.ts';
import { matchLogic } from './fold/fold.ts';
import type { FoldedCommit, MatchFold } from './fold/fold.ts';
import { replay } from './fold/replay.ts';
import { FrameCache } from './fold/frame-cache.ts';
import type { NumberedFrame } from './fold/frames.ts';
import { digestOf } from './proof/digest.ts';
import type { DigestCache, PartDigests } from './proof/part-digests.ts';
import { claimSeat, seatCommandId, seatKey } from './seats.ts';
import type { Claim, SeatDecision } from './seats.ts';

/** A commit that its writer has appended: without the hash, which only the log knows. */
export type AppendedCommit = Commit & Appended;

/** The dependencies of a match actor. */
export interface MatchServices {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly source: ProposalSource;
  /** How many refused attempts of one role a match records. Default: `limits.refusalsPerSeat`. */
  readonly refusalsPerSeat?: number;
  /** The checkpoints of unfinished matches without an actor. If absent, revival replays the whole stream. */
  readonly checkpoints?: Documents;
  /** Called with every commit of every match, after it is stored and installed. */
  readonly committed?: (actor: MatchActor, commit: FoldedCommit<AppendedCommit>) => void;
}

/** The outcome of a command: its stored events or its rejection, with the match right after it. */
export type Reply = { readonly fold: MatchFold } & (
  | { readonly ok: true; readonly events: readonly MatchEvent[] }
  | { readonly ok: false; readonly rejection: Rejection }
);

/**
 * One match. Commands run one at a time, in the order of the calls; {@link MatchActor.execute} has the steps.
 * If the rules, the chart or the fold fail, the match is quarantined: from then on it throws
 * `match_quarantined`, and its stream stays unchanged.
 */
export class MatchActor {
  readonly matchId: MatchId;
  readonly #queue = new SerialQueue();
  #quarantine: AppError | null = null;
  #usedAt: number;
  readonly #actor;
  readonly #digestCache: DigestCache;
  readonly #stream: AppendedCommit[] | null;
  readonly #services: MatchServices;
  readonly #deadlines: Deadlines;
  readonly #commits = new Subject<FoldedCommit<AppendedCommit>>();
  readonly #frames: FrameCache;

  /** `stream`: the whole stream, if the caller has read it; null when the actor starts from a checkpoint. */
  constructor(
    fold: MatchFold,
    services: MatchServices,
    digestCache: DigestCache,
    stream: readonly AppendedCommit[] | null = null,
  ) {
    this.matchId = fold.matchId;
    this.#stream = stream === null ? null : [...stream];
    this.#frames = new FrameCache(this.matchId, this.#commits);
    this.#actor = createActor(matchLogic, { id: this.matchId, input: fold, clock: timeless }).start();
    this.#digestCache = digestCache;
    this.#services = services;
    this.#usedAt = services.clock.now();
    this.#deadlines = new Deadlines(services.clock, (missed, armedAt) => this.expire(missed, armedAt));
    this.#deadlines.arm(fold);
  }

  /** The match after the last stored commit. */
  get fold(): MatchFold {
    return this.#actor.getSnapshot().fold;
  }

  get position(): Position {
    return this.fold.position;
  }

  get version(): StreamVersion {
    return this.fold.version;
  }

  get onTurn(): Role | null {
    return this.fold.onTurn;
  }

  get isOver(): boolean {
    return isOver(this.position);
  }

  /** Every commit of the match; null for an actor that started from a checkpoint. */
  get stream(): readonly AppendedCommit[] | null {
    return this.#stream;
  }

  /** The cached digests of the match's parts. */
  get digests(): PartDigests {
    return this.#digestCache.of(this.matchId);
  }

  /** The time of the last call, in milliseconds since the Unix epoch. */
  get usedAt(): number {
    return this.#usedAt;
  }

  get hasDeadline(): boolean {
    return this.#deadlines.areArmed;
  }

  /** The commits after the subscription, each with its fold and steps. Completes when the actor stops. */
  get commits(): Observable<FoldedCommit<AppendedCommit>> {
    return this.#commits;
  }

  get isWatched(): boolean {
    return this.#commits.observed;
  }

  // --- commands ---

  /**
   * Carries out a role's action as it came from the wire. The schema is checked before the phase: a malformed
   * action is rejected with `validation_error` in every phase, from every role.
   * @throws as {@link MatchActor.execute}.
   */
  act(role: Role, action: unknown, id: CommandId): Promise<Reply> {
    const attempt = () => writtenOut(action);
    const parsed = parseAction(role, action, this.position.rules);
    return parsed.ok
      ? this.execute(parsed.command, id, attempt)
      : this.recordRefusal(role, id, attempt, whyMalformed(parsed.faults));
  }

  /**
   * Runs a command after all earlier ones. Rejects with `phase_violation` a role that is not on turn, else
   * with the code from `decide`. A command id that is stored already for the seat returns its first outcome
   * and stores nothing. `attempt` returns what the sender sent, for a stored refusal.
   * @throws AppError `match_quarantined`, or the log's own codes; then the match is unchanged in memory.
   */
  execute(command: Command, id: CommandId, attempt: () => string = unsaid): Promise<Reply> {
    return this.#inTurn(async () => {
      try {
        return await this.#steps(command, seatCommandId(command.by, id), attempt);
      } catch (error) {
        // Any other error means that the rules or the chart are broken: only this match stops.
        throw isAppError(error) ? error : this.#stopMatch(error);
      }
    });
  }

  async #steps(command: Command, id: CommandId, attempt: () => string): Promise<Reply> {
    // 1. A command id that is already stored gets its first outcome again.
    const repeated = await this.#repeatedReply(id);
    if (repeated !== null) return repeated;
    // 2. Only the role on turn may act. 3. The rules decide: events or a rejection.
    const decision = turnRefusal(this.fold, command.by) ?? this.#decide(command);
    if (!decision.ok) return this.#refuse(command.by, id, attempt, decision.rejection);
    // 4. Fold: the chart must take every event, or the match stops. 5. Append. 6. Install and publish.
    const { events, fold } = await this.#commit(decision.events, id);
    // 7. Reply with the stored events and the new fold.
    return { ok: true, events, fold };
  }

  /**
   * Runs a passed time limit as a command of the clock. Rejected with `deadline_stale` unless `armedAt` is
   * the version that the current phase began with.
   * @throws as {@link MatchActor.execute}.
   */
  expire(missed: 'turn' | 'match', armedAt: StreamVersion): Promise<Reply> {
    return this.execute({ by: 'clock', missed, armedAt }, commandId(`deadline-${missed}-${armedAt}`));
  }

  /** Records a refused attempt that is no command, such as a malformed frame. Idempotent like `execute`. */
  recordRefusal(by: Role, id: CommandId, attempt: () => string, rejection: Rejection): Promise<Reply> {
    return this.#inTurn(async () => {
      const own = seatCommandId(by, id);
      return (await this.#repeatedReply(own)) ?? this.#refuse(by, own, attempt, rejection);
    });
  }

  // --- seats ---

  /**
   * Gives a seat to the holder of a token, or refuses with `seat_taken`, `seat_token_required` or
   * `seat_token_wrong`. A claimed seat belongs to its token.
   * @throws as {@link MatchActor.execute}.
   */
  claimSeat(role: Role, claim: Claim): Promise<SeatDecision> {
    return this.#inTurn(async () => {
      const seat = this.fold.bookkeeping.seats[role];
      const decision = claimSeat(role, seat, claim, { ...this.#keysOf(role), isOver: this.isOver });
      if (decision.ok) await this.#recordSeat(decision.events);
      return decision;
    });
  }

  /** The SHA-256 (hex) of the token that the seat accepts now; null when it has none. */
  seatKey(role: Role): string | null {
    return seatKey(this.fold.bookkeeping.seats[role], this.#keysOf(role));
  }

  /** Records a lost connection; does nothing if the seat is not held. @throws AppError the log's codes. */
  dropSeat(role: Role): Promise<void> {
    return this.#changeSeat(role, ['held'], { type: 'seat.dropped', data: { role } });
  }

  /** Frees a seat after its player left or its grace period. @throws AppError the log's own codes. */
  releaseSeat(role: Role, cause: 'left' | 'grace'): Promise<void> {
    return this.#changeSeat(role, ['held', 'dropped'], { type: 'seat.released', data: { role, cause } });
  }

  // --- frames ---

  /**
   * A viewer's frames numbered above `after`: first past ones, then live ones, without gap or repeat, in
   * arrays of one or more. Completes when the actor stops; fails with the log's own codes.
   */
  framesAfter(viewer: Viewer, after: number): Observable<readonly NumberedFrame[]> {
    return new Observable((subscriber) => {
      // Queued, so that no commit comes between the last past frame and the first live one.
      this.#queued(async () => {
        const past = await this.#pastFrames(viewer, after);
        if (past.length > 0) subscriber.next(past);
        subscriber.add(this.#frames.live(viewer).subscribe(subscriber));
      }).catch((error: unknown) => subscriber.error(error));
    });
  }

  /** A viewer's frames up to now that are numbered above `after`. @throws AppError the log's own codes. */
  pastFrames(viewer: Viewer, after: number): Promise<readonly NumberedFrame[]> {
    return this.#queued(() => this.#pastFrames(viewer, after));
  }

  // --- life ---

  /**
   * Stops the actor after the queued calls; the stream stays. Later commands throw `match_quarantined`.
   * @returns false if the match was quarantined before.
   */
  stop(): Promise<boolean> {
    return this.#queued(() => {
      const isSound = this.#quarantine === null;
      if (isSound) this.#stopMatch(new InvariantError('Its actor was given up.'));
      this.#actor.stop();
      this.#digestCache.forget(this.matchId);
      this.#commits.complete();
      return Promise.resolve(isSound);
    });
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    this.#usedAt = this.#services.clock.now();
    return this.#queue.run(work);
  }

  /** Queues work that needs a sound match. @throws AppError `match_quarantined` */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queued(() => {
      if (this.#quarantine !== null) throw this.#quarantine;
      return work();
    });
  }

  async #repeatedReply(id: CommandId): Promise<Reply | null> {
    const { log } = this.#services;
    if ((await log.find(this.matchId, id)) === null) return null;
    const commits = await log.read(this.matchId);
    const stored = present(
      commits.find((commit) => commit.commandId === id),
      `The commit of ${id}`,
    );
    return replyTo(stored.events, replay(this.matchId, commits, stored.version));
  }

  #decide(command: Command): Decision {
    if (command.by === 'clock' && command.armedAt !== this.fold.phaseSince.version)
      return rejected('deadline_stale', 'The turn of this deadline is over.');
    return decide({ ...this.position, source: this.#services.source }, command);
  }

  /** Folds, appends, then installs. Events that the log has not stored have no effect. */
  async #commit(decided: readonly MatchEvent[], id: CommandId) {
    const { log, clock, committed } = this.#services;
    // In the key order of the log, so that a live reply and a repeated one have the same bytes.
    const events = inCanonicalOrder(decided);
    const commit = {
      stream: this.matchId,
      expectedVersion: this.version,
      commandId: id,
      at: clock.now(),
      events,
    };
    this.#actor.send({ type: 'commit.decided', commit, digest: (reached) => this.#digested(reached) });
    const { next } = this.#actor.getSnapshot();
    // Whatever was to be stored, a seat's event too: from here on this match could only go wrong.
    if (next?.ok !== true)
      throw this.#stopMatch(
        new InvariantError(`${next?.message ?? 'No fold was made'}.`, { cause: next?.cause }),
      );
    const appended = await log.append(next.commit).catch((error: unknown) => {
      this.#actor.send({ type: 'commit.lost' });
      throw error;
    });
    this.#actor.send({ type: 'commit.stored' });
    const folded = { ...next, commit: { ...next.commit, ...appended } };
    this.#stream?.push(folded.commit);
    if (events.some(isTurnChange)) this.#deadlines.arm(this.fold);
    this.#frames.invalidate();
    this.#commits.next(folded);
    committed?.(this, folded);
    return { events: folded.commit.events, fold: folded.fold };
  }

  #digested(reached: Position): EventOf<'state.digested'> {
    return inCanonicalOrder({ type: 'state.digested', data: digestOf(reached, this.digests) });
  }

  /** Refused attempts are stored while the match runs; after the end nothing more is appended. */
  async #refuse(by: Command['by'], id: CommandId, attempt: () => string, refused: Rejection): Promise<Reply> {
    const rejection = inCanonicalOrder(refused);
    const { fold } = this;
    const { refusalsPerSeat = limits.refusalsPerSeat } = this.#services;
    const isRecorded =
      by !== 'clock' && by !== 'owner' && !this.isOver && fold.bookkeeping.refusals[by] < refusalsPerSeat;
    if (!isRecorded) return { ok: false, rejection, fold };
    const { phase } = fold.position;
    const sent = storableAttempt(attempt(), tokenHashesOf(fold));
    const data = { by, phase, attempt: sent, ...rejection };
    const stored = await this.#commit([{ type: 'action.refused', data }], id);
    return replyTo(stored.events, stored.fold);
  }

  #keysOf(role: Role) {
    const invitation = this.fold.origin.seatTokenHashes?.[role];
    return { auth: policiesOf(this.position.state).auth, invitation };
  }

  #changeSeat(role: Role, from: readonly SeatStatus[], event: SeatEvent): Promise<void> {
    return this.#queued(async () => {
      if (this.#quarantine === null && from.includes(this.fold.bookkeeping.seats[role].status))
        await this.#recordSeat([event]);
    });
  }

  /** Seat events are not stored after the end of the match either. */
  async #recordSeat(events: readonly SeatEvent[]): Promise<void> {
    if (events.length > 0 && !this.isOver) await this.#commit(events, commandId(`seat-${this.version + 1}`));
  }

  async #pastFrames(viewer: Viewer, after: number): Promise<readonly NumberedFrame[]> {
    if (after >= this.fold.bookkeeping.frameCounts[viewer]) return [];
    const { log } = this.#services;
    return this.#frames.past(viewer, after, async () => this.#stream ?? log.read(this.matchId));
  }

  #stopMatch(cause: unknown): AppError {
    this.#deadlines.disarm();
    this.#quarantine = new AppError(
      'match_quarantined',
      `Match ${this.matchId} was stopped at version ${this.version}: ${describeError(cause)}`,
      { match: this.matchId, version: this.version },
      { cause },
    );
    return this.#quarantine;
  }
}

function replyTo(events: readonly MatchEvent[], fold: MatchFold): Reply {
  const [first] = events;
  if (first?.type !== 'action.refused') return { ok: true, fold, events };
  const { code, message, details } = first.data;
  return { ok: false, fold, rejection: { code: code as Rejection['code'], message, details } };
}

/** The default attempt, for the clock and the owner. */
const unsaid = (): string => '';
