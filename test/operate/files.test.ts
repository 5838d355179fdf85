import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import { needing } from '../support/outside-programs.ts';
import { describe, expect, it } from 'vitest';
import { defaultWatermarks } from '../../src/log/disk/disk-space.ts';
import { arena } from '../cli/arena.ts';
import { blocksOf } from '../cli/page.ts';
import { makeFolder } from '../log/temp-folder.ts';
import { freePort } from '../server/crash/server-process.ts';

/** The files that docs/operate.md gives to operators, held to the programs that read them. */

const blocks = (await blocksOf('docs/operate.md')).flat();
const textOf = (language: string, part = ''): string =>
  blocks.find((block) => block.language === language && block.text.includes(part))?.text ?? '';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await makeFolder();
  await use(folder).finally(() => rm(folder, { recursive: true }));
}

/** Runs a program to its end. */
async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = '.') {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

describe('the Dockerfile', async () => {
  const text = await readFile('Dockerfile', 'utf8');
  const instructions = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/));
  const last = (name: string): string =>
    instructions
      .findLast(([each]) => each === name)
      ?.slice(1)
      .join(' ') ?? '';

  it('has nothing to be said against by a linter, which does speak against others', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('VOLUME', 'VOLUMEN'))).toHaveLength(1);
  });

  it('runs as nobody in particular, with its log on a volume, and is asked for its health', () => {
    expect([last('USER'), last('VOLUME'), last('STOPSIGNAL')]).toEqual(['node', '/data', 'SIGTERM']);
    expect(last('HEALTHCHECK')).toContain('/health');
    const froms = instructions.filter(([name]) => name === 'FROM').map(([, image]) => image);
    expect(froms).toEqual(['node:20-slim', 'node:20-slim']);
  });

  it('copies what there is, and what is let through to it', async () => {
    const ignored = (await readFile('.dockerignore', 'utf8')).trimEnd().split('\n');
    const copied = instructions
      .filter(([name, first]) => name === 'COPY' && first?.startsWith('--from') === false)
      .flatMap((parts) => parts.slice(1, -1));
    expect(ignored).toEqual(['*', ...copied.map((name) => `!${name}`)]);
    for (const name of copied) expect(await stat(name)).toBeDefined();
    const { include } = JSON.parse(await readFile('tsconfig.build.json', 'utf8')) as {
      readonly include: readonly string[];
    };
    for (const name of ['src', 'machines'])
      expect(include.filter((each) => copied.includes(each))).toContain(name);
  });

  it('starts a server as it says, of which its health check knows whether it lives', () =>
    inFolder(async (folder) => {
      const app = join(folder, 'app');
      await mkdir(app);
      for (const name of ['dist', 'node_modules']) await symlink(resolve(name), join(app, name), 'dir');
      await copyFile('package.json', join(app, 'package.json'));
      const given = Object.fromEntries(
        last('ENV')
          .split(' ')
          .map((pair) => pair.split('=') as [string, string]),
      );
      expect(given).toMatchObject({ ARENA_HOST: '0.0.0.0', ARENA_DATA_DIR: '/data' });
      const port = String(await freePort());
      const env = {
        ...given,
        ARENA_HOST: '127.0.0.1',
        ARENA_PORT: port,
        ARENA_DATA_DIR: join(folder, 'data'),
      };
      const [node = '', ...entry] = JSON.parse(last('ENTRYPOINT')) as string[];
      const asked = JSON.parse(/CMD (\[.*\])/.exec(last('HEALTHCHECK'))?.[1] ?? '[]') as string[];
      const check = async () => (await run(asked[0] ?? '', asked.slice(1), env)).code;
      expect(await check()).toBe(1);
      const args = [...entry, ...(JSON.parse(last('CMD')) as string[])];
      const server = spawn(node, args, {
        cwd: app,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = once(server, 'close');
      await once(server.stdout, 'data');
      server.stdout.resume();
      expect(await check()).toBe(0);
      server.kill('SIGTERM');
      expect(await closed).toEqual([0, null]);
    }));
});

needing('systemd-analyze').describe('the unit for systemd', () => {
  /** As systemd reads it, with this machine's Node: it must be there. */
  const analysed = async (change: (text: string) => string, use: (unit: string) => Promise<void>) =>
    inFolder(async (folder) => {
      const text = await readFile('docs/fraudarena.service', 'utf8');
      const unit = join(folder, 'fraudarena.service');
      await writeFile(unit, change(text).replace('/usr/bin/node', process.execPath));
      await use(unit);
    });

  it('is understood by systemd, which does not understand everything', async () => {
    await analysed(
      (text) => text,
      async (unit) =>
        expect(await run('systemd-analyze', ['verify', '--man=no', unit])).toMatchObject({
          code: 0,
          stderr: '',
        }),
    );
    await analysed(
      (text) => text.replace('ProtectHome', 'ProtectHouse'),
      async (unit) => {
        const { stderr } = await run('systemd-analyze', ['verify', '--man=no', unit]);
        expect(stderr).toContain("Unknown key 'ProtectHouse'");
      },
    );
  });

  it('leaves the service little to do harm with', () =>
    analysed(
      (text) => text,
      async (unit) => {
        // In tenths of what systemd counts from 0 to 10; a service without any of it has 9.6.
        const args = ['security', '--offline=yes', '--threshold=20', '--no-pager', unit];
        const { code, stdout } = await run('systemd-analyze', args);
        expect(code, stdout).toBe(0);
        expect(stdout).toMatch(/exposure level for fraudarena\.service: [01]\.\d/);
      },
    ));
});

describe('the other files of docs/operate.md', () => {
  it('are settings that the server takes, and a route that is there', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'arena.json');
      await writeFile(file, textOf('json', 'tls_cert'));
      const { code, stdout } = await arena(['serve', '--config', file, '--print-config', '--json']);
      expect(code).toBe(0);
      expect(stdout).toContain('https://arena.example.org:8443');
      expect(textOf('yaml')).toContain('metrics_path: /api/v1/metrics\n');
    }));

  it('name the room on the disk as the log has it', async () => {
    const page = await readFile('docs/operate.md', 'utf8');
    const rows = Array.from(page.matchAll(/^\| (\d+) %/gm), ([, percent]) => Number(percent) / 100);
    const { warn, newMatches, commands, commandBytes } = defaultWatermarks;
    expect(rows).toEqual([warn, newMatches, commands]);
    expect(page).toContain(`less than ${commandBytes / 2 ** 20} MiB`);
  });
});
