import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingKeys, settings, variableOf } from '../../src/cli/settings.ts';
import { arena } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Row {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  readonly unit: string;
  readonly meaning: string;
}

async function configFile(value: unknown): Promise<string> {
  const path = join(folder, 'arena.json');
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

/** What `--print-config --json` says, by key. */
async function printed(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await arena(['serve', '--print-config', '--json', ...args], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const rows = JSON.parse(stdout) as readonly Row[];
  return new Map(rows.map((row) => [row.key, row]));
}

describe('arena serve --print-config', () => {
  it('shows every setting with its default, unit and meaning', async () => {
    const rows = await printed([]);
    expect([...rows.keys()]).toEqual(settingKeys);
    for (const key of settingKeys)
      expect(rows.get(key)).toEqual({
        key,
        value: settings[key].otherwise,
        source: 'default',
        unit: settings[key].unit,
        meaning: settings[key].meaning,
      });
    const { code, stdout } = await arena(['serve', '--print-config']);
    expect(code).toBe(0);
    for (const key of settingKeys) expect(stdout).toMatch(new RegExp(`│ ${key} `));
  });

  it('takes flags before the environment, that before the file, and the file before the defaults', async () => {
    const file = await configFile({ port: 1, grace: 2, auth: 'open', policy: { legal_hints: 'full' } });
    const env = { ARENA_CONFIG: file, ARENA_PORT: '3', ARENA_GRACE: '4', ARENA_TRUST_PROXY: 'false' };
    const rows = await printed(['--port', '5', '--origins', 'https://a.example,https://b.example'], env);
    const shown = (key: string) => [rows.get(key)?.value, rows.get(key)?.source];
    expect(shown('port')).toEqual([5, '--port']);
    expect(shown('grace')).toEqual([4, 'ARENA_GRACE']);
    expect(shown('auth')).toEqual(['open', file]);
    expect(shown('policy')).toEqual([{ legal_hints: 'full' }, file]);
    expect(shown('trust_proxy')).toEqual([false, 'ARENA_TRUST_PROXY']);
    expect(shown('origins')).toEqual([['https://a.example', 'https://b.example'], '--origins']);
    expect(shown('host')).toEqual(['127.0.0.1', 'default']);
  });

  it('reads every value as flag, variable and file alike', async () => {
    const texts: Readonly<Record<string, string>> = {
      host: '::1',
      public_url: 'https://arena.example',
      data_dir: folder,
      durability: 'interval:20',
      auth: 'invited',
      adapter: 'ws',
      ruleset: 'classic',
      policy: 'legal_hints=full,spectator_delay=3',
      origins: '*',
      trust_proxy: 'true',
      tls_cert: 'c.pem',
      tls_key: 'k.pem',
      log_level: 'warn',
      metrics: 'all',
    };
    const textOf = (key: string): string => texts[key] ?? '7';
    const byFlag = await printed(
      settingKeys.flatMap((key) => [`--${key.replaceAll('_', '-')}`, textOf(key)]),
    );
    const byVariable = await printed(
      [],
      Object.fromEntries(settingKeys.map((key) => [variableOf(key), textOf(key)])),
    );
    const values = (rows: ReadonlyMap<string, Row>) => [...rows].map(([key, { value }]) => [key, value]);
    expect(values(byVariable)).toEqual(values(byFlag));
    const byFile = await printed(['--config', await configFile(Object.fromEntries(values(byFlag)))]);
    expect(values(byFile)).toEqual(values(byFlag));
    expect(byFlag.get('policy')?.value).toEqual({ legal_hints: 'full', spectator_delay: 3 });
  });
});

describe('a configuration that cannot be meant', () => {
  const refused = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stdout, stderr } = await arena(['serve', '--print-config', ...args], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };

  it.each(
    someOf(
      [
        [{ prot: 9000 }, /arena\.json sets prot, which is no setting\. Settings: host, port, /],
        [{ port: '9000' }, /arena\.json: port: It must be a whole number from 0 to 65535\./],
        [{ port: 70_000 }, /port: It must be a whole number from 0 to 65535/],
        [{ policy: { auth: 'open' } }, /policy: It must be name=value .*auth is set by itself/],
        [{ policy: { legal_hints: 'some' } }, /policy: legal_hints: Invalid option/],
        [{ tls_cert: 'c.pem' }, /tls_cert and tls_key belong together/],
        [{ origins: ['example.org'] }, /origins: 0: an origin such as/],
        [[1], /must hold one JSON object/],
        ['{"port":', /arena\.json is not JSON/],
      ],
      1,
    ),
  )('is refused: the file %j', async (value, message) => {
    expect(await refused(['--config', await configFile(value)])).toMatch(message);
  });

  itInAll('is refused: a variable that is spelt wrong, a file that is not there, a bad text', async () => {
    expect(await refused([], { ARENA_PROT: '9000' })).toMatch(/The environment sets ARENA_PROT/);
    expect(await refused(['--config', join(folder, 'none.json')])).toMatch(/none\.json cannot be read/);
    expect(await refused([], { ARENA_PORT: 'x' })).toMatch(/ARENA_PORT.*whole number/s);
    expect(await refused(['--trust-proxy=perhaps'])).toMatch(/true or false/);
  });
});
