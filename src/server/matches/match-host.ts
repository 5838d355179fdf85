import { randomInt, randomUUID } from 'node:crypto';
import { generateEpisode } from '../../game/episode/generate.ts';
import type { Role } from '../../game/command.ts';
import type { Policies } from '../../game/event.ts';
import { tasks } from '../../game/task.ts';
import type { Diagnostics } from '../../log/diagnostics.ts';
import type { Documents } from '../../log/disk/documents.ts';
import type { EventLog } from '../../log/event-log.ts';
import { archiveEnded, archiveFileByEnd, archiveMatch } from '../../history/archiver.ts';
import { MatchRegistry } from '../../match/registry.ts';
import type { FoldedCommit } from '../../match/fold/fold.ts';
import type { AppendedCommit, MatchActor, MatchServices } from '../../match/match-actor.ts';
import { openingFor } from '../../match/new-match.ts';
import { isTurnChange } from '../../match/fold/chart.ts';
import { runningSummary } from '../../history/summary.ts';
import type { RunningSummary } from '../../history/summary.ts';
import type { MatchRequest } from '../../protocol/match-request.ts';
import { AppError, describeError, errorCatalogue, isAppError } from '../../shared/errors.ts';
import { commandId, isId, matchId, streamVersion } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { Limits } from '../../shared/limits.ts';
import type { FinishedMatches } from '../../history/finished-matches.ts';

export interface MatchHostOptions {
  readonly log: EventLog;
  readonly clock: MatchServices['clock'];
  readonly source: MatchServices['source'];
  readonly checkpoints: Documents;
  readonly archives: Documents;
  readonly finishedMatches: FinishedMatches;
  readonly limits: Limits;
  readonly diagnostics: Diagnostics;
  /** Called with the end reason of every match that ends. */
  readonly over: (endReason: string) => void;
  /** Defaults for settings that a match's creator leaves out. */
  readonly ruleset: string;
  readonly policies: Partial<Policies>;
}

interface Unfinished {
  /**
   * Position in the list of running matches, from 1, in the order in which they were first listed; 0 until
   * then.
   */
  order: number;
  /** Time of the last commit or of the start, in milliseconds since the Unix epoch. */
  at: number;
  /** Address of the creator; null for a match of an earlier run. */
  address: string | null;
  /** Null until the opening is stored. */
  summary: RunningSummary | null;
}

/** A running match in a list. */
export interface RunningMatch {
  /** Position in the list of running matches of this run of the server, from 1. */
  readonly order: number;
  readonly summary: RunningSummary;
}

/** Hashes of the tokens that a match is created with. */
export interface CreationTokens {
  readonly ownerTokenHash?: string;
  readonly seatTokenHashes?: Readonly<Partial<Record<Role, string>>>;
}

/** The longest interval between searches for idle matches, in milliseconds. */
const sweepMs = 30_000;

/**
 * The matches of one server. Creates them within its limits, finds them, aborts idle ones, and archives
 * finished ones.
 */
export class MatchHost {
  /**
   * Identifies this run of the server. Positions in the list of running matches are valid within one run
   * only.
   */
  readonly run: string = randomUUID();
  readonly #options: MatchHostOptions;
  readonly #arena: MatchRegistry;
  readonly #unfinished = new Map<MatchId, Unfinished>();
  readonly #byAddress = new Map<string, number>();
  readonly #archiving = new Map<MatchId, Promise<void>>();
  readonly #expiring = new Map<MatchId, Promise<void>>();
  /** How many matches were listed so far. */
  #listed = 0;
  #cancelSweep: () => void;
  #isDraining = false;

