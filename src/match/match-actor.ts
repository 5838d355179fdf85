import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { AppError, describeError, isAppError } from '../shared/errors.ts';
import { InvariantError } from '../shared/invariant.ts';
import { commandId, streamVersion } from '../shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';
import type { Command, Role } from '../game/command.ts';
import { decide } from '../game/decide/decide.ts';
import { rejected } from '../game/decide/decision.ts';
import type { Decision, ProposalSource, Rejection } from '../game/decide/decision.ts';
import type { MatchEvent } from '../game/event.ts';
import type { Ruleset } from '../game/ruleset.ts';
import type { Appended, Commit, EventLog, StoredCommit } from '../log/event-log.ts';
import type { Documents } from '../log/documents.ts';
import type { Clock } from './clock.ts';
import { Deadlines } from './deadlines.ts';
import { digestOf } from './digest.ts';
import { phaseViolation } from './phase-violation.ts';
import { isTurnChange } from './statechart.ts';
import type { Moment, Statechart } from './statechart.ts';

/** What became of a command. The same command id gets the same answer again. */
export type Reply =
  | { readonly ok: true; readonly version: StreamVersion; readonly events: readonly MatchEvent[] }
  | { readonly ok: false; readonly version: StreamVersion; readonly rejection: Rejection };

/** A commit that was stored and applied, with the moment it led to. */
export interface Frame {
  readonly commit: Commit & Appended;
  readonly moment: Moment;
}

/** What an actor starts from: a stream folded to its end. */
export interface Revived {
  readonly chart: Statechart;
  readonly rules: Ruleset;
  readonly version: StreamVersion;
  readonly createdAt: number;
  /** When the current phase began, and the version it began with. */
  readonly phaseSince: { readonly at: number; readonly version: StreamVersion };
}

export interface Surroundings {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly source: ProposalSource;
  /** Where unfinished matches keep their state while they have no actor; without it they are replayed whole. */
  readonly checkpoints?: Documents;
}

/**
 * One match. Commands are handled one at a time, in the order they come: chart check, decide, append, apply, publish.
 * A match whose state breaks is quarantined: it answers `match_quarantined` and its stream stays as it is.
 */
export class MatchActor {
  readonly matchId: MatchId;
  #mailbox: Promise<unknown> = Promise.resolve();
  #quarantine: AppError | null = null;
  #version: StreamVersion;
  #phaseSince: Revived['phaseSince'];
  #usedAt: number;
  readonly #revived: Revived;
  readonly #surroundings: Surroundings;
  readonly #deadlines: Deadlines;
  readonly #frames = new Subject<Frame>();

