import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromAttack } from './hostile-attack-child.ts';
import type { AdapterName } from './hostile-kit.ts';
import type { FromServer, ToServer } from './hostile-server-child.ts';

export interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** A server in a process of its own. */
export class ServerChild {
  readonly port: number;
  readonly complaints: string[] = [];
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.port = port;
    process.on('message', (message: FromServer) => {
      if ('complaint' in message) this.complaints.push(message.complaint);
    });
  }

  private static async start(adapter: AdapterName, durability: string): Promise<ServerChild> {
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-hostile-'));
    const process = child('hostile-server-child.ts', [adapter, folder, durability], ['--expose-gc']);
    const { port } = await heard(process, (message) => ('port' in message ? message : null));
    return new ServerChild(process, folder, port);
  }

  /** Runs with a server of its own, which has to end by itself and without a complaint. */
  static async with(
    adapter: AdapterName,
    durability: 'group' | 'os',
    use: (server: ServerChild) => Promise<void>,
  ): Promise<void> {
    const server = await ServerChild.start(adapter, durability);
    try {
      await use(server);
      const code = await server.stop();
      if (code !== 0 || server.complaints.length > 0)
        throw new Error(
          `The server ended with ${String(code)} and complained: ${server.complaints.join('\n')}`,
        );
    } finally {
      server.#process.kill('SIGKILL');
      await rm(server.#folder, { recursive: true, force: true });
    }
  }

  memory(): Promise<Memory> {
    this.#tell('memory');
    return heard(this.#process, (message) => ('heapBytes' in message ? message : null));
  }

  /** Resolves with the exit code once the process has ended by itself. */
  async stop(): Promise<number | null> {
    const ended = once(this.#process, 'exit') as Promise<[number | null]>;
    this.#tell('stop');
    return (await ended)[0];
  }

  #tell(message: ToServer): void {
    this.#process.send(message);
  }
}

/** An attack from a process of its own. */
export class AttackChild {
  readonly #process: ChildProcess;
  readonly #report: Promise<Report>;

  private constructor(process: ChildProcess, report: Promise<Report>) {
    this.#process = process;
    this.#report = report;
  }

  /** Resolves once it is under way. */
  static async start(port: number, seed: number): Promise<AttackChild> {
    const process = child('hostile-attack-child.ts', [String(port), String(seed)]);
    const report = heard(process, (message) => ('fault' in message ? message : null));
    const begun = heard(process, (message) => ('underWay' in message ? message : null));
    await Promise.race([begun, report]);
    return new AttackChild(process, report);
  }

  async stop(): Promise<Report> {
    if (this.#process.connected) this.#process.send('stop');
    return this.#report;
  }
}

export type Report = Extract<FromAttack, { readonly fault: string | null }>;

function child(file: string, args: readonly string[], options: readonly string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, args, { execArgv: [...options, '--import', 'tsx'] });
}

/** The next message that `pick` takes. @throws Error when the process ends before. */
function heard<T>(process: ChildProcess, pick: (message: FromServer | FromAttack) => T | null): Promise<T> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromServer | FromAttack) => {
      const picked = pick(message);
      if (picked === null) return;
      process.off('message', hear).off('exit', fail);
      resolve(picked);
    };
    const fail = (code: number | null) => reject(new Error(`The process ended with ${String(code)}.`));
    process.on('message', hear).on('exit', fail);
  });
}
