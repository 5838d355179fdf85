import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** What another project gets of this package: packed as it would be published, and installed by npm. */

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;

const run = promisify(execFile);

/** Packs what is built into a folder; the path of the file. */
export async function packInto(folder: string): Promise<string> {
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  return join(folder, file);
}

/**
 * Installs a packed file into an empty project, without a network: what the package depends on is linked from here, as
 * npm is told to resolve it.
 */
export async function installInto(folder: string, tarball: string): Promise<void> {
  const link = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, `file:${resolve('node_modules', name)}`]));
  const { dependencies, optionalDependencies } = manifest;
  const project = {
    name: 'project',
    private: true,
    type: 'module',
    overrides: link([...Object.keys(dependencies), ...Object.keys(optionalDependencies)]),
    devDependencies: link(['vitest']),
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project));
  const quietly = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...quietly, tarball], { cwd: folder });
}

/** Type-checks files of a project; what the compiler says of them and of the package, line by line. */
export async function complaintsOf(
  folder: string,
  files: readonly string[],
  more: object,
): Promise<readonly string[]> {
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: 'es2023',
    noEmit: true,
    skipLibCheck: true,
    ...more,
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const compiler = [resolve('node_modules/typescript/bin/tsc'), '-p', '.', '--pretty', 'false'];
  const said = await run(process.execPath, compiler, { cwd: folder }).catch((error: unknown) => error);
  const { stdout } = said as { readonly stdout: string };
  // The types of other packages are theirs to mend.
  return stdout.split('\n').filter((line) => /^(\w|node_modules\/fraudarena\/)/.test(line));
}

/** Runs a program of the project; its output. */
export async function runIn(
  folder: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await run(command, args, { cwd: folder, env: { ...process.env, ...env } });
  return stdout;
}

/** Runs with the server of the project, as its users start it. */
export async function whileServing(folder: string, use: (url: string) => Promise<void>): Promise<void> {
  const args = ['serve', '--json', '--port', '0', '--data-dir', join(folder, 'data')];
  const child = spawn(join(folder, 'node_modules/.bin/arena'), args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    await use((JSON.parse(line) as { readonly url: string }).url);
  } finally {
    child.kill('SIGTERM');
    await closed;
  }
}
