import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/chart/layout/layout.ts';
import { machineNames, machines } from '../../src/chart/model/machines.ts';
import { mermaidOf } from '../../src/chart/mermaid.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { paintChart } from '../../src/chart/paint/paint.ts';
import { scxmlOf } from '../../src/chart/scxml.ts';
import { arena } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const chart = (...args: string[]) => arena(['chart', ...args]);

const svgOf = async (
  ...[machine, direction, theme]: ['match' | 'seat', 'down' | 'right', 'light' | 'dark']
) => `${paintChart(await layoutOf(chartOf(machines[machine]), direction), { theme })}\n`;

describe('arena chart', () => {
  it('draws a machine as the same bytes in any process', async () => {
    const [first, again] = await Promise.all([chart('match'), chart('match', '--format', 'svg')]);
    expect(first).toEqual({ code: 0, stderr: '', stdout: await svgOf('match', 'down', 'light') });
    expect(again).toEqual(first);
  });

  itInAll('draws in the other direction and theme, into a file', async () => {
    const file = join(folder, 'seat.svg');
    const ran = await chart('seat', '--direction', 'right', '--theme', 'dark', '-o', file);
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await readFile(file, 'utf8')).toBe(await svgOf('seat', 'right', 'dark'));
  });

  it.each([
    ['model.json', (text: string) => expect(JSON.parse(text)).toEqual(chartOf(machines.review))],
    ['model.scxml', (text: string) => expect(text).toBe(scxmlOf(chartOf(machines.review)))],
    ['model.mmd', (text: string) => expect(text).toBe(mermaidOf(chartOf(machines.review)))],
  ])('writes %s as its ending asks', async (name, check) => {
    const file = join(folder, name);
    expect(await chart('review', '--output', file)).toMatchObject({ code: 0, stderr: '' });
    check(await readFile(file, 'utf8'));
  });

  it('writes a PNG of twice the size, with letters on it whatever fonts the machine has', async () => {
    const file = join(folder, 'node.png');
    expect(await chart('node', '-o', file)).toMatchObject({ code: 0, stderr: '' });
    const png = await readFile(file);
    const { width, height } = await layoutOf(chartOf(machines.node), 'down');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
    // Without letters it would be a third of that.
    expect(png.byteLength).toBeGreaterThan(50_000);
  });

  it('names the machines where it is asked for another', async () => {
    const data = join(folder, 'none');
    const { code, stdout, stderr } = await chart('lobby', '--data-dir', data);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `error: lobby is no machine (${machineNames.join(', ')}). No match is stored in ${data}.\n`,
    );
  });

  itInAll('says in one sentence that a file cannot be written', async () => {
    const { code, stderr } = await chart('seat', '-o', join(folder, 'missing', 'seat.svg'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*seat\.svg cannot be written: [^\n]+\n$/);
  });

  it.each(
    someOf(
      [
        ['--direction', 'up'],
        ['--theme', 'blue'],
        ['--format', 'gif'],
      ],
      1,
    ),
  )('refuses %s %s', async (option, value) => {
    const { code, stderr } = await chart('seat', option, value);
    expect(code).toBe(2);
    expect(stderr).toContain(`argument '${value}' is invalid`);
  });
});
