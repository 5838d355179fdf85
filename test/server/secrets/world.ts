import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import type { Created } from '../../../src/game/event.ts';
import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import { startServer } from '../../../src/server/server.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { makeFolder } from '../../log/temp-folder.ts';

interface Wanted {
  readonly adapter?: 'auto' | 'ws';
  readonly limits?: Partial<Limits>;
}

const idleMs = 60 * 60_000;
/** How often the server looks for forgotten matches. */
const sweepMs = 30_000;

/** A server of this process on a folder and a clock of its own, which hosts matches that the test has made up. */
export class World {
  readonly clock: TestClock;
  /** What the server says of itself at `info`, line by line. */
  readonly diagnostics: string[] = [];
  readonly folder: string;
  #server: RunningServer | null = null;
  #startedAt = 0;
  readonly #wanted: Wanted;
  /** By the seed of their match. */
  readonly #sources = new Map<number, ProposalSource>();

  private constructor(folder: string, startAt: number, wanted: Wanted) {
    this.folder = folder;
    this.clock = new TestClock(startAt);
    this.#wanted = wanted;
  }

  static async open(wanted: Wanted = {}, startAt = Date.UTC(2030, 0, 1)): Promise<World> {
    const world = new World(await makeFolder(), startAt, wanted);
    await world.#start();
    return world;
  }

  get server(): RunningServer {
    return present(this.#server, 'The server');
  }

  get port(): number {
    return this.server.port;
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
  async restart(): Promise<void> {
    await this.server.close();
    await this.#start();
    await this.server.recovered;
  }

  /** Moves the clock to the moment at which matches in which nothing happened since now are aborted. */
  async untilForgotten(): Promise<void> {
    const { clock } = this;
    const due = Math.ceil((clock.now() + idleMs - this.#startedAt) / sweepMs) * sweepMs + this.#startedAt;
    await clock.advance(due - clock.now());
  }

  async health(): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/health`);
    return answer.text();
  }

  async close(): Promise<void> {
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { adapter = 'auto', limits = {} } = this.#wanted;
    const sourceOf = (seed: number) => present(this.#sources.get(seed), `The source of seed ${seed}`);
    this.#startedAt = this.clock.now();
    this.#server = await startServer({
      ...{ dataDir: this.folder, host: '127.0.0.1', port: 0, durability: { mode: 'os' } },
      adapter: chooseAdapter(adapter).port,
      ...{ ruleset: 'standard', policies: {}, clock: this.clock },
      // The clock stands still while a test sends its frames.
      limits: { framesPerSecond: 1_000_000, matchIdleMs: idleMs, ...limits },
      source: {
        complete: (state, submission) => sourceOf(state.seed).complete(state, submission),
        refresh: (state, ad, stale) => sourceOf(state.seed).refresh(state, ad, stale),
      },
      diagnostics: pino(
        { level: 'info', base: null },
        { write: (line: string) => void this.diagnostics.push(line) },
      ),
    });
  }
}
