import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { expect } from 'vitest';
import { main, serving } from './arena.ts';

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The code blocks of a Markdown page, section by section. */
export async function blocksOf(file: string): Promise<readonly (readonly Block[])[]> {
  const sections = (await readFile(file, 'utf8')).split(/^## /m);
  return sections.map((section) =>
    Array.from(section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = '', text = '']) => ({
      language,
      text,
    })),
  );
}

/**
 * Does what a reader of a page does, in an empty folder: writes the scripts that the page shows, and types its shell
 * blocks in their order. `npm start` goes on in a terminal of its own until the section ends; it takes a free port
 * instead of the default one, and the other commands are told where by the environment. `npm` is this repository's
 * command line, run from its sources. Returns how many blocks were typed.
 */
export async function typePage(file: string, folder: string): Promise<number> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${await npmIn(folder)}${delimiter}${process.env['PATH'] ?? ''}`,
    ARENA_DATA_DIR: join(folder, 'data'),
  };
  let typed = 0;
  for (const blocks of await blocksOf(file)) {
    const running: Awaited<ReturnType<typeof serving>>[] = [];
    try {
      for (const { language, text } of blocks) {
        const script = language === 'js' ? /^\/\/ (\S+\.mjs)\n/.exec(text)?.[1] : undefined;
        if (script !== undefined) await writeFile(join(folder, script), text);
        if (language !== 'sh') continue;
        typed += 1;
        const { before, serve } = parted(text);
        await type(before, folder, env);
        if (serve === null) continue;
        const server = await serving(serve, env);
        running.push(server);
        env['ARENA_SERVER'] = server.url;
      }
    } finally {
      for (const { server } of running) {
        server.kill('SIGINT');
        expect(await server.ended()).toMatchObject({ code: 0, stderr: '' });
      }
    }
  }
  return typed;
}

/** What a block types before `npm start`, and the arguments of that; null where it starts nothing. */
function parted(text: string): { readonly before: string; readonly serve: readonly string[] | null } {
  const [before = '', serve] = text.split(/^npm start/m);
  if (serve === undefined) return { before, serve: null };
  const [line = '', ...rest] = serve.split('\n');
  expect(rest.join('').trim(), 'Nothing can be typed behind npm start.').toBe('');
  const args = (line.split(' #')[0] ?? '').split(' ').filter((part) => part !== '' && part !== '--');
  return { before, serve: args };
}

async function type(text: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const shell = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', text], {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
  shell.stdin.end();
  let [stdout, stderr] = ['', ''];
  shell.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(shell, 'close')) as [number | null];
  expect({ code, stderr }, `${text}\n${stdout}\n${stderr}`).toMatchObject({
    code: 0,
    stderr: expect.not.stringMatching(/error/i) as string,
  });
  expect(stdout, text).not.toContain('"type":"error"');
}

/** A folder with an `npm` that runs what was built, beside the packages of this repository, itself among them. */
async function npmIn(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir('node_modules'))
    await symlink(resolve('node_modules', name), join(modules, name), 'junction');
  await symlink(resolve('.'), join(modules, 'fraudarena'), 'junction');
  const arena = [process.execPath, main].map((part) => `'${part}'`).join(' ');
  const script = `#!/bin/sh
case "$*" in
  install) exit 0 ;;
  "run -s arena -- "*) shift 4; exec ${arena} "$@" ;;
  *) echo "error: no npm $*" >&2; exit 1 ;;
esac
`;
  await writeFile(join(bin, 'npm'), script);
  await chmod(join(bin, 'npm'), 0o755);
  return bin;
}
