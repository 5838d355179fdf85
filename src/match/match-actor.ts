import { Observable, Subject } from 'rxjs';
import { inCanonicalOrder } from '../shared/canonical-json.ts';
import { AppError, describeError, isAppError } from '../shared/errors.ts';
import { commandId } from '../shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';
import { InvariantError } from '../shared/invariant.ts';
import { limits } from '../shared/limits.ts';
import type { Command, Role, Viewer } from '../game/command.ts';
import { decide } from '../game/decide/decide.ts';
import { rejected } from '../game/decide/decision.ts';
import type { Decision, ProposalSource, Rejection } from '../game/decide/decision.ts';
import { policiesOf } from '../game/event.ts';
import type { MatchEvent } from '../game/event.ts';
import type { Ruleset } from '../game/ruleset.ts';
import type { SeatEvent, SeatStatus } from '../game/seat.ts';
import type { Documents } from '../log/disk/documents.ts';
import type { Appended, Commit, EventLog } from '../log/event-log.ts';
import { storableAttempt, tokenHashesOf } from './attempt.ts';
import type { Clock } from './clock.ts';
import { forgetPartDigestsOf, partDigestsOf } from './proof/part-digests.ts';
import { Deadlines } from './deadlines.ts';
import { digestOf } from './proof/digest.ts';
import type { NumberedFrame } from './fold/frames.ts';
import { phaseViolation } from './phase-violation.ts';
import { replyFromLog, replyOf } from './fold/reply-from-log.ts';
import type { Reply } from './reply.ts';
import { applyCommit } from './fold/fold.ts';
import { claimSeat, seatCommandId, seatKey } from './seats.ts';
import type { Claim, SeatDecision } from './seats.ts';
import { standpointOf } from './fold/standpoint.ts';
import type { Origin, Revived, Standpoint } from './fold/standpoint.ts';
import type { Applied } from './fold/applied.ts';
import { isTurnChange } from './fold/chart.ts';
import { ToldFrames } from './fold/frame-cache.ts';
import type { Moment } from './fold/chart.ts';
import { merged } from '../shared/objects.ts';

export interface Surroundings {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly source: ProposalSource;
  /** Refused attempts of one role that a match keeps; default: as in limits.ts. */
  readonly refusalsPerSeat?: number;
  /** Where unfinished matches keep their state while they have no actor; without it they are replayed whole. */
  readonly checkpoints?: Documents;
  /** Called with every commit of every match, once it is applied. */
  readonly applied?: (actor: MatchActor, applied: Applied) => void;
}

/**
 * One match. Commands are handled one at a time, in the order they come: chart check, decide, append, apply, publish.
 * A match whose state breaks is quarantined: it answers `match_quarantined` and its stream stays as it is.
 */
export class MatchActor {
  readonly matchId: MatchId;
  #mailbox: Promise<unknown> = Promise.resolve();
  #quarantine: AppError | null = null;
  #usedAt: number;
  #revived: Revived;
  readonly #stream: (Commit & Appended)[] | null;
  readonly #surroundings: Surroundings;
  readonly #deadlines: Deadlines;
  readonly #applied = new Subject<Applied>();
  readonly #frames: ToldFrames;

  /** `stream` is given where the actor starts from the whole of it. */
  constructor(
    matchId: MatchId,
    revived: Revived,
    surroundings: Surroundings,
    stream: readonly (Commit & Appended)[] | null = null,
  ) {
    this.matchId = matchId;
    this.#stream = stream === null ? null : [...stream];
    this.#frames = new ToldFrames(matchId, this.#applied);
    this.#revived = revived;
    this.#surroundings = surroundings;
    this.#usedAt = surroundings.clock.now();
    const { clock } = surroundings;
    this.#deadlines = new Deadlines(clock, revived.createdAt, (missed, since) => this.miss(missed, since));
    this.#deadlines.arm(this.moment.match, revived.chart.meta, revived.phaseSince);
  }

  get moment(): Moment {
    return this.#revived.chart.moment;
  }

  get version(): StreamVersion {
    return this.#revived.version;
  }

  get origin(): Origin {
    return this.#revived.origin;
  }

  get createdAt(): number {
    return this.#revived.createdAt;
  }

