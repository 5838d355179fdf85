import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as it was built before the tests. */
export const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Runs the command line as a process of its own. */
export function arena(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...texts }));
  });
}

/** What a writing verb says of its log on stderr before anything else. */
export const groupLog = (data: string): string =>
  `Log ${data}: group, nothing acknowledged is lost, not even by a power cut.\n`;

/** A process of the command line that goes on until its input, a signal or a server ends it. */
export class RunningArena {
  stderr = '';
  /** Lines of the output that were read already. */
  readonly seen: string[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterableIterator<string>;
  readonly #closed: Promise<unknown[]>;
  #isOutputClosed = false;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close');
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    // A process that is gone takes no more input.
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line of the output; null at its end. */
  async line(): Promise<string | null> {
    const next = await this.#lines.next();
    if (next.done === true) return null;
    this.seen.push(next.value);
    return next.value;
  }

  /** The next line that fits. @throws where the output ends before. */
  async lineWith(part: string): Promise<string> {
    for (let line = await this.line(); line !== null; line = await this.line())
      if (line.includes(part)) return line;
    throw new Error(`No line with ${part}, but: ${this.seen.join('\n')}\n${this.stderr}`);
  }

  type(line: object | string): void {
    this.#child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** As a reader does that has seen enough. */
  closeOutput(): void {
    this.#isOutputClosed = true;
    this.#child.stdout.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, and whatever else was printed. */
  async ended(): Promise<Ran> {
    // A stream that was destroyed tells no end.
    while (!this.#isOutputClosed && (await this.line()) !== null);
    const [code] = await this.#closed;
    return { code: code as number | null, stdout: this.seen.join('\n'), stderr: this.stderr };
  }
}

/** A server in a process of its own, listening on a free port. */
export async function serving(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly server: RunningArena; readonly url: string }> {
  const server = new RunningArena(['serve', '--port', '0', ...args], env);
  const line = await server.lineWith('http://');
  return { server, url: /http:\/\/[^\s"]+/.exec(line)?.[0] ?? '' };
}
