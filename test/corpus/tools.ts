import { Writable } from 'node:stream';
import { mainFile } from './under-test.ts';

export interface Ran {
  readonly code: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the command line says in the place of an exit. */
class Exit extends Error {}

let runs = 0;

/** Runs a verb of the command line in this process, as often as it takes. */
export async function arena(...args: readonly string[]): Promise<Ran> {
  const { argv, exitCode } = process;
  const exit = process.exit.bind(process);
  const [out, err] = [new Taken(), new Taken()];
  const restore = [replace('stdout', out), replace('stderr', err)];
  process.argv = ['node', 'arena', ...args];
  process.exitCode = 0;
  process.exit = (code) => {
    process.exitCode = code ?? 0;
    throw new Exit();
  };
  try {
    runs += 1;
    await import(/* @vite-ignore */ `${mainFile}?run=${runs}`);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  } finally {
    for (const each of restore) each();
    process.exit = exit;
    process.argv = argv;
  }
  const code = String(process.exitCode);
  process.exitCode = exitCode;
  return { code, stdout: out.text, stderr: err.text };
}

/** Keeps what is written to it. */
class Taken extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, written: () => void): void {
    this.text += chunk.toString();
    written();
  }
}

/** Puts a stream in the place of the process's own, until the returned function is called. */
function replace(name: 'stdout' | 'stderr', stream: Writable): () => void {
  const own = Object.getOwnPropertyDescriptor(process, name);
  if (own === undefined) throw new Error(`The process has no ${name}.`);
  Object.defineProperty(process, name, { value: stream, configurable: true });
  return () => void Object.defineProperty(process, name, own);
}
