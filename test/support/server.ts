import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Role } from '../../src/game/command.ts';
import type { Diagnostics } from '../../src/log/diagnostics.ts';
import { chooseAdapter } from '../../src/server/net/adapter.ts';
import type { SocketPort } from '../../src/server/net/socket-port.ts';
import { startServer } from '../../src/server/server.ts';
import type { RunningServer, ServerOptions } from '../../src/server/server.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { RoleClient } from './role-client.ts';

export interface TestServerOptions extends Partial<
  Omit<ServerOptions, 'dataDir' | 'adapter' | 'diagnostics'>
> {
  /** Default: the native one where it loads. */
  readonly adapter?: SocketPort | 'auto' | 'uws' | 'ws';
  /** A folder of the caller's, which stays; default: one of its own, which goes with it. */
  readonly folder?: string;
  /** What the test's clock shows at first. */
  readonly startAt?: number;
  /** Puts something into the data folder before the server opens it. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** A server of this process with a clock that the test moves, unless it names another. */
export class TestServer {
  readonly folder: string;
  readonly clock: TestClock;
  /** What the server says of itself at `info`, line by line. */
  readonly diagnostics: string[] = [];
  /** What it says as a warning or an error. */
  readonly complaints: string[] = [];
  readonly #options: Omit<TestServerOptions, 'startAt' | 'prepare'>;
  readonly #ownsFolder: boolean;
  #server: RunningServer | null = null;
  #clients: RoleClient[] = [];

  private constructor(folder: string, startAt: number | undefined, options: TestServerOptions) {
    this.folder = folder;
    this.#ownsFolder = options.folder === undefined;
    this.clock = new TestClock(startAt);
    this.#options = options;
  }

  static async start({ startAt, prepare, ...options }: TestServerOptions = {}): Promise<TestServer> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'fraudarena-server-')));
    await prepare?.(folder);
    const served = new TestServer(folder, startAt, options);
    await served.startAgain();
    return served;
  }

  get server(): RunningServer {
    if (this.#server === null) throw new Error('The server does not run.');
    return this.#server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.server.port;
  }

  /** A client that is connected; its line is cut when the server stops. */
  async open(role: Role, query = ''): Promise<RoleClient> {
    const client = new RoleClient(this.port, role, query);
    this.#clients.push(client);
    await client.opened;
    return client;
  }

  async health(): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/health`);
    return answer.text();
  }

  /** The server goes and comes back with what it stored. */
  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
    await this.server.recovered;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.close();
    for (const client of this.#clients.splice(0)) void client.terminate();
  }

  /** Stops the server and removes its own folder. */
  async close(): Promise<void> {
    await this.stop();
    if (this.#ownsFolder) await rm(this.folder, { recursive: true, force: true });
  }

  /** On what the last one stored. */
  async startAgain(): Promise<void> {
    const { adapter = 'auto', limits, clock, folder: dataDir = this.folder, ...options } = this.#options;
    this.#server = await startServer({
      host: '127.0.0.1',
      port: 0,
      durability: { mode: 'os' },
      ruleset: 'standard',
      policies: {},
      ...options,
      dataDir,
      clock: clock ?? this.clock,
      adapter: typeof adapter === 'string' ? chooseAdapter(adapter).port : adapter,
      // The test's clock stands still, and with it the second in which frames are counted.
      limits: clock === undefined ? { framesPerSecond: 1e9, ...limits } : { ...limits },
      diagnostics: this.#listener(),
    });
  }

  #listener(): Diagnostics {
    const write = (line: string) => void this.diagnostics.push(line);
    const logger = pino({ level: 'info', base: null }, { write });
    const complain = (level: 'warn' | 'error') => (details: object, message: string) => {
      this.complaints.push(`${message} ${JSON.stringify(details)}`);
      logger[level](details, message);
    };
    return {
      info: (details, message) => logger.info(details, message),
      warn: complain('warn'),
      error: complain('error'),
    };
  }
}
