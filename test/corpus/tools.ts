import { mainFile } from './under-test.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the command line says in the place of an exit. */
class Exit extends Error {}

let runs = 0;

/** Runs a verb of the command line in this process, as often as it takes. */
export async function arena(...args: readonly string[]): Promise<Ran> {
  const before = { argv: process.argv, exitCode: process.exitCode, exit: process.exit };
  const out = process.stdout.write.bind(process.stdout);
  const err = process.stderr.write.bind(process.stderr);
  const ran = { stdout: '', stderr: '' };
  const taken = (name: 'stdout' | 'stderr') =>
    ((chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
      ran[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const written = rest.find((each) => typeof each === 'function');
      if (written !== undefined) (written as () => void)();
      return true;
    }) as typeof process.stdout.write;
  process.argv = ['node', 'arena', ...args];
  process.exitCode = 0;
  process.exit = ((code?: number) => {
    process.exitCode = code ?? 0;
    throw new Exit();
  }) as typeof process.exit;
  process.stdout.write = taken('stdout');
  process.stderr.write = taken('stderr');
  try {
    runs += 1;
    await import(/* @vite-ignore */ `${mainFile}?run=${runs}`);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
    process.exit = before.exit;
    process.argv = before.argv;
  }
  const code = Number(process.exitCode);
  process.exitCode = before.exitCode;
  return { code, stdout: ran.stdout, stderr: ran.stderr };
}