  constructor(options: MatchHostOptions) {
    this.#options = options;
    const { log, clock, source, checkpoints, limits } = options;
    this.#arena = new MatchRegistry({
      log,
      clock,
      source,
      checkpoints,
      refusalsPerSeat: limits.refusalsPerSeat,
      committed: (actor, folded) => this.#note(actor, folded),
    });
    this.#cancelSweep = this.#planSweep();
  }

  get counts(): { readonly unfinished: number; readonly living: number } {
    return { unfinished: this.#unfinished.size, living: this.#arena.living };
  }

  /** Public summaries of the running matches whose `order` is above `after`, in ascending order. */
  *running(after = 0): Generator<RunningMatch, void> {
    for (const { order, summary } of this.#unfinished.values())
      if (summary !== null && order > after) yield { order, summary };
  }

  /** The number of running matches by phase. */
  phases(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { summary } of this.running()) counts.set(summary.phase, (counts.get(summary.phase) ?? 0) + 1);
    return counts;
  }

  /** The policies of a requested match: the request's over the server's defaults. */
  policyFor(request: MatchRequest): Partial<Policies> {
    return { ...this.#options.policies, ...request.policies };
  }

  /**
   * Creates a match and stores its opening.
   * @throws AppError `draining`, `reset_error`, `capacity_reached`, `match_exists`, `knob_invalid`, or the
   * log's own codes.
   */
  async create(request: MatchRequest, address: string, tokens: CreationTokens = {}): Promise<MatchActor> {
    const { ruleset, clock } = this.#options;
    if (this.#isDraining) throw new AppError('draining', errorCatalogue.draining);
    const policies = this.policyFor(request);
    // Nobody could ever take a seat.
    if (policies.auth === 'invited' && tokens.seatTokenHashes === undefined)
      throw new AppError(
        'reset_error',
        'A match of invited players is made over HTTP, which gives the tokens.',
      );
    this.#refuseTooMany(address);
    const { seed = randomInt(2 ** 32), task = 'task_1', knobs, deadlines, players } = request;
    const opening = openingFor({
      task,
      seed,
      knobs,
      deadlines,
      players,
      ruleset: request.ruleset ?? ruleset,
      episode: generateEpisode(tasks[task], seed),
      policies,
      ...tokens,
    });
    const id = request.matchId === undefined ? matchId(randomUUID()) : matchId(request.matchId);
    // Counted before it is stored, so that concurrent creations cannot pass the limit together.
    const isNew = !this.#unfinished.has(id);
    if (isNew) this.#begin(id, clock.now(), address);
    try {
      const actor = await this.#arena.create(id, opening);
      this.#summarise(actor);
      return actor;
    } catch (error) {
      if (isNew) this.#forget(id);
      throw error;
    }
  }

  /**
   * The actor of a match of machine `match`, revived if needed. An id that is no valid id never reaches a
   * file path.
   * @throws AppError `unknown_match`, or the log's own codes.
   */
  async find(id: MatchId): Promise<MatchActor> {
    // The text comes from a client, and a lookup would use it in file names.
    if (!isId(id)) throw new AppError('unknown_match', 'No match has such an id.');
    const actor = await this.#arena.find(id);
    if (actor.position.state.machine === 'match') return actor;
    throw new AppError('unknown_match', `No match ${id} is stored.`, { match: id });
  }

  /** Removes a match's actor from memory. The next `find` revives it. */
  passivate(id: MatchId): Promise<void> {
    return this.#arena.passivate(id);
  }

  /**
   * Revives the matches of earlier runs: arms their deadlines, calls `revive` with each unfinished one, and
   * archives finished ones that have no archive. Resolves when all were handled; a match that cannot be
   * revived is reported to the diagnostics and skipped.
   */
  async recover(revive: (actor: MatchActor) => Promise<void>): Promise<void> {
    const { log, archives, diagnostics } = this.#options;
    const archived = new Set(await archives.names());
    for (const id of log.streams()) {
      if (this.#isDraining) return;
      if (archived.has(id)) continue;
      await this.#recoverOne(id, revive).catch((error: unknown) =>
        diagnostics.error({ match: id, error: describeError(error) }, 'a match cannot be revived'),
      );
    }
  }

  /** Archives matches again whose archive files are damaged. */
  async restore(ids: readonly MatchId[]): Promise<void> {
    for (const id of ids) if (!this.#isDraining) await this.#archive(id);
  }

  /** Stops the creation of matches. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Stops all matches and resolves when pending work is stored. Nothing is lost: the log has them. */
  async close(): Promise<void> {
    this.drain();
    this.#cancelSweep();
    await Promise.all(this.#expiring.values());
    await this.#arena.close();
    await Promise.all(this.#archiving.values());
  }

  async #recoverOne(id: MatchId, revive: (actor: MatchActor) => Promise<void>): Promise<void> {
    const actor = await this.#arena.find(id);
    if (actor.isOver) {
      await this.#archive(id);
      await this.#arena.passivate(id);
      return;
    }
    const [last] = await this.#options.log.read(id, streamVersion(actor.version - 1));
    if (!this.#unfinished.has(id)) this.#begin(id, last?.at ?? this.#options.clock.now(), null);
    this.#summarise(actor);
    await revive(actor);
    if (!actor.hasDeadline && !actor.isWatched) await this.#arena.passivate(id);
  }

  #summarise({ matchId: id, fold }: MatchActor): void {
    const { position, origin, createdAt: startedAt } = fold;
    const known = this.#unfinished.get(id);
    // A review has no seats: nobody can join or watch it.
    if (known === undefined || position.state.machine !== 'match') return;
    if (known.summary === null) {
      // Appended at the end, so that a reader who pages through the list does not miss it.
      this.#listed += 1;
      known.order = this.#listed;
      this.#unfinished.delete(id);
      this.#unfinished.set(id, known);
    }
    known.summary = runningSummary(id, position, { players: origin.players, startedAt });
  }

  #note(actor: MatchActor, { commit }: FoldedCommit<AppendedCommit>): void {
    const { matchId: id } = actor;
    if (actor.isOver) {
      this.#end(id);
      this.#options.over(actor.position.state.endReason ?? 'none');
      this.#arena.retire(id);
      void this.#archive(id, actor);
      return;
    }
    const known = this.#unfinished.get(id);
    if (known === undefined) this.#begin(id, commit.at, null);
    else known.at = commit.at;
    if (known === undefined || commit.events.some(isTurnChange)) this.#summarise(actor);
  }

  /** Archives a match once: concurrent calls share one attempt. */
  #archive(id: MatchId, actor?: MatchActor): Promise<void> {
    const { log, archives, diagnostics } = this.#options;
    const underway = this.#archiving.get(id);
    if (underway !== undefined) return underway;
    const archiving = (
      actor?.stream == null
        ? log
            .read(id)
            .then((commits) => archiveMatch(archives, id, commits, archiveFileByEnd))
            .then(() => null)
        : archiveEnded(log, archives, id, actor.stream, actor.digests)
    )
      .then((file) => this.#options.finishedMatches.add(id, file))
      .catch((error: unknown) =>
        // The log still has the match: the next start tries again.
        diagnostics.error({ match: id, error: describeError(error) }, 'a finished match cannot be archived'),
      )
      .finally(() => this.#archiving.delete(id));
    this.#archiving.set(id, archiving);
    return archiving;
  }

  #refuseTooMany(address: string): void {
    const { limits } = this.#options;
    const own = this.#byAddress.get(address) ?? 0;
    if (this.#unfinished.size < limits.matches && own < limits.matchesPerAddress) return;
    const isAddress = own >= limits.matchesPerAddress;
    throw new AppError(
      'capacity_reached',
      isAddress
        ? `Your address has ${own} unfinished matches, which is as many as it may have.`
        : `The server holds ${this.#unfinished.size} unfinished matches, which is as many as it may hold.`,
      { scope: isAddress ? 'address' : 'server' },
    );
  }

  #begin(id: MatchId, at: number, address: string | null): void {
    this.#unfinished.set(id, { order: 0, at, address, summary: null });
    if (address !== null) this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
  }

  /**
   * Undoes a failed creation. A match of the same id that was revived meanwhile stays listed, without a
   * creator.
   */
  #forget(id: MatchId): void {
    const known = this.#unfinished.get(id);
    if (known === undefined || known.summary === null) {
      this.#end(id);
      return;
    }
    this.#release(known.address);
    known.address = null;
  }

  #end(id: MatchId): void {
    this.#release(this.#unfinished.get(id)?.address ?? null);
    this.#unfinished.delete(id);
  }

  #release(address: string | null): void {
    if (address === null) return;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }

  #planSweep(): () => void {
    const { clock, limits } = this.#options;
    return clock.after(Math.min(sweepMs, limits.matchIdleMs), () => {
      const oldest = clock.now() - limits.matchIdleMs;
      for (const [id, { at }] of this.#unfinished)
        if (at <= oldest && !this.#expiring.has(id))
          this.#expiring.set(
            id,
            this.#expire(id).finally(() => this.#expiring.delete(id)),
          );
      this.#cancelSweep = this.#planSweep();
    });
  }

  async #expire(id: MatchId): Promise<void> {
    const { diagnostics } = this.#options;
    try {
      const actor = await this.#arena.find(id);
      const minutes = Math.round(this.#options.limits.matchIdleMs / 60_000);
      const abort = `Nothing happened for ${minutes} minutes.`;
      await actor.execute({ by: 'owner', abort }, commandId('expire'));
    } catch (error) {
      diagnostics.error({ match: id, error: describeError(error) }, 'a forgotten match cannot be ended');
      // Nothing can end this match: it stays in the log and no longer counts against its creator.
      if (isAppError(error, 'match_quarantined') || isAppError(error, 'replay_diverged')) this.#end(id);
    }
  }
}
