import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Checks other versions of Node against the running one: each verifies what the other recorded, and the tests
 * of sockets, log and replays pass on the other. Run after `npm run build` as: tsx scripts/nodes.ts 26 [24 …]
 */
const versions = process.argv.slice(2);
const suites = ['golden', 'history', 'log', 'match', 'server/compat', 'server/frames', 'server/seats'];
const arena = 'dist/src/cli/main.js';
const run = promisify(execFile);

/** Installs a version of Node from the registry. Returns the path of its binary. */
async function nodeOf(version: string, folder: string): Promise<string> {
  await run('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    `node@${version}`,
  ]);
  return join(folder, 'node_modules', 'node', 'bin', 'node');
}

/** Plays matches with one Node, including refused moves, and verifies them with another. */
async function verifyAcross(writer: string, reader: string, data: string): Promise<void> {
  for (const ruleset of ['standard', 'classic']) {
    const how = ['--ruleset', ruleset, '--matches', '20', '--seed', '1', '--mishaps', '0.05'];
    await run(writer, [arena, 'play', ...how, '--data-dir', data]);
  }
  const { stdout } = await run(reader, [arena, 'verify', '--data-dir', data, '--json']);
  const verified = stdout.trim().split('\n').length;
  if (verified < 40) throw new Error(`${verified} matches of 40 were verified.`);
}

async function test(node: string): Promise<boolean> {
  const files = suites.map((name) => `test/${name}/`);
  const running = spawn(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'sources', ...files], {
    // Child processes that tests start by name use that Node too.
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` },
    stdio: 'inherit',
  });
  const [code] = (await once(running, 'exit')) as [number | null];
  return code === 0;
}

let isGood = versions.length > 0;
for (const version of versions) {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-node-'));
  try {
    const other = await nodeOf(version, folder);
    const { stdout } = await run(other, ['--version']);
    await verifyAcross(process.execPath, other, join(folder, 'ours'));
    await verifyAcross(other, process.execPath, join(folder, 'theirs'));
    console.log(`Node ${process.version} and ${stdout.trim()} verify what the other recorded.`);
    isGood = (await test(other)) && isGood;
  } finally {
    await rm(folder, { recursive: true });
  }
}
process.exit(isGood ? 0 : 1);
