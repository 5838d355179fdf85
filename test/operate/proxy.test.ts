import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needing, pathOf } from '../support/outside-programs.ts';
import { expect } from 'vitest';
import { createMatch, watch } from '../../src/client/index.ts';
import { connectRole } from '../../src/client/node.ts';
import { roles } from '../../src/game/command.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { blocksOf } from '../cli/page.ts';
import { all, playOut } from '../client/kit.ts';
import { makeFolder } from '../log/temp-folder.ts';
import { freePort } from '../server/crash/server-process.ts';
import { TestServer } from '../support/server.ts';
import { systemClock } from '../../src/match/clock.ts';

/** The proxy of docs/operate.md, as it stands but for addresses and certificates, before a real server. */

const shown =
  (await blocksOf('docs/operate.md')).flat().find(({ language }) => language === 'nginx')?.text ?? '';

/** Runs with nginx before a server; `url` is that of nginx. */
async function behindProxy(use: (url: string, direct: string) => Promise<void>): Promise<void> {
  const folder = await makeFolder();
  const server = await TestServer.start({
    clock: systemClock,
    edge: { origins: [], trustProxy: true },
    // Told apart by the address that the proxy has seen.
    limits: { socketsPerAddress: 3 },
  });
  const port = await freePort();
  const site = shown
    .replace('127.0.0.1:8000', `127.0.0.1:${server.port}`)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
    .replaceAll(/^ *ssl_.*\n/gm, '');
  await mkdir(join(folder, 'temp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, 'temp', name)};`)
    .join('\n');
  const text = `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${site}}\n`;
  await writeFile(join(folder, 'nginx.conf'), text);
  const args = [
    '-p',
    folder,
    '-e',
    'stderr',
    '-c',
    join(folder, 'nginx.conf'),
    '-g',
    'daemon off; master_process off;',
  ];
  const nginx = spawn(pathOf('nginx') ?? 'nginx', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(nginx, 'close');
  const url = `http://127.0.0.1:${port}`;
  try {
    const listens = async () => (await fetch(`${url}/health`).catch(() => null))?.ok === true;
    while (!(await listens())) expect(nginx.exitCode, said).toBeNull();
    await use(url, `http://127.0.0.1:${server.port}`);
  } finally {
    nginx.kill('SIGTERM');
    await closed;
    await server.close();
    await rm(folder, { recursive: true });
  }
}

needing('nginx').it('a match is played and watched through the proxy, frame by frame', () =>
  behindProxy(async (url) => {
    const match = await createMatch(url, { seed: 4 });
    const watching = watch(url, match.match_id);
    // Each event comes as it happens: the first one before anybody plays.
    const begun = await watching.next();
    expect(begun.value).toMatchObject({ seq: 1, data: { event: 'match.created' } });
    const players = seatsFor(defaultPlayers, 4);
    const seats = {
      fraudster: await connectRole(url, 'fraudster'),
      investigator: await connectRole(url, 'investigator'),
      auditor: await connectRole(url, 'auditor'),
    };
    for (const role of roles) await seats[role].join(match);
    const [watched] = await Promise.all([
      all(watching),
      playOut(seats.fraudster, players.fraudster),
      playOut(seats.investigator, players.investigator),
      playOut(seats.auditor, players.auditor),
    ]);
    expect(watched.at(-1)).toMatchObject({ type: 'match_over', data: { phase: 'done' } });
    for (const role of roles) seats[role].close();
  }),
);

needing('nginx').it(
  'the proxy keeps the figures to itself, long bodies out, and says whom it speaks for',
  () =>
    behindProxy(async (url, direct) => {
      expect((await fetch(`${url}/api/v1/metrics`)).status).toBe(403);
      expect((await fetch(`${direct}/api/v1/metrics`)).status).toBe(200);
      const long = await fetch(`${url}/api/v1/matches`, { method: 'POST', body: 'x'.repeat(70_000) });
      expect(long.status).toBe(413);
      // A page of the proxy's own address is the server's own: the host that was asked for is passed on.
      const own = await fetch(`${url}/api/v1/matches`, { method: 'POST', headers: { origin: url } });
      expect(own.status).toBe(201);
      const open = [];
      for (const role of roles) open.push(await connectRole(url, role));
      await expect(connectRole(url, 'auditor')).rejects.toMatchObject({ code: 'server_unreachable' });
      for (const seat of open) seat.close();
    }),
);
