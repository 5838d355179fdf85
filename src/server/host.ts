import { randomInt, randomUUID } from 'node:crypto';
import { generateEpisode } from '../game/episode/generate.ts';
import type { Policies } from '../game/event.ts';
import { tasks } from '../game/task.ts';
import type { Diagnostics } from '../log/diagnostics.ts';
import type { Documents } from '../log/documents.ts';
import type { EventLog } from '../log/event-log.ts';
import { archiveMatch } from '../match/archiver.ts';
import { Arena } from '../match/arena.ts';
import type { Applied, MatchActor, Surroundings } from '../match/match-actor.ts';
import { openingFor } from '../match/new-match.ts';
import type { MatchRequest } from '../protocol/match-request.ts';
import { AppError, describeError } from '../shared/errors.ts';
import { commandId, isId, matchId, streamVersion } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import type { Limits } from '../shared/limits.ts';

export interface HostOptions {
  readonly log: EventLog;
  readonly clock: Surroundings['clock'];
  readonly source: Surroundings['source'];
  readonly checkpoints: Documents;
  readonly archives: Documents;
  readonly limits: Limits;
  readonly diagnostics: Diagnostics;
  /** What a match gets where its creator says nothing. */
  readonly ruleset: string;
  readonly policies: Partial<Policies>;
}

interface Unfinished {
  /** When something last happened in it. */
  at: number;
  /** Who made it; null for a match of an earlier run. */
  readonly address: string | null;
}

/** How often forgotten matches are looked for. */
const sweepMs = 30_000;

/**
 * The matches of one server: makes them within its limits, finds them, aborts those that everybody has left, and
 * archives those that are over.
 */
export class Host {
  readonly #options: HostOptions;
  readonly #arena: Arena;
  readonly #unfinished = new Map<MatchId, Unfinished>();
  readonly #byAddress = new Map<string, number>();
  readonly #archiving = new Set<Promise<void>>();
  #cancelSweep: () => void;
  #isClosing = false;

