import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles } from '../src/game/command.ts';
import { chooseAdapter } from '../src/server/net/adapter.ts';
import { startServer } from '../src/server/server.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The API descriptions of a running server (routes, sockets, roles), by file name in docs/api. */
export async function descriptions(): Promise<Readonly<Record<string, unknown>>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fraudarena-descriptions-'));
  const server = await startServer({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    durability: { mode: 'os' },
    adapter: chooseAdapter('auto').port,
    ruleset: 'standard',
    policies: {},
    diagnostics: silent,
  });
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`)).json();
  try {
    const told: Record<string, unknown> = {
      'openapi.json': await get('/openapi.json'),
      'asyncapi.json': await get('/asyncapi.json'),
    };
    for (const role of roles) told[`${role}.schema.json`] = await get(`/api/v1/schema/${role}`);
    return told;
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true });
  }
}

/** The text of a description file. */
export const fileText = (description: unknown): string => `${JSON.stringify(description, null, 2)}\n`;