  get standpoint(): Standpoint {
    return standpointOf(this.#revived);
  }

  get onTurn(): Role | null {
    return this.#revived.chart.meta.onTurn;
  }

  /** The version with which the current phase began. */
  get phaseBegan(): StreamVersion {
    return this.#revived.phaseSince.version;
  }

  /** The commits of the match from its opening on; null for an actor that started from a checkpoint. */
  get stream(): readonly (Commit & Appended)[] | null {
    return this.#stream;
  }

  /** What another actor of this match could start from now. */
  get revived(): Revived {
    return this.#revived;
  }

  get rules(): Ruleset {
    return this.#revived.rules;
  }

  get isOver(): boolean {
    const { phase } = this.moment;
    return phase === 'done' || phase === 'aborted';
  }

  /** When somebody last asked something of the match. */
  get usedAt(): number {
    return this.#usedAt;
  }

  get hasDeadline(): boolean {
    return this.#deadlines.areArmed;
  }

  /** Every later commit of the match with the moment it led to. Completes when the actor stops. */
  get applied(): Observable<Applied> {
    return this.#applied;
  }

  get isWatched(): boolean {
    return this.#applied.observed;
  }

  /**
   * A viewer's frames numbered above `after`: those of the past from the log, then new ones as they come, without gap
   * or repeat, in portions. Completes when the actor stops; fails with the log's own codes.
   */
  framesAfter(viewer: Viewer, after: number): Observable<readonly NumberedFrame[]> {
    return new Observable((subscriber) => {
      // In turn, so that nothing is applied between the last frame of the past and the first new one.
      this.#inTurn(async () => {
        const past = await this.#pastFrames(viewer, after);
        if (past.length > 0) subscriber.next(past);
        subscriber.add(this.#frames.live(viewer).subscribe(subscriber));
      }).catch((error: unknown) => subscriber.error(error));
    });
  }

