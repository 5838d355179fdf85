import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const tsx = import.meta.resolve('tsx');
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs the command line from its sources, as a process of its own. */
export function arena(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', tsx, main, ...args], {
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