  constructor(matchId: MatchId, revived: Revived, surroundings: Surroundings) {
    this.matchId = matchId;
    this.#revived = revived;
    this.#surroundings = surroundings;
    this.#version = revived.version;
    this.#phaseSince = revived.phaseSince;
    this.#usedAt = surroundings.clock.now();
    this.#deadlines = new Deadlines(surroundings.clock, revived.createdAt, (missed, armedAt) => {
      // Nobody waits for the answer; what can fail here, a quarantine or a lost log, is known already.
      void this.miss(missed, armedAt).catch(() => undefined);
    });
    this.#deadlines.arm(this.moment.match, revived.chart.meta, revived.phaseSince);
  }

  get moment(): Moment {
    return this.#revived.chart.moment;
  }

  get version(): StreamVersion {
    return this.#version;
  }

  get onTurn(): Role | null {
    return this.#revived.chart.meta.onTurn;
  }

  /** The version with which the current phase began. */
  get phaseBegan(): StreamVersion {
    return this.#phaseSince.version;
  }

  /** What another actor of this match could start from now. */
  get revived(): Revived {
    return { ...this.#revived, version: this.#version, phaseSince: this.#phaseSince };
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
  get frames(): Observable<Frame> {
    return this.#frames;
  }

  /**
   * Handles a command after those before it. `attempt` is what the sender sent, kept with a refusal.
   * @throws AppError `match_quarantined`, or the log's own codes; then nothing was applied.
   */
  tell(command: Command, id: CommandId, attempt: string): Promise<Reply> {
    return this.#inTurn(async () => {
      try {
        return await this.#handle(command, seatId(command.by, id), attempt);
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
    return this.tell({ by: 'clock', missed, armedAt }, commandId(`deadline-${missed}-${armedAt}`), '');
  }

  /** Records an attempt that never became a command: a frame that does not fit its schema. */
  refuse(by: Role, id: CommandId, attempt: string, rejection: Rejection): Promise<Reply> {
    return this.#inTurn(async () => {
      if (this.#quarantine !== null) throw this.#quarantine;
      const own = seatId(by, id);
      return (await this.#repeated(own)) ?? this.#record(by, own, attempt, rejection);
    });
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
      this.#frames.complete();
      return Promise.resolve(isSound);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#usedAt = this.#surroundings.clock.now();
    const result = this.#mailbox.then(work);
    this.#mailbox = result.catch(() => undefined);
    return result;
  }

  async #handle(command: Command, id: CommandId, attempt: string): Promise<Reply> {
    if (this.#quarantine !== null) throw this.#quarantine;
    const repeated = await this.#repeated(id);
    if (repeated !== null) return repeated;
    const decision = this.#consider(command);
    if (decision.ok) return this.#carryOut(decision.events, id);
    const isRole = command.by !== 'clock' && command.by !== 'owner';
    return isRole
      ? this.#record(command.by, id, attempt, decision.rejection)
      : { ok: false, version: this.#version, rejection: decision.rejection };
  }

  /** The chart says who is on turn; the rules say what the command comes to. */
  #consider(command: Command): Decision {
    const { phase, match } = this.moment;
    const violation = phaseViolation(command.by, phase, this.onTurn);
    if (violation !== null) return violation;
    if (command.by === 'clock' && command.armedAt !== this.#phaseSince.version)
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
    const all: MatchEvent[] = changesTurn
      ? [...events, { type: 'state.digested', data: digestOf(rehearsal.moment) }]
      : [...events];
    const commit = await this.#append(all, id);
    for (const event of all) chart.apply(event);
    if (chart.failure !== null)
      throw new InvariantError(describeError(chart.failure), { cause: chart.failure });
    if (changesTurn) {
      this.#phaseSince = { at: commit.at, version: commit.version };
      this.#deadlines.arm(this.moment.match, chart.meta, this.#phaseSince);
    }
    this.#frames.next({ commit, moment: this.moment });
    return { ok: true, version: commit.version, events: all };
  }

  /** Refused attempts are part of the stream while the match runs; after its end the stream is closed. */
  async #record(by: Role, id: CommandId, attempt: string, rejection: Rejection): Promise<Reply> {
    if (!this.isOver) {
      const { phase } = this.moment;
      const data = { by, ...rejection, phase, attempt: storable(attempt) };
      const commit = await this.#append([{ type: 'action.refused', data }], id);
      this.#frames.next({ commit, moment: this.moment });
    }
    return { ok: false, version: this.#version, rejection };
  }

  async #append(events: readonly MatchEvent[], id: CommandId): Promise<Commit & Appended> {
    const { log, clock } = this.#surroundings;
    const draft = {
      stream: this.matchId,
      expectedVersion: this.#version,
      commandId: id,
      at: clock.now(),
      events,
    };
    const appended = await log.append(draft);
    this.#version = appended.version;
    return { ...draft, ...appended };
  }

  async #repeated(id: CommandId): Promise<Reply | null> {
    const { log } = this.#surroundings;
    const known = await log.find(this.matchId, id);
    if (known === null) return null;
    const commits = await log.read(this.matchId);
    const commit = commits.find((stored) => stored.commandId === id);
    return commit === undefined ? null : replyOf(commit);
  }

  #stopMatch(cause: unknown): AppError {
    this.#deadlines.disarm();
    this.#quarantine = new AppError(
      'match_quarantined',
      `Match ${this.matchId} was stopped at version ${this.#version}: ${describeError(cause)}`,
      { match: this.matchId, version: this.#version },
      { cause },
    );
    return this.#quarantine;
  }
}

/**
 * Every seat has command ids of its own: nobody is answered with another seat's reply, or meets the ids that the
 * arena gives to the opening and to time limits.
 */
function seatId(by: Command['by'], id: CommandId): CommandId {
  return by === 'clock' || by === 'owner' ? id : commandId(`${by}.${id}`);
}

const attemptMax = 4096;

/** Cut and without half surrogate pairs, which no log could give back. */
function storable(attempt: string): string {
  return attempt.slice(0, attemptMax).replace(/\p{Surrogate}/gu, '\uFFFD');
}

function replyOf({ version, events }: StoredCommit): Reply {
  const [first] = events;
  if (first?.type !== 'action.refused') return { ok: true, version: streamVersion(version), events };
  const { code, message, details } = first.data;
  return { ok: false, version, rejection: { code: code as Rejection['code'], message, details } };
}
