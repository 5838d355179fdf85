import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Before any test: the command line is run as users have it, and starts three times as fast as from its sources. */
export async function setup(): Promise<void> {
  await promisify(execFile)('npm', ['run', 'build', '--silent']);
}
