import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What the build reads, and what it writes, by which both are known again. */
const sources = ['src', 'machines', 'bench', 'web'];
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
];
const output = 'dist';
const stamp = join(output, 'tested-build.json');

const run = promisify(execFile);

/** Before tests of what was built: it is what these sources make, from an earlier run or from now. */
export async function setup(): Promise<void> {
  const before = await digestOf(sources, settings);
  const made = await readFile(stamp, 'utf8').catch(() => '');
  if (made !== '' && made === stampOf(before, await digestOf([output], []))) return;
  await rm(stamp, { force: true });
  await Promise.all(['build:node', 'build:web'].map((script) => run('npm', ['run', script, '--silent'])));
  // Sources that were changed meanwhile may be in it or not.
  if ((await digestOf(sources, settings)) === before)
    await writeFile(stamp, stampOf(before, await digestOf([output], [])));
}

const stampOf = (from: string, to: string): string =>
  `${JSON.stringify({ from, to, node: process.version })}\n`;

/** Of every file's path and content; dates tell nothing after a checkout. */
async function digestOf(folders: readonly string[], files: readonly string[]): Promise<string> {
  const found = await Promise.all(folders.map(filesIn));
  const hash = createHash('sha256');
  for (const file of [...found.flat(), ...files].sort()) {
    if (file === stamp) continue;
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    hash.update(`${file}\0${content.byteLength}\0`).update(content);
  }
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
