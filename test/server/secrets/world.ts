import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import type { Created } from '../../../src/game/event.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import type { TestClock } from '../../../src/testing/test-clock.ts';
import { TestServer } from '../../support/server.ts';

interface Wanted {
  readonly adapter?: 'auto' | 'ws';
  readonly limits?: Partial<Limits>;
}

const idleMs = 60 * 60_000;
/** How often the server looks for forgotten matches. */
const sweepMs = 30_000;

/** A server of this process on a folder and a clock of its own, which hosts matches that the test has made up. */
export class World {
  readonly #served: TestServer;
  #startedAt: number;
  /** By the seed of their match. */
  readonly #sources: Map<number, ProposalSource>;

  private constructor(served: TestServer, sources: Map<number, ProposalSource>) {
    this.#served = served;
    this.#startedAt = served.clock.now();
    this.#sources = sources;
  }

  static async open(wanted: Wanted = {}, startAt = Date.UTC(2030, 0, 1)): Promise<World> {
    const sources = new Map<number, ProposalSource>();
    const sourceOf = (seed: number) => present(sources.get(seed), `The source of seed ${seed}`);
    const served = await TestServer.start({
      adapter: wanted.adapter ?? 'auto',
      startAt,
      limits: { matchIdleMs: idleMs, ...wanted.limits },
      source: {
        complete: (state, submission) => sourceOf(state.seed).complete(state, submission),
        refresh: (state, ad, stale) => sourceOf(state.seed).refresh(state, ad, stale),
      },
    });
    return new World(served, sources);
  }

  get server(): RunningServer {
    return this.#served.server;
  }

  get port(): number {
    return this.#served.port;
  }

  get clock(): TestClock {
    return this.#served.clock;
  }

  get folder(): string {
    return this.#served.folder;
  }

  /** What the server says of itself at `info`, line by line. */
  get diagnostics(): readonly string[] {
    return this.#served.diagnostics;
  }

  /** Puts the opening of a match into the log, where a join finds it. */
  async host(id: string, created: Created, source: ProposalSource): Promise<void> {
    invariant(!this.#sources.has(created.seed), `Seed ${created.seed} is another match's.`);
    this.#sources.set(created.seed, source);
    await this.server.log.append({
      stream: matchId(id),
      expectedVersion: streamVersion(0),
      commandId: commandId('create'),
      at: this.clock.now(),
      events: [{ type: 'match.created', data: created }],
    });
  }

  /** Ends the server and starts it again on the same folder. Every connection is closed. */
  restart(): Promise<void> {
    this.#startedAt = this.clock.now();
    return this.#served.restart();
  }

  /** Moves the clock to the moment at which matches in which nothing happened since now are aborted. */
  async untilForgotten(): Promise<void> {
    const { clock } = this;
    const due = Math.ceil((clock.now() + idleMs - this.#startedAt) / sweepMs) * sweepMs + this.#startedAt;
    await clock.advance(due - clock.now());
  }

  health(): Promise<string> {
    return this.#served.health();
  }

  close(): Promise<void> {
    return this.#served.close();
  }
}