  /**
   * Handles a command after those before it. `attempt` gives what the sender sent, kept with a refusal.
   * @throws AppError `match_quarantined`, or the log's own codes; then nothing was applied.
   */
  tell(command: Command, id: CommandId, attempt: () => string = unsaid): Promise<Reply> {
    return this.#inTurn(async () => {
      try {
        return await this.#handle(command, seatCommandId(command.by, id), attempt);
      } catch (error) {
        // Whatever else is thrown, the rules or the chart are broken: this match stops, the others go on.
        throw isAppError(error) ? error : this.#stopMatch(error);
      }
    });
  }

  /**
   * Handles a time limit that passed. Stale unless `armedAt` is the version the current phase began with.
   * @throws as {@link MatchActor.tell}.
   */
  miss(missed: 'turn' | 'match', armedAt: StreamVersion): Promise<Reply> {
    return this.tell({ by: 'clock', missed, armedAt }, commandId(`deadline-${missed}-${armedAt}`));
  }

  /** Records an attempt that never became a command: a frame that does not fit its schema. */
  refuse(by: Role, id: CommandId, attempt: () => string, rejection: Rejection): Promise<Reply> {
    return this.#inTurn(async () => {
      if (this.#quarantine !== null) throw this.#quarantine;
      const own = seatCommandId(by, id);
      return (await this.#repeated(own)) ?? this.#record(by, own, attempt, rejection);
    });
  }

  /** A viewer's frames so far that are numbered above `after`. @throws AppError the log's own codes. */
  pastFrames(viewer: Viewer, after: number): Promise<readonly NumberedFrame[]> {
    return this.#inTurn(() => this.#pastFrames(viewer, after));
  }

  /**
   * Sits a player down, or says why not. A seat once taken belongs to its token.
   * @throws as {@link MatchActor.tell}.
   */
  claimSeat(role: Role, claim: Claim): Promise<SeatDecision> {
    return this.#inTurn(async () => {
      if (this.#quarantine !== null) throw this.#quarantine;
      const seat = this.#revived.standing.seats[role];
      const decision = claimSeat(role, seat, claim, { ...this.#keysOf(role), isOver: this.isOver });
      if (decision.ok) await this.#noteSeat(decision.events);
      return decision;
    });
  }

  /** The hash of the token that opens a seat now; null where none does. */
  seatKey(role: Role): string | null {
    return seatKey(this.#revived.standing.seats[role], this.#keysOf(role));
  }

  /** Records that the player of a seat was cut off; a seat that is not held stays as it is. */
  dropSeat(role: Role): Promise<void> {
    return this.#changeSeat(role, ['held'], { type: 'seat.dropped', data: { role } });
  }

  /** Frees a seat: its player left, or the grace period of one that was cut off is over. */
  releaseSeat(role: Role, cause: 'left' | 'grace'): Promise<void> {
    return this.#changeSeat(role, ['held', 'dropped'], { type: 'seat.released', data: { role, cause } });
  }

  /**
   * Ends the actor, not the match: the stream stays and can be revived. Commands that come later are refused.
   * @returns whether its state was sound to the end.
   */
  async stop(): Promise<boolean> {
    return this.#inTurn(() => {
      const isSound = this.#quarantine === null;
      if (isSound) this.#stopMatch(new InvariantError('Its actor was given up.'));
      this.#revived.chart.stop();
      forgetPartDigestsOf(this);
      this.#applied.complete();
      return Promise.resolve(isSound);
    });
  }

  #keysOf(role: Role) {
    const invitation = this.#revived.origin.seatTokenHashes?.[role];
    return { auth: policiesOf(this.moment.match).auth, invitation };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#usedAt = this.#surroundings.clock.now();
    const result = this.#mailbox.then(work);
    this.#mailbox = result.catch(() => undefined);
    return result;
  }

  async #handle(command: Command, id: CommandId, attempt: () => string): Promise<Reply> {
    if (this.#quarantine !== null) throw this.#quarantine;
    const repeated = await this.#repeated(id);
    if (repeated !== null) return repeated;
    const decision = this.#consider(command);
    // As the log gives them back: what is told now and what is told again are the same bytes.
    if (decision.ok) return this.#carryOut(inCanonicalOrder(decision.events), id);
    const isRole = command.by !== 'clock' && command.by !== 'owner';
    return isRole
      ? this.#record(command.by, id, attempt, decision.rejection)
      : { ok: false, ...this.#here(), rejection: decision.rejection };
  }

  /** The chart says who is on turn; the rules say what the command comes to. */
  #consider(command: Command): Decision {
    const { phase, match } = this.moment;
    const violation = phaseViolation(command.by, phase, this.onTurn);
    if (violation !== null) return violation;
    if (command.by === 'clock' && command.armedAt !== this.phaseBegan)
      return rejected('deadline_stale', 'The turn of this deadline is over.');
    return decide({ match, rules: this.rules, source: this.#surroundings.source }, phase, command);
  }

  async #carryOut(events: readonly MatchEvent[], id: CommandId): Promise<Reply> {
    const { chart } = this.#revived;
    const rehearsal = chart.rehearse(events);
    if (!rehearsal.ok) {
      const { phase } = this.moment;
      throw new InvariantError(`${phase} does not take ${rehearsal.refused.type}.`);
    }
    const changesTurn = events.some(isTurnChange);
    const all = changesTurn ? [...events, this.#digested(rehearsal.moment)] : events;
    const commit = await this.#store(all, id);
    if (changesTurn) this.#deadlines.arm(this.moment.match, chart.meta, this.#revived.phaseSince);
    return replyOf(commit, this.standpoint);
  }

  #digested(moment: Moment): MatchEvent {
    return inCanonicalOrder({ type: 'state.digested', data: digestOf(moment, partDigestsOf(this)) });
  }

  /** Refused attempts are part of the stream while the match runs; after its end the stream is closed. */
  async #record(by: Role, id: CommandId, attempt: () => string, refused: Rejection): Promise<Reply> {
    const rejection = inCanonicalOrder(refused);
    const { refusalsPerSeat = limits.refusalsPerSeat } = this.#surroundings;
    if (this.isOver || this.#revived.standing.refusals[by] >= refusalsPerSeat)
      return { ok: false, ...this.#here(), rejection };
    const { phase } = this.moment;
    const data = {
      by,
      phase,
      attempt: storableAttempt(attempt(), tokenHashesOf(this.#revived)),
      ...rejection,
    };
    const refusal = inCanonicalOrder<MatchEvent>({ type: 'action.refused', data });
    return replyOf(await this.#store([refusal], id), this.standpoint);
  }

  #changeSeat(role: Role, from: readonly SeatStatus[], event: SeatEvent): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#quarantine === null && from.includes(this.#revived.standing.seats[role].status))
        await this.#noteSeat([event]);
    });
  }

  /** After the end of a match its stream is closed, to seats as well. */
  async #noteSeat(events: readonly SeatEvent[]): Promise<void> {
    if (events.length > 0 && !this.isOver)
      await this.#store(inCanonicalOrder(events), commandId(`seat-${this.version + 1}`));
  }

  /** Appended, then applied, then told: what is not stored did not happen. */
  async #store(events: readonly MatchEvent[], id: CommandId): Promise<Commit & Appended> {
    const commit = await this.#append(events, id);
    const steps: Applied['steps'][number][] = [];
    try {
      this.#revived = applyCommit(this.matchId, this.#revived, commit, (step, standing) =>
        steps.push({ step, standing }),
      );
    } catch (error) {
      throw this.#stopMatch(error);
    }
    this.#stream?.push(commit);
    this.#frames.goOn();
    const applied = { commit, moment: this.moment, steps };
    this.#applied.next(applied);
    this.#surroundings.applied?.(this, applied);
    return commit;
  }

  #here(): Pick<Reply, 'version' | 'standpoint'> {
    return { version: this.version, standpoint: this.standpoint };
  }

  async #pastFrames(viewer: Viewer, after: number): Promise<readonly NumberedFrame[]> {
    if (after >= this.#revived.standing.told[viewer]) return [];
    const { log } = this.#surroundings;
    return this.#frames.past(viewer, after, async () => this.#stream ?? log.read(this.matchId));
  }

  async #append(events: readonly MatchEvent[], id: CommandId): Promise<Commit & Appended> {
    const { log, clock } = this.#surroundings;
    const draft = {
      stream: this.matchId,
      expectedVersion: this.version,
      commandId: id,
      at: clock.now(),
      events,
    };
    return merged(draft, await log.append(draft));
  }

  async #repeated(id: CommandId): Promise<Reply | null> {
    const { log } = this.#surroundings;
    const known = await log.find(this.matchId, id);
    if (known === null) return null;
    return replyFromLog(log, this.matchId, id);
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

/** What the clock and the owner say of themselves. */
const unsaid = (): string => '';
