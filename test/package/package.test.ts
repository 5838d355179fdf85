import { itInAll } from '../support/it-in-all.ts';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../cli/page.ts';
import { makeFolder } from '../log/temp-folder.ts';
import { complaintsOf, installInto, manifest, packInto, runIn, whileServing } from './installed.ts';

/** The package as others have it. */

let [packing, project, tarball] = ['', '', ''];

beforeAll(async () => {
  [packing, project] = [await makeFolder(), await makeFolder()];
  tarball = await packInto(packing);
  await installInto(project, tarball);
}, 120_000);
afterAll(async () => {
  for (const folder of [packing, project]) await rm(folder, { recursive: true });
});

describe('the packed file', () => {
  it('has nothing to be said against by publint', async () => {
    const { buffer } = Uint8Array.from(await readFile(tarball));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('has types that every module of ECMAScript finds, by Node and by bundlers', async () => {
    const packed = createPackageFromTarballData(Uint8Array.from(await readFile(tarball)));
    const checked = await checkPackage(packed);
    if (checked.types === false) throw new Error('The package has no types.');
    expect(Object.keys(checked.entrypoints).sort()).toEqual(Object.keys(manifest.exports).sort());
    // It is for ECMAScript modules only: what CommonJS and resolutions of old would meet is known.
    const others: readonly string[] = ['node10', 'node16-cjs'];
    const met = checked.problems.filter(
      (problem) => !('resolutionKind' in problem && others.includes(problem.resolutionKind)),
    );
    expect(met).toEqual([]);
    for (const { resolutions } of Object.values(checked.entrypoints))
      for (const kind of ['node16-esm', 'bundler'] as const)
        expect(resolutions[kind].resolution?.isTypeScript).toBe(true);
  });

  it('holds what was built of the sources, and no tests', async () => {
    const folder = join(project, 'node_modules', manifest.name);
    expect((await readdir(folder)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    expect((await readdir(join(folder, 'dist'))).sort()).toEqual(['machines', 'src', 'web']);
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((name) => /\.test\.|(^|\/)test\/|tsbuildinfo/.test(name))).toEqual([]);
    for (const file of ['src/cli/main.js', 'src/client/node.js', 'machines/match.machine.js'])
      expect(files).toContain(join('dist', file));
  });
});

const agent = `
import { ArenaError, connectRole, createMatch, isArenaError, watch } from 'fraudarena/client';
import type { Action, Observation, PushedFrame, Seat } from 'fraudarena/client';

function choose({ available_ads: [ad_id] }: Observation<'investigator'>): Action<'investigator'> {
  return ad_id === undefined
    ? { action_type: 'end_turn' }
    : { action_type: 'verdict', ad_id, verdict: 'reject', confidence: 0.5 };
}
const server = 'http://127.0.0.1:8000';
const match = await createMatch(server, { task_id: 'task_1', policies: { auth: 'invited' } });
const seat: Seat<'investigator'> = await connectRole(server, 'investigator');
try {
  await seat.join(match, match.seat_tokens?.investigator);
  for await (const seen of seat.turns()) await seat.step(choose(seen));
} catch (error) {
  if (!(error instanceof ArenaError) || isArenaError(error, 'seat_taken')) throw error;
}
const next = (frame: PushedFrame): string | null => (frame.type === 'turn' ? frame.data.on_turn : null);
for await (const frame of watch(server, match.match_id, { after: 3 })) next(frame);
// @ts-expect-error: an investigator proposes nothing
await seat.step({ action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'ecommerce' });
// @ts-expect-error: there is no such task
await createMatch(server, { task_id: 'task_0' });
`;

const host = `
import { MemoryEventLog, startServer } from 'fraudarena';
import type { RunningServer, StartOptions } from 'fraudarena';
import { connectRole } from 'fraudarena/client';
import { TestClock, eventLogContract } from 'fraudarena/testing';
import { describe, expect, it } from 'vitest';

const options: StartOptions = { dataDir: './own-data', port: 0, clock: new TestClock() };
const server: RunningServer = await startServer(options);
const seat = await connectRole(\`http://127.0.0.1:\${server.port}\`, 'fraudster');
const { phase } = await seat.reset({ seed: 1 });
console.log(phase);
seat.close();
await server.close();
export const declare = () => {
  const log = new MemoryEventLog();
  eventLogContract('a log', () => Promise.resolve({ log, close: () => log.close() }), { describe, it, expect });
};
`;

describe('a project that installs it', () => {
  itInAll('has its types in a browser, without those of Node', async () => {
    await writeFile(join(project, 'agent.ts'), agent);
    const lib = ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'];
    // The types of the libraries that those of the client need, too.
    const strictest = { lib, types: [], exactOptionalPropertyTypes: true, skipLibCheck: false };
    expect(await complaintsOf(project, ['agent.ts'], { ...strictest, module: 'nodenext' })).toEqual([]);
  });

  it('has those of its other entries in Node, and a server of its own', async () => {
    await writeFile(join(project, 'host.ts'), host);
    const types = { types: ['node'], typeRoots: [join(process.cwd(), 'node_modules/@types')] };
    const inNode = { module: 'nodenext', lib: ['es2023'], ...types };
    expect(await complaintsOf(project, ['host.ts'], inNode)).toEqual([]);
    // What the compiler would make of it: the types away.
    const script = host.replaceAll(
      /^import type .*|: (StartOptions|RunningServer)\b|^import .* from 'vitest';|^export [\s\S]*/gm,
      '',
    );
    await writeFile(join(project, 'host.mjs'), script);
    expect(await runIn(project, process.execPath, ['host.mjs'])).toBe('fraudster_turn\n');
  });

  it('has the command line, a server of it, and matches played over it', async () => {
    const help = await runIn(project, 'npx', ['--offline', 'arena', '--help']);
    expect(help).toMatch(/^Usage: arena \[options\] \[command\]/);
    expect(await runIn(project, 'npx', ['--offline', 'arena', '--version'])).toBe(`${manifest.version}\n`);
    const shown = (await blocksOf('README.md')).flat().find(({ text }) => text.startsWith('// play.mjs'));
    await writeFile(join(project, 'play.mjs'), shown?.text ?? '');
    await whileServing(project, async (url) => {
      const rewards = await runIn(project, process.execPath, ['play.mjs'], { ARENA_SERVER: url });
      expect(rewards.trimEnd().split('\n')).toHaveLength(3);
      const arena = join(project, 'node_modules/.bin/arena');
      const played = await runIn(project, arena, ['play', '--server', url, '--json', '--seed', '3']);
      expect(JSON.parse(played)).toMatchObject({ seed: 3, phase: 'done' });
    });
    const verified = await runIn(project, 'npx', [
      '--offline',
      'arena',
      'verify',
      '--data-dir',
      join(project, 'data'),
    ]);
    expect(verified).toContain('2');
  });
});