  constructor(options: HostOptions) {
    this.#options = options;
    const { log, clock, source, checkpoints } = options;
    this.#arena = new Arena({
      ...{ log, clock, source, checkpoints },
      applied: (actor, applied) => this.#note(actor, applied),
    });
    this.#cancelSweep = this.#planSweep();
  }

  get counts(): { readonly unfinished: number; readonly living: number } {
    return { unfinished: this.#unfinished.size, living: this.#arena.living };
  }

  /** Whether the match asked for would seat invited players only. */
  isForInvited({ policies }: MatchRequest): boolean {
    return (policies.auth ?? this.#options.policies.auth) === 'invited';
  }

  /**
   * Makes a match.
   * @throws AppError `capacity_reached`, `match_exists`, `knob_invalid`, or the log's own codes.
   */
  async create(request: MatchRequest, address: string): Promise<MatchActor> {
    const { ruleset, policies, clock } = this.#options;
    this.#refuseTooMany(address);
    const { seed = randomInt(2 ** 32), task = 'task_1', knobs, deadlines } = request;
    const opening = openingFor({
      ...{ task, seed, knobs, deadlines },
      ruleset: request.ruleset ?? ruleset,
      episode: generateEpisode(tasks[task], seed),
      policies: { ...policies, ...request.policies },
    });
    const id = request.matchId === undefined ? matchId(randomUUID()) : matchId(request.matchId);
    // Counted before it is stored, so that many at once do not pass the limit together.
    const isNew = !this.#unfinished.has(id);
    if (isNew) this.#begin(id, clock.now(), address);
    try {
      return await this.#arena.create(id, opening);
    } catch (error) {
      if (isNew) this.#end(id);
      throw error;
    }
  }

  /**
   * A match of three seats.
   * @throws AppError `unknown_match`, or the log's own codes.
   */
  async find(id: MatchId): Promise<MatchActor> {
    // Asked for by strangers, whatever they take for an id: it must not become the name of a file.
    if (!isId(id)) throw new AppError('unknown_match', 'There is no match of such an id.');
    const actor = await this.#arena.find(id);
    if (actor.moment.match.machine === 'match') return actor;
    throw new AppError('unknown_match', `No match ${id} is stored.`, { match: id });
  }

  /** Gives the memory of a match back; the next `find` brings it to life again. */
  rest(id: MatchId): Promise<void> {
    return this.#arena.passivate(id);
  }

  /**
   * Brings the matches of an earlier run back: arms their deadlines, calls `revive` with each one that goes on, and
   * archives what was finished and not archived. Resolves when all were looked at.
   */
  async recover(revive: (actor: MatchActor) => Promise<void>): Promise<void> {
    const { log, archives, diagnostics } = this.#options;
    const archived = new Set(await archives.names());
    for (const id of log.streams()) {
      if (this.#isClosing) return;
      if (archived.has(id)) continue;
      await this.#recoverOne(id, revive).catch((error: unknown) =>
        diagnostics.error({ match: id, error: describeError(error) }, 'a match cannot be revived'),
      );
    }
  }

  /** Stops every match where it stands; nothing of it is lost. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#cancelSweep();
    await this.#arena.close();
    await Promise.all(this.#archiving);
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
    await revive(actor);
    if (!actor.hasDeadline && !actor.isWatched) await this.#arena.passivate(id);
  }

  #note(actor: MatchActor, { commit }: Applied): void {
    const { matchId: id } = actor;
    if (actor.isOver) {
      this.#end(id);
      const archiving = this.#archive(id).finally(() => this.#archiving.delete(archiving));
      this.#archiving.add(archiving);
      return;
    }
    const known = this.#unfinished.get(id);
    if (known === undefined) this.#begin(id, commit.at, null);
    else known.at = commit.at;
  }

  async #archive(id: MatchId): Promise<void> {
    const { log, archives, diagnostics } = this.#options;
    await archiveMatch(log, archives, id).catch((error: unknown) =>
      // The log still holds it: the next start tries again.
      diagnostics.error({ match: id, error: describeError(error) }, 'a finished match cannot be archived'),
    );
  }

  #refuseTooMany(address: string): void {
    const { limits } = this.#options;
    const own = this.#byAddress.get(address) ?? 0;
    if (this.#unfinished.size < limits.matches && own < limits.matchesPerAddress) return;
    throw new AppError(
      'capacity_reached',
      own >= limits.matchesPerAddress
        ? `Your address has ${own} unfinished matches, which is as many as it may have.`
        : `The server holds ${this.#unfinished.size} unfinished matches, which is as many as it may hold.`,
    );
  }

  #begin(id: MatchId, at: number, address: string | null): void {
    this.#unfinished.set(id, { at, address });
    if (address !== null) this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
  }

  #end(id: MatchId): void {
    const address = this.#unfinished.get(id)?.address ?? null;
    this.#unfinished.delete(id);
    if (address === null) return;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }

  #planSweep(): () => void {
    const { clock, limits } = this.#options;
    return clock.after(Math.min(sweepMs, limits.matchIdleMs), () => {
      const oldest = clock.now() - limits.matchIdleMs;
      for (const [id, { at }] of this.#unfinished) if (at <= oldest) void this.#expire(id);
      this.#cancelSweep = this.#planSweep();
    });
  }

  async #expire(id: MatchId): Promise<void> {
    const { diagnostics } = this.#options;
    try {
      const actor = await this.#arena.find(id);
      const minutes = Math.round(this.#options.limits.matchIdleMs / 60_000);
      const abort = `Nothing happened for ${minutes} minutes.`;
      await actor.tell({ by: 'owner', abort }, commandId('expire'), '');
    } catch (error) {
      diagnostics.error({ match: id, error: describeError(error) }, 'a forgotten match cannot be ended');
    }
  }
}
