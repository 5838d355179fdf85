import { AppError, isAppError } from '../shared/errors.ts';
import { commandId, streamVersion } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { Created, MatchEvent } from '../game/event.ts';
import { SerialQueues } from '../shared/serial-queue.ts';
import { MatchActor } from './match-actor.ts';
import type { AppendedCommit, MatchServices } from './match-actor.ts';
import type { MatchFold } from './fold/fold.ts';
import { reviveFromCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { replay } from './fold/replay.ts';
import { DigestCache } from './proof/part-digests.ts';

/** After this many milliseconds without a call an idle match's actor is stopped; its stream stays. */
const idleMs = 10 * 60_000;
/** The same for a match that is over: its players read the result and leave. */
const overIdleMs = 5_000;
/** Checkpoints written at the same time: each opens a file, and at shutdown all matches stop at once. */
const checkpointLanes = 32;

interface Living {
  readonly actor: MatchActor;
  usedAt: number;
}

/**
 * The live actors of one process, at most one per match. Any stored match can be found: one without an actor
 * is revived from its checkpoint or its stream. Idle actors are stopped, unless they have a running deadline
 * or a subscriber.
 */
export class MatchRegistry {
  readonly #services: MatchServices;
  readonly #living = new Map<MatchId, Living>();
  readonly #underway = new Map<MatchId, Promise<MatchActor>>();
  readonly #stopping = new Map<MatchId, Promise<void>>();
  readonly #digests = new DigestCache();
  readonly #lanes = new SerialQueues<number>();
  #nextLane = 0;
  #cancelSweep: () => void;

  constructor(services: MatchServices) {
    this.#services = services;
    this.#cancelSweep = this.#planSweep();
  }

  /** The number of live actors. */
  get living(): number {
    return this.#living.size;
  }

  /**
   * Stores the opening of a new match and starts its actor.
   * @throws AppError `match_exists`, or the log's own codes.
   */
  async create(matchId: MatchId, created: Created): Promise<MatchActor> {
    // Waits for a `find` under way, which may fail. Of two concurrent creations only one may proceed.
    await this.#underway.get(matchId)?.catch(() => undefined);
    if (this.#underway.has(matchId)) throw exists(matchId);
    return this.#start(matchId, this.#open(matchId, created));
  }

  /**
   * The actor of a stored match, revived if needed. Use it before the next turn of the event loop: after that
   * it may be passivated.
   * @throws AppError `unknown_match`, `replay_diverged`, or the log's own codes.
   */
  async find(matchId: MatchId): Promise<MatchActor> {
    const living = this.#living.get(matchId);
    if (living !== undefined) {
      living.usedAt = this.#services.clock.now();
      return living.actor;
    }
    const underway = this.#underway.get(matchId);
    if (underway === undefined) return this.#start(matchId, this.#revive(matchId));
    try {
      return await underway;
    } catch (error) {
      // A concurrent `create` found the match stored already, so it can be found.
      if (isAppError(error, 'match_exists')) return this.find(matchId);
      throw error;
    }
  }

  /** Stops a match's actor after its queued commands and writes a checkpoint. The next `find` revives it. */
  async passivate(matchId: MatchId): Promise<void> {
    const living = this.#living.get(matchId);
    if (living === undefined) return;
    this.#living.delete(matchId);
    // A caller that has just found the actor may still queue its commands.
    const stopping = nextTurn()
      .then(() => living.actor.stop())
      .then((isSound) => (isSound ? this.#checkpoint(matchId, living.actor) : undefined));
    this.#stopping.set(matchId, stopping);
    await stopping;
    this.#stopping.delete(matchId);
  }

  /** Passivates a finished match once it has been idle for 5 s. Checks again every 5 s until then. */
  retire(matchId: MatchId): void {
    this.#services.clock.after(overIdleMs, () => {
      const living = this.#living.get(matchId);
      if (living === undefined) return;
      if (this.#isIdle(living, overIdleMs)) void this.passivate(matchId);
      else this.retire(matchId);
    });
  }

  /** Passivates every match, after those being opened. Does not close the log. */
  async close(): Promise<void> {
    this.#cancelSweep();
    await Promise.allSettled(this.#underway.values());
    await Promise.all([...this.#living.keys()].map((matchId) => this.passivate(matchId)));
  }

  async #start(matchId: MatchId, starting: Promise<MatchActor>): Promise<MatchActor> {
    this.#underway.set(matchId, starting);
    try {
      const actor = await starting;
      this.#living.set(matchId, { actor, usedAt: this.#services.clock.now() });
      return actor;
    } finally {
      this.#underway.delete(matchId);
    }
  }

  async #open(matchId: MatchId, created: Created): Promise<MatchActor> {
    const { log, clock } = this.#services;
    if ((await log.find(matchId, openingId)) !== null) throw exists(matchId);
    const event: MatchEvent = { type: 'match.created', data: created };
    const commit = {
      stream: matchId,
      expectedVersion: streamVersion(0),
      commandId: openingId,
      at: clock.now(),
      // Parsed from its JSON: in the log's key order, and its strings hold no reference to the larger texts
      // they were sliced from.
      events: [JSON.parse(canonicalJson(event)) as MatchEvent],
    };
    const opening = { ...commit, ...(await log.append(commit)) };
    return this.#actor(replay(matchId, [opening]), [opening]);
  }

  #actor(fold: MatchFold, stream?: readonly AppendedCommit[]): MatchActor {
    return new MatchActor(fold, this.#services, this.#digests, stream);
  }

  /** Writes the checkpoint of a running match; removes that of a finished one. */
  #checkpoint(matchId: MatchId, actor: MatchActor): Promise<void> {
    const { log, checkpoints } = this.#services;
    if (checkpoints === undefined) return Promise.resolve();
    const lane = this.#nextLane;
    this.#nextLane = (lane + 1) % checkpointLanes;
    const keep = () =>
      actor.isOver ? checkpoints.remove(matchId) : writeCheckpoint(checkpoints, log, actor.fold);
    // A failed write only costs a full replay later.
    return this.#lanes.run(lane, keep).catch(() => undefined);
  }

  async #revive(matchId: MatchId): Promise<MatchActor> {
    // An actor that is being stopped first stores its queued commands.
    await this.#stopping.get(matchId);
    const { log, checkpoints } = this.#services;
    const kept = checkpoints && (await reviveFromCheckpoint(checkpoints, log, matchId));
    if (kept != null) return this.#actor(kept);
    const commits = await log.read(matchId);
    if (commits.length === 0)
      throw new AppError('unknown_match', `No match ${matchId} is stored.`, { match: matchId });
    return this.#actor(replay(matchId, commits), commits);
  }

  /**
   * Stops idle actors periodically. A match with a running deadline keeps its actor, because its clock must
   * not stop.
   */
  #planSweep(): () => void {
    return this.#services.clock.after(idleMs, () => {
      for (const [matchId, living] of this.#living)
        if (this.#isIdle(living, idleMs)) void this.passivate(matchId);
      this.#cancelSweep = this.#planSweep();
    });
  }

  #isIdle({ actor, usedAt }: Living, forMs: number): boolean {
    const oldest = this.#services.clock.now() - forMs;
    return Math.max(usedAt, actor.usedAt) <= oldest && !actor.hasDeadline && !actor.isWatched;
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const openingId = commandId('create');

const exists = (matchId: MatchId) =>
  new AppError('match_exists', `A match ${matchId} is stored already.`, { match: matchId });
