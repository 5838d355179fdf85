import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { main } from '../../cli/arena.ts';

/** Runs with the built command line and an empty folder, which is removed afterwards. */
export async function withProgram(use: (program: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-crash-'));
  try {
    await use(main, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on standard error. */
  readonly complaint: string;
}

export interface ServerPlan {
  readonly program: string;
  readonly dataDir: string;
  readonly port: number;
}

/** `arena serve` as a process of its own, started again and again on one folder and port. */
export class ServerProcess {
  readonly #plan: ServerPlan;
  #child: ChildProcess | null = null;
  #exited: Promise<Exit> = Promise.resolve({ code: 0, signal: null, complaint: '' });
  /** Settled while it listens. */
  #up = pending();

  constructor(plan: ServerPlan) {
    this.#plan = plan;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#plan.port}`;
  }

  /** Resolves as soon as it listens: at once while it does. */
  get up(): Promise<void> {
    return this.#up.promise;
  }

  /** How the last process ended, once it has. */
  get exited(): Promise<Exit> {
    return this.#exited;
  }

  /** Starts it, with further arguments of `arena serve`. @returns whether it came to listen, or ended before. */
  async start(...args: readonly string[]): Promise<boolean> {
    const { program, dataDir, port } = this.#plan;
    const serve = ['serve', '--json', '--port', String(port), '--data-dir', dataDir];
    const child = spawn(process.execPath, [program, ...serve, '--log-level', 'warn', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const complaint: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk.toString()));
    // What connects from here on meets the next one; whoever waits already goes on waiting.
    child.once('exit', () => (this.#up = this.#up.isSettled() ? pending() : this.#up));
    this.#exited = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(
      ([code, signal]) => ({ code, signal, complaint: complaint.join('') }),
    );
    const line = once(createInterface({ input: child.stdout }), 'line').then(() => true);
    const isUp = await Promise.race([line, this.#exited.then(() => false)]);
    if (isUp) this.#up.settle();
    return isUp;
  }

  /** Sends a signal to the process that runs. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Exit> {
    this.signal(signal);
    return this.#exited;
  }
}

function pending() {
  let isSettled = false;
  let resolved = (): void => undefined;
  const promise = new Promise<void>((resolve) => (resolved = resolve));
  const settle = () => {
    isSettled = true;
    resolved();
  };
  return { promise, settle, isSettled: () => isSettled };
}
