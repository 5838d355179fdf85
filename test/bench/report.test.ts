import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emptyReport, readReport, row, tableOf } from '../../bench/report.ts';
import { inFolder } from '../log/temp-folder.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, '../../dist/bench/main.js');

describe('a row of a bench', () => {
  it('is made of medians, and stands beside its control and an earlier run', () => {
    const samples = [
      { value: 30, control: 100, cpuUs: 7 },
      { value: 10, control: 300, cpuUs: 5 },
      { value: 20, control: 200, cpuUs: 6 },
    ];
    const now = row('actions', '/s', samples, '0.30 of an echo');
    expect(now).toEqual({
      name: 'actions',
      unit: '/s',
      value: 20,
      control: 200,
      cpuUs: 6,
      target: '0.30 of an echo',
    });
    const before = { ...emptyReport(), benches: { socket: [{ ...now, value: 16 }] } };
    expect(tableOf('socket', [now], before)).toMatch(
      /│ actions +│ 20 \/s +│ 200 +│ 0\.10 +│ 6\.0 +│ 0\.30 of an echo +│ 16 +│ \+25 % +│/,
    );
  });

  it('has no ratio where there is nothing to compare with', () => {
    const alone = row('memory', 'KiB', [{ value: 30.5 }]);
    expect(alone).toMatchObject({ control: null, cpuUs: null, target: null });
    expect(tableOf('memory', [alone], null)).toMatch(/│ memory +│ 30\.5 KiB +│ +│ +│ +│ +│/);
  });
});

describe('npm run bench', () => {
  it(
    'measures what is named, writes it down, and shows it beside what was written before',
    inFolder(async (folder) => {
      const file = join(folder, 'figures.json');
      const args = [program, 'episode', '--rounds', '1', '--seconds', '1', '--dir', folder];
      await run(process.execPath, [...args, '--json', file]);
      const { benches } = await readReport(file);
      expect(Object.keys(benches)).toEqual(['episode']);
      expect(benches['episode']?.map(({ name }) => name)).toEqual([
        'task_1',
        'task_2',
        'task_3',
        'task_3_unseen',
      ]);
      const { stdout } = await run(process.execPath, [...args, '--compare', file]);
      expect(stdout).toContain('before');
      expect(stdout).toMatch(/[+-]\d+ %/);
    }),
  );

  it('refuses a bench that there is none of', async () => {
    await expect(run(process.execPath, [program, 'nothing'])).rejects.toMatchObject({
      stderr: expect.stringContaining('Allowed choices are socket, growth') as string,
    });
  });

  it('knows every part whose figures the documentation shows', async () => {
    const { benches } = await readReport('bench/measured.json');
    const { stdout } = await run(process.execPath, [program, '--help']);
    for (const name of Object.keys(benches)) expect(stdout).toContain(`"${name}"`);
    expect(await readFile('README.md', 'utf8')).toContain('npm run bench');
  });
});
