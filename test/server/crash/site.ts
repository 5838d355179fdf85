import { join } from 'node:path';
import type { StoredCommit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import { matchId } from '../../../src/shared/ids.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import type { TestClock } from '../../../src/testing/test-clock.ts';
import { TestServer } from '../../support/server.ts';
import { ServerProcess, freePort, withProgram } from './server-process.ts';

/** A server in this process whose time a test moves. */
export interface Opened {
  readonly server: RunningServer;
  readonly clock: TestClock;
  readonly url: string;
}

/** A data folder on which one server after another runs: as processes that end, or in this process. */
export class Site {
  readonly dataDir: string;
  readonly process: ServerProcess;
  readonly #open: TestServer[] = [];
  readonly #ofProcesses: string[] = [];

  constructor(program: string, folder: string, port: number) {
    this.dataDir = join(folder, 'data');
    this.process = new ServerProcess({ program, dataDir: this.dataDir, port });
  }

  /** Lets a server live until something is done, and ends it by a signal. */
  async live(signal: NodeJS.Signals, use: (url: string) => Promise<void>): Promise<void> {
    if (!(await this.process.start())) throw new Error((await this.process.exited).complaint);
    await use(this.process.url);
    const { complaint } = await this.process.end(signal);
    if (complaint !== '') this.#ofProcesses.push(complaint);
  }

  /** Starts a server in this process at a time, and waits until it has looked at every match. */
  async open(at: number, limits: Partial<Limits> = {}): Promise<Opened> {
    const served = await TestServer.start({
      folder: this.dataDir,
      startAt: at,
      durability: { mode: 'group' },
      policies: { auth: 'seats' },
      limits,
    });
    this.#open.push(served);
    const { server, clock, port } = served;
    await server.recovered;
    return { server, clock, url: `ws://127.0.0.1:${port}` };
  }

  /** What the servers complained of. */
  get complaints(): readonly string[] {
    return [...this.#ofProcesses, ...this.#open.flatMap(({ complaints }) => complaints)];
  }

  /** The commits of a match as they stand in the folder. */
  async commits(match: string): Promise<readonly StoredCommit[]> {
    const log = await FileEventLog.open(this.dataDir, 'read');
    return log.read(matchId(match)).finally(() => log.close());
  }

  async close(): Promise<void> {
    await this.process.end('SIGKILL');
    for (const served of this.#open) await served.close();
  }
}

/** Runs with an empty site, and removes it. */
export function withSite(use: (site: Site) => Promise<void>): Promise<void> {
  return withProgram(async (program, folder) => {
    const site = new Site(program, folder, await freePort());
    await use(site).finally(() => site.close());
  });
}

/** The time at which the last commit of a match was stored. */
export const lastAt = (commits: readonly StoredCommit[]): number => commits.at(-1)?.at ?? 0;
