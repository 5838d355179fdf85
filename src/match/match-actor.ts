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

/** A commit that the log holds, as far as its writer knows it. */
export type AppendedCommit = Commit & Appended;

/** What a match actor works with. */
export interface MatchServices {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly source: ProposalSource;
  /** Refused attempts of one role that a match keeps; default: as in limits.ts. */
  readonly refusalsPerSeat?: number;
  /** Where unfinished matches keep their state while they have no actor; without it they are replayed whole. */
  readonly checkpoints?: Documents;
  /** Called with every commit of every match, once it is installed. */
  readonly committed?: (actor: MatchActor, commit: FoldedCommit<AppendedCommit>) => void;
}

/** What became of a command, and the match right after it. The same command id gets the same answer again. */
export type Reply = { readonly fold: MatchFold } & (
  | { readonly ok: true; readonly events: readonly MatchEvent[] }
  | { readonly ok: false; readonly rejection: Rejection }
);

/**
 * One match. Commands are handled one at a time, in the order they come; {@link MatchActor.execute} tells the steps.
 * A match whose state breaks is quarantined: it answers `match_quarantined` and its stream stays as it is.
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

  /** `stream` is given where the actor starts from the whole of it. */
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

  /** The match as its stream has it now; another actor could start from it. */
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

  /** The commits of the match from its opening on; null for an actor that started from a checkpoint. */
  get stream(): readonly AppendedCommit[] | null {
    return this.#stream;
  }

  /** The digests of the match's parts, as far as they are kept from its last turn. */
  get digests(): PartDigests {
    return this.#digestCache.of(this.matchId);
  }

  /** When somebody last asked something of the match. */
  get usedAt(): number {
    return this.#usedAt;
  }

  get hasDeadline(): boolean {
    return this.#deadlines.areArmed;
  }

  /** Every later commit of the match with what it led to. Completes when the actor stops. */
  get commits(): Observable<FoldedCommit<AppendedCommit>> {
    return this.#commits;
  }

  get isWatched(): boolean {
    return this.#commits.observed;
  }

  // --- commands ---

  /**
   * Carries out a role's action as the wire brings it. The schema comes before the phase: a malformed action is a
   * `validation_error` in every phase, from every role.
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
   * Handles a command after those before it. `attempt` gives what the sender sent, kept with a refusal.
   * @throws AppError `match_quarantined`, or the log's own codes; then nothing was installed.
   */
  execute(command: Command, id: CommandId, attempt: () => string = unsaid): Promise<Reply> {
    return this.#inTurn(async () => {
      try {
        return await this.#steps(command, seatCommandId(command.by, id), attempt);
      } catch (error) {
        // Whatever is thrown but an AppError, the rules or the chart are broken: this match stops, the others go on.
        throw isAppError(error) ? error : this.#stopMatch(error);
      }
    });
  }

  async #steps(command: Command, id: CommandId, attempt: () => string): Promise<Reply> {
    // 1. A command that was stored before gets its first answer again.
    const repeated = await this.#repeatedReply(id);
    if (repeated !== null) return repeated;
    // 2. Only the role on turn may act. 3. The rules decide what the action comes to.
    const decision = turnRefusal(this.fold, command.by) ?? this.#decide(command);
    if (!decision.ok) return this.#refuse(command.by, id, attempt, decision.rejection);
    // 4. Fold: the chart takes every event, or the match stops. 5. Append. 6. Install, and tell who follows.
    const { events, fold } = await this.#commit(decision.events, id);
    // 7. Answer with the events, and with the match as it is now.
    return { ok: true, events, fold };
  }

  /**
   * Handles a time limit that passed. Stale unless `armedAt` is the version the current phase began with.
   * @throws as {@link MatchActor.execute}.
   */
  expire(missed: 'turn' | 'match', armedAt: StreamVersion): Promise<Reply> {
    return this.execute({ by: 'clock', missed, armedAt }, commandId(`deadline-${missed}-${armedAt}`));
  }

  /** Records an attempt that never became a command: a frame that does not fit its schema. */
  recordRefusal(by: Role, id: CommandId, attempt: () => string, rejection: Rejection): Promise<Reply> {
    return this.#inTurn(async () => {
      const own = seatCommandId(by, id);
      return (await this.#repeatedReply(own)) ?? this.#refuse(by, own, attempt, rejection);
    });
  }

  // --- seats ---

  /**
   * Sits a player down, or says why not. A seat once taken belongs to its token.
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

  /** The hash of the token that opens a seat now; null where none does. */
  seatKey(role: Role): string | null {
    return seatKey(this.fold.bookkeeping.seats[role], this.#keysOf(role));
  }

  /** Records that the player of a seat was cut off; a seat that is not held stays as it is. */
  dropSeat(role: Role): Promise<void> {
    return this.#changeSeat(role, ['held'], { type: 'seat.dropped', data: { role } });
  }

  /** Frees a seat: its player left, or the grace period of one that was cut off is over. */
  releaseSeat(role: Role, cause: 'left' | 'grace'): Promise<void> {
    return this.#changeSeat(role, ['held', 'dropped'], { type: 'seat.released', data: { role, cause } });
  }

  // --- frames ---

  /**
   * A viewer's frames numbered above `after`: those of the past from the log, then new ones as they come, without gap
   * or repeat, in portions. Completes when the actor stops; fails with the log's own codes.
   */
  framesAfter(viewer: Viewer, after: number): Observable<readonly NumberedFrame[]> {
    return new Observable((subscriber) => {
      // In turn, so that no commit comes between the last frame of the past and the first new one.
      this.#queued(async () => {
        const past = await this.#pastFrames(viewer, after);
        if (past.length > 0) subscriber.next(past);
        subscriber.add(this.#frames.live(viewer).subscribe(subscriber));
      }).catch((error: unknown) => subscriber.error(error));
    });
  }

  /** A viewer's frames so far that are numbered above `after`. @throws AppError the log's own codes. */
  pastFrames(viewer: Viewer, after: number): Promise<readonly NumberedFrame[]> {
    return this.#queued(() => this.#pastFrames(viewer, after));
  }

  // --- life ---

  /**
   * Ends the actor, not the match: the stream stays and can be revived. Commands that come later are refused.
   * @returns whether its state was sound to the end.
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

  /** Work on the match while it is sound. @throws AppError `match_quarantined` */
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

  /** Folds, appends, installs: what the log has not stored did not happen. */
  async #commit(decided: readonly MatchEvent[], id: CommandId) {
    const { log, clock, committed } = this.#services;
    // As the log gives them back: what is told now and what is told again are the same bytes.
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
    if (next?.ok !== true)
      throw new InvariantError(`${next?.message ?? 'No fold was made'}.`, { cause: next?.cause });
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

  /** Refused attempts are part of the stream while the match runs; after its end the stream is closed. */
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

  /** After the end of a match its stream is closed, to seats as well. */
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

/** What the clock and the owner say of themselves. */
const unsaid = (): string => '';
