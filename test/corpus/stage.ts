import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordedHttp } from './http.ts';
import { RecordedSocket } from './socket.ts';
import type { Transcript } from './transcript.ts';
import { adapterNamed, startServer, storedCommits, TestClock } from './under-test.ts';
import type { Limits, RunningServer } from './under-test.ts';

export type AdapterName = 'ws' | 'uws';

/** What the tests set for the time of the machine, which the log writes into its segments. */
export const startAt = Date.UTC(2030, 0, 1);

/** A data folder and the server on it, whose time the driver moves. */
export class Stage {
  readonly folder: string;
  readonly clock = new TestClock(startAt);
  readonly transcript: Transcript;
  readonly #adapter: AdapterName;
  readonly #limits: Partial<Limits>;
  #server: RunningServer | null = null;
  #sockets = 0;

  private constructor(folder: string, transcript: Transcript, adapter: AdapterName, limits: Partial<Limits>) {
    this.folder = folder;
    this.transcript = transcript;
    this.#adapter = adapter;
    this.#limits = limits;
    transcript.mask(folder, '<folder>');
  }

  static async open(
    transcript: Transcript,
    adapter: AdapterName,
    limits: Partial<Limits> = {},
  ): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-corpus-'));
    const stage = new Stage(folder, transcript, adapter, limits);
    await stage.start();
    return stage;
  }

  /** A server on a copy of a data folder that is there already. */
  static async on(data: string, transcript: Transcript): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-corpus-'));
    const stage = new Stage(folder, transcript, 'ws', {});
    await cp(data, stage.dataDir, { recursive: true });
    await stage.clock.advance(10 * 60_000);
    await stage.start();
    return stage;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get server(): RunningServer {
    if (this.#server === null) throw new Error('No server runs.');
    return this.#server;
  }

  get http(): RecordedHttp {
    return new RecordedHttp(this.server.port, this.transcript);
  }

  async start(): Promise<void> {
    const adapter = adapterNamed(this.#adapter);
    if (adapter === null) throw new Error(`${this.#adapter} cannot be loaded.`);
    const complain = (details: object, message: string) =>
      this.transcript.add('complaints', `${message} ${JSON.stringify(details)}`);
    this.#server = await startServer({
      dataDir: this.dataDir,
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://arena.test',
      durability: { mode: 'os' },
      adapter,
      limits: this.#limits,
      clock: this.clock,
      diagnostics: { info: () => undefined, warn: complain, error: complain },
    });
    await this.#server.recovered;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }

  socket(path: string, who: string): Promise<RecordedSocket> {
    this.#sockets += 1;
    return RecordedSocket.open(this.server.port, path, this.transcript, `socket ${this.#sockets} ${who}`);
  }

  /** Does what makes the server store so many commits by itself, and waits until they are stored. */
  async storing(commits: number, work: () => Promise<unknown>): Promise<void> {
    const wanted = storedCommits(this.server) + commits;
    await work();
    const isStored = async () => {
      // What became due meanwhile happens at this same time.
      await this.clock.advance(0);
      return storedCommits(this.server) >= wanted;
    };
    await this.until(isStored, `commit ${wanted}`);
  }

  /** Resolves when so many matches are archived. */
  archived(matches: number): Promise<void> {
    return this.until(async () => {
      const list = JSON.parse(await this.http.peek('/api/v1/matches')) as { total: { finished: number } };
      return list.total.finished >= matches;
    }, `archive ${matches}`);
  }

  async until(holds: () => Promise<boolean>, what: string): Promise<void> {
    const giveUpAt = performance.now() + 20_000;
    while (!(await holds())) {
      if (performance.now() > giveUpAt) throw new Error(`This never came: ${what}.`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
