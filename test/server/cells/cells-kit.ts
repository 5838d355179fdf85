import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { Role } from '../../../src/game/command.ts';
import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import { startServer } from '../../../src/server/server.ts';
import type { RunningServer, ServerOptions } from '../../../src/server/server.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';

/** A server of the test's own, with a data folder, a clock the test moves, and lines to it. */
export interface Hosted {
  readonly server: RunningServer;
  readonly clock: TestClock;
  /** What the server said of itself, as JSON. */
  readonly said: readonly string[];
  readonly open: (role: Role, query?: string) => Promise<Line>;
  /** `matches` of the health report. */
  readonly matches: () => Promise<{ readonly unfinished: number; readonly living: number }>;
}

export interface HostedOptions extends Partial<
  Pick<ServerOptions, 'ruleset' | 'policies' | 'limits' | 'clock'>
> {
  /** Puts something into the data folder before the server opens it. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Runs with a server over an empty data folder; both are gone afterwards. */
export async function hosting(
  { prepare, ...options }: HostedOptions,
  use: (hosted: Hosted) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-cells-'));
  const clock = new TestClock();
  const said: string[] = [];
  const say = (details: object, message: string) => void said.push(JSON.stringify({ ...details, message }));
  const lines: Line[] = [];
  await prepare?.(folder);
  const server = await startServer({
    ...{ dataDir: folder, host: '127.0.0.1', port: 0, durability: { mode: 'os' }, clock },
    ...{ ruleset: 'standard', policies: {}, adapter: chooseAdapter('ws').port },
    diagnostics: { info: say, warn: say, error: say },
    ...options,
  });
  await server.recovered;
  try {
    await use({
      server,
      clock,
      said,
      open: async (role, query = '') => {
        const line = await Line.open(`ws://127.0.0.1:${server.port}/ws/${role}${query}`);
        lines.push(line);
        return line;
      },
      matches: async () => {
        const health = await fetch(`http://127.0.0.1:${server.port}/health`);
        return ((await health.json()) as { matches: { unfinished: number; living: number } }).matches;
      },
    });
  } finally {
    for (const line of lines) line.cut();
    await server.close();
    await rm(folder, { recursive: true });
  }
}

/** A frame of the server's, as it came. */
export interface Frame {
  readonly type: string;
  readonly request_id?: string;
  readonly seq?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const pushedTypes: readonly string[] = ['event', 'turn', 'presence', 'match_over'];

/** One raw connection: what is sent is what the test wrote, and every frame that comes is kept. */
export class Line {
  readonly replies: Frame[] = [];
  readonly pushed: Frame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  #asked = 0;
  #isClosed = false;
  #wake: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      (pushedTypes.includes(frame.type) ? this.pushed : this.replies).push(frame);
      this.#stir();
    });
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => {
        this.#isClosed = true;
        this.#stir();
        resolve({ code, reason: reason.toString() });
      }),
    );
  }

  /** Rejects with the status of the answer where the server refuses the connection. */
  static open(url: string): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      const line = new Line(socket);
      socket.on('open', () => resolve(line));
      socket.on('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Error(`refused with ${response.statusCode ?? 0}`));
      });
      socket.on('error', reject);
    });
  }

  send(frame: object | string): void {
    this.#asked += 1;
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The reply to this very frame, whatever it is. */
  async ask(frame: object | string): Promise<Frame> {
    this.send(frame);
    const index = this.#asked - 1;
    await this.until(() => this.replies.length > index);
    return this.replies[index] ?? missing;
  }

  step(action: object): Promise<Frame> {
    return this.ask({ type: 'step', data: action });
  }

  /** The pushed frames up to the first one that is wanted. */
  async pushedUntil(isWanted: (frame: Frame) => boolean): Promise<readonly Frame[]> {
    await this.until(() => this.pushed.some(isWanted));
    return this.pushed.slice(0, this.pushed.findIndex(isWanted) + 1);
  }

  /** Fails when the connection ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isClosed) throw new Error('The connection ended before what was waited for.');
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  cut(): void {
    this.#socket.terminate();
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const missing: Frame = { type: 'nothing', data: {} };
